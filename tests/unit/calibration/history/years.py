"""A meter that was calibrated twice, its standard, and what happened between."""

import datetime as dt

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult, Instrument, Point
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent, IntermediateCheck
from calibration.laboratory import Laboratory, StandardUsed
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from tests.unit.calibration.examples import CERTIFICATE, CONFIRMATION, ENERGY, day

replace = msgspec.structs.replace
METER = CERTIFICATE.instrument
SERIAL = METER.serial
STANDARD = StandardUsed(
    influence="std:NIM/REF-7", certificate="REF-7-2025", relative_standard_uncertainty=0.0003
)


def energy(*points: tuple[float, float], condition: str = "as_left") -> CalibrationResult:
    """A relative error at loads, each with U = 0.001 (k = 2)."""
    made = tuple(Point(at=at, value=value, expanded_uncertainty=0.001) for at, value in points)
    return replace(ENERGY, points=made, condition=condition)


def calibrated(
    name: str, on: str, *results: CalibrationResult, adjustment: str = ""
) -> CalibrationCertificate:
    """A certificate of the meter."""
    return replace(
        CERTIFICATE,
        id=name,
        performed_on=dt.date.fromisoformat(on),
        recorded_at=day(on) + dt.timedelta(days=4),
        standards=(STANDARD,),
        results=results,
        adjustment=adjustment,
    )


FIRST = calibrated("C-2025", "2025-01-01", energy((5.0, 0.001), (100.0, 0.002)))
SECOND = calibrated(
    "C-2026",
    "2026-01-01",
    energy((5.0, 0.0015), (100.0, 0.006), condition="as_found"),
    energy((5.0, 0.0), (100.0, 0.0)),
    adjustment="gain trimmed",
)


def confirmed(name: str, certificate: str, start: str, due: str) -> MetrologicalConfirmation:
    """A confirmation of the meter that passed."""
    return replace(
        CONFIRMATION,
        id=name,
        certificate=certificate,
        serial=SERIAL,
        effective_from=day(start),
        recorded_at=day(start),
        due_on=dt.date.fromisoformat(due),
        mpe_relative=None,
    )


MC_2025 = confirmed("MC-2025", "C-2025", "2025-01-10", "2026-01-09")
MC_2026 = confirmed("MC-2026", "C-2026", "2026-01-08", "2027-01-07")
REFERENCE = CalibrationCertificate(
    schema=1,
    id="REF-7-2025",
    kind="calibration",
    performed_on=dt.date(2024, 11, 1),
    recorded_at=day("2024-11-10"),
    instrument=Instrument(maker="Fluke", model="6100B", serial="REF-7"),
    laboratory=Laboratory(name="NIM"),
    results=(energy((5.0, 0.0), (100.0, 0.0)),),
)
REFERENCE_CONFIRMED = replace(
    MC_2025,
    id="MC-REF-7",
    certificate="REF-7-2025",
    serial="REF-7",
    effective_from=day("2024-11-15"),
    recorded_at=day("2024-11-15"),
    due_on=dt.date(2026, 11, 14),
)
YEARS = CalibrationRegister(
    certificates=(FIRST, SECOND, REFERENCE),
    confirmations=(MC_2025, MC_2026, REFERENCE_CONFIRMED),
)


def event(kind: str, at: str, **content: object) -> CalibrationEvent:
    """An event of the meter."""
    plain = {
        "schema": 1,
        "event": kind,
        "at": day(at),
        "recorded_at": day(at),
        "recorded_by": "Li Wei",
        "serial": SERIAL,
        **content,
    }
    return msgspec.convert(plain, CalibrationEvent, from_attributes=True)


def check(indication: float) -> IntermediateCheck:
    """A check of 100 kWh against a reference; both have U = 0.1 kWh."""
    return IntermediateCheck(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        unit="kW.h",
        indication=indication,
        expanded_uncertainty=0.1,
        reference=100.0,
        reference_expanded_uncertainty=0.1,
    )


def checked(at: str, indication: float) -> CalibrationEvent:
    """An intermediate check of the meter."""
    return event("intermediate_check", at, check=check(indication))


def withdrawn(certificate: str, at: str) -> CalibrationEvent:
    """The withdrawal of a certificate."""
    return event("certificate_withdrawn", at, serial="", certificate=certificate)
