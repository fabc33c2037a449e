"""The budget of a reading: its input quantities from the papers that were in force, if they agree.

The agent logs contributions and not how they came about. From the certificate and the confirmation
that it names, both logged, follow estimates and sensitivities; they are shown only where they give
the value and the uncertainty that were logged. What else is known are the contributions alone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from msgspec.structs import replace

from calibration.basis import InstrumentCalibration, calibration_of
from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CalibrationError
from calibration.inputs import InputKind, InputQuantity, InputUnit, quantity, variance_of
from calibration.measurand import Accumulation
from calibration.reading_inputs import Read, inputs_of_reading
from calibration.register import CalibrationRegister, NotConfirmed
from calibration.report.content import BudgetRow, shared_out
from collector.api.reading import Reading
from evidence.clock import parse_utc
from evidence.judging.recompute import MS_PER_HOUR
from evidence.log.leaf import StreamHead
from evidence.statement.datum import StatedComponent, component_of

Versioned = TypeVar("Versioned", CalibrationCertificate, MetrologicalConfirmation)
AGREE: Final = 1e-4
"""Relative, of the variance: contributions travel with six significant digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBudget:
    """The rows of a budget.

    Attributes:
        rows: The largest first.
        argument_unit: UCUM code of the calibration function's argument; "1" without one.
        is_whole: Whether estimates and sensitivities are known; else contributions alone.
    """

    rows: tuple[BudgetRow, ...]
    argument_unit: str = "1"
    is_whole: bool = True


def budget_of(head: StreamHead, reading: Reading, register: CalibrationRegister) -> ReadingBudget:
    """The budget of a reading.

    Args:
        head: Of its stream.
        reading: As logged.
        register: Of the papers that its agent logged.
    """
    stated = reading.components
    if head.measurand.accumulation == Accumulation.REGISTER:
        return ReadingBudget(rows=shared_out([_own(each, reading) for each in stated]))
    for calibration, span_K in _calibrations(head, register):
        found = _agreed(head, reading, calibration, span_K)
        if found is not None:
            return found
    return ReadingBudget(rows=shared_out([_stated(each) for each in stated]), is_whole=False)


def _calibrations(
    head: StreamHead, register: CalibrationRegister
) -> Iterator[tuple[InstrumentCalibration, float]]:
    """What may have been in force, the last recorded first, and the span of temperature."""
    if not head.confirmation:
        yield (
            calibration_of(NotConfirmed(serial=head.serial), head.nameplate_mpe_relative),
            0.0,
        )
    confirmations = [each for each in register.confirmations if each.id == head.confirmation]
    certificates = [each for each in register.certificates if each.id == head.certificate]
    for confirmation in _latest(confirmations):
        span_K = _span_K(confirmation)
        for certificate in _latest(certificates):
            calibration = _calibration(head, confirmation, certificate)
            if calibration is not None:
                yield calibration, span_K


def _latest(versions: Sequence[Versioned]) -> list[Versioned]:
    return sorted(versions, key=lambda each: each.recorded_at, reverse=True)


def _span_K(confirmation: MetrologicalConfirmation) -> float:
    declared = confirmation.temperature
    return 0.0 if declared is None else declared.operating_Cel - declared.reference_Cel


def _calibration(
    head: StreamHead,
    confirmation: MetrologicalConfirmation,
    certificate: CalibrationCertificate,
) -> InstrumentCalibration | None:
    """What a version of both papers applies; None of what cannot be used."""
    only = CalibrationRegister(certificates=(certificate,), confirmations=(confirmation,))
    kind, name = head.measurand.kind_of_quantity, head.channel.rpartition("/")[2]
    try:
        found = only.in_force(head.serial, kind, confirmation.effective_from, channel=name)
        return calibration_of(found, head.nameplate_mpe_relative)
    except CalibrationError:
        return None


def _agreed(
    head: StreamHead, reading: Reading, calibration: InstrumentCalibration, span_K: float
) -> ReadingBudget | None:
    """The budget by a calibration, if it gives what was logged."""
    read = Read(
        channel=head.channel,
        unit=reading.unit,
        indication=float(reading.indication),
        argument=_argument(head, calibration, float(reading.indication)),
        at_ns=parse_utc(reading.at),
        resolution=head.resolution,
        span_K=span_K,
    )
    try:
        value, rows = inputs_of_reading(calibration, read)
    except CalibrationError:
        return None
    logged = math.fsum(each.contribution**2 for each in reading.components)
    if not _close(value, float(reading.value)) or not _close(variance_of(rows), logged):
        return None
    result = calibration.result
    unit = "1" if result is None else result.argument_unit
    return ReadingBudget(rows=shared_out(rows), argument_unit=unit)


def _close(found: float, logged: float) -> bool:
    return math.isclose(found, logged, rel_tol=AGREE, abs_tol=1e-300)


def _argument(head: StreamHead, calibration: InstrumentCalibration, indication: float) -> float:
    """Of the function: the load of an interval's amount, where it asks for a load."""
    result = calibration.result
    is_interval = head.measurand.accumulation == Accumulation.INTERVAL
    if result is None or result.argument != "load" or not is_interval:
        return indication
    return indication * MS_PER_HOUR / head.period_ms


def _own(stated: StatedComponent, reading: Reading) -> InputQuantity:
    """Of a register's reading: its scatter or half a digit, which enters as it is."""
    is_scatter = stated.influence.startswith("fresh:")
    row = quantity(
        InputKind.SCATTER if is_scatter else InputKind.RESOLUTION,
        component_of(stated).influence,
        u=abs(stated.contribution),
        sensitivity=1.0,
        unit=InputUnit(of=reading.unit),
        estimate=float(reading.indication),
    )
    return replace(row, influence="")


def _stated(stated: StatedComponent) -> InputQuantity:
    """A contribution of which nothing else is known."""
    return InputQuantity(
        kind=InputKind.CORRECTION,
        subject=stated.influence,
        influence=stated.influence,
        contribution=stated.contribution,
        variance=stated.contribution**2,
        evaluation=stated.evaluation,
        distribution=stated.distribution,
        degrees_of_freedom=stated.degrees_of_freedom,
    )
