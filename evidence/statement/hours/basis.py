"""What the rules of substitution look at: hours, lookback, availability (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from evidence.statement.hours.availability import MonitorAvailability, capture_rate
from evidence.statement.hours.calendar import quarter_of, year_of
from evidence.statement.hours.finding import Finding, FindingKind
from evidence.statement.hours.gap import Gap, OperatingHours
from evidence.statement.hours.lookback import Lookback
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.pack import Quantity, RulePack
from evidence.statement.hours.settings import Settings
from evidence.statement.hours.statistic import mean_plus


@dataclass(frozen=True, kw_only=True)
class Basis:
    """All that the rules look at.

    Attributes:
        hours: All of the series, standstill among them.
        ran: Those of operation.
        told: What the hours of a gap are under policies of meters, by policy and hour.
        findings: What a reader must know; grows.
    """

    hours: Sequence[ObservedHour]
    ran: OperatingHours
    lookback: Lookback
    quantity: Quantity
    pack: RulePack
    settings: Settings
    told: Mapping[str, Mapping[int, float]]
    findings: set[Finding] = field(default_factory=set)
    _conservative: dict[tuple[int, float], float | None] = field(default_factory=dict)

    @cached_property
    def monitor(self) -> MonitorAvailability:
        """Availability by operating hours."""
        assert self.pack.availability is not None  # noqa: S101 - asked for only where there is one
        return MonitorAvailability(self.ran, self.pack.availability)

    @cached_property
    def captures(self) -> Mapping[tuple[int, int], Fraction | None]:
        """Capture rates by quarter, exact."""
        counts: dict[tuple[int, int], list[int]] = {}
        for each in self.hours:
            part = counts.setdefault(quarter_of(each.start_ns, self.settings.offset_s), [0, 0, 0])
            part[0] += 1
            part[1] += each.state not in ("measured", "shutdown")
            part[2] += each.state == "shutdown"
        return {name: capture_rate(*part) for name, part in counts.items()}

    @cached_property
    def _by_year(self) -> Mapping[int, Sequence[float]]:
        """The values of valid hours by calendar year: the reporting period, whichever is asked."""
        found: dict[int, list[float]] = {}
        for at_ns, value in zip(self.lookback.starts_ns, self.lookback.values, strict=True):
            found.setdefault(year_of(at_ns, self.settings.offset_s), []).append(value)
        return found

    def conservative(self, factor: float, start_ns: int) -> float | None:
        """Mean plus so many standard deviations of the valid hours of an hour's reporting period.

        None where fewer than two are valid.
        """
        key = year_of(start_ns, self.settings.offset_s), factor
        if key not in self._conservative:
            values = self._by_year.get(key[0], ())
            known = len(values) > 1
            direction = self.quantity.direction
            self._conservative[key] = mean_plus(values, factor, direction) if known else None
        return self._conservative[key]

    def availability(self, gap: Gap, place: int) -> Fraction | None:
        """In percent, as the scheme takes it for an hour of a gap."""
        rule = self.pack.availability
        if rule is None:
            return None
        if rule.kind == "operating_hours":
            taken = self.pack.availability_taken
            each_hour = taken is not None and taken.at == "each_hour"
            return self.monitor.at(place if each_hour else gap.last)
        start_ns = self.ran.hours[place].start_ns
        return self.captures[quarter_of(start_ns, self.settings.offset_s)]

    def find(self, kind: FindingKind, gap: Gap, found: object = "", limit: object = "") -> None:
        """Notes something."""
        self.findings.add(Finding(kind=kind, gap=gap.name, found=str(found), limit=str(limit)))
