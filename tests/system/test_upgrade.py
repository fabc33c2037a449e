"""Row 28: one round with two versions of the software, and the control."""

from pathlib import Path

import pytest

from tests.faults.campaign import fails_without, sample
from tests.system.upgrade import UPGRADE


@pytest.mark.torture
def test_the_newer_goes_on_with_what_waits_and_the_older_refuses_it(tmp_path: Path) -> None:
    assert sample(UPGRADE, tmp_path, range(1))["refusals"] == 2


@pytest.mark.torture
def test_a_version_that_looks_at_no_number_is_seen(tmp_path: Path) -> None:
    (control,) = UPGRADE.controls
    assert fails_without(control, tmp_path, range(1))
