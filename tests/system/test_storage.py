"""Samples of what is done to the files below spool and ledger; and that the oracles see."""

import os
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.faults.campaign import Campaign, Control, fails_without, sample
from tests.faults.io_error import FailingDisk, sort_of
from tests.system import io_error_ledger, io_error_spool
from tests.system.collector_disk_full import COLLECTOR_DISK_FULL
from tests.system.corruption import CORRUPTION
from tests.system.disk_full import DISK_FULL
from tests.system.power_cut_ledger import POWER_CUT_LEDGER
from tests.system.power_cut_spool import POWER_CUT_SPOOL

NO_ROOT = (
    POWER_CUT_SPOOL,
    POWER_CUT_LEDGER,
    io_error_spool.IO_ERROR_SPOOL,
    io_error_ledger.IO_ERROR_LEDGER,
    CORRUPTION,
)


@pytest.mark.parametrize(
    "control",
    [control for each in NO_ROOT for control in each.controls],
    ids=lambda control: control.defence,
)
def test_without_a_defence_something_is_found(tmp_path: Path, control: Control) -> None:
    assert fails_without(control, tmp_path, range(20))


@pytest.mark.parametrize("seeds", [(1,), (3,)], ids=["grown", "young"])
@pytest.mark.parametrize("campaign", [POWER_CUT_SPOOL, POWER_CUT_LEDGER], ids=lambda c: c.name)
def test_a_power_cut_takes_nothing_that_was_acknowledged(
    tmp_path: Path, campaign: Campaign, seeds: tuple[int, ...]
) -> None:
    assert sample(campaign, tmp_path, seeds)["cuts"] == 25 * len(seeds)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_an_io_error_of_the_agents_disk_is_said_and_got_over(tmp_path: Path, seed: int) -> None:
    first, every = sort_of(seed), 15 if seed % 3 == 2 else 45
    assert io_error_spool.runs(seed, tmp_path, first, FailingDisk, every) == []


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_an_io_error_of_the_collectors_disk_is_said_and_got_over(tmp_path: Path, seed: int) -> None:
    first, every = sort_of(seed), 25 if seed % 3 == 2 else 110
    assert io_error_ledger.runs(seed, tmp_path, first, FailingDisk, every) == []


def test_a_spool_that_was_changed_is_never_silently_wrong(tmp_path: Path) -> None:
    tally = sample(CORRUPTION, tmp_path, (1,))
    assert tally["mutations"] == 20


@pytest.fixture
def root(require: Require) -> None:
    """The right to mount a small disk."""
    if os.geteuid() != 0:
        require("root", "a small disk cannot be mounted")


@pytest.mark.usefixtures("root")
def test_a_full_disk_stops_the_agent_and_loses_nothing(tmp_path: Path) -> None:
    assert sample(DISK_FULL, tmp_path, (1,))["rounds"] == 3


@pytest.mark.usefixtures("root")
def test_a_full_disk_of_the_collector_costs_no_leaf_and_no_answer(tmp_path: Path) -> None:
    tally = sample(COLLECTOR_DISK_FULL, tmp_path, (1, 2))
    assert tally["rounds"] == 6
    assert tally["refusals"] > 20
    assert tally["statements without room"] > 3


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("control", COLLECTOR_DISK_FULL.controls, ids=lambda each: each.defence)
def test_a_full_disk_of_the_collector_without_a_defence_is_found(
    tmp_path: Path, control: Control
) -> None:
    assert fails_without(control, tmp_path, range(3))


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("control", DISK_FULL.controls, ids=lambda control: control.defence)
def test_a_full_disk_without_a_defence_is_found(tmp_path: Path, control: Control) -> None:
    assert fails_without(control, tmp_path, range(3))
