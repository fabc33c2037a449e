"""Row 24: a few changes of keys, the controls, and the command with two processes."""

from pathlib import Path

import pytest

from edge_agent.cli import agent as agent_command
from evidence.load import read_verifier
from tests.faults.campaign import Control, fails_without, sample
from tests.system.histories import logs_in, polls_in
from tests.system.oracle import complaints
from tests.system.rotation import ROTATION
from tests.system.works import Embedded, Works, printed, until


def test_keys_are_changed_while_leaves_wait_and_every_poll_arrives_once(tmp_path: Path) -> None:
    total = sample(ROTATION, tmp_path, range(2))
    assert total["rotations"] == 8
    assert total["killed"]


@pytest.mark.parametrize("control", ROTATION.controls, ids=lambda each: each.defence[:20])
def test_without_the_defence_it_is_seen(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(10))


@pytest.mark.torture
def test_a_person_changes_the_key_of_a_running_agent_with_the_command(tmp_path: Path) -> None:
    broker = Embedded(folder=tmp_path)
    works = Works(tmp_path, broker)
    try:
        broker.start()
        works.collector.start()
        works.agent.start()
        works.delivered(1)
        config = str(works.agent_dir / "agent.toml")
        line = printed(lambda: agent_command(["rotate-key", "--config", config]))
        assert printed(lambda: agent_command(["rotate-key", "--config", config])) == line
        assert works.agent.end() == 0
        works.agent.start()
        until(lambda: "E_UPLINK_KEY" in works.agent.log.read_text(), "it says what is lacking")
        assert works.collector.end() == 0
        toml = works.collector_dir / "collector.toml"
        entry = f'\n[[agents]]\nid = "line-1"\nsite = "works"\nkey = "{line}"\n'
        toml.write_text(toml.read_text() + entry)
        works.collector.start()
        works.delivered(1)
        works.drain()
        keys = [works.agent_key, read_verifier(line)]
        logs = logs_in(works.collector_dir / "state", keys, works.collector_key)
        assert [log.signed_by for log in logs.values()] == [(key.label,) for key in keys]
        counters = works.spool().counters
        assert complaints(polls_in(logs), counters, works.meters.served) == []
        assert printed(lambda: agent_command(["init", "--config", config])) == line
    finally:
        works.close()
