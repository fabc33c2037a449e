"""The journal: what was entered stays, signed, provable, and is one history for all writers."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import collector.journal
from collector.database import connect_sqlite
from collector.errors import LedgerError
from collector.journal import (
    KEY,
    REMEMBERED,
    Journal,
    accept_restored_journal,
    ledger_head_of,
    open_journal,
)
from collector.journal_errors import (
    JournalAbsentError,
    JournalDamagedError,
    JournalError,
    JournalKeyError,
    JournalNewerError,
    JournalRestoredError,
)
from collector.journal_read import JOURNAL, read_journal
from collector.ledger import open_ledger
from evidence.clock import NS_PER_S, SteppedClock, parse_utc
from evidence.errors import LogPositionError
from evidence.log.checkpoint import open_checkpoint
from evidence.log.entry import Act, Action, EntryError, decode_entry
from evidence.log.key import keyring, parse_verifier
from evidence.log.merkle import EMPTY_ROOT, leaf_hash, root_of, verify_consistency, verify_inclusion
from tests.unit.collector.agent_log import filled
from tests.unit.collector.intake_bench import Bench

ROOT = Path(__file__).parents[3]
NOW_NS = parse_utc("2026-11-30T08:00:00Z")


def opened(folder: Path) -> Journal:
    return open_journal(folder, "plant-3", SteppedClock(NOW_NS))


def act(subject: str = "gw-1", action: Action = Action.KEY_PINNED) -> Act:
    return Act(
        who="wang", role="engineer", action=action, site="jinan", subject=subject, reason="r"
    )


def test_an_entry_is_there_after_it_was_recorded_and_so_is_its_signed_head(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        assert journal.record(act("gw-1")) == 0
        assert journal.record(act("gw-2")) == 1
        pinned = journal.pinned
    with read_journal(tmp_path, "plant-3") as reader:
        first, second = reader.entries()
        head = reader.head()
    assert [first.entry.subject, second.entry.subject] == ["gw-1", "gw-2"]
    assert first.entry.at == "2026-11-30T08:00:00Z"
    assert decode_entry(second.leaf, "leaf") == second.entry
    signed = open_checkpoint(head.note, keyring([parse_verifier(pinned)])).checkpoint
    assert (signed.origin, signed.size) == ("plant-3/journal", 2)
    assert signed.root == root_of([leaf_hash(first.leaf), leaf_hash(second.leaf)]) == head.root


def test_an_empty_journal_has_a_signed_head_too(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        signed = open_checkpoint(journal.head().note, keyring([parse_verifier(journal.pinned)]))
        assert (signed.checkpoint.size, signed.checkpoint.root) == (0, EMPTY_ROOT)
        assert journal.entries() == []


def test_an_entry_names_the_ledgers_head_of_that_moment(tmp_path: Path) -> None:
    log = filled(3)
    with open_ledger(tmp_path) as ledger, opened(tmp_path) as journal:
        journal.record(act())
        Bench(ledger, log).take(log.topic, *(log.message(at) for at in range(3)))
        journal.record(act())
        before, after = (each.entry for each in journal.entries())
        assert (before.ledger_size, before.ledger_root) == (0, EMPTY_ROOT.hex())
        assert (after.ledger_size, after.ledger_root) == (3, ledger.head().root.hex())


def test_proofs_lead_from_any_head_and_any_entry_to_any_later_head(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        heads = [journal.head()]
        for at in range(9):
            journal.record(act(f"gw-{at}"))
            heads.append(journal.head())
        entries = journal.entries()
        for new in heads:
            for old in heads[: new.size + 1]:
                proof = journal.consistency(old.size, new.size)
                verify_consistency(old.size, old.root, new.size, new.root, proof)
            for each in entries[: new.size]:
                path = journal.inclusion(each.position, new.size)
                verify_inclusion(each.leaf_hash, each.position, new.size, path, new.root)
        with pytest.raises(JournalAbsentError):
            journal.consistency(1, 10)
        with pytest.raises(LogPositionError):
            journal.inclusion(9, 9)


def test_entries_are_found_by_position_action_and_subject(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for at in range(6):
            action = Action.KEY_REVOKED if at % 2 else Action.KEY_PINNED
            journal.record(act(f"gw-{at % 3}", action))
        assert [each.position for each in journal.entries(2, 3)] == [2, 3, 4]
        assert [each.position for each in journal.of([Action.KEY_REVOKED])] == [1, 3, 5]
        assert [each.position for each in journal.of(list(Action), subject="gw-2")] == [2, 5]
        assert [each.position for each in journal.of([Action.KEY_PINNED], first=3)] == [4]
        assert list(journal.of([Action.INVOICE])) == []


def test_what_fails_inside_is_not_entered_and_what_cannot_be_entered_is_not_done(
    tmp_path: Path,
) -> None:
    done = []
    with opened(tmp_path) as journal:
        with pytest.raises(ZeroDivisionError), journal.recording(act()):
            done.append(1 / 0)
        with pytest.raises(EntryError), journal.recording(act("\n")):
            done.append(1)
        assert (done, journal.head().size) == ([], 0)
        with journal.recording(act()) as position:
            done.append(position)
        assert (done, journal.head().size) == ([0], 1)


def test_file_and_key_are_for_their_owner_only(tmp_path: Path) -> None:
    opened(tmp_path).close()
    for name in (JOURNAL, KEY):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


WRITER = """
import sys
from pathlib import Path
from collector.journal import open_journal
from evidence.clock import SystemClock
from evidence.log.entry import Act, Action
for at in range(int(sys.argv[3])):
    with open_journal(Path(sys.argv[1]), "plant-3", SystemClock()) as journal:
        told = {"who": sys.argv[2], "role": "host", "subject": str(at), "reason": "r"}
        journal.record(Act(**told, action=Action.CORRECTION))
