"""What is asked of the hours of a series beside the rules (pure)."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from calibration.uncertainty import UncertaintyComponent
from evidence.errors import Words
from evidence.statement.hours.errors import HoursOptionError

Kind = Literal["rate", "concentration", "amount"]
EstimatorName = Literal["interpolation", "same_hours"]


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """What another meter, or a balance of others, says of an hour."""

    value: float
    components: tuple[UncertaintyComponent, ...] = ()


class Bridge(msgspec.Struct, frozen=True, kw_only=True):
    """The amount over a gap, from its first hour to the end of its last."""

    statistic: Literal["totaliser", "invoice"]
    start_ns: int
    end_ns: int
    total: float
    components: tuple[UncertaintyComponent, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A series, the period, and what is known about it.

    Args:
        series: its name; gaps are named after it.
        quantity: as the rule pack names it.
        unit: UCUM, of the values.
        kind: "rate": per hour, summed with the operating share; "concentration": averaged with it;
            "amount": of the hour.
        offset_s: of local time from UTC, for quarters, days and months.
        from_ns: first hour to be told; earlier ones are history.
        until_ns: first hour that is not told any more; later ones only tell the quarter's rate,
            and what lies behind a gap. None: all are told.
        certified_ns: when quality-assured data began; None: with the first record.
        calibrations_ns: instants of passed calibrations.
        maximum_potential: of the site, in place of the pack's.
        closed: whether nothing comes any more, so that the substitutes are final.
        now_ns: hours that are not over by then are not missing. What rests on a quarter or a year
            that is over is final, where its gap has valid hours on both sides. None: all hours are
            over; only what rests on neither is final.
        issue: 1 for the first; `supersedes`: digest of the one before.
        estimator: of the best estimate of a gap.
        registers: reading of the register at the end of an hour, by the hour's start.
        bridges: amounts over gaps; `check_meter` and `balance`: hours by their start.
    """

    series: str
    quantity: str
    unit: str
    kind: Kind = "rate"
    offset_s: int = 0
    from_ns: int | None = None
    until_ns: int | None = None
    certified_ns: int | None = None
    calibrations_ns: tuple[int, ...] = ()
    maximum_potential: float | None = None
    closed: bool = False
    now_ns: int | None = None
    issue: int = 1
    supersedes: str | None = None
    estimator: EstimatorName = "interpolation"
    registers: Mapping[int, float] = {}
    bridges: tuple[Bridge, ...] = ()
    check_meter: Mapping[int, Alternative] = {}
    balance: Mapping[int, Alternative] = {}

    def tells(self, start_ns: int) -> bool:
        """Whether an hour is asked for, by its start."""
        after = self.from_ns is None or start_ns >= self.from_ns
        return after and (self.until_ns is None or start_ns < self.until_ns)

    def __post_init__(self) -> None:
        if self.issue < 1 or (self.issue > 1) != (self.supersedes is not None):
            found = f"{self.issue}, supersedes {self.supersedes}"
            limit = "1, or more with the digest of the one before"
            raise HoursOptionError(self.series, name="issue", found=found, limit=limit)
        if not -86_400 < self.offset_s < 86_400:
            raise HoursOptionError(
                self.series,
                name="offset",
                found=self.offset_s,
                limit=Words("less than a day", "小于一天"),
            )
