"""A rule pack: what a scheme says about valid hours and about those that are not (pure).

A pack is data. What a programme may not know for sure is marked there: status "S" was seen in the
source that the pack names, "K" is recalled and must be confirmed in the printed document.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from evidence.statement.hours.errors import RuleMissingError, RulePackError
from evidence.statement.hours.point import PointState

Status = Literal["S", "K"]
Direction = Literal["high", "low"]
Statistic = Literal[
    "neighbours",
    "percentile",
    "extreme",
    "maximum_potential",
    "mean_plus",
    "same_hours",
    "totaliser",
    "check_meter",
    "balance",
    "invoice",
    "not_usable",
]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of a scheme.

    Args:
        id: by which a result names it.
        clause: where it stands.
        status: "S" seen there or in the authority's own programme; "K" recalled, to be confirmed.
    """

    id: str
    clause: str
    status: Status


class ValidHour(Rule, frozen=True, kw_only=True):
    """When an hour's points make an hourly value.

    Args:
        kind: "minutes": `least` valid minutes; "share": numerator and denominator `share` of the
            possible points, those of standstill left out; "quadrants": `least` points in each
            quarter of an hour in which the plant ran.
        with_maintenance: quadrants that will do in an hour with calibration or maintenance.
        apart_minutes: between the first and the last of these points.
    """

    kind: Literal["minutes", "share", "quadrants"]
    least: int = 0
    share: tuple[int, int] | None = None
    with_maintenance: int | None = None
    apart_minutes: int = 0

    def __post_init__(self) -> None:
        if self.kind == "share":
            over, under = self.share or (0, 0)
            _require(0 < over <= under, self.id, f"share = {self.share}", "0 < share <= 1")
        else:
            _require(1 <= self.least <= 60, self.id, f"least = {self.least}", "1 .. 60")


class ValidPeriod(Rule, frozen=True, kw_only=True):
    """Valid hours that make a day, valid days that make a month."""

    least_hours_a_day: int
    least_days_a_month: int
    least_days_in_february: int


class Quantity(Rule, frozen=True, kw_only=True):
    """How a scheme treats a quantity.

    Args:
        direction: "high": the maximum is unfavourable; "low": the minimum, as of oxygen.
        unit: UCUM, of the decimals and the maximum potential value; None for any.
        decimals: of an hourly compliance value, negative for tens; None: it is not rounded.
        clip_below: a smaller compliance value counts as this.
        lookback_hours: valid hours of percentiles and extremes.
        maximum_potential: value of last resort (for "low": the minimum potential value).
    """

    direction: Direction
    unit: str | None = None
    decimals: int | None = None
    clip_below: float | None = None
    lookback_hours: int | None = None
    maximum_potential: float | None = None


class Availability(Rule, frozen=True, kw_only=True):
    """How much was available.

    Args:
        kind: "operating_hours": percent of the last `hours` operating hours, of
            `clock_hours` at most (40 CFR 75.32, Eq. 8 and 9), at the end of a gap; "quarter":
            percent of the calendar quarter without standstill.
    """

    kind: Literal["operating_hours", "quarter"]
    hours: int | None = None
    clock_hours: int | None = None


class ReportingPeriod(Rule, frozen=True, kw_only=True):
    """Of which hours mean and standard deviation are taken: those of the calendar year."""

    kind: Literal["year"]


class AvailabilityTaken(Rule, frozen=True, kw_only=True):
    """Which hour's availability counts for an hour of a gap."""

    at: Literal["last_hour_of_gap", "each_hour"]


class Initial(Rule, frozen=True, kw_only=True):
    """The time before so many valid hours as a lookback has, of `clock_hours` at most."""

    clock_hours: int
    code: str
    without_prior_code: str


class Percentile(Rule, frozen=True, kw_only=True):
    """Which value is the p-th percentile: of rank ceil(p n/100) in ascending order."""

    definition: Literal["nearest_rank_ascending"]


