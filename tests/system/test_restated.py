"""Row 26: a few rounds of the campaign, and every control."""

from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without, sample
from tests.system.restated import RESTATED


def test_what_is_restated_leaves_what_was_stated(tmp_path: Path) -> None:
    assert sample(RESTATED, tmp_path, range(3))["restatements"] >= 3


@pytest.mark.parametrize("control", RESTATED.controls, ids=lambda each: each.defence)
def test_without_its_defence_the_oracle_sees_it(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(8))
