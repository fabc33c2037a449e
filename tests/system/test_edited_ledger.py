"""Edits of a ledger, a few; `python -m tests.faults edited-ledger` makes ten thousand."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without, sample
from tests.system.edited_ledger import EDITED_LEDGER, play


def test_whoever_edits_the_ledger_is_found_and_the_place_is_named(tmp_path: Path) -> None:
    few = replace(EDITED_LEDGER, play=partial(play, edits=50))
    assert sample(few, tmp_path, [1])["edits"] == 50


@pytest.mark.parametrize("control", EDITED_LEDGER.controls, ids=lambda each: each.defence)
def test_without_a_defence_an_edit_is_not_found_or_not_named(
    tmp_path: Path, control: Control
) -> None:
    assert fails_without(control, tmp_path, [0])
