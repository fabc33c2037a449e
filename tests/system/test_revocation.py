"""Row 23: one round, and what is seen without the defences."""

from pathlib import Path

import pytest

from tests.conftest import Require
from tests.faults.campaign import fails_without, sample
from tests.system.programs import require_mosquitto
from tests.system.revocation import REVOCATION

FOLLOWED, LISTED = REVOCATION.controls


@pytest.fixture(autouse=True)
def _mosquitto(require: Require) -> None:
    require_mosquitto(require)


def test_nothing_is_taken_under_a_revoked_key_and_the_other_agent_goes_on(tmp_path: Path) -> None:
    total = sample(REVOCATION, tmp_path, [1])
    assert total["revocations"] == 1
    assert total["most_ms_until_refused"] < 60_000


def test_a_collector_that_does_not_follow_what_is_revoked_is_seen(tmp_path: Path) -> None:
    assert "not the collector refuses" in fails_without(FOLLOWED, tmp_path, [1])[0]


@pytest.mark.torture
def test_an_access_list_that_goes_on_naming_the_agent_is_seen(tmp_path: Path) -> None:
    assert "not the broker refuses" in fails_without(LISTED, tmp_path, [1])[0]
