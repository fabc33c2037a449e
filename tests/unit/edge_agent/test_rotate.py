"""The change of an agent's key, on its files and in its log."""

import stat
from pathlib import Path

import pytest

from edge_agent.agent import Agent
from edge_agent.cli import agent as agent_command
from edge_agent.connected import keyed_agent
from edge_agent.rotate import FOLLOWING, keys_in, prepare
from evidence.clock import SteppedClock
from evidence.errors import KeyFileError
from evidence.load import read_signing_key, write_signing_key
from evidence.log.batch import Batch, decode
from evidence.log.envelope import decompress
from evidence.log.key import Verifier
from tests.unit.edge_agent.site import KEY, START_NS, installed, poll, world


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    write_signing_key(folder / "agent.key", KEY)
    return folder


def started(folder: Path) -> Agent:
    return keyed_agent(installed(folder), world(SteppedClock(START_NS)))


def opening(agent: Agent) -> dict[str, str | int | float]:
    leaf = agent.spool.leaf(0)
    assert leaf is not None
    batch = decode(decompress(leaf.frame))
    assert isinstance(batch, Batch)
    return dict(batch.records[0].facts)


def next_key(state: Path) -> Verifier:
    made, new = prepare(state, "line-1", lambda n: b"n" * n)
    assert new
    return made


def test_the_key_that_follows_is_made_once_and_for_the_owner_alone(state: Path) -> None:
    made = next_key(state)
    assert prepare(state, "line-1", lambda n: b"x" * n) == (made, False)
    assert stat.S_IMODE((state / FOLLOWING).stat().st_mode) == 0o600
    assert read_signing_key(state / "agent.key").verifier == KEY.verifier


def test_an_agent_without_a_key_has_none_to_follow_it(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        prepare(tmp_path, "line-1", lambda n: b"n" * n)


def test_at_once_what_waits_is_logged_again_under_the_new_key_and_both_are_named(
    tmp_path: Path, state: Path
) -> None:
    agent = started(tmp_path)
    agent.keep([poll(installed(tmp_path), START_NS, 0, 1.0)])
    agent.close_batch(START_NS)
    old, size = agent.spool.epoch, agent.spool.size
    agent.spool.close()
    made = next_key(state)
    agent = started(tmp_path)
    assert agent.rotation is not None
    agent.rotation.take_over(agent)
    facts = opening(agent)
    assert (facts["reason"], facts["former_epoch"]) == ("key_rotated", old)
    assert (facts["former_key"], facts["key"]) == (KEY.verifier.to_text(), made.to_text())
    assert agent.spool.size >= size
    agent.spool.close()
    assert keys_in(state)[0].verifier == made
    again = started(tmp_path)
    assert (again.rotation, again.spool.epoch == old) == (None, False)
    again.spool.close()


def test_a_change_that_a_kill_parted_from_its_files_is_finished_at_the_start(
    tmp_path: Path, state: Path
) -> None:
    agent = started(tmp_path)
    agent.spool.close()
    made = next_key(state)
    agent = started(tmp_path)
    kept = (state / FOLLOWING).read_bytes()
    assert agent.rotation is not None
    agent.rotation.take_over(agent)
    epoch = agent.spool.epoch
    agent.spool.close()
    (state / FOLLOWING).write_bytes(kept)  # as before the files were moved
    (state / FOLLOWING).chmod(0o600)
    (state / "agent.key").unlink()
    write_signing_key(state / "agent.key", KEY)
    agent = started(tmp_path)
    assert agent.spool.epoch == epoch
    assert not (state / FOLLOWING).exists()
    assert read_signing_key(state / "agent.key").verifier == made
    agent.spool.close()


def test_the_command_prints_the_line_to_pin_and_changes_at_once_if_told_to(
    tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(tmp_path)
    config = ["--config", str(tmp_path / "agent.toml")]
    assert agent_command(["rotate-key", *config]) == 0
    line, told = capsys.readouterr()
    assert "restart the agent" in told
    running = started(tmp_path)
    assert agent_command(["rotate-key", "--at-once", *config]) == 69
    printed, told = capsys.readouterr()
    assert printed == line
    assert "E_SPOOL_LOCKED" in told
    running.spool.close()
    assert agent_command(["rotate-key", "--at-once", *config]) == 0
    assert capsys.readouterr().out == line
    assert read_signing_key(state / "agent.key").verifier.to_text() == line.strip()
