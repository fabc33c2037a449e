import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import LeafContentError, Words
from evidence.log.column import (
    MAX_EXACT,
    Progression,
    collapsed,
    counted,
    counting,
    exact,
    finite,
    fitting,
    hexadecimal,
    progressed,
    progression,
    spread,
)

numbers = st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=20)


@given(numbers)
@settings(deadline=None)
def test_a_column_of_whole_numbers_comes_back(column: list[int]) -> None:
    assert progressed(progression(column), len(column)) == column


@given(st.integers(), st.integers(), st.integers(2, 20))
@settings(deadline=None)
def test_even_steps_collapse_to_one(first: int, step: int, rows: int) -> None:
    column = [first + step * k for k in range(rows)]
    assert progression(column) == Progression(first=first, steps=step)


def test_one_row_has_no_steps() -> None:
    assert progression([5]) == Progression(first=5, steps=())
    assert progressed(Progression(first=5, steps=()), 1) == [5]
    assert progressed(Progression(first=5, steps=9), 1) == [5]


@given(st.lists(st.sampled_from([0.0, 1.5, 2.0]), min_size=1, max_size=5))
@settings(deadline=None)
def test_what_is_collapsed_spreads_again(column: list[float]) -> None:
    packed = collapsed(column)
    assert spread(packed, len(column)) == tuple(column)
    assert isinstance(packed, tuple) == (len(set(column)) > 1)


@pytest.mark.parametrize(
    ("column", "rows"), [((1, 2), 4), ((1, 2), 2), ((), 3), ((1,), 0), ((1, 2), 0)]
)
def test_steps_of_another_length_are_refused_by_name(column: tuple[int, ...], rows: int) -> None:
    with pytest.raises(LeafContentError) as refused:
        progressed(Progression(first=0, steps=column), rows, "at_ms")
    assert refused.value.where == "at_ms"


def test_values_of_another_length_are_refused_in_both_languages() -> None:
    with pytest.raises(LeafContentError) as refused:
        fitting((1.0, 2.0), 3, "value")
    assert str(refused.value).startswith("E_JSON_CONTENT value: the column has 2 rows")
    assert "该列有 2 行；限值为 3 行" in refused.value.say("zh")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400])
@pytest.mark.parametrize("check", [finite, exact])
def test_what_no_float_can_hold_is_refused(check: object, number: float) -> None:
    assert callable(check)
    with pytest.raises(LeafContentError, match="E_JSON_CONTENT x: a number is NaN"):
        check((1.0, number, 2.0), "x")


@pytest.mark.parametrize("number", [MAX_EXACT + 1, -MAX_EXACT - 1, 2**63, 2**64, 10**20])
def test_a_whole_number_that_json_readers_round_is_refused(number: int) -> None:
    with pytest.raises(LeafContentError, match=r"\|n\| <= 2\^53"):
        exact((0.5, number), "x")


@pytest.mark.parametrize(
    "column", [(), (MAX_EXACT, -MAX_EXACT), (1e300, 3), (-1.7e308, 0.0), (float(2**63),)]
)
def test_what_every_reader_holds_exactly_passes(column: tuple[float, ...]) -> None:
    exact(column, "x")


def test_a_single_number_is_looked_at_even_if_there_are_no_rows() -> None:
    fitting(0.5, 0, "fresh")
    with pytest.raises(LeafContentError):
        fitting(math.nan, 0, "fresh")


@pytest.mark.parametrize("column", [(1.0,), (1.0, math.inf)])
def test_a_column_must_fit_and_be_finite(column: tuple[float, ...]) -> None:
    fitting((1.0, 2.0), 2, "value")
    with pytest.raises(LeafContentError, match="value"):
        fitting(column, 2, "value")


@pytest.mark.parametrize(
    "column",
    [
        Progression(first=-1, steps=1),
        Progression(first=0, steps=-1),
        Progression(first=9, steps=1),
        Progression(first=5, steps=(-6, 2)),
        Progression(first=5, steps=(6, -8)),
    ],
)
def test_a_column_that_leaves_its_range_anywhere_is_refused(column: Progression) -> None:
    with pytest.raises(LeafContentError, match=r"0 \.\. 10"):
        counting(column, 3, 10, "sequence")


def test_the_ends_of_the_range_belong_to_it() -> None:
    counting(Progression(first=0, steps=5), 3, 10, "sequence")
    counting(Progression(first=10, steps=(-10, 10)), 3, 10, "sequence")
    counted((0, 10), 10, "sequence")


@pytest.mark.parametrize("texts", [("0g",), ("0",), ("00", "abc"), ("0", "1"), ("AB",), (" 0",)])
def test_what_is_not_whole_bytes_in_hexadecimal_is_refused(texts: tuple[str, ...]) -> None:
    hexadecimal(("00", "", "abcdef"), "raw")
    with pytest.raises(LeafContentError) as refused:
        hexadecimal(texts, "raw")
    assert isinstance(refused.value.facts["what"], Words)
