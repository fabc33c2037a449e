"""Certificates, calibrations and readings that the tests of this room share."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from calibration.basis import InstrumentCalibration, Share, UncertaintyBasis
from calibration.certificate import (
    CalibrationCertificate,
    CalibrationResult,
    Conformity,
    Instrument,
    Point,
)
from calibration.confirmation import MetrologicalConfirmation
from calibration.function import CalibrationFunction
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, RegisterReading
from calibration.laboratory import Laboratory, StandardUsed
from calibration.measurand import KindOfQuantity
from calibration.timeline import Timeline, timeline

START_NS = 1_767_225_600 * 1_000_000_000  # 2026-01-01T00:00:00Z
MINUTE_NS = NS_PER_HOUR // 60
CLOCK = ChannelClock(agent="gw-1", period_ns=MINUTE_NS)


def day(text: str) -> dt.datetime:
    """An instant in UTC, from its date or date and time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def polynomial(
    *coefficients: float,
    covariance: Sequence[Sequence[float]] | None = None,
    interval: tuple[float, float] = (0.0, 1e6),
    centre: float = 0.0,
    nu: float | None = None,
) -> CalibrationFunction:
    """A polynomial; without a covariance, one of zeros."""
    size = len(coefficients)
    rows = covariance or [[0.0] * size] * size
    return CalibrationFunction(
        form="polynomial",
        coefficients=coefficients,
        covariance=tuple(tuple(row) for row in rows),
        measuring_interval=interval,
        centre=centre,
        degrees_of_freedom=nu,
    )


def piecewise(
    knots: Sequence[float],
    values: Sequence[float],
    covariance: Sequence[Sequence[float]] | None = None,
) -> CalibrationFunction:
    """A piecewise linear function; without a covariance, one of zeros."""
    rows = covariance or [[0.0] * len(knots)] * len(knots)
    return CalibrationFunction(
        form="piecewise_linear",
        coefficients=tuple(values),
        covariance=tuple(tuple(row) for row in rows),
        measuring_interval=(knots[0], knots[-1]),
        knots=tuple(knots),
    )


def curve(
    form: Literal["power", "exponential"],
    *coefficients: float,
    covariance: Sequence[Sequence[float]] | None = None,
    interval: tuple[float, float] = (1.0, 100.0),
) -> CalibrationFunction:
    """A power or an exponential; without a covariance, one of zeros."""
    rows = covariance or [[0.0] * 3] * 3
    return CalibrationFunction(
        form=form,
        coefficients=coefficients,
        covariance=tuple(tuple(row) for row in rows),
        measuring_interval=interval,
    )


ENERGY = CalibrationResult(
    kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
    unit="kW.h",
    result="relative_error",
    argument="load",
    argument_unit="kW",
    measuring_interval=(5.0, 100.0),
)
CO2 = CalibrationResult(
    kind_of_quantity=KindOfQuantity.AMOUNT_FRACTION,
    unit="%",
    result="value",
    argument="indication",
    argument_unit="%",
    measuring_interval=(0.0, 20.0),
)


def calibrated(
    function: CalibrationFunction,
    result: CalibrationResult = ENERGY,
    *,
    certificate: str = "C-1",
    serial: str = "A-1",
    shares: tuple[Share, ...] = (),
    calibrated_ns: int = START_NS,
    repeatability: float = 0.0,
) -> InstrumentCalibration:
    """An instrument's calibration by a stated function."""
    return InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION,
        serial=serial,
        certificate=certificate,
        confirmation=f"MC-{certificate}",
        function=function,
        result=msgspec.structs.replace(result, function=function),
        shares=shares,
        calibrated_ns=calibrated_ns,
        repeatability=repeatability,
    )


UNCORRECTED = InstrumentCalibration(basis=UncertaintyBasis.NAMEPLATE, serial="A-1")


def always(calibration: InstrumentCalibration, unit: str = "kW.h") -> Timeline:
    """A timeline of one calibration."""
    return timeline(unit, [(0, calibration)])


def reading(minute: float, value: float, u: float = 0.0, key: str = "") -> RegisterReading:
    """A polled reading, minutes after the start."""
    at_ns = START_NS + round(minute * MINUTE_NS)
    return RegisterReading(
        key=key or f"s{minute:g}", at_ns=at_ns, value=value, standard_uncertainty=u
    )


CERTIFICATE = CalibrationCertificate(
    schema=1,
    id="C-1",
    kind="calibration",
    performed_on=dt.date(2026, 1, 1),
    recorded_at=day("2026-01-02"),
    instrument=Instrument(maker="ABB", model="B23", serial="A-1"),
    laboratory=Laboratory(name="Metrology Centre"),
    results=(ENERGY,),
)
CONFIRMATION = MetrologicalConfirmation(
    schema=1,
    id="MC-1",
    certificate="C-1",
    serial="A-1",
    requirement="class B",
    decision="pass",
    rule="simple acceptance",
    fitted_by="Metrology Centre",
    effective_from=day("2026-01-03"),
    due_on=dt.date(2026, 12, 31),
    confirmed_by="Li Wei",
    recorded_at=day("2026-01-03"),
)
POINTS = (
    Point(at=5.0, value=0.004, expanded_uncertainty=0.002),
    Point(at=50.0, value=-0.002, expanded_uncertainty=0.001),
    Point(at=100.0, value=-0.004, expanded_uncertainty=0.001),
)
STANDARD = StandardUsed(influence="std:NIM/REF-7", relative_standard_uncertainty=3e-4)
PASSED = Conformity(mpe_relative=0.01, statement="pass")
