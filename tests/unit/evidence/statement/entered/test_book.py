"""What may be entered: corrections name what they correct, nothing overlaps, registers grow."""

from typing import Any

import pytest

from calibration.errors import CalibrationError
from evidence.clock import parse_utc
from evidence.errors import CodedError
from evidence.statement.entered.channel import is_entered, may_be_entered
from evidence.statement.entered.errors import (
    EntryAgainstError,
    EntryChannelError,
    EntryCorrectsError,
    EntryOrderError,
    EntryOverlapError,
    EntryRefusedError,
    EntryValueError,
)
from tests.unit.evidence.statement.entered.notebook import (
    GAS,
    NOW_NS,
    POWER,
    Notebook,
    billed,
    changed,
    read,
)


def test_a_correction_stands_in_the_place_of_what_it_names_and_both_are_kept() -> None:
    notes = Notebook()
    wrong = notes.enter(billed("2026-01-01", "2026-02-01", 3_010.0))
    before_ns = notes.at_ns - 1
    stood = notes.told(POWER, "2026-01-01", "2026-02-01")
    right = notes.enter(billed("2026-01-01", "2026-02-01", 3_100.0), corrects=wrong)
    assert notes.told(POWER, "2026-01-01", "2026-02-01").value == 3_100.0
    assert [each.entry for each in notes.book.of(POWER)] == [wrong, right]
    # as it was known before the correction: the same statement, digit for digit
    assert notes.told(POWER, "2026-01-01", "2026-02-01", before_ns) == stood
    assert notes.book.standing(POWER, before_ns)[0].entry == wrong


def test_an_entry_that_is_withdrawn_counts_no_more() -> None:
    notes = Notebook()
    entry = notes.enter(billed("2026-01-01", "2026-02-01", 3_010.0))
    notes.enter(None, corrects=entry, channel=POWER)
    assert notes.states(POWER, "2026-01-01", "2026-02-01") is None
    notes.enter(billed("2026-01-01", "2026-02-01", 3_100.0))  # the time is free again
    assert notes.told(POWER, "2026-01-01", "2026-02-01").value == 3_100.0


def test_a_correction_of_what_does_not_stand_is_refused() -> None:
    notes = Notebook()
    first = notes.enter(billed("2026-01-01", "2026-02-01", 1.0))
    second = notes.enter(billed("2026-01-01", "2026-02-01", 2.0), corrects=first)
    gone = notes.enter(None, corrects=second, channel=POWER)
    for entry, why in ((99, "none of this channel"), (first, "corrected it"), (gone, "withdrawal")):
        with pytest.raises(EntryCorrectsError, match=why):
            notes.enter(billed("2026-01-01", "2026-02-01", 3.0), corrects=entry)
    with pytest.raises(EntryCorrectsError, match="none of this channel"):
        notes.enter(read("2026-01-01T00:00:00Z", 1.0), corrects=first)
    with pytest.raises(EntryValueError, match="nothing in it"):
        notes.enter(None, channel=POWER)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-01-31", "2026-02-02"), ("2026-01-10", "2026-01-11"), ("2025-12-01", "2026-05-01")],
)
def test_amounts_that_overlap_are_refused(start: str, end: str) -> None:
    notes = Notebook()
    entry = notes.enter(billed("2026-01-01", "2026-02-01", 1.0))
    with pytest.raises(EntryOverlapError, match=f"entry {entry} covers 2026-01-01"):
        notes.enter(billed(start, end, 1.0))
    notes.enter(billed("2026-02-01", "2026-02-02", 1.0))  # what touches does not overlap


def test_a_register_that_falls_is_refused_on_either_side() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 100.0))
    notes.enter(read("2026-03-01T00:00:00Z", 300.0))
    for at, value in (("2026-02-01T00:00:00Z", 99.0), ("2026-02-01T00:00:00Z", 301.0)):
        with pytest.raises(EntryOrderError, match="does not follow"):
            notes.enter(read(at, value))
    with pytest.raises(EntryOverlapError):
        notes.enter(read("2026-03-01T08:00:00+08:00", 300.0))
    notes.enter(read("2026-02-01T00:00:00Z", 200.0))


def test_a_channel_holds_one_quantity_in_one_form() -> None:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 100.0))
    notes.enter(billed("2026-01-01", "2026-02-01", 1.0))
    with pytest.raises(EntryAgainstError, match="unit is L"):
        notes.enter(changed(read("2026-02-01T00:00:00Z", 100.0), unit="L"))
    gas = {"temperature_K": 293.15, "pressure_Pa": 101325.0, "wet": False}
    with pytest.raises(EntryAgainstError, match="another state"):
        notes.enter(changed(read("2026-02-01T00:00:00Z", 100.0), reference_conditions=gas))
    amount = billed("2026-02-01", "2026-03-01", 1.0)
    foreign = changed(amount, channel=GAS, kind_of_quantity="volume", unit="m3")
    with pytest.raises(EntryAgainstError, match="do not mix"):
        notes.enter(foreign)


