"""The ledger under faults: full disks, restored copies, edits, a second writer."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from collector.database import Connection, Value, connect_sqlite
from collector.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
    LedgerNewerError,
    LedgerRestoredError,
)
from collector.ledger import Ledger, accept_restored, open_ledger
from collector.ledger_check import first_damage
from collector.ledger_head import Head
from collector.ledger_read import LEDGER, read_ledger
from tests.unit.collector.agent_log import START_NS, AgentLog, filled, noise
from tests.unit.collector.ledger_steps import admitted, keep


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()


def test_two_collectors_do_not_open_one_ledger(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerLockedError, match="another collector"):
        open_ledger(tmp_path)
    ledger.close()
    open_ledger(tmp_path).close()
    open_ledger(tmp_path / "other").close()


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.database.rows("PRAGMA user_version = 99")
    ledger.close()
    with pytest.raises(LedgerNewerError, match="schema 99"):
        open_ledger(tmp_path)
    with pytest.raises(LedgerNewerError):
        read_ledger(tmp_path)


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / LEDGER)
    other.execute("CREATE TABLE mine (x)")
    other.close()
    with pytest.raises(LedgerDamagedError, match="not a ledger"):
        open_ledger(tmp_path)
    (tmp_path / LEDGER).write_bytes(b"prose, not a database" * 500)
    with pytest.raises(LedgerDamagedError):
        open_ledger(tmp_path)
    (tmp_path / LEDGER).unlink()
    open_ledger(tmp_path).close()  # the failed attempts let go of the lock


def small(pages: int) -> Callable[[Path], Connection]:
    """Connections to a disk on which a database may have so many pages."""

    def connect(path: Path) -> Connection:
        connection = connect_sqlite(path)
        connection.execute(f"PRAGMA max_page_count = {pages}", ())
        return connection

    return connect


def keep_singly(ledger: Ledger, log: AgentLog) -> None:
    for sequence in range(len(log.leaves)):
        keep(ledger, log, [sequence])


def test_a_full_disk_keeps_all_that_was_committed_and_nothing_of_what_was_not(
    tmp_path: Path,
) -> None:
    log = AgentLog(leaves=[noise(number, blocks=100) for number in range(60)])
    ledger = open_ledger(tmp_path, small(40))
    with pytest.raises(LedgerFullError, match="E_LEDGER_FULL"):
        keep_singly(ledger, log)
    kept = ledger.state(log.agent, log.epoch).size
    assert 5 < kept < 59
    assert first_damage(ledger) is None
    ledger.close()
    with open_ledger(tmp_path) as roomy:
        keep(roomy, log, range(kept, 60))
        assert [leaf.leaf for leaf in roomy.leaves(log.agent, log.epoch)] == log.leaves


def test_a_folder_that_cannot_be_made_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerError, match="E_LEDGER"):
        open_ledger(tmp_path / "file" / "state")


def copied(tmp_path: Path, name: str) -> Path:
    """A copy of the ledger's database, as a backup program takes it."""
    target = tmp_path / name
    with sqlite3.connect(tmp_path / LEDGER) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return target


def restore(tmp_path: Path, backup: Path) -> None:
    for leftover in tmp_path.glob("ledger.db*"):
        leftover.unlink()
    shutil.copy(backup, tmp_path / LEDGER)


def test_a_restored_older_ledger_is_recognised_until_a_person_accepts_it(tmp_path: Path) -> None:
    log = filled(5)
    with open_ledger(tmp_path) as ledger:
        keep(ledger, log, range(3))
        backup = copied(tmp_path, "backup.db")
        keep(ledger, log, [3, 4])
    restore(tmp_path, backup)
    for _ in range(2):
        with pytest.raises(LedgerRestoredError, match="has 3 leaves, 5 are remembered"):
            open_ledger(tmp_path)
    assert accept_restored(tmp_path, "Li Wei", START_NS) == Head(size=3, root=log.root(3))
    with open_ledger(tmp_path) as ledger:
        assert ledger.events() == ((START_NS, "E_LEDGER_RESTORED", "accepted at 3 by Li Wei"),)
        keep(ledger, log, [3, 4])
        assert first_damage(ledger) is None


def test_a_restored_ledger_that_went_on_otherwise_is_recognised(tmp_path: Path) -> None:
    log, other = filled(5), AgentLog(leaves=[b"a", b"b", b"c", b"d", b"e", b"f"])
    with open_ledger(tmp_path) as ledger:
        keep(ledger, log, range(5))
    elsewhere = tmp_path / "elsewhere"
    with open_ledger(elsewhere) as ledger:
        keep(ledger, other, range(6))
    restore(tmp_path, copied(elsewhere, "backup.db"))
    with pytest.raises(LedgerRestoredError, match="first 5 leaves are other ones"):
        open_ledger(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"carbonmeter-ledger-head/1\n1\n", bytes(100)])
