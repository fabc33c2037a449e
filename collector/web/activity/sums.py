"""Sums within a boundary: corrected beside uncorrected, U, how much of it is there. Pure."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from calibration.basis import UncertaintyBasis
from collector.api.combination import CombinedActivityData, combination
from collector.api.refusal import DoubleCountError
from collector.lookup import ChannelRow
from collector.web.activity.due import missing_of_due
from collector.web.before_log import told_apart
from evidence.clock import parse_utc
from evidence.statement.datum import ActivityData
from evidence.statement.double_count import double_counts
from evidence.statement.entered.channel import is_entered
from evidence.statement.seldom import is_seldom_read
from evidence.statement.total import conditions, in_one_unit, kind_of

Span = tuple[int, int]


def is_computed(row: ChannelRow) -> bool:
    """Whether a channel is computed from others, and neither measured nor entered."""
    return not row.head.profile and not is_entered(row.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A channel within the boundary, with its sign and its statement of a period.

    Attributes:
        factor: 1 or -1.
        datum: None where no hour of it was received.
        is_computed: From other channels, whose corrected values went in: it has no other amount.
        is_register: Whether its amounts are differences of what a counter shows.
        began_ns: When its log begins, UTC ns; None where that is not known.
        period_ms: Between polls.
        to_come: Polls that the statement counts and that are not due yet.
    """

    channel: str
    factor: float
    datum: ActivityData | None
    is_computed: bool = False
    is_register: bool = False
    began_ns: int | None = None
    period_ms: int = 0
    to_come: int = 0

    @property
    def due(self) -> int:
        """Polls that were due by now."""
        return 0 if self.datum is None else self.datum.completeness.expected - self.to_come

    @property
    def ratio(self) -> float:
        """Polls that are there over polls that were due by now; hours where none has its own."""
        if self.datum is None:
            return 0.0
        counts = self.datum.completeness
        if not counts.expected:
            return counts.ratio
        return counts.present / self.due if self.due else 0.0

    @property
    def is_seldom_read(self) -> bool:
        """Whether it is a rate whose own readings do not show how it scatters."""
        return self.datum is not None and is_seldom_read(self.datum)

    @property
    def is_short(self) -> bool:
        """Whether its amount lacks what was not measured; a register bridges that."""
        return not self.is_register and bool(self.missing)

    @property
    def missing(self) -> Mapping[str, int]:
        """Polls that were due by now and are missing, by reason."""
        if self.datum is None:
            return {}
        period = self.datum.period
        missing = missing_of_due(self.datum.completeness.missing, self.to_come)
        span = parse_utc(period.start), parse_utc(period.end)
        return told_apart(missing, span, self.began_ns, self.period_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What the channels of a boundary come to in a period, or those of which there are data.

    Attributes:
        value: As corrected by certificates.
        uncorrected: As the instruments showed; None where a term is computed from other channels.
        expanded: U of `value`, 95 %; None where that of a term is not known.
        combined: With components and k; None where `expanded` is.
        ratio: Polls that are there over polls that were due by now, of all terms together.
        lacking: Channels without data in the period.
        unknown: Channels whose uncertainty is not known.
        certified: Whether a certificate acts on any of them.
    """

    span: Span
    value: float
    uncorrected: float | None
    expanded: float | None
    combined: CombinedActivityData | None
    ratio: float
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    certified: bool

    @property
    def correction(self) -> float | None:
        """What the certificates change, in the unit of the value; None where it is not known."""
        return None if self.uncorrected is None else self.value - self.uncorrected

    @property
    def relative_correction(self) -> float | None:
        """The same over what the instruments showed; None where that is 0, or not known."""
        return (self.value - self.uncorrected) / self.uncorrected if self.uncorrected else None

    @property
    def relative_expanded(self) -> float | None:
        """U over the value; None where either is not known or 0."""
        return self.expanded / abs(self.value) if self.expanded and self.value else None


def sum_of(
    span: Span, terms: Sequence[Term], allowed: Collection[str] = (), unit: str = ""
) -> Sum | None:
    """The sum of a period; None where none of its channels has data.

    Args:
        span: Of the period, UTC ns.
        terms: Of one quantity.
        allowed: Groups of which several channels may be added up.
        unit: Of the sum, UCUM; else that of the first that has data.

    Raises:
        DoubleCountError: channels of another group measure the same thing.
        CalibrationError, CodedError: they cannot be added up.
    """
    there = [(each.datum, each.factor) for each in terms if each.datum is not None]
    if not there:
        return None
    data, factors = [datum for datum, _ in there], [factor for _, factor in there]
    _require_once(data, factors, allowed)
    weights = in_one_unit(data, factors, unit)
    unknown = tuple(each.channel for each in data if each.u_basis == UncertaintyBasis.UNKNOWN)
    whole = None if unknown else combination(data, factors, allowed, unit)
    return Sum(
        span=span,
        value=math.fsum(map(mul, weights, (each.value for each in data))),
        uncorrected=None
        if any(each.is_computed for each in terms if each.datum is not None)
        else math.fsum(map(mul, weights, (each.uncorrected_value for each in data))),
        expanded=None if whole is None else whole.uncertainty.expanded_uncertainty,
        combined=whole,
        ratio=_ratio(terms),
        lacking=tuple(each.channel for each in terms if each.datum is None),
        unknown=unknown,
        certified=any(each.certificates for each in data),
    )


def _require_once(
    data: Sequence[ActivityData], factors: Sequence[float], allowed: Collection[str]
) -> None:
    for found in double_counts(data, factors):
        if found.group not in allowed:
            names = ", ".join(found.channels)
            raise DoubleCountError("channels", group=found.group, channels=names)


def _ratio(terms: Sequence[Term]) -> float:
    due = sum(each.due for each in terms)
    present = sum(each.datum.completeness.present for each in terms if each.datum is not None)
    if not due:
        return min((each.ratio for each in terms), default=0.0)
    return present / due


def of_one_instrument(terms: Sequence[Term]) -> list[str]:
    """Serial numbers of instruments of which several channels are added, or several subtracted.

    A meter's energy and the integral of its power are the same energy; its three phases are not.
    """
    found = Counter(
        (serial, each.factor < 0)
        for each in terms
        if each.datum is not None
        for serial in each.datum.serials
    )
    return sorted({serial for (serial, _), count in found.items() if count > 1})


def quantity_of(terms: Sequence[Term]) -> tuple[str, str]:
    """The unit of the first term that has data, and the state of its gas; that of all of them."""
    first = next(each.datum for each in terms if each.datum is not None)
    return first.unit, conditions(first)


def by_quantity(terms: Sequence[Term]) -> list[list[Term]]:
    """Terms with data by what they can be added up with, in their order."""
    found: dict[tuple[str, str], list[Term]] = {}
    for each in terms:
        if each.datum is not None:
            found.setdefault(kind_of(each.datum), []).append(each)
    return list(found.values())
