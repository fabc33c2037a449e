"""A long run that shall not grow: what is played of row 31 in every check."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import fails_without, sample
from tests.faults.growth import Bound, Holding, added_KiB, grown, slope
from tests.system.bank import POINTS, shown, words
from tests.system.soak import LEAK, SOAK_SAMPLE


@pytest.fixture
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


@pytest.mark.usefixtures("_mosquitto")
def test_neither_agent_nor_collector_grows_over_five_hours(tmp_path: Path) -> None:
    assert sample(SOAK_SAMPLE, tmp_path, [0])["readings"] == 19_200


@pytest.mark.torture
@pytest.mark.usefixtures("_mosquitto")
def test_a_list_that_keeps_every_poll_is_found(tmp_path: Path) -> None:
    assert "KiB more" in fails_without(LEAK, tmp_path, range(1))[0]


STEADY = [Holding(memory_KiB=60_000 + n % 3 * 100, descriptors=13, threads=3) for n in range(24)]
CLIMBING = [replace(each, memory_KiB=60_000 + 250 * n) for n, each in enumerate(STEADY)]


def test_a_steady_process_does_not_grow_and_a_climbing_one_does() -> None:
    assert grown("agent", STEADY, Bound()) == []
    assert added_KiB(CLIMBING) == pytest.approx(12 * 250)
    assert len(grown("agent", CLIMBING, Bound())) == 1


def test_what_a_process_takes_while_it_warms_up_is_no_growth() -> None:
    warm = [replace(each, memory_KiB=30_000 + 4_000 * n) for n, each in enumerate(STEADY[:8])]
    assert grown("agent", [*warm, *STEADY[8:]], Bound()) == []


@pytest.mark.parametrize("name", ["descriptors", "threads"])
def test_one_more_descriptor_or_thread_is_growth(name: str) -> None:
    last = replace(STEADY[-1], **{name: 14})
    assert name in grown("agent", [*STEADY[:-1], last], Bound())[0]


def test_a_slope_is_by_least_squares() -> None:
    assert slope([1.0, 3.0, 2.0, 4.0]) == pytest.approx(0.8)


def test_the_registers_of_the_bank_hold_what_its_points_show() -> None:
    wide = words(3, 17, 0x5000, 8)
    assert int.from_bytes(bytes(b for w in wide[:4] for b in w.to_bytes(2, "big")), "big") == shown(
        3, 17, "active_energy_import"
    )
    assert words(3, 17, 0x5B2C, 1) == [shown(3, 17, "frequency")]
    wide_points = [point for point in POINTS if point not in ("frequency", "power_factor")]
    assert len({shown(u, n, p) for u in (1, 2) for n in (0, 1) for p in wide_points}) == 72
