"""A view's process that is killed between a write and its cursor: nothing lost, nothing doubled."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.collector.api.plant import Plant
from tests.unit.collector.views.influx_bench import filled_plant, is_like_the_ledger
from tests.unit.collector.views.influx_stub import HangUpError, Stub, Told, served

ROOT = Path(__file__).parents[4]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path)
    yield made
    made.close()


def follow(plant: Plant, stub: Stub, *more: str) -> subprocess.Popen[bytes]:
    module = "tests.unit.collector.views.following_process"
    return subprocess.Popen(
        [sys.executable, "-m", module, str(plant.folder), stub.url, *more], cwd=ROOT
    )


def killed_at_the_write(stub: Stub, plant: Plant, *more: str, kept: bool) -> None:
    """Runs the process, and kills it when it writes; the write may be kept or not."""
    running: list[subprocess.Popen[bytes]] = []

    def kill(stub: Stub, path: str, body: bytes) -> Told | None:
        if path != "/write":
            return None
        if kept:
            stub.keep(stub.looked(body).points)
        running[0].kill()
        running[0].wait(10)
        raise HangUpError

    stub.fault = kill
    running.append(follow(plant, stub, *more))
    assert running[0].wait(60) == -9
    stub.fault = lambda *_: None


@pytest.mark.parametrize("kept", [True, False])
def test_a_process_that_is_killed_at_a_write_loses_and_doubles_nothing(
    plant: Plant, *, kept: bool
) -> None:
    with served(Stub()) as stub:
        killed_at_the_write(stub, plant, kept=kept)
        assert follow(plant, stub).wait(60) == 0
        assert is_like_the_ledger(stub, plant)


def test_a_cursor_that_moves_before_the_write_loses_a_portion(plant: Plant) -> None:
    """The control."""
    with served(Stub()) as stub:
        killed_at_the_write(stub, plant, "cursor-first", kept=False)
        assert follow(plant, stub, "cursor-first").wait(60) == 0
        assert not is_like_the_ledger(stub, plant)
