"""Months as runs of leaves in order of admission."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.months import Run, is_month, month_of, months_before, runs

DAY_NS = 86_400 * 10**9


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) * 10**9


def test_a_month_ends_before_the_first_leaf_of_a_later_one() -> None:
    instants = ["2026-01-05", "2026-01-31T23:59:59", "2026-02-01", "2026-04-09", "2026-04-10"]
    found = list(runs(enumerate(map(at, instants))))
    assert found == [Run("2026-01", 0, 1), Run("2026-02", 2, 2), Run("2026-04", 3, 4)]


def test_a_clock_that_was_set_back_tears_no_month_apart() -> None:
    instants = ["2026-01-05", "2026-02-01", "2026-01-31", "2019-07-01", "2026-02-02", "2026-03-01"]
    found = list(runs(enumerate(map(at, instants))))
    assert found == [Run("2026-01", 0, 0), Run("2026-02", 1, 4), Run("2026-03", 5, 5)]


def test_what_came_under_an_archived_month_belongs_to_the_next() -> None:
    instants = ["2026-01-31", "2026-03-01"]
    found = list(runs(enumerate(map(at, instants), start=7), floor="2026-02"))
    assert found == [Run("2026-02", 7, 7), Run("2026-03", 8, 8)]


@given(st.lists(st.integers(0, 3_000), max_size=60))
def test_runs_tile_all_leaves_and_their_months_rise(days: list[int]) -> None:
    found = list(runs(enumerate(day * DAY_NS for day in days)))
    whole = [place for run in found for place in range(run.first, run.last + 1)]
    assert whole == list(range(len(days)))
    assert all(before.month < after.month for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("month", "count", "before"),
    [
        ("2026-11", 13, "2025-10"),
        ("2026-01", 1, "2025-12"),
        ("2026-12", 0, "2026-12"),
        ("2026-12", -1, "2027-01"),
        ("0001-03", 100, "0001-01"),
    ],
)
def test_months_are_counted(month: str, count: int, before: str) -> None:
    assert months_before(month, count) == before


def test_a_month_is_utc() -> None:
    assert month_of(at("2025-12-31T23:59:59")) == "2025-12"
    assert month_of(at("2026-01-01")) == "2026-01"
    assert [is_month(text) for text in ("2026-01", "2026-13", "2026-1", "../..", "2026-01\n")] == [
        True,
        *[False] * 4,
    ]
