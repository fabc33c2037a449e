"""Fault matrix row 30: some more seeds, and each defence taken away in turn."""

from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without
from tests.simulation.campaign import play
from tests.simulation.chunks import CHUNK, SEEDS, holds
from tests.simulation.controls import CONTROLS


@pytest.mark.parametrize("first", range(SEEDS // 2, SEEDS, CHUNK))
def test_nothing_is_lost_doubled_or_receipted_in_vain(first: int, scratch: Path) -> None:
    holds(first, scratch)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda each: each.defence)
def test_without_a_defence_the_invariants_find_it(control: Control, scratch: Path) -> None:
    assert fails_without(control, scratch, range(50))


def test_a_seed_that_fails_says_how_to_see_it_again(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulation.run.check", lambda works: works.world.complain("wrong"))
    with pytest.raises(AssertionError, match=r"python -m tests\.simulation 3 --log"):
        play(3, scratch)
