"""A broker that lies, in one round; `python -m tests.faults` plays them all."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import fails_without, sample
from tests.system.lying_broker import LYING_BROKER


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


def test_a_lying_broker_is_found_by_missing_receipts_and_loses_nothing(tmp_path: Path) -> None:
    tally = sample(LYING_BROKER, tmp_path, [1])
    assert tally["discarded"]
    assert tally["sent again and discarded again"]


def test_without_receipts_a_lying_broker_loses_readings(tmp_path: Path) -> None:
    (control,) = LYING_BROKER.controls
    assert fails_without(control, tmp_path, [1, 2])
