"""What a broker's limits do, in a round of some; `python -m tests.faults` plays all of them."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import fails_without, sample
from tests.system.broker_limits import BROKER_LIMITS, KINDS


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")


SAMPLED = ("publish denied", "unstated size")


@pytest.mark.parametrize("kind", SAMPLED)
def test_a_limit_is_named_and_held_and_mended_without_a_loss(kind: str, tmp_path: Path) -> None:
    assert sample(BROKER_LIMITS, tmp_path, [KINDS.index(kind)])[kind] == 1


def test_without_receipts_a_short_queue_loses_readings(tmp_path: Path) -> None:
    (control,) = BROKER_LIMITS.controls
    assert fails_without(control, tmp_path, [1, 2])
