"""`collector check`: what it says of a ledger, beside a collector that writes it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from collector.agents import Agents
from collector.checking import Checked, check_in
from collector.cli import collector
from collector.errors import LedgerAbsentError
from collector.journal import open_journal
from collector.journal_read import JOURNAL
from collector.ledger import HEAD, Ledger, open_ledger
from collector.ledger_head import Head, write_head
from collector.ledger_read import LEDGER, read_ledger
from evidence.clock import SteppedClock
from evidence.errors import CodedError
from tests.unit.collector.agent_log import SIGNER, START_NS, AgentLog, agents_of, filled, key_of
from tests.unit.collector.intake_bench import Bench
from tests.unit.collector.test_cli import initialised
from tests.unit.collector.test_journal import act


@pytest.fixture
def log() -> AgentLog:
    return AgentLog(agent="gw-1", key=key_of("gw-1"))


@pytest.fixture
def ledger(tmp_path: Path, log: AgentLog) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as made:
        bench = Bench(made, log)
        for number in range(5):
            bench.clock.advance(1_000_000_000)
            bench.take(log.topic, *log.grow([f"leaf {number}".encode()]))
        yield made


def found(folder: Path, agents: Agents) -> Checked:
    return check_in(folder, agents, SIGNER.verifier)


def test_a_sound_ledger_is_said_to_be_and_may_be_written_meanwhile(
    tmp_path: Path, ledger: Ledger, log: AgentLog
) -> None:
    said = found(tmp_path, agents_of(log))
    assert (said.sound, said.leaves, said.logs) == (True, 5, 1)
    assert said.root == ledger.head().root.hex()
    assert "5 leaves of 1 log are as they were admitted and signed" in said.to_text()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE logs SET receipt = x'00'", "the receipt of gw-1/"),
        ("UPDATE logs SET receipt_size = 4", "is for other leaves"),
        ("UPDATE leaves SET ledger_root = zeroblob(32) WHERE position = 3", "leaf 3 of gw-1/"),
        ("UPDATE logs SET opened_ns = 1", "leaf 0 of gw-1/"),
        ("UPDATE logs SET size = 4", "is not the signed one"),
        ("UPDATE leaves SET received_ns = 1 WHERE position = 3", "leaf 3 in order of admission"),
        ("UPDATE leaves SET received_ns = received_ns * 2 WHERE position = 4", "was signed before"),
    ],
)
def test_what_was_changed_is_named_in_both_languages(
    tmp_path: Path, ledger: Ledger, log: AgentLog, statement: str, named: str
) -> None:
    ledger.database.rows(statement)
    said = found(tmp_path, agents_of(log))
    assert not said.sound
    assert named in said.to_text()
    assert len(said.to_text().splitlines()) >= 2


def test_a_checkpoint_of_another_key_is_found(
    tmp_path: Path, ledger: Ledger, log: AgentLog
) -> None:
    forged = AgentLog(agent="gw-1", key=key_of("somebody"), leaves=log.leaves)
    ledger.database.rows("UPDATE logs SET note = ?", forged.note(5))
    said = found(tmp_path, agents_of(log))
    assert said.damage is not None
    assert "the checkpoint of gw-1/" in said.damage.en


def test_an_agent_without_a_pinned_key_is_a_notice(tmp_path: Path, ledger: Ledger) -> None:
    said = found(tmp_path, agents_of(filled(1)))
    assert (said.sound, said.damage, said.leaves) == (False, None, ledger.head().size)
    assert "no key of gw-1 is pinned" in said.to_text()


def test_a_ledger_that_is_older_than_its_head_is_found(
    tmp_path: Path, ledger: Ledger, log: AgentLog
) -> None:
    write_head(tmp_path / HEAD, Head(size=ledger.head().size + 1, root=b"r" * 32))
    assert found(tmp_path, agents_of(log)).code == "E_LEDGER_RESTORED"


def test_a_text_that_is_no_utf_8_is_damage_and_nothing_else(
    tmp_path: Path, ledger: Ledger, log: AgentLog
) -> None:
    ledger.close()
    path = tmp_path / LEDGER
    path.write_bytes(path.read_bytes().replace(b"gw-1", b"gw\xff1"))
    assert found(tmp_path, agents_of(log)).code == "E_LEDGER_DAMAGED"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE logs", b"CREATE TABLE \xd1ogs"))
    with pytest.raises(CodedError), read_ledger(tmp_path) as reader:
        reader.agents()


def test_the_command_says_it_in_text_or_json_and_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state_dir = initialised(tmp_path).state_dir
    words = ["check", "--config", str(tmp_path / "collector.toml")]
    assert collector(words) == 78
    assert LedgerAbsentError.code in capsys.readouterr().err
    open_ledger(state_dir).close()
    assert collector([*words, "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out, type=Checked).sound
    with closing(sqlite3.connect(state_dir / LEDGER)) as db:
        db.execute("DELETE FROM ledger")
        db.commit()
    assert collector(words) == 1
    assert "fits no tree" in capsys.readouterr().out


@pytest.mark.usefixtures("ledger")
def test_a_ledger_that_contradicts_what_the_journal_entered_is_found(
    tmp_path: Path, log: AgentLog
) -> None:
    clock = SteppedClock(START_NS)
    with open_journal(tmp_path, SIGNER.verifier.name, clock) as journal:
        journal.record(act("gw-1"))
        assert found(tmp_path, agents_of(log)).sound
    other = tmp_path / "other"
    with open_ledger(other) as another:
        bench = Bench(another, anew := AgentLog(agent="gw-1", key=key_of("gw-1")))
        bench.take(anew.topic, *anew.grow([b"another leaf"] * 6))
    for name in (JOURNAL, f"{JOURNAL}-wal"):
        if (tmp_path / name).exists():
            (other / name).write_bytes((tmp_path / name).read_bytes())
    said = found(other, agents_of(anew))
    assert said.damage is not None
    assert "its first 5 leaves are not those of journal entry 0" in said.damage.en
