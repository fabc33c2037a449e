"""A short round of questions to a collector in trouble; and that the oracle sees a mistake."""

import dataclasses
import os
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.faults.campaign import Control, fails_without, sample
from tests.system.fuzzed_api import FUZZED, PAST, play


@pytest.fixture
def root(require: Require) -> None:
    """The right to mount a small disk."""
    if os.geteuid() != 0:
        require("root", "a small disk cannot be mounted")


@pytest.mark.usefixtures("root")
def test_no_answer_is_a_mistake_whatever_happens_to_the_collector(tmp_path: Path) -> None:
    short = dataclasses.replace(FUZZED, play=partial(play, each=2))
    tally = sample(short, tmp_path, (1,))
    let_in = [count for name, count in tally.items() if name.startswith(PAST)]
    assert tally["calls"] > 160
    assert len(let_in) > 40
    assert sum(map(bool, let_in)) > 40  # all, but where trouble was in the way each time


@pytest.mark.parametrize("control", FUZZED.controls, ids=lambda control: control.defence)
def test_without_a_defence_a_mistake_is_seen(tmp_path: Path, control: Control) -> None:
    assert fails_without(control, tmp_path, range(3))
