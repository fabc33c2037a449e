"""What a later test says of hours that were stated: doubts beside the value, none inside it."""

import datetime as dt
import json

import msgspec
import pytest

from calibration.history.suspect import SuspectPeriod, effect, suspects
from calibration.increment import NS_PER_HOUR
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.window import FlowWindow, Window
from evidence.clock import parse_utc
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData, digest_of
from evidence.statement.doubt import Doubt, doubts
from tests.unit.calibration.history.years import (
    FIRST,
    SECOND,
    SERIAL,
    YEARS,
    checked,
    energy,
    replace,
)
from tests.unit.evidence.statement.examples import CALIBRATED, ENERGY, flow

YEAR_H = 8760


def hour(start: str, hours: int = 1, load: float = 100.0, certificate: str = "C-2025") -> Window:
    """Hours of the meter at a load in kW."""
    start_ns = parse_utc(f"{start}Z")
    grounds = msgspec.structs.replace(CALIBRATED, serials=(SERIAL,), certificates=(certificate,))
    return msgspec.structs.replace(
        flow(0, load * hours, grounds=grounds),
        start_ns=start_ns,
        end_ns=start_ns + hours * NS_PER_HOUR,
        uncorrected=load * hours,
    )


def of(register: CalibrationRegister) -> tuple[SuspectPeriod, ...]:
    return suspects(register, SERIAL, KindOfQuantity.ACTIVE_ENERGY)


YEAR = hour("2025-01-01T00:00:00", YEAR_H)


def test_a_year_whose_relative_error_went_from_0_2_to_0_6_percent() -> None:
    """x/(1 + e): -1992 kWh of 1 GWh, with 1148 kWh from not knowing when it moved."""
    (found,) = doubts([YEAR], of(YEARS))
    assert (found.because, found.before, found.after) == ("shift", "C-2025", "C-2026")
    assert (found.start, found.end) == ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
    assert (found.value, found.checks) == (876_000.0, ())
    assert found.correction == pytest.approx(-1992.0 * 0.876, abs=0.5)
    assert found.standard_uncertainty is not None
    assert found.standard_uncertainty > 1148.0 * 0.876
    assert found.expanded_uncertainty == 2.0 * found.standard_uncertainty


def test_the_hours_of_a_part_have_the_effect_of_that_part() -> None:
    """The last quarter: the instrument had moved by 7/8 of the shift on the mean."""
    (suspect,) = of(YEARS)
    assert suspect.shift is not None
    whole = hour("2025-10-01T00:00:00", 92 * 24, load=50.0)
    (found,) = doubts([whole], [suspect])
    days = dt.date(2025, 10, 1), dt.date(2026, 1, 1)
    expected = effect(suspect.shift, whole.value, 50.0, *days)
    assert (found.correction, found.standard_uncertainty) == pytest.approx(
        (expected.correction, expected.standard_uncertainty)
    )


def test_hours_before_and_after_are_not_in_doubt() -> None:
    suspected = of(YEARS)
    following = hour("2026-01-01T00:00:00", certificate="C-2026")
    assert doubts([hour("2024-12-31T23:00:00"), following], suspected) == ()
    (found,) = doubts(
        [hour(f"{day}T12:00:00") for day in ("2024-12-31", "2025-03-01", "2026-02-01")], suspected
    )
    assert (found.start, found.end) == ("2025-03-01T12:00:00Z", "2025-03-01T13:00:00Z")
    assert found.value == 100.0


def test_of_the_day_that_found_it_those_hours_are_in_doubt_that_rest_on_the_one_before() -> None:
    """Nobody knows at which hour of its day a calibration was made."""
    suspected, day = of(YEARS), "2026-01-01T"
    hours = [hour(f"{day}08:00:00"), hour(f"{day}09:00:00", certificate="C-2026")]
    (found,) = doubts([*hours, hour("2026-01-02T00:00:00")], suspected)
    assert (found.start, found.end) == ("2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z")
    assert found.correction == pytest.approx(-0.4, rel=0.01)  # of 100 kW.h, all of the shift


def test_another_instruments_hours_are_not_in_doubt() -> None:
    assert doubts([flow(0)], [replace(each, serial="B-2") for each in of(YEARS)]) == ()


def test_a_failed_check_is_told_before_any_certificate_follows_without_a_correction() -> None:
    only = replace(YEARS, certificates=(FIRST,), events=(checked("2025-05-01", 101.0),))
    (found,) = doubts([hour("2025-06-01T00:00:00")], of(only))
    assert (found.because, found.after) == ("intermediate_check", None)
    assert found.checks == ("2025-05-01T00:00:00Z",)
    assert (found.correction, found.expanded_uncertainty) == (None, None)


@pytest.mark.parametrize("change", ["certificate", "unit"])
def test_what_the_shift_cannot_be_applied_to_is_in_doubt_by_an_unknown_amount(change: str) -> None:
    window = hour(
        "2025-06-01T00:00:00", certificate="C-2024" if change == "certificate" else "C-2025"
    )
    if change == "unit":
        assert isinstance(window, FlowWindow)
        window = msgspec.structs.replace(window, unit="m3")
    (found,) = doubts([window], of(YEARS))
    assert (found.correction, found.standard_uncertainty) == (None, None)


def stated(register: CalibrationRegister) -> ActivityData:
    period = (YEAR.start_ns, YEAR.end_ns)
    return activity_data(
        [YEAR],
        ENERGY,
        period,
        software="test 1",
        suspects=of(register),
    )


def test_a_statement_without_a_doubt_is_published_as_before() -> None:
    certain = stated(replace(YEARS, certificates=(FIRST,)))
    assert certain.doubts is msgspec.UNSET
    assert "doubts" not in json.loads(msgspec.json.encode(certain))


def test_a_doubt_changes_the_digest_and_neither_value_nor_uncertainty() -> None:
    small = energy((5.0, 0.0011), (100.0, 0.0021), condition="as_found")
    steady = replace(SECOND, results=(small, *SECOND.results[1:]))
    certain, doubted = stated(replace(YEARS, certificates=(FIRST, steady))), stated(YEARS)
    assert certain.doubts is msgspec.UNSET
    assert doubted.doubts is not msgspec.UNSET
    assert (doubted.value, doubted.standard_uncertainty) == (
        certain.value,
        certain.standard_uncertainty,
    )
    assert doubted.digest == digest_of(doubted) != certain.digest
    again = msgspec.json.decode(msgspec.json.encode(doubted), type=ActivityData)
    assert again == doubted
    assert isinstance(doubted.doubts, tuple)
    assert all(isinstance(each, Doubt) for each in doubted.doubts)
