"""A flood, for a moment; `python -m tests.faults` plays long ones and compares the waits."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import fails_without, sample
from tests.system.flooded import FLOOD, Size, play

MOMENT = Size(quiet_s=1.0, flooded_s=2.0, connections=300)


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


def test_the_others_are_served_while_one_agent_floods_the_broker(tmp_path: Path) -> None:
    tally = sample(replace(FLOOD, play=partial(play, size=MOMENT)), tmp_path, [1])
    assert tally["leaves"] > 0


@pytest.mark.torture
def test_with_one_queue_for_all_a_flood_starves_the_others(tmp_path: Path) -> None:
    (control,) = FLOOD.controls
    assert fails_without(control, tmp_path, [1])
