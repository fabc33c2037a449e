"""How a plan's automatic checks are read, and with which gases they are made (pure)."""

import datetime as dt
from typing import Final

from calibration.gas_check.gas import CheckGas, gas_of
from calibration.gas_check.rules import CheckRules
from calibration.history.chain import certificate_by_id
from calibration.monitoring.errors import ChecksUnplannedError, CylinderCertificateError
from calibration.monitoring.plan import ConnectedGas, PlannedAnalyser
from calibration.register import CalibrationRegister

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def check_rules(analyser: PlannedAnalyser) -> CheckRules:
    """The rules by which an analyser's zero and span checks are read; its id is its channel.

    Raises:
        ChecksUnplannedError: the plan names no checks of it.
    """
    checks = analyser.checks
    if checks is None:
        raise ChecksUnplannedError(analyser.channel)
    return CheckRules(
        analyser=analyser.channel,
        measurand=checks.measurand,
        unit=checks.unit,
        full_scale=checks.full_scale,
        purge_s=checks.purge_s,
        averaging_s=checks.averaging_s,
        recovery_s=checks.recovery_s,
        least_readings=checks.least_readings,
        settled_percent=checks.settled_percent,
        longest_gap_s=checks.longest_gap_s,
        resolution=checks.resolution,
    )


def check_gases(analyser: PlannedAnalyser, register: CalibrationRegister) -> tuple[CheckGas, ...]:
    """The gases of an analyser's checks, with what their certificates state; none without checks.

    A certificate counts in its latest version. A gas whose certificate was withdrawn is left out:
    a check with it has no known gas.

    Args:
        analyser: Of a plan.
        register: With the cylinders' certificates; `as_known` of it tells what was known then.

    Raises:
        CylinderCertificateError: a certificate is not in the register.
        GasCheckError: a certificate states no such property, or states it twice.
    """
    if analyser.checks is None:
        return ()
    withdrawn = register.withdrawn
    return tuple(
        _gas(each, register) for each in analyser.checks.gases if each.certificate not in withdrawn
    )


def _gas(connected: ConnectedGas, register: CalibrationRegister) -> CheckGas:
    certificate = certificate_by_id(register, connected.certificate)
    if certificate is None:
        number = connected.certificate
        raise CylinderCertificateError(f"gas {number}", certificate=number)
    until = connected.disconnected_at
    return gas_of(
        certificate,
        connected.property,
        connected.point,
        _ns(connected.connected_at),
        None if until is None else _ns(until),
        connected.measuring_range,
    )


def _ns(instant: dt.datetime) -> int:
    """POSIX ns, exact to the microsecond."""
    return (instant - _EPOCH) // _MICROSECOND * 1000
