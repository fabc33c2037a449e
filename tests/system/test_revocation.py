"""Row 23: one round, and what is seen without the defences."""

from pathlib import Path

import pytest

from edge_agent.cli import agent as agent_command
from evidence.load import read_signing_key, read_verifier
from tests.conftest import Require
from tests.faults.campaign import fails_without, sample
from tests.system.command import until
from tests.system.enrolled_works import EnrolledWorks
from tests.system.programs import require_mosquitto
from tests.system.revocation import REVOCATION, STAYS, delivered_since
from tests.system.works import printed

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


@pytest.mark.torture
def test_an_enrolled_agent_changes_its_key_and_goes_on_when_the_old_one_is_revoked(
    tmp_path: Path,
) -> None:
    works = EnrolledWorks(tmp_path)
    try:
        works.start()
        assert works.enrol(STAYS, works.code(STAYS)) == 0
        running = works.run_agent(STAYS)
        delivered_since(works, STAYS, 2)
        config = str(works.agent_config(STAYS))
        former = read_signing_key(works.state(STAYS) / "agent.key").verifier
        line = printed(lambda: agent_command(["rotate-key", "--config", config]))
        assert running.end() == 0
        running.start()
        until(lambda: "new epoch: key_rotated" in running.said(), "the new key is in use")
        works.told("revoke", STAYS, "--key", former.label, "--reason", "rotated")
        assert running.end() == 0
        running.start()  # its certificate came with the new key
        delivered_since(works, STAYS, 4)
        following = read_verifier(line)
        listed = works.told("agents")
        assert f"{former.label}\tjournal\trevoked" in listed
        assert f"{following.label}\tjournal\tcounts" in listed
        assert works.counted("refused", "E_KEY_REVOKED") == 0
    finally:
        works.close()