def test_a_ledger_whose_head_is_lost_or_damaged_is_not_signed_for(
    tmp_path: Path, content: bytes | None
) -> None:
    with open_ledger(tmp_path) as ledger:
        keep(ledger, filled(1), [0])
    if content is None:
        (tmp_path / "head").unlink()
    else:
        (tmp_path / "head").write_bytes(content)
    with pytest.raises(LedgerRestoredError, match="E_LEDGER_RESTORED"):
        open_ledger(tmp_path)


def test_a_ledger_that_was_lost_altogether_is_recognised(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep(ledger, filled(1), [0])
    for leftover in tmp_path.glob("ledger.db*"):
        leftover.unlink()
    with pytest.raises(LedgerRestoredError, match="has 0 leaves, 1 are remembered"):
        open_ledger(tmp_path)


def test_a_crash_between_commit_and_head_is_no_restored_ledger(tmp_path: Path) -> None:
    log = filled(4)
    with open_ledger(tmp_path) as ledger:
        keep(ledger, log, [0, 1])
        ledger.append_many([admitted(log, 2), admitted(log, 3)], START_NS)
    with open_ledger(tmp_path) as ledger:
        assert ledger.head().size == 4
    assert "\n4\n" in (tmp_path / "head").read_text()


DAMAGE: dict[str, tuple[str, str]] = {
    "bytes of a leaf": ("UPDATE leaves SET leaf = zeroblob(20) WHERE sequence = 1", "leaf 1 of"),
    "hash of a leaf": ("UPDATE leaves SET hash = zeroblob(32) WHERE sequence = 2", "leaf 2 of"),
    "root of a leaf": ("UPDATE leaves SET root = zeroblob(32) WHERE sequence = 1", "leaf 1 of"),
    "leaf removed": ("DELETE FROM leaves WHERE sequence = 1", "leaf 1 in order"),
    "last leaf removed": ("DELETE FROM leaves WHERE sequence = 3", "do not lead to the head"),
    "note": ("UPDATE logs SET note = x'00'", "not the signed one"),
    "frontier": ("UPDATE logs SET frontier = '9:00'", "fits no tree"),
    "head": ("UPDATE ledger SET frontier = '0:'", "do not lead to the head"),
    "head lost": ("DELETE FROM ledger", "fits no tree"),
}


@pytest.mark.parametrize(("statement", "named"), DAMAGE.values(), ids=DAMAGE)
def test_a_ledger_edited_by_hand_is_found_and_the_place_is_named(
    ledger: Ledger, statement: str, named: str
) -> None:
    keep(ledger, filled(4), range(4))
    assert first_damage(ledger) is None
    ledger.database.rows(statement)
    found = first_damage(ledger)
    assert isinstance(found, LedgerDamagedError)
    assert named in str(found)


def test_a_leaf_that_lost_its_hash_is_never_served(ledger: Ledger) -> None:
    log = filled(2)
    keep(ledger, log, range(2))
    ledger.database.rows("UPDATE leaves SET leaf = (SELECT leaf FROM leaves WHERE position = 0)")
    with pytest.raises(LedgerDamagedError, match="leaf 1 of boiler-2"):
        ledger.leaf(log.agent, log.epoch, 1)


def test_a_ledger_whose_tail_was_cut_off_does_not_open(ledger: Ledger, tmp_path: Path) -> None:
    keep(ledger, filled(4), range(4))
    ledger.database.rows("DELETE FROM leaves WHERE sequence = 3")
    ledger.close()
    with pytest.raises(LedgerDamagedError, match="do not lead to its frontier"):
        open_ledger(tmp_path)


class FailsAt:
    """A connection whose n-th statement fails as a disk does."""

    def __init__(self, path: Path, number: int) -> None:
        self._connection = connect_sqlite(path)
        self._left = number

    def execute(self, sql: str, parameters: Sequence[Value], /) -> Iterable[object]:
        self._left -= 1
        if self._left == 0:
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise fault
        return self._connection.execute(sql, parameters)

    def close(self) -> None:
        self._connection.close()


def test_an_io_error_at_any_statement_is_coded_and_leaves_all_or_nothing(tmp_path: Path) -> None:
    log, ended_clean, codes = filled(3), False, set[str]()
    for number in range(1, 60):
        folder = tmp_path / str(number)
        try:
            with open_ledger(folder, lambda path, at=number: FailsAt(path, at)) as ledger:  # type: ignore[misc]
                keep(ledger, log, [0])
                keep(ledger, log, [1, 2])
            ended_clean = True
        except LedgerError as fault:
            codes.add(fault.code)
        with open_ledger(folder) as ledger:
            assert ledger.state(log.agent, log.epoch).size in {0, 1, 3}
            assert first_damage(ledger) is None
        if ended_clean:
            break
    assert ended_clean
    assert codes == {"E_LEDGER"}


def test_the_first_head_is_on_the_disk_before_anything_is_receipted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut its name could be gone, and the ledger taken for a restored one."""
    synced: list[int] = []
    real = os.fsync

    def sync(descriptor: int) -> None:
        real(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", sync)
    with open_ledger(tmp_path) as ledger:
        assert synced == [tmp_path.stat().st_ino]
        keep(ledger, filled(1), [0])
        assert len(synced) == 1  # a later one may lag behind
