"""Which certificate an instrument did not pass, and what ends that."""

import datetime as dt

import msgspec
import pytest

from calibration.certificate import CalibrationResult, Conformity
from calibration.history.failed_check import failed_check
from calibration.history.not_passed import NotPassed, not_passed
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from tests.unit.calibration.examples import day
from tests.unit.calibration.history.years import (
    FIRST,
    MC_2025,
    MC_2026,
    SECOND,
    SERIAL,
    calibrated,
    checked,
    confirmed,
    energy,
    event,
    withdrawn,
)

replace = msgspec.structs.replace
NOW = day("2026-06-01")
MPE = 0.005
FAILED = replace(MC_2026, decision="fail")
LEFT = energy((5.0, 0.0), (100.0, 0.0))


def found(*papers: object, at: dt.datetime = NOW) -> NotPassed | None:
    first = CalibrationRegister(certificates=(FIRST,), confirmations=(MC_2025,))
    return not_passed(with_more(first, papers), SERIAL, at)


def with_more(register: CalibrationRegister, papers: tuple[object, ...]) -> CalibrationRegister:
    kinds = ("certificates", "confirmations", "events")
    names = {each: tuple(p for p in papers if _kind(p) == each) for each in kinds}
    return replace(
        register, **{name: (*getattr(register, name), *own) for name, own in names.items()}
    )


def _kind(paper: object) -> str:
    return type(paper).__name__.replace("Calibration", "").replace("Metrological", "").lower() + "s"


def as_found(value: float) -> CalibrationResult:
    return energy((5.0, 0.0), (100.0, value), condition="as_found")


def test_an_instrument_that_passed_all_that_was_said_of_it_has_none() -> None:
    assert found() is None
    assert found(SECOND, MC_2026) is None  # no limit is stated: nobody says that it failed
    assert not_passed(CalibrationRegister(), SERIAL, NOW) is None


@pytest.mark.parametrize(("value", "fails"), [(0.005, False), (0.0051, True), (-0.0051, True)])
def test_as_found_is_held_against_the_permissible_error_of_the_decision(
    value: float, *, fails: bool
) -> None:
    second = calibrated("C-2026", "2026-01-01", as_found(value), LEFT, adjustment="gain trimmed")
    told = found(second, replace(MC_2026, mpe_relative=MPE))
    assert (told is not None) == fails
    if told is not None:
        assert (told.certificate, told.condition) == ("C-2026", "as_found")
        assert told.doubt_from == dt.date(2025, 1, 1)
        assert told.is_mended


def test_values_that_can_be_compared_are_held_against_it_too() -> None:
    """The reference had 100 where 101 was indicated: 1 % too much."""
    value = replace(
        as_found(0.0),
        kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
        unit="kW",
        result="value",
        argument="indication",
        points=(replace(as_found(0.0).points[1], at=101.0, value=100.0),),
    )
    second = calibrated("C-2026", "2026-01-01", value, LEFT, adjustment="gain trimmed")
    assert found(second, replace(MC_2026, mpe_relative=0.009)) is not None
    assert found(second, replace(MC_2026, mpe_relative=0.011)) is None


def test_what_was_not_adjusted_is_left_as_it_was_found_and_the_decision_goes_first() -> None:
    second = calibrated("C-2026", "2026-01-01", as_found(0.02))
    told = found(second, FAILED)
    assert told is not None
    assert (told.condition, told.is_mended) == ("as_found", False)
    stated = replace(second, conformity=Conformity(mpe_relative=MPE, statement="fail"))
    assert found(stated) is not None
    assert found(stated, MC_2026) is None
    assert found(second) is None  # nobody decided yet


def test_a_later_certificate_that_passed_ends_it_and_one_that_failed_keeps_the_first() -> None:
    second = calibrated("C-2026", "2026-01-01", LEFT)
    again = calibrated("C-3", "2026-03-01", LEFT)
    decided = confirmed("MC-3", "C-3", "2026-03-02", "2027-03-01")
    before = found(second, FAILED)
    assert before is not None
    assert before.condition == "as_left"
    assert found(second, FAILED, again) == before  # nobody said yet that it passed
    assert found(second, FAILED, again, decided) is None
    assert found(second, FAILED, again, replace(decided, decision="fail")) == before


def test_one_that_is_not_known_yet_or_was_withdrawn_says_nothing() -> None:
    second = calibrated("C-2026", "2026-01-01", LEFT)
    assert found(second, FAILED, at=day("2026-01-02")) is None
    assert found(second, FAILED, withdrawn("C-2026", "2026-02-01")) is None


def test_a_check_is_failed_until_one_passes_or_somebody_confirms_the_instrument() -> None:
    whole = CalibrationRegister(certificates=(FIRST,), confirmations=(MC_2025,))

    def told(*papers: object) -> tuple[dt.datetime, dt.datetime | None] | None:
        each = failed_check(with_more(whole, papers), SERIAL, NOW)
        return None if each is None else (each.at, each.doubt_from)

    passed, failed = checked("2025-06-01", 100.0), checked("2025-07-01", 130.0)
    assert told(passed) is None
    assert told(failed) == (failed.at, day("2025-01-01"))
    assert told(passed, failed) == (failed.at, passed.at)
    assert told(passed, failed, checked("2025-08-01", 131.0)) == (failed.at, passed.at)
    assert told(passed, failed, checked("2025-08-01", 100.0)) is None
    assert told(failed, SECOND, MC_2026) is None
    assert failed_check(with_more(whole, (failed,)), "S-other", NOW) is None


def test_an_instrument_is_taken_out_until_it_is_installed_again() -> None:
    came, went = event("installation", "2025-01-10"), event("removal", "2025-06-01")
    back = event("installation", "2025-09-01")
    register = CalibrationRegister(events=(came, went, back))
    assert register.removed(SERIAL, day("2025-05-01")) is None
    assert register.removed(SERIAL, day("2025-07-01")) == went
    assert register.removed(SERIAL, day("2025-10-01")) is None
    assert register.removed("S-other", day("2025-07-01")) is None
