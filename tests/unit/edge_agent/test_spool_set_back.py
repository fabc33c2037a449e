"""A spool that is older than what was noted beside it, and one of an older version."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from edge_agent import spool_schema
from edge_agent.agent import Agent
from edge_agent.assembly import open_agent
from edge_agent.custody_errors import SpoolVersionError
from edge_agent.line import Line
from edge_agent.outbox import Broken
from evidence.clock import SteppedClock
from evidence.log.batch import Batch, RecordKind, decode
from evidence.log.envelope import decompress
from tests.unit.edge_agent.site import KEY, START_NS, installed, world


def started(folder: Path) -> Agent:
    clock = SteppedClock(START_NS)
    lines = {"bus-1": Line([], clock=clock)}
    return open_agent(installed(folder), KEY, world(clock), lines=lines)


def reason(agent: Agent) -> str:
    leaf = agent.spool.leaf(0)
    assert leaf is not None
    batch = decode(decompress(leaf.frame))
    assert isinstance(batch, Batch)
    assert batch.records[0].kind is RecordKind.EPOCH_OPENED
    return str(batch.records[0].facts["reason"])


def test_a_copy_of_an_epoch_before_the_one_that_was_noted_opens_a_new_one(tmp_path: Path) -> None:
    agent = started(tmp_path)
    first = agent.spool.epoch
    agent.spool.close()
    spool = tmp_path / "state" / "spool.sqlite"
    shutil.copy(spool, tmp_path / "copy")
    spool.unlink()
    agent = started(tmp_path)
    second = agent.spool.epoch
    agent.spool.close()
    shutil.copy(tmp_path / "copy", spool)
    agent = started(tmp_path)
    assert reason(agent) == "set_back"
    assert agent.spool.epoch not in (first, second)
    assert agent.spool.former_epochs >= {first, second}
    agent.spool.close()


def test_a_note_of_an_epoch_that_is_known_to_be_over_is_only_late(tmp_path: Path) -> None:
    """A kill came between the commit that began the new epoch and the note of it."""
    agent = started(tmp_path)
    head = tmp_path / "state" / "spool.head"
    late = head.read_bytes()
    agent.reopen(Broken(reason="restored", former=agent.spool.epoch, size=99))
    epoch = agent.spool.epoch
    agent.spool.close()
    head.write_bytes(late)
    agent = started(tmp_path)
    assert agent.spool.epoch == epoch
    agent.spool.close()


def test_tables_of_a_newer_program_are_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        steps = (*spool_schema._STEPS, "CREATE TABLE later (note TEXT) STRICT;")
        newer.setattr(spool_schema, "_STEPS", steps)
        newer.setattr(spool_schema, "VERSION", len(steps))
        started(tmp_path).spool.close()
    spool = tmp_path / "state" / "spool.sqlite"
    before = spool.read_bytes()
    with pytest.raises(SpoolVersionError):
        started(tmp_path)
    assert spool.read_bytes() == before


def test_tables_of_an_older_program_are_brought_up_with_what_is_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = started(tmp_path)
    epoch = agent.spool.epoch
    agent.spool.close()
    steps = (*spool_schema._STEPS, "CREATE TABLE later (note TEXT) STRICT;")
    monkeypatch.setattr(spool_schema, "_STEPS", steps)
    monkeypatch.setattr(spool_schema, "VERSION", len(steps))
    monkeypatch.setattr("edge_agent.spool_check.VERSION", len(steps))
    agent = started(tmp_path)
    assert agent.spool.epoch == epoch
    agent.spool.close()
    db = sqlite3.connect(tmp_path / "state" / "spool.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (len(steps),)
    db.close()
