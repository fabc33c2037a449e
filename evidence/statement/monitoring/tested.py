"""A plan's analyser with all of its tests, from what it showed and what was recorded (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from calibration.gas_check.check import GasCheck
from calibration.gas_check.rules import CheckLimits
from calibration.monitoring.checks import check_gases
from calibration.monitoring.plan import PlannedAnalyser
from calibration.register import CalibrationRegister
from evidence.statement.monitoring.analyser import KnownCheck, TestedAnalyser, all_tests
from evidence.statement.monitoring.checks import Shown, check_tests, gas_checks, known_since
from evidence.statement.monitoring.ranged import RangesSeen, with_ranges
from evidence.statement.standing.scheme import Scheme, SchemeUsed


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyserRules:
    """What a plan names for an analyser, read.

    Attributes:
        scheme: Of quality assurance.
        limits: Of its automatic checks; None where it makes none.
    """

    scheme: tuple[Scheme, SchemeUsed]
    limits: CheckLimits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyserSeen:
    """What was received of an analyser that its checks are found in.

    Attributes:
        serial: Of the instrument that shows the channel.
        shown: In checks, in order of time.
        ranges: Of a dual-range analyser: what tells the range; None of any other.
        heard_ns: Until when anything was received of it, a reading or why there is none, UTC; None
            where nothing more will be.
    """

    serial: str
    shown: Sequence[Shown]
    ranges: RangesSeen | None = None
    heard_ns: int | None = None


def tested_analyser(
    planned: PlannedAnalyser,
    seen: AnalyserSeen,
    register: CalibrationRegister,
    rules: AnalyserRules,
    utc_offset_s: int,
) -> TestedAnalyser:
    """An analyser and its tests.

    Args:
        planned: As the plan says.
        seen: What was received of it.
        register: Certificates of gases, confirmations, records of tests.
        rules: That the plan names.
        utc_offset_s: Of the plant's clock.

    Raises:
        CalibrationError: the certificate of a gas does not say its content.
    """
    checks: tuple[GasCheck, ...] = ()
    shown = _in_ranges(planned, seen)
    if rules.limits is not None:
        gases = check_gases(_with_known_gases(planned, register), register)
        checks = gas_checks(
            planned, shown, gases, rules.limits, utc_offset_s, heard_ns=seen.heard_ns
        )
    made = check_tests(planned, checks, shown)
    return TestedAnalyser(
        planned=planned,
        serial=seen.serial,
        checks=tuple(KnownCheck(check=each, since_ns=known_since(each, shown)) for each in checks),
        tests=all_tests(planned, seen.serial, made, register),
        scheme=rules.scheme,
        ranges=seen.ranges,
    )


def _in_ranges(planned: PlannedAnalyser, seen: AnalyserSeen) -> Sequence[Shown]:
    longest_gap_s = 0.0 if planned.checks is None else planned.checks.longest_gap_s
    return with_ranges(seen.shown, seen.ranges, longest_gap_s)


def _with_known_gases(planned: PlannedAnalyser, register: CalibrationRegister) -> PlannedAnalyser:
    """The analyser without gases whose certificates are not there: their checks prove nothing."""
    if planned.checks is None:
        return planned
    known = {each.id for each in register.certificates}
    gases = tuple(each for each in planned.checks.gases if each.certificate in known)
    return replace(planned, checks=replace(planned.checks, gases=gases))
