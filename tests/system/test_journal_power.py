"""A sample of power cuts below the journal; and that the oracle sees."""

from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without, sample
from tests.system.power_cut_journal import POWER_CUT_JOURNAL


@pytest.mark.parametrize("seeds", [(1,), (3,)], ids=["grown", "young"])
def test_a_power_cut_takes_no_entry_that_was_acknowledged(
    tmp_path: Path, seeds: tuple[int, ...]
) -> None:
    assert sample(POWER_CUT_JOURNAL, tmp_path, seeds)["cuts"] == 25 * len(seeds)


@pytest.mark.parametrize("control", POWER_CUT_JOURNAL.controls, ids=lambda each: each.defence)
def test_without_a_defence_of_the_journal_something_is_found(
    tmp_path: Path, control: Control
) -> None:
    assert fails_without(control, tmp_path, range(20))
