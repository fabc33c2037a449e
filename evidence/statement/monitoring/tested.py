"""A plan's analyser with all of its tests, from what it showed and what was recorded (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.monitoring.checks import check_gases
from msgspec.structs import replace

from calibration.gas_check.check import GasCheck
from calibration.gas_check.rules import CheckLimits
from calibration.monitoring.plan import PlannedAnalyser
from calibration.register import CalibrationRegister
from evidence.statement.monitoring.analyser import TestedAnalyser, all_tests
from evidence.statement.monitoring.checks import Shown, check_tests, gas_checks
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


def tested_analyser(
    planned: PlannedAnalyser,
    serial: str,
    shown: Sequence[Shown],
    register: CalibrationRegister,
    rules: AnalyserRules,
    utc_offset_s: int,
) -> TestedAnalyser:
    """An analyser and its tests.

    Args:
        planned: As the plan says.
        serial: Of the instrument that shows the channel.
        shown: In checks, in order of time.
        register: Certificates of gases, confirmations, records of tests.
        rules: That the plan names.
        utc_offset_s: Of the plant's clock.

    Raises:
        CalibrationError: the certificate of a gas does not say its content.
    """
    checks: tuple[GasCheck, ...] = ()
    if rules.limits is not None:
        gases = check_gases(_with_known_gases(planned, register), register)
        checks = gas_checks(planned, shown, gases, rules.limits, utc_offset_s)
    made = check_tests(planned, checks, shown)
    return TestedAnalyser(
        planned=planned,
        serial=serial,
        checks=checks,
        tests=all_tests(planned, serial, made, register),
        scheme=rules.scheme,
    )


def _with_known_gases(planned: PlannedAnalyser, register: CalibrationRegister) -> PlannedAnalyser:
    """The analyser without gases whose certificates are not there: their checks prove nothing."""
    if planned.checks is None:
        return planned
    known = {each.id for each in register.certificates}
    gases = tuple(each for each in planned.checks.gases if each.certificate in known)
    return replace(planned, checks=replace(planned.checks, gases=gases))