class Substitution(Rule, frozen=True, kw_only=True):
    """What stands for the hours of a gap; of a table of these the first that applies counts.

    Args:
        statistic: of the hours around or before.
        code: method code of the hours.
        availability_at_least, availability_below: in percent.
        gap_over_h, gap_up_to_h: length of the gap in operating hours.
        because: "calibration": for hours out of control or overdue only; "other": for others only.
        percent: of a percentile; for a "low" quantity 100 - percent is taken.
        hours: valid hours before the gap; default: the quantity's lookback.
        before: hours before the gap, or before the last calibration before it.
        factor: times the standard deviation, added to the mean.
        neighbours_code: method code where the mean of the neighbours is less favourable and
            therefore counts.
    """

    statistic: Statistic
    code: str
    availability_at_least: float | None = None
    availability_below: float | None = None
    gap_over_h: int | None = None
    gap_up_to_h: int | None = None
    because: Literal["any", "calibration", "other"] = "any"
    percent: int | None = None
    hours: int | None = None
    before: Literal["gap", "last_calibration"] = "gap"
    factor: float | None = None
    neighbours_code: str | None = None

    def __post_init__(self) -> None:
        if self.statistic == "percentile":
            _require(0 < (self.percent or 0) < 100, self.id, f"percent = {self.percent}", "1 .. 99")
        if self.statistic == "mean_plus":
            _require(self.factor is not None, self.id, "no factor", "factor = a number")


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a method code means."""

    en: str
    zh: str
    clause: str
    status: Status


class Manual(Rule, frozen=True, kw_only=True):
    """Values that somebody measured by hand with a reference method."""

    code: str
    counts_as_available: bool


class Notification(Rule, frozen=True, kw_only=True):
    """A gap so long that somebody must be told; `after_hours` are clock hours."""

    after_hours: int


class Flags(Rule, frozen=True, kw_only=True):
    """States of points by the letters that data loggers of the scheme send."""

    letters: Mapping[str, PointState]


class RulePack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scheme's rules on hours.

    Args:
        schema: 1.
        id: short name; `version`: of the data, not of the scheme.
        sources: where the data come from.
        measured, shutdown, without: method codes of hours that were measured, stood still, or
            have no value.
        final: "at_once", or "end_of_period" where a substitute rests on the whole period.
    """

    schema: Literal[1]
    id: str
    version: str
    title: str
    sources: str
    measured: str
    shutdown: str
    without: str
    final: Literal["at_once", "end_of_period"]
    valid_hour: ValidHour
    percentile: Percentile
    quantities: Mapping[str, Quantity]
    codes: Mapping[str, Code]
    substitutions: tuple[Substitution, ...]
    averaging: Rule
    rounding: Rule
    manual: Manual | None = None
    valid_period: ValidPeriod | None = None
    availability: Availability | None = None
    availability_taken: AvailabilityTaken | None = None
    reporting_period: ReportingPeriod | None = None
    initial: Initial | None = None
    flags: Flags | None = None
    notification: Notification | None = None

    def __post_init__(self) -> None:
        used = {self.measured, self.shutdown, self.without}
        used |= {each.code for each in self.substitutions}
        used |= {each.neighbours_code for each in self.substitutions if each.neighbours_code}
        used |= {self.manual.code} if self.manual else set()
        if self.initial:
            used |= {self.initial.code, self.initial.without_prior_code}
        unknown = ", ".join(sorted(used - set(self.codes)))
        _require(not unknown, "codes", f"{unknown} without a meaning", "a table for each code")
        of_period = self.reporting_period is not None or not self.names("mean_plus")
        _require(of_period, "reporting_period", "mean_plus without it", "a table")

    def names(self, statistic: Statistic) -> bool:
        """Whether a row of the table goes by a statistic."""
        return any(each.statistic == statistic for each in self.substitutions)

    def quantity(self, name: str) -> Quantity:
        """The rule for a quantity.

        Raises:
            RuleMissingError: the scheme does not substitute it.
        """
        if name not in self.quantities:
            limit = ", ".join(self.quantities)
            raise RuleMissingError(self.id, found=f"'{name[:40]}'", limit=limit)
        return self.quantities[name]

    def unconfirmed(self, quantity: Quantity) -> tuple[str, ...]:
        """The ids of rules that are recalled only, as far as they concern a quantity."""
        rules: list[Rule] = [self.valid_hour, self.averaging, self.rounding, quantity]
        rules += self.substitutions
        if self.names("percentile"):
            rules.append(self.percentile)
        optional = (
            self.manual,
            self.valid_period,
            self.availability,
            self.availability_taken,
            self.reporting_period,
            self.initial,
            self.flags,
            self.notification,
        )
        rules += [each for each in optional if each is not None]
        return tuple(sorted(each.id for each in rules if each.status == "K"))


class LoadedPack(NamedTuple):
    """A rule pack, and the SHA-256 of its constants as canonical JSON."""

    pack: RulePack
    sha256: str


def _require(holds: bool, where: str, found: str, limit: str) -> None:  # noqa: FBT001
    if not holds:
        raise RulePackError(where, found=found, limit=limit)
