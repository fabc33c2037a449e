"""Networks that part and crawl: what is played of row 10 in every check."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.mosquitto import SEARCHED
from tests.faults.campaign import fails_without, sample
from tests.faults.netns import missing
from tests.system.backlog import BACKLOG_SAMPLE
from tests.system.parting import PARTING


@pytest.fixture(autouse=True)
def _network(require: Require) -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")
    if reason := missing():
        require("netns", reason)


def test_a_network_that_parts_crawls_and_loses_packets_loses_no_reading(tmp_path: Path) -> None:
    assert sample(PARTING, tmp_path, [0])["faults"] == 5


def test_a_backlog_drains_over_a_thin_wire_while_polling_goes_on(tmp_path: Path) -> None:
    tally = sample(BACKLOG_SAMPLE, tmp_path, [0])
    assert tally["readings"] == 6_000


def test_what_only_the_clients_memory_holds_is_lost_when_the_power_fails(tmp_path: Path) -> None:
    assert fails_without(PARTING.controls[0], tmp_path, range(3))
