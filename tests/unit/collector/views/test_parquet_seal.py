"""When days are sealed: by the ledger alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.views.parquet_gather import day_number, day_text
from collector.views.parquet_seal import GRACE_NS, NS_PER_DAY, Seal, seals, turn

HOUR_NS = 3_600_000_000_000
DAY = 20_500


def leaves(*hours: float) -> list[tuple[int, int]]:
    """Leaves received so many hours after midnight of a day."""
    return [(n, DAY * NS_PER_DAY + int(hour * HOUR_NS)) for n, hour in enumerate(hours)]


def test_a_day_is_sealed_six_hours_after_its_end() -> None:
    found = list(seals(leaves(7, 23, 25, 29.9, 30, 31), None))
    assert [each.position for each in found] == [4]
    assert list(found[0].open_days) == [DAY + 1, DAY + 2]


def test_days_of_silence_are_sealed_by_the_first_leaf_after_them() -> None:
    found = list(seals(leaves(7, 24 * 20 + 12), None))
    assert [each.position for each in found] == [1]
    assert found[0].open_days.start == DAY + 20


def test_a_stamp_of_the_next_century_does_not_wait_for_it() -> None:
    """It cannot be right, but it is kept: it is sealed with the days that are over."""
    seal = Seal(position=1, received_ns=DAY * NS_PER_DAY + 7 * HOUR_NS)
    assert DAY + 2 not in seal.open_days
    assert DAY + 1 in seal.open_days


def test_a_clock_that_was_set_back_only_seals_once_more() -> None:
    found = [each.position for each in seals(leaves(7, 24 * 9000, 8, 31), None)]
    assert found == [1, 2, 3]


@given(st.lists(st.integers(0, 10**19 // 10**3), max_size=30), st.integers(0, 30))
def test_seals_are_the_same_in_one_go_and_in_two(instants: list[int], cut: int) -> None:
    rows = list(enumerate(instants))
    first, second = rows[:cut], rows[cut:]
    before = turn(first[-1][1]) if first else None
    assert [*seals(first, None), *seals(second, before)] == list(seals(rows, None))


@pytest.mark.parametrize("text", ["1970-01-01", "2026-03-31", "2099-12-31"])
def test_days_are_counted_from_1970(text: str) -> None:
    assert day_text(day_number(text)) == text
    assert np.datetime64(text).astype(int) == day_number(text)


def test_grace_is_shorter_than_a_day() -> None:
    assert 0 < GRACE_NS < NS_PER_DAY
