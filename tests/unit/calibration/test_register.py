import datetime as dt

import msgspec
import pytest

from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CertificateError
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister, InForce, NotConfirmed
from tests.unit.calibration.examples import CERTIFICATE, CONFIRMATION, ENERGY, day

replace = msgspec.structs.replace
ACTIVE = KindOfQuantity.ACTIVE_ENERGY
RENEWED = replace(
    CONFIRMATION,
    id="MC-2",
    certificate="C-2",
    effective_from=day("2026-06-01"),
    due_on=dt.date(2027, 5, 31),
    recorded_at=day("2026-07-10"),
)
CERTIFICATES = (CERTIFICATE, replace(CERTIFICATE, id="C-2", recorded_at=day("2026-07-10")))


def _register(*confirmations: MetrologicalConfirmation) -> CalibrationRegister:
    return CalibrationRegister(certificates=CERTIFICATES, confirmations=confirmations)


def _id(found: InForce | NotConfirmed) -> str:
    return found.confirmation.id if isinstance(found, InForce) else ""


def test_before_its_confirmation_an_instrument_is_not_confirmed() -> None:
    register = _register(CONFIRMATION)
    assert _id(register.in_force("A-1", ACTIVE, day("2026-01-02T23:59:59"))) == ""
    assert _id(register.in_force("A-1", ACTIVE, day("2026-01-03"))) == "MC-1"


def test_the_latest_confirmation_that_has_started_is_in_force() -> None:
    register = _register(RENEWED, CONFIRMATION)
    assert _id(register.in_force("A-1", ACTIVE, day("2026-05-31T23:59:59"))) == "MC-1"
    assert _id(register.in_force("A-1", ACTIVE, day("2026-06-01"))) == "MC-2"


def test_a_late_certificate_changes_the_past_but_not_what_was_known_then() -> None:
    register = _register(CONFIRMATION, RENEWED)
    june = day("2026-06-15")
    assert _id(register.in_force("A-1", ACTIVE, june, known_at=day("2026-07-09"))) == "MC-1"
    assert _id(register.in_force("A-1", ACTIVE, june, known_at=day("2026-07-10"))) == "MC-2"
    assert _id(register.in_force("A-1", ACTIVE, june)) == "MC-2"


def test_a_correction_recorded_later_replaces_a_confirmation_of_the_same_start() -> None:
    corrected = replace(CONFIRMATION, id="MC-1b", recorded_at=day("2026-02-01"))
    register = _register(corrected, CONFIRMATION)
    assert _id(register.in_force("A-1", ACTIVE, day("2026-03-01"))) == "MC-1b"
    known_at = day("2026-01-31")
    assert _id(register.in_force("A-1", ACTIVE, day("2026-03-01"), known_at)) == "MC-1"


def test_a_corrected_certificate_is_not_read_into_what_was_known_before_it() -> None:
    corrected = replace(
        CERTIFICATE,
        recorded_at=day("2026-09-01"),
        results=(replace(ENERGY, repeatability=0.5),),
    )
    register = CalibrationRegister(
        certificates=(corrected, CERTIFICATE), confirmations=(CONFIRMATION,)
    )
    at = day("2026-03-01")
    now = register.in_force("A-1", ACTIVE, at)
    then = register.in_force("A-1", ACTIVE, at, known_at=day("2026-08-31"))
    assert isinstance(now, InForce)
    assert isinstance(then, InForce)
    assert now.certificate == corrected
    assert then.certificate == CERTIFICATE


def test_an_overdue_confirmation_stays_in_force_and_says_so() -> None:
    found = _register(CONFIRMATION).in_force("A-1", ACTIVE, day("2027-03-01"))
    assert isinstance(found, InForce)
    assert found.overdue(day("2027-01-01"))
    assert not found.overdue(day("2026-12-31T23:59:59"))


def test_overdue_counts_days_in_utc() -> None:
    found = _register(CONFIRMATION).in_force("A-1", ACTIVE, day("2026-12-31"))
    assert isinstance(found, InForce)
    beijing = dt.timezone(dt.timedelta(hours=8))
    assert not found.overdue(dt.datetime(2027, 1, 1, 7, 59, tzinfo=beijing))
    assert found.overdue(dt.datetime(2027, 1, 1, 8, 0, tzinfo=beijing))


def test_a_failed_confirmation_is_not_used() -> None:
    failed = replace(CONFIRMATION, decision="fail")
    assert _register(failed).in_force("A-1", ACTIVE, day("2026-03-01")) == NotConfirmed(
        serial="A-1"
    )


def test_an_instrument_that_failed_is_not_read_with_its_old_certificate() -> None:
    failed = replace(RENEWED, decision="fail")
    register = _register(CONFIRMATION, failed)
    assert _id(register.in_force("A-1", ACTIVE, day("2026-05-31"))) == "MC-1"
    assert _id(register.in_force("A-1", ACTIVE, day("2026-06-01"))) == ""


def test_a_correction_to_fail_takes_the_confirmation_back() -> None:
    failed = replace(CONFIRMATION, decision="fail", recorded_at=day("2026-02-01"))
    register = _register(CONFIRMATION, failed)
    at = day("2026-03-01")
    assert _id(register.in_force("A-1", ACTIVE, at)) == ""
    assert _id(register.in_force("A-1", ACTIVE, at, known_at=day("2026-01-31"))) == "MC-1"


def test_an_adjusted_instrument_is_confirmed_again_after_it_failed() -> None:
    failed = replace(RENEWED, decision="fail")
    adjusted = replace(RENEWED, id="MC-3", recorded_at=day("2026-07-11"))
    assert _id(_register(failed, adjusted).in_force("A-1", ACTIVE, day("2026-06-01"))) == "MC-3"


def test_another_serial_number_is_another_instrument() -> None:
    found = _register(CONFIRMATION).in_force("A-2", ACTIVE, day("2026-03-01"))
    assert found == NotConfirmed(serial="A-2")


def test_a_certificate_for_another_serial_number_is_refused() -> None:
    swapped = replace(CONFIRMATION, serial="A-2")
    with pytest.raises(CertificateError, match="for serial 'A-1', not 'A-2'"):
        _register(swapped).in_force("A-2", ACTIVE, day("2026-03-01"))


def test_a_confirmation_without_its_certificate_is_refused() -> None:
    alone = CalibrationRegister(confirmations=(CONFIRMATION,))
    with pytest.raises(CertificateError, match="'C-1' is not in the register"):
        alone.in_force("A-1", ACTIVE, day("2026-03-01"))


def test_as_left_results_are_what_is_in_use() -> None:
    found_so = replace(ENERGY, condition="as_found")
    both = replace(CERTIFICATE, results=(found_so, ENERGY))
    register = CalibrationRegister(certificates=(both,), confirmations=(CONFIRMATION,))
    found = register.in_force("A-1", ACTIVE, day("2026-03-01"))
    assert isinstance(found, InForce)
    assert found.result == ENERGY
    assert isinstance(
        other := register.in_force("A-1", KindOfQuantity.VOLTAGE, day("2026-03-01")), InForce
    )
    assert other.result is None
