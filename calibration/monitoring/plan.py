"""A monitoring plan: by which rules a channel's hours are told, and what proves its analysers.

It is a document of a person, as a setting and a derivation are: it changes what is reported, so it
is dated, signed by travelling in a log, and never overwritten.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from calibration.decided import decision_in_force
from calibration.derivation import ChannelId, Said
from calibration.errors import Words
from calibration.gas_check.gas import GasPoint
from calibration.limits import ABOVE_ZERO, FINITE, NOT_NEGATIVE, not_negative, with_zone
from calibration.monitoring.errors import PlanConflictError, PlanValueError
from calibration.monitoring.ranges import RangeSign
from calibration.monitoring.record import TestKind

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class OperationSign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what it is known that the plant runs: the hourly mean of a channel lies above a number.

    Args:
        channel: such as the velocity in the stack, or the load of the boiler.
        above: in the channel's unit, finite.
    """

    channel: ChannelId
    above: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.above):
            raise PlanValueError(self.channel, name="above", found=self.above, limit=FINITE)


class ConnectedGas(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cylinder at an analyser.

    Args:
        point: what it checks.
        certificate: id of its certificate, which is in the log too.
        property: name of the certified property there, such as "CO2".
        connected_at, disconnected_at: between which it was connected; None: it still is.
        measuring_range: of a dual-range analyser that it serves; "" for all.
    """

    point: GasPoint
    certificate: Said
    property: Said
    connected_at: dt.datetime
    disconnected_at: dt.datetime | None = None
    measuring_range: str = ""

    def __post_init__(self) -> None:
        where = f"gas {self.certificate}"
        with_zone(where, connected_at=self.connected_at)
        if self.disconnected_at is not None:
            with_zone(where, disconnected_at=self.disconnected_at)
            if self.disconnected_at <= self.connected_at:
                found, after = self.disconnected_at, self.connected_at
                limit = Words(f"after {after}", f"晚于 {after}")
                raise PlanValueError(where, name="disconnected_at", found=found, limit=limit)


class CheckTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a gas flows, of an analyser that says it checks, but not with which gas.

    Args:
        point: which gas.
        at: time of the plant's day at which it begins.
        every_h: hours from one to the next; they divide a day, or are whole days.
        duration_s: how long it flows, > 0.
    """

    point: GasPoint
    at: dt.time
    every_h: int
    duration_s: float

    def __post_init__(self) -> None:
        where = f"check at {self.at}"
        if not 1 <= self.every_h <= 8784 or (24 % self.every_h and self.every_h % 24):
            limit = Words("a divisor or a multiple of 24", "24 的约数或倍数")
            raise PlanValueError(where, name="every_h", found=self.every_h, limit=limit)
        if not 0.0 < self.duration_s <= 86_400.0:
            limit = Words("above 0 and at most 86400", "大于 0 且不超过 86400")
            raise PlanValueError(where, name="duration_s", found=self.duration_s, limit=limit)


class GasChecks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an analyser's automatic zero and span checks are read and judged.

    Args:
        kind: of test that they are.
        limits: file of limits that they are judged by, such as "hj75-2017".
        measurand, unit: as that file names them.
        full_scale: of each measuring range, > 0, in `unit`; "" is the only one.
        purge_s: from the change of gas on, readings that are not used.
        averaging_s: length of the last part of a check that is averaged.
        recovery_s: after a check, readings that are not yet emissions.
        least_readings, settled_percent, longest_gap_s, resolution: as in `gas_check.rules`.
        occasion_s: checks that begin within so many seconds are one test.
        gases: cylinders, with the time of each.
        schedule: when which gas flows; empty where the readings tell it.
    """

    kind: Literal["daily_check", "manual_check", "system_check"]
    limits: Name
    measurand: Said
    unit: Said
    full_scale: Mapping[str, float]
    purge_s: float
    averaging_s: float
    gases: tuple[ConnectedGas, ...]
    schedule: tuple[CheckTime, ...] = ()
    recovery_s: float = 0.0
    least_readings: int = 3
    settled_percent: float = 0.5
    longest_gap_s: float = 180.0
    resolution: float = 0.0
    occasion_s: float = 3600.0

    def __post_init__(self) -> None:
        not_negative("checks", purge_s=self.purge_s, averaging_s=self.averaging_s)
        not_negative("checks", recovery_s=self.recovery_s, occasion_s=self.occasion_s)
        not_negative("checks", settled_percent=self.settled_percent, resolution=self.resolution)
        not_negative("checks", longest_gap_s=self.longest_gap_s)
        if self.least_readings < 2:
            found, limit = self.least_readings, ">= 2"
            raise PlanValueError("checks", name="least_readings", found=found, limit=limit)
        self._require_ranges()

    def _require_ranges(self) -> None:
        """Refuses a full scale that cannot be, and a gas of a range that has none."""
        for name, value in self.full_scale.items():
            if not 0.0 < value < math.inf:
                found = Words(f"{value} of range '{name[:40]}'", f"量程 '{name[:40]}' 的 {value}")
                limit = ABOVE_ZERO
                raise PlanValueError("checks", name="full_scale", found=found, limit=limit)
        known = sorted({"", *self.full_scale})
        if not self.full_scale:
            raise PlanValueError(
                "checks", name="full_scale", found="{}", limit=Words("one at least", "至少一个")
            )
        for gas in self.gases:
            if gas.measuring_range not in known:
                where, other = f"gas {gas.certificate}", gas.measuring_range[:40]
                names = ", ".join(f"'{each}'" for each in known)
                limit = Words(f"one of {names}", f"{names} 之一")
                raise PlanValueError(where, name="measuring_range", found=other, limit=limit)


class PlannedAnalyser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument whose tests decide whether the channel's hours count.

    Args:
        channel: that it shows.
        scheme: of quality assurance, such as "hj75-2017".
        policy: from when a failed test counts; None: the scheme's own.
        kinds: of test that it must have; empty: those that the scheme requires.
        checks: its automatic zero and span checks, where it makes any.
        proportional: whether the plan's channel is proportional to what it shows, as a mass flow is
            to a concentration: then an error of it can be told in tonnes.
        corrected: whether the best estimate is corrected by the checks before and after, where the
            plan is of this channel. The compliance value is not.
        ranges: by what it is known in which of its ranges a dual-range analyser measured; None:
            it has one, or all of its tests hold for all of them.
    """

    channel: ChannelId
    scheme: Name
    policy: Literal["from_test_hour", "from_detection", "retro_to_last_good", "expiry"] | None = (
        None
    )
    kinds: tuple[TestKind, ...] = ()
    checks: GasChecks | None = None
    proportional: bool = False
    corrected: bool = False
    ranges: RangeSign | None = None

    def __post_init__(self) -> None:
        """Refuses checks of a range that nothing tells of."""
        if self.checks is None or self.ranges is None:
            return
        untold = sorted({*self.checks.full_scale} - self.ranges.names)
        if untold:
            names = ", ".join(sorted(self.ranges.names))
            limit = Words(f"ranges that the sign shows: {names}", f"量程信号所示量程：{names}")
            raise PlanValueError(self.channel, name="full_scale", found=untold[0], limit=limit)


class MonitoringPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which rules a channel's hours are told, from an instant on.

    Args:
        plan: the channel.
        rules: rule pack, such as "hj75".
        quantity: of the channel, as the rule pack names it; None for a computed channel that is
            told by its inputs: each of them that has a plan under that plan.
        effective_from: instant from which it is applied.
        recorded_at: when this house learnt of it.
        decided_by, reason: who and why.
        utc_offset_s: of the plant's clock, which days, months and quarters follow.
        maximum_potential: of the site, in place of the rule pack's, in the channel's unit an hour.
        certified_from: when quality-assured data began; None: with the first hour.
        operation: by what it is known that the plant runs; None: it always does.
        analysers: whose tests decide.
    """

    schema: Literal[1]
    plan: ChannelId
    rules: Name
    effective_from: dt.datetime
    recorded_at: dt.datetime
    decided_by: Said
    reason: Said
    quantity: Name | None = None
    utc_offset_s: int = 0
    maximum_potential: float | None = None
    certified_from: dt.datetime | None = None
    operation: OperationSign | None = None
    analysers: tuple[PlannedAnalyser, ...] = ()

    @property
    def channels(self) -> frozenset[str]:
        """All channels that it speaks of: its own, and those that tell of it."""
        sign = () if self.operation is None else (self.operation.channel,)
        ranges = (each.ranges.channel for each in self.analysers if each.ranges is not None)
        return frozenset({self.plan, *sign, *ranges, *(each.channel for each in self.analysers)})

    @property
    def certificates(self) -> frozenset[str]:
        """Ids of the certificates of the gases that it names."""
        checks = (each.checks for each in self.analysers)
        return frozenset(
            gas.certificate for each in checks if each is not None for gas in each.gases
        )

    def __post_init__(self) -> None:
        where = f"plan {self.plan}"
        with_zone(where, effective_from=self.effective_from, recorded_at=self.recorded_at)
        if self.certified_from is not None:
            with_zone(where, certified_from=self.certified_from)
        most = self.maximum_potential
        if most is not None and not 0.0 <= most < math.inf:
            limit = NOT_NEGATIVE
            raise PlanValueError(where, name="maximum_potential", found=most, limit=limit)
        if not -86_400 < self.utc_offset_s < 86_400:
            found, limit = self.utc_offset_s, Words("less than a day", "小于一天")
            raise PlanValueError(where, name="utc_offset_s", found=found, limit=limit)
        channels = [each.channel for each in self.analysers]
        twice = sorted({each for each in channels if channels.count(each) > 1})
        if twice:
            raise PlanValueError(
                where, name="analysers", found=twice[0], limit=Words("each once", "各一次")
            )


def plan_in_force(
    plans: Iterable[MonitoringPlan],
    channel: str,
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> MonitoringPlan | None:
    """By which rules a channel's hours are told at an instant, as known at another.

    The one that began last holds; of those that begin together, the one recorded last.

    Raises:
        PlanConflictError: two say different things of one instant, recorded at one instant.
    """
    own = (each for each in plans if each.plan == channel)
    return decision_in_force(
        own,
        at,
        as_known_at,
        lambda last: PlanConflictError(channel, at=last.effective_from.isoformat()),
    )