def test_the_future_is_not_entered() -> None:
    notes = Notebook()
    for content in (
        read("2027-01-01T00:00:01Z", 1.0),
        billed("2026-12-01", "2027-01-02", 1.0),
    ):
        with pytest.raises(EntryValueError, match="has not come yet"):
            notes.enter(content)
    assert parse_utc("2027-01-01T00:00:00Z") == NOW_NS
    notes.enter(billed("2026-12-01", "2027-01-01", 1.0))


@pytest.mark.parametrize(
    "what",
    [
        {"value": -1.0},
        {"value": float("inf")},
        {"value": float("nan")},
        {"value": 1e16},
        {"source": "  "},
        {"source": "a\nb"},
        {"resolution": 0.0},
        {"resolution": None},
        {"standard_uncertainty": 0.1},
        {"standard_uncertainty": -0.1, "resolution": None},
        {"mpe_relative": 1.5},
        {"relative_standard_uncertainty": 0.1},
        {"serial": ""},
        {"serial": "a b"},
        {"rollover": 50.0},
        {"unit": "kW.h"},
        {"unit": "KWH"},
        {"kind_of_quantity": "temperature", "unit": "Cel"},
        {"at": "2026-02-30T00:00:00Z"},
        {"at": "1969-12-31T23:59:59Z"},
        {"at": "2026-02-03T00:00:00"},
    ],
)
def test_what_a_reading_cannot_be_is_refused(what: dict[str, Any]) -> None:
    with pytest.raises((CodedError, CalibrationError), match=r"^E_[A-Z_]+ "):
        changed(read("2026-01-01T00:00:00Z", 100.0), **what)


@pytest.mark.parametrize(
    "what",
    [
        {"end": "2026-01-01T00:00:00Z"},
        {"start": "1969-01-01T00:00:00Z"},
        {"standard_uncertainty": 1.0},
        {"value": -0.5},
    ],
)
def test_what_an_amount_cannot_be_is_refused(what: dict[str, Any]) -> None:
    with pytest.raises(EntryRefusedError):
        changed(billed("2026-01-01", "2026-02-01", 1.0), **what)


def test_the_name_of_a_channel_says_that_people_enter_it() -> None:
    assert may_be_entered(GAS)
    assert is_entered(GAS)
    assert not is_entered("works/gas-1/volume")
    for name in ("works/gas-1/volume", "works/~/volume", "~x/y/z", f"{GAS}\n", "works/~a/b/c", ""):
        assert not may_be_entered(name)
        with pytest.raises(EntryChannelError, match="E_ENTRY_CHANNEL"):
            changed(read("2026-01-01T00:00:00Z", 1.0), channel=name)


def test_a_rollover_below_what_the_register_showed_before_is_refused() -> None:
    """50, then 20 where it starts again at 25: it never got beyond 25, so this is no growth."""
    notes = Notebook()
    entry = notes.enter(read("2026-01-01T00:00:00Z", 50.0))
    for rollover in (25.0, 50.0):
        with pytest.raises(EntryOrderError, match=f"20 does not follow from entry {entry}"):
            notes.enter(read("2026-02-01T00:00:00Z", 20.0, rollover=rollover))
    notes.enter(read("2026-02-01T00:00:00Z", 20.0, rollover=51.0))
    with pytest.raises(EntryOrderError, match="51 does not follow"):
        notes.enter(read("2026-01-02T00:00:00Z", 51.0))


def exchanged_on_the_first_of_february() -> Notebook:
    notes = Notebook()
    notes.enter(read("2026-01-01T00:00:00Z", 100.0, serial="A"))
    notes.enter(read("2026-02-01T00:00:00Z", 500.0, serial="A"))
    notes.enter(read("2026-02-01T00:00:00Z", 110.0, serial="B"))
    return notes


def test_a_new_meter_that_falls_behind_its_exchange_is_refused() -> None:
    notes = exchanged_on_the_first_of_february()
    with pytest.raises(EntryOrderError, match="10 does not follow from entry 12, which reads 110"):
        notes.enter(read("2026-03-01T00:00:00Z", 10.0, serial="B"))
    with pytest.raises(EntryOrderError, match="99 does not follow from entry 10"):
        notes.enter(read("2026-02-01T00:00:00Z", 99.0, serial="A"), corrects=11)


def test_a_register_that_fell_before_hinders_no_other_entry_and_can_be_corrected() -> None:
    notes = exchanged_on_the_first_of_february()
    fell = notes.takes(read("2026-03-01T00:00:00Z", 10.0, serial="B"))
    notes.enter(read("2026-02-01T00:00:00Z", 501.0, serial="A"), corrects=11)
    notes.enter(read("2026-04-01T00:00:00Z", 400.0, serial="B"))
    with pytest.raises(EntryOrderError, match="109 does not follow from entry 12"):
        notes.enter(read("2026-03-01T00:00:00Z", 109.0, serial="B"), corrects=fell)
    notes.enter(read("2026-03-01T00:00:00Z", 210.0, serial="B"), corrects=fell)
    assert notes.told(GAS, "2026-01-01", "2026-04-01").value == 401.0 + 290.0
