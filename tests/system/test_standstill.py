"""Processes that stand still for a while: what is played of row 12 in every check."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import Control, fails_without, sample
from tests.system.standstill import STANDSTILL, STANDSTILL_10_MINUTES
from tests.system.ticks import Course, crowded, untold


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


def test_ten_minutes_of_standing_still_are_missed_polls_and_nothing_else(tmp_path: Path) -> None:
    tally = sample(STANDSTILL_10_MINUTES, tmp_path, [0])
    STANDSTILL_10_MINUTES.closes(tally)
    assert tally["stops"] == 4


LOCK, CATCH_UP = STANDSTILL.controls


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(LOCK, marks=pytest.mark.torture, id="lock"),
        pytest.param(CATCH_UP, id="catch-up"),
    ],
)
def test_without_its_defence_it_does_not_hold(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))


WHOLE = Course(
    stamps_ms=(1_003, 1_104, 1_760, 1_803, 2_701, 2_803),
    missed_ms=(1_200, 1_300, 1_400, 1_500, 1_600),
    gaps_ms=((1_900, 2_600),),
)


def test_the_oracle_is_content_where_every_tick_is_told_once() -> None:
    assert untold(WHOLE, 100) == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(WHOLE, missed_ms=WHOLE.missed_ms[2:]),
        replace(WHOLE, missed_ms=(*WHOLE.missed_ms, 1_600)),
        replace(WHOLE, missed_ms=(*WHOLE.missed_ms, 1_650)),
        replace(WHOLE, gaps_ms=()),
        replace(WHOLE, stamps_ms=(*WHOLE.stamps_ms, 2_804, 2_805)),
        replace(WHOLE, missed_ms=(), stamps_ms=(1_003, 1_104, *range(1_755, 1_763), 2_701, 2_803)),
    ],
    ids=["untold", "twice", "off-grid", "no-gap", "early", "burst"],
)
def test_the_oracle_sees_a_tick_that_is_lost_doubled_or_caught_up(wrong: Course) -> None:
    assert untold(wrong, 100)


def test_the_oracle_sees_two_pollers_at_one_meter() -> None:
    ticks = [n * 100_000_000 for n in range(60)]
    one = {(1, n): at_ns for n, at_ns in enumerate(ticks)}
    two = {(1, n): at_ns for n, at_ns in enumerate(sorted([*ticks, *(t + 9 for t in ticks)]))}
    assert crowded(one, 100_000_000) == []
    assert crowded(two, 100_000_000)
