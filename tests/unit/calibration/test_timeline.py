import datetime as dt

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.errors import CertificateError
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.timeline import Installed, timeline, timeline_of
from tests.unit.calibration.examples import (
    CERTIFICATE,
    CONFIRMATION,
    ENERGY,
    POINTS,
    UNCORRECTED,
    day,
)

replace = msgspec.structs.replace
ACTIVE = KindOfQuantity.ACTIVE_ENERGY
RESULTS = (replace(ENERGY, points=POINTS),)
OTHER = replace(CERTIFICATE.instrument, serial="B-2")
CERTIFICATES = (
    replace(CERTIFICATE, results=RESULTS),
    replace(CERTIFICATE, id="C-2", results=RESULTS),
    replace(CERTIFICATE, id="C-3", instrument=OTHER, results=RESULTS),
)


def _ns(text: str) -> int:
    return round(day(text).timestamp() * 1e6) * 1000


def _at(register: CalibrationRegister, installed: list[Installed], instant: str) -> str:
    found = timeline_of(register, installed, ACTIVE, "kW.h").at(_ns(instant))
    return found.certificate or found.basis.value


def test_a_confirmation_in_mid_period_changes_the_calibration_from_its_start() -> None:
    renewed = replace(
        CONFIRMATION, id="MC-2", certificate="C-2", effective_from=day("2026-06-01T08:00:00")
    )
    register = CalibrationRegister(certificates=CERTIFICATES, confirmations=(renewed, CONFIRMATION))
    installed = [Installed(from_ns=0, serial="A-1", nameplate_mpe_relative=0.02)]
    assert _at(register, installed, "2026-01-02") == "nameplate"
    assert _at(register, installed, "2026-01-03") == "C-1"
    assert _at(register, installed, "2026-06-01T07:59:59.999999") == "C-1"
    assert _at(register, installed, "2026-06-01T08:00:00") == "C-2"


def test_an_exchange_changes_the_instrument_and_its_certificate() -> None:
    mine = replace(CONFIRMATION, id="MC-3", certificate="C-3", serial="B-2")
    later = replace(CONFIRMATION, id="MC-2", certificate="C-2", effective_from=day("2026-08-01"))
    register = CalibrationRegister(
        certificates=CERTIFICATES, confirmations=(CONFIRMATION, mine, later)
    )
    installed = [
        Installed(from_ns=0, serial="A-1"),
        Installed(from_ns=_ns("2026-04-01T10:30:00"), serial="B-2"),
    ]
    assert _at(register, installed, "2026-04-01T10:29:59") == "C-1"
    assert _at(register, installed, "2026-04-01T10:30:00") == "C-3"
    assert _at(register, installed, "2026-09-01") == "C-3"  # the old instrument's renewal


def test_an_instrument_without_confirmation_after_an_exchange_is_unknown() -> None:
    register = CalibrationRegister(certificates=CERTIFICATES, confirmations=(CONFIRMATION,))
    installed = [
        Installed(from_ns=0, serial="A-1"),
        Installed(from_ns=_ns("2026-04-01"), serial="Z-9"),
    ]
    assert _at(register, installed, "2026-04-02") == UncertaintyBasis.UNKNOWN


def test_a_confirmation_may_start_within_a_second() -> None:
    start = dt.datetime(2026, 6, 1, 8, 0, 0, 500_000, tzinfo=dt.UTC)
    renewed = replace(CONFIRMATION, id="MC-2", certificate="C-2", effective_from=start)
    register = CalibrationRegister(certificates=CERTIFICATES, confirmations=(CONFIRMATION, renewed))
    installed = [Installed(from_ns=0, serial="A-1")]
    assert _at(register, installed, "2026-06-01T08:00:00.499999") == "C-1"
    assert _at(register, installed, "2026-06-01T08:00:00.500000") == "C-2"


def test_a_timeline_holds_only_what_was_known_then() -> None:
    renewed = replace(
        CONFIRMATION,
        id="MC-2",
        certificate="C-2",
        effective_from=day("2026-06-01"),
        recorded_at=day("2026-07-01"),
    )
    register = CalibrationRegister(certificates=CERTIFICATES, confirmations=(CONFIRMATION, renewed))
    installed = [Installed(from_ns=0, serial="A-1")]
    then = timeline_of(register, installed, ACTIVE, "kW.h", known_at=day("2026-06-30"))
    assert {each.certificate for each in then.calibrations} == {"", "C-1"}


def test_the_first_calibration_holds_before_its_start_too() -> None:
    changes = timeline("kW.h", [(1000, UNCORRECTED)])
    assert changes.at(0) == UNCORRECTED
    assert changes.row(0) == 0


def test_a_measuring_point_without_an_instrument_is_refused() -> None:
    with pytest.raises(CertificateError, match="one calibration or more"):
        timeline_of(CalibrationRegister(), [], ACTIVE, "kW.h")


def test_instants_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(CertificateError, match="timeline"):
        timeline("kW.h", [(5, UNCORRECTED), (5, UNCORRECTED)])
    with pytest.raises(CertificateError, match="timeline"):
        timeline("kW.h", [(5, UNCORRECTED), (4, UNCORRECTED)])
