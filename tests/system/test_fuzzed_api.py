"""A short round of questions to a collector in trouble; and that the oracle sees a mistake."""

import dataclasses
import os
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.faults.campaign import Control, fails_without, sample
from tests.system.fuzzed_api import FUZZED, play


@pytest.fixture
def root(require: Require) -> None:
    """The right to mount a small disk."""
    if os.geteuid() != 0:
        require("root", "a small disk cannot be mounted")


@pytest.mark.usefixtures("root")
def test_no_answer_is_a_mistake_whatever_happens_to_the_collector(tmp_path: Path) -> None:
    short = dataclasses.replace(FUZZED, play=partial(play, each=1))
    assert sample(short, tmp_path, (1,))["calls"] > 40


@pytest.mark.parametrize("control", FUZZED.controls, ids=lambda control: control.defence)
def test_without_a_defence_a_mistake_is_seen(tmp_path: Path, control: Control) -> None:
    assert fails_without(control, tmp_path, range(3))