"""


def test_processes_that_write_at_once_make_one_history_from_the_first_entry_on(
    tmp_path: Path,
) -> None:
    def written(name: int) -> int:
        words = [sys.executable, "-c", WRITER, str(tmp_path), f"p{name}", "8"]
        return subprocess.run(words, cwd=ROOT, timeout=60, check=False).returncode

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(written, range(3))) == [0, 0, 0]
    with opened(tmp_path) as journal:
        found = journal.entries()
        head = journal.head()
    assert head.root == root_of([each.leaf_hash for each in found])
    for name in range(3):
        own = [each.entry.subject for each in found if each.entry.who == f"p{name}"]
        assert own == [str(at) for at in range(8)]
    assert len(found) == 24


@pytest.mark.parametrize("entries", [0, 2])
def test_what_another_process_writes_while_the_head_is_looked_at_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: int
) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as other:
        for at in range(entries):
            one.record(act(f"gw-{at}"))
        looked = collector.journal._remembered

        def while_another_writes(path: Path) -> object:
            monkeypatch.undo()
            other.record(act("gw-8"))
            other.record(act("gw-9"))
            return looked(path)

        monkeypatch.setattr(collector.journal, "_remembered", while_another_writes)
        one.require_remembered()
        assert one.head().size == entries + 2


def test_an_older_copy_of_the_journal_is_not_signed_on(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for at in range(3):
            journal.record(act(f"gw-{at}"))
    shutil.copy(tmp_path / JOURNAL, tmp_path / "older")
    with opened(tmp_path) as journal:
        for at in range(3, 6):
            journal.record(act(f"gw-{at}"))
    shutil.copy(tmp_path / "older", tmp_path / JOURNAL)
    with pytest.raises(JournalRestoredError, match="has 3 entries, 5 were signed"):
        opened(tmp_path)


def test_a_restored_journal_goes_on_once_a_person_says_so_and_the_entry_says_from_where(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as journal:
        journal.record(act())
    shutil.copy(tmp_path / JOURNAL, tmp_path / "older")
    with opened(tmp_path) as journal:
        for _ in range(3):
            journal.record(act())
        lost = journal.root_at(3)
    shutil.copy(tmp_path / "older", tmp_path / JOURNAL)
    accepting = act("journal", Action.RESTORED)
    clock = SteppedClock(NOW_NS + NS_PER_S)
    assert accept_restored_journal(tmp_path, "plant-3", clock, accepting) == 1
    with opened(tmp_path) as journal:
        _, found = journal.entries()
        journal.record(act())
    assert found.entry.old == {"size": 3, "root": lost.hex() if lost else ""}
    assert found.entry.new["size"] == 1


def test_another_journal_of_the_same_length_is_not_signed_on(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        with opened(tmp_path / name) as journal:
            for at in range(3):
                journal.record(act(f"{name}-{at}"))
    shutil.copy(tmp_path / "there" / JOURNAL, tmp_path / "here" / JOURNAL)
    shutil.copy(tmp_path / "there" / KEY, tmp_path / "here" / KEY)
    with pytest.raises(JournalRestoredError, match="other ones"):
        opened(tmp_path / "here")


@pytest.mark.parametrize("damage", [None, b"", b"5\nxyz", b"carbonmeter-ledger-head/1\n1\n00\n"])
def test_without_a_readable_remembered_head_nothing_is_signed(
    tmp_path: Path, damage: bytes | None
) -> None:
    with opened(tmp_path) as journal:
        journal.record(act())
    (tmp_path / REMEMBERED).unlink()
    if damage is not None:
        (tmp_path / REMEMBERED).write_bytes(damage)
    with pytest.raises(JournalRestoredError):
        opened(tmp_path)


def test_a_journal_whose_key_is_gone_is_not_signed_by_a_new_one(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / KEY).rename(tmp_path / "away")
    with pytest.raises(JournalKeyError, match="gone"):
        opened(tmp_path)
    with opened(tmp_path / "other") as other:
        assert other.head().size == 0
    shutil.copy(tmp_path / "other" / KEY, tmp_path / KEY)
    with pytest.raises(JournalKeyError, match="another key"):
        opened(tmp_path)
    with pytest.raises(JournalKeyError, match="plant-3/journal"):
        open_journal(tmp_path / "other", "plant-4", SteppedClock(NOW_NS))


def test_an_altered_entry_is_found_when_it_is_read(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.record(act("gw-1"))
    with sqlite3.connect(tmp_path / JOURNAL) as db:
        db.execute("UPDATE entries SET leaf = CAST(replace(leaf, 'gw-1', 'gw-2') AS BLOB)")
    db.close()
    with read_journal(tmp_path, "plant-3") as reader:
        with pytest.raises(JournalDamagedError, match="entry 0"):
            reader.entries()
        with pytest.raises(JournalDamagedError):
            list(reader.of([Action.KEY_PINNED]))


def test_files_that_are_no_journal_of_this_version_are_left_alone(tmp_path: Path) -> None:
    with pytest.raises(JournalAbsentError):
        read_journal(tmp_path, "plant-3")
    (tmp_path / JOURNAL).write_bytes(b"no database" * 500)
    for open_one in (opened, lambda folder: read_journal(folder, "plant-3")):
        with pytest.raises(JournalDamagedError):
            open_one(tmp_path)
    (tmp_path / JOURNAL).unlink()
    opened(tmp_path).close()
    db = connect_sqlite(tmp_path / JOURNAL)
    db.execute("PRAGMA user_version = 99", ())
    db.close()
    with pytest.raises(JournalNewerError):
        opened(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="file"):
        opened(tmp_path / "file" / "state")
    if os.getuid():
        with opened(tmp_path) as journal:
            tmp_path.chmod(0o500)
            try:
                with pytest.raises(JournalError):
                    journal.record(act())
            finally:
                tmp_path.chmod(0o700)


def test_a_line_for_a_person_shows_what_would_move_the_cursor_or_turn_the_text(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as journal:
        journal.record(act("gw-1\u202ex"))
        (found,) = journal.entries()
    assert found.to_line().split("\t") == [
        "0",
        "2026-11-30T08:00:00Z",
        "key-pinned",
        "wang (engineer)",
        "jinan gw-1\\u202ex",
        "r",
    ]


def test_where_there_is_no_ledger_its_head_is_that_of_no_leaves(tmp_path: Path) -> None:
    assert (ledger_head_of(tmp_path).size, ledger_head_of(tmp_path).root) == (0, EMPTY_ROOT)
