"""What a bad line does to messages, in some rounds; `python -m tests.faults` plays them all."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import Control, fails_without, sample
from tests.system.bad_line import BAD_LINE, play


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


def test_bad_lines_lose_double_and_change_nothing(tmp_path: Path) -> None:
    tally = sample(replace(BAD_LINE, play=partial(play, agents=4, leaves=30)), tmp_path, [1])
    assert tally["messages"] > 120


@pytest.mark.parametrize("control", BAD_LINE.controls, ids=lambda each: each.defence)
def test_without_a_defence_it_shows(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, [1, 2])
