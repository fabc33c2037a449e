"""kill -9 of a collector under load, at random and at named points (row 2): a sample."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without
from tests.faults.crash_points import COLLECTOR
from tests.system import collector_kills
from tests.system.collector_kills import CRASHED_COLLECTOR, KILLED_COLLECTOR
from tests.system.programs import require_mosquitto


@pytest.fixture(autouse=True)
def _mosquitto(require: Callable[[str, str], None]) -> None:
    require_mosquitto(require)


def test_a_collector_that_is_killed_has_every_leaf_it_receipted_and_gets_the_rest(
    tmp_path: Path,
) -> None:
    """On the embedded broker."""
    tally = collector_kills.play_at_random(1, tmp_path, kills=1)
    assert tally["kills"] == 1 + 1
    assert tally["polls"] > tally["kills"]
    assert tally["streams_set_aside"]


def test_a_collector_that_dies_between_its_commit_and_its_receipt_signs_it_in_its_next_life(
    tmp_path: Path,
) -> None:
    first = [point.name for point in COLLECTOR].index("leaves-committed")
    tally = collector_kills.play_at_points(first, tmp_path, kills=1)
    assert tally["at leaves-committed"] == 1
    assert tally["kills_after_commit_and_before_receipt"] == 1


SHORT = KILLED_COLLECTOR.controls[:1]
LONG = (*KILLED_COLLECTOR.controls[1:], *CRASHED_COLLECTOR.controls)


@pytest.mark.parametrize("control", SHORT, ids=lambda control: control.defence)
def test_the_oracle_finds_what_is_wrong_without(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))


@pytest.mark.torture
@pytest.mark.parametrize("control", LONG, ids=lambda control: control.defence)
def test_the_oracle_finds_what_else_is_wrong_without(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))
