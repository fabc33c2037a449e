"""How a channel is computed, as a dated document: what it refuses, and which one holds when."""

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from calibration.derivation import Derivation, derivation_in_force
from calibration.errors import CalibrationError, DerivationConflictError
from calibration.load import SourceFile, kind_of, parse_derivation, register_of
from tests.unit.calibration.derivation_text import TEXT

ONE = parse_derivation(TEXT.encode(), "co2.toml")
DAY = dt.timedelta(days=1)


def test_a_file_says_that_it_is_a_derivation_and_stands_in_the_register() -> None:
    assert kind_of(TEXT.encode(), "co2.toml") == "derivation"
    register = register_of([SourceFile(name="co2.toml", data=TEXT.encode())])
    assert register.derivations == (ONE,)
    assert register.as_known(ONE.recorded_at - DAY).derivations == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"works/cems/velocity"', '"velocity"'),
        ('"works/cems/velocity"', '"works/stack-1/co2"'),
        ('area = "stack_area"', 'v_p = "stack_area"'),
        ('"stack_area"', '"stack_height"'),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00"),
        ('"mass_flow"', '"tonnes"'),
        ('decided_by = "Q. Ma"\n', ""),
        ('reason = "first operation"', 'reason = ""'),
        ("schema = 1", "schema = 2"),
        ('v_p = "works/cems/velocity"\nt_s = "works/cems/temperature"', ""),
    ],
)
def test_what_a_derivation_cannot_say_is_refused_with_a_code(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(CalibrationError) as refused:
        parse_derivation(TEXT.replace(old, new).encode(), "co2.toml")
    assert refused.value.code.startswith("E_")
    assert "co2" in str(refused.value)


def later(days: int, **more: Any) -> Derivation:  # noqa: ANN401 - any field
    moved = ONE.effective_from + days * DAY
    return replace(ONE, effective_from=moved, recorded_at=moved, **more)


def held(at_days: int, *known: Derivation, as_known_days: int | None = None) -> Derivation | None:
    known_at = None if as_known_days is None else ONE.effective_from + as_known_days * DAY
    return derivation_in_force(known, ONE.derivation, ONE.effective_from + at_days * DAY, known_at)


def test_the_one_that_began_last_holds_and_before_the_first_there_is_none() -> None:
    other = later(10, model="F-11")
    assert held(9, ONE, other) == ONE
    assert held(10, other, ONE) == other
    assert held(-1, ONE, other) is None
    assert derivation_in_force([ONE], "works/stack-2/co2", ONE.effective_from) is None


def test_a_correction_holds_as_soon_as_it_is_known_and_not_before() -> None:
    corrected = replace(ONE, model="F-11", recorded_at=ONE.effective_from + 5 * DAY)
    assert held(1, ONE, corrected) == corrected
    assert held(1, ONE, corrected, as_known_days=4) == ONE


def test_two_ways_from_one_instant_are_refused() -> None:
    with pytest.raises(DerivationConflictError):
        held(1, ONE, replace(ONE, model="F-11"))
    assert held(1, ONE, ONE) == ONE
