"""Clocks that are set, and clocks that are left alone: fault matrix rows 15 and 16."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from calibration.indication import Quality
from tests.faults.campaign import Control, fails_without, sample
from tests.faults.faketime import library
from tests.system.clock_holdover import CLOCK_HOLDOVER, complaints, days_after, fast
from tests.system.clock_oracle import Judged, Seen, order
from tests.system.clock_process import CLOCK_PROCESS
from tests.system.clock_steps import CLOCK_STEPS


def test_a_clock_that_is_set_400_times_an_hour_loses_and_misplaces_nothing(tmp_path: Path) -> None:
    tally = sample(CLOCK_STEPS, tmp_path, [0])
    assert tally["steps"] >= 400
    assert tally["suspect"] >= 30
    assert tally["readings"] >= 3 * tally["suspect"]  # what is right is not suspected


@pytest.mark.parametrize("control", CLOCK_STEPS.controls, ids=lambda control: control.defence)
def test_the_steps_of_a_clock_do_harm_without(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))


def test_a_running_agent_stands_its_clock_being_set(
    tmp_path: Path, require: Callable[[str, str], None]
) -> None:
    if library() is None:
        require("libfaketime", "it is not installed")
    tally = sample(CLOCK_PROCESS, tmp_path, [0])
    assert tally["steps"] >= 3


def test_a_clock_that_is_left_alone_says_so_and_its_uncertainty_grows(tmp_path: Path) -> None:
    assert sample(CLOCK_HOLDOVER, tmp_path, [0])["hours"] >= 700


@pytest.mark.parametrize("control", CLOCK_HOLDOVER.controls, ids=lambda control: control.defence)
def test_a_clock_that_is_left_alone_goes_unnoticed_without(
    control: Control, tmp_path: Path
) -> None:
    assert fails_without(control, tmp_path, range(3))


def test_the_oracle_of_the_controls_is_content_with_the_same_clock_and_its_defences(
    tmp_path: Path,
) -> None:
    loss = fast(0)
    assert complaints(days_after(loss, tmp_path, loss.drift_ppm, 2), loss, 2) == []


SEEN = tuple(
    Seen(sequence=n, value=n, at_ns=n, quality=Quality.GOOD, apart_s=1.0) for n in range(5)
)
SERVED = {n: n for n in range(5)}


@pytest.mark.parametrize(
    "readings",
    [SEEN[:-1], SEEN[1:], (*SEEN, SEEN[4]), (SEEN[1], SEEN[0], *SEEN[2:]), SEEN[:2] + SEEN[3:]],
    ids=["last", "first", "doubled", "order", "inner"],
)
def test_the_oracle_sees_what_is_lost_doubled_or_out_of_order(readings: tuple[Seen, ...]) -> None:
    assert order(SEEN, SERVED) == []
    assert order(readings, SERVED) != []


def test_the_readings_that_count_are_those_that_are_not_suspect() -> None:
    suspect = replace(SEEN[2], quality=Quality.CLOCK_SUSPECT)
    found = Judged(readings=(*SEEN[:2], suspect), records=(), windows=(), faults=())
    assert found.verified == list(SEEN[:2])
