"""Certificates of a stack's instruments, by the reference method's runs beside them.

Nine runs at one load find where an instrument stands, not how its error changes with the
quantity: the function has slope 1, and the certificate says how far the slope may be from it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

import numpy as np

from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    InstrumentIdentity,
    PolynomialFunction,
    StandardUsed,
)
from simulators.confirm import Period, Requirement, confirm
from simulators.issue import issue, issue_confirmation
from simulators.laboratory_form import LaboratoryForm
from simulators.stack.documents import instrument_serial
from simulators.stack.reference import METHODS, ParallelRun
from simulators.stack.spec import UNITS, Quantity
from simulators.stack.truth import Stack

VALID_DAYS: Final = 365
DAYS_PER_YEAR: Final = 365.25
DRIFT_DAYS: Final = 30
SLOPE_U: Final = 0.01
"""Standard uncertainty of the slope that one level of load leaves open."""
KINDS: Final[dict[Quantity, str]] = {
    "co2": "amount_fraction",
    "o2": "amount_fraction",
    "h2o": "amount_fraction",
    "temperature": "temperature",
    "static_pressure": "pressure",
    "barometric_pressure": "pressure",
}
"""All but the velocity, of which a traverse finds the coefficient."""
MPE_RELATIVE: Final[dict[Quantity, float]] = {
    "co2": 0.10,
    "o2": 0.10,
    "h2o": 0.15,
    "temperature": 0.05,
    "static_pressure": 0.50,
    "barometric_pressure": 0.01,
}
"""Of reading, as the simulated site requires it."""


def comparison_documents(
    stack: Stack, laboratory: LaboratoryForm, runs: Sequence[ParallelRun], confirmed_by: str
) -> dict[str, str]:
    """Certificate and confirmation of each instrument that was compared, by file name."""
    return dict(_documents(stack, laboratory, runs, confirmed_by))


def _documents(
    stack: Stack, laboratory: LaboratoryForm, runs: Sequence[ParallelRun], confirmed_by: str
) -> Iterator[tuple[str, str]]:
    for quantity in KINDS:
        own = [one for one in runs if one.quantity == quantity and one.valid_min]
        if len(own) < 2:  # there is no scatter
            continue
        certificate = comparison_certificate(stack, laboratory, quantity, own)
        yield f"{certificate.id}.toml", issue(certificate)
        confirmation = confirm(
            f"MC-{certificate.id}",
            certificate,
            _requirement(stack, quantity, own),
            _period(certificate),
            confirmed_by,
        )
        yield f"{confirmation.id}.toml", issue_confirmation(confirmation)


def comparison_certificate(
    stack: Stack, laboratory: LaboratoryForm, quantity: Quantity, runs: Sequence[ParallelRun]
) -> CalibrationCertificate:
    """The certificate of one instrument by two runs or more: a value for each indication."""
    performed = datetime.fromtimestamp(runs[-1].to_ns // 1_000_000_000, UTC).date()
    sensor = stack.spec.sensors[quantity]
    return CalibrationCertificate(
        id=f"PR-{instrument_serial(stack, quantity)}-{performed.isoformat()}",
        kind="calibration",
        performed_on=performed,
        recorded_at=datetime.combine(performed + timedelta(days=1), time(0), UTC),
        instrument=InstrumentIdentity(
            maker=sensor.maker, model=sensor.model, serial=instrument_serial(stack, quantity)
        ),
        laboratory=laboratory.as_issuer(),
        standards=tuple(_standards(laboratory, quantity, performed.year)),
        results=(_result(quantity, runs, sensor.ranges[-1]),),
    )


def _standards(laboratory: LaboratoryForm, quantity: Quantity, year: int) -> Iterator[StandardUsed]:
    """What the method's own calibration leaves open, where it is in proportion to the result."""
    if METHODS[quantity].relative:
        name = f"{quantity.upper()}-{year}"
        yield StandardUsed(
            influence=f"std:{laboratory.id}/{name}",
            certificate=name,
            relative_standard_uncertainty=METHODS[quantity].relative,
        )


def _result(quantity: Quantity, runs: Sequence[ParallelRun], top: float) -> CalibrationResult:
    method = METHODS[quantity]
    indicated, reference = (
        _mean(one.indicated for one in runs),
        _mean(one.reference for one in runs),
    )
    scatter = np.std([one.reference - one.indicated for one in runs], ddof=1)
    own = math.hypot(float(scatter) / math.sqrt(len(runs)), method.absolute)
    whole = math.hypot(own, method.relative * reference)
    return CalibrationResult(
        kind_of_quantity=KINDS[quantity],
        unit=UNITS[quantity],
        result="value",
        argument_unit=UNITS[quantity],
        condition="as_left",
        measuring_interval=(-top if quantity == "static_pressure" else 0.0, top),
        points=(
            CalibrationPoint(
                at=indicated, value=reference, expanded_uncertainty=2 * whole, coverage_factor=2.0
            ),
        ),
        function=PolynomialFunction(
            centre=indicated,
            coefficients=(reference, 1.0),
            covariance=((own**2, 0.0), (0.0, SLOPE_U**2)),
            degrees_of_freedom=float(len(runs) - 1),
        ),
    )


def _requirement(stack: Stack, quantity: Quantity, runs: Sequence[ParallelRun]) -> Requirement:
    """What is assumed to drift in a year, as the makers state it for 30 days."""
    sensor, level = stack.spec.sensors[quantity], abs(_mean(one.reference for one in runs))
    month = math.hypot(sensor.span_drift, sensor.zero_drift / level)
    return Requirement(
        text=f"{MPE_RELATIVE[quantity]:.0%} of reading (a simulated requirement)",
        mpe_relative=MPE_RELATIVE[quantity],
        drift_per_year=month * DAYS_PER_YEAR / DRIFT_DAYS,
    )


def _period(certificate: CalibrationCertificate) -> Period:
    return Period(
        effective_from=certificate.recorded_at,
        due_on=certificate.performed_on + timedelta(days=VALID_DAYS),
        due_reason=f"{VALID_DAYS} days after the comparison",
        recorded_at=certificate.recorded_at,
    )


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
