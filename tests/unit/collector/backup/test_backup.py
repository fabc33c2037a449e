"""Backups: made beside the running collector, checked, put back."""

import os
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from collector.backup.errors import (
    BackupAlteredError,
    BackupError,
    BackupFullError,
    BackupSourceError,
    RestoreOccupiedError,
)
from collector.backup.kept import backups, prune
from collector.backup.making import Wish, make_backup
from collector.backup.manifest import MANIFEST, read_manifest
from collector.backup.restoring import checked, restore
from collector.errors import LedgerAbsentError
from collector.journal import open_journal
from collector.ledger import open_ledger
from collector.ledger_read import read_ledger
from collector.opening import open_store, open_witnessed_ledger
from collector.people.administration import at_this_machine
from evidence.clock import SteppedClock
from evidence.log.entry import Action
from tests.conftest import Require
from tests.faults.small_disk import small_disk
from tests.unit.collector.agent_log import START_NS, AgentLog, filled, noise
from tests.unit.collector.intake_bench import Bench, covered

S = 1_000_000_000
WHO = ("Q. Wang", "the disk broke")


def wish_of(state: Path, *, keys: bool = False) -> Wish:
    return Wish(collector="works", state_dir=state, keys=keys)


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with six leaves, derived data, a key and tokens."""
    folder = tmp_path / "state"
    log = filled(6)
    with open_ledger(folder) as ledger:
        Bench(ledger, log).take(log.topic, *(log.message(at) for at in range(6)))
    open_store(folder).close()
    (folder / "collector.key").write_bytes(b"secret")
    (folder / "tokens.json").write_bytes(b"{}")
    (folder / "tokens.lock").write_bytes(b"")
    return folder


def test_a_backup_holds_all_that_lasts_and_says_what_it_is(state: Path, tmp_path: Path) -> None:
    folder = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    manifest = checked(folder)
    names = [each.name for each in manifest.files]
    assert names == ["derived.sqlite", "head", "ledger.db", "tokens.json"]
    assert manifest.left_out == ("collector.key",)
    assert (manifest.made_at, manifest.ledger_size) == ("2026-03-31T16:00:00Z", 6)
    assert manifest.ledger_root == filled(6).root(6).hex()
    for each in folder.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert names_in(tmp_path / "copies") == [folder.name]


def test_keys_are_copied_when_they_are_asked_for(state: Path, tmp_path: Path) -> None:
    folder = make_backup(wish_of(state, keys=True), tmp_path / "copies", START_NS)
    assert checked(folder).left_out == ()
    assert (folder / "collector.key").read_bytes() == b"secret"


def test_a_backup_beside_a_collector_that_goes_on_is_what_it_held_at_one_instant(
    tmp_path: Path,
) -> None:
    state, log = tmp_path / "state", AgentLog()
    messages = log.grow([noise(number, 40) for number in range(400)])
    with open_ledger(state) as ledger:
        bench, done = Bench(ledger, log), threading.Event()
        bench.take(log.topic, *messages[:20])

        def receive() -> None:
            for at in range(20, 400):
                bench.take(log.topic, messages[at])
            done.set()

        thread = threading.Thread(target=receive)
        thread.start()
        folders: list[Path] = []
        while not done.is_set() and len(folders) < 6:
            folders.append(make_backup(wish_of(state), tmp_path, START_NS + len(folders) * S))
        thread.join()
        sizes = [checked(folder).ledger_size for folder in folders]
        roots = [read_manifest(folder).ledger_root for folder in folders]
        assert sizes == sorted(sizes)
        assert 20 <= sizes[0] < 400
        assert roots == [(ledger.root_at(size) or b"").hex() for size in sizes]
        assert ledger.head().size == 400


def test_a_restored_collector_goes_on_where_the_backup_was_made(
    state: Path, tmp_path: Path
) -> None:
    folder, again, log = tmp_path / "copies", tmp_path / "again", filled(7)
    backup = make_backup(wish_of(state), folder, START_NS)
    done = restore(backup, again, *WHO, SteppedClock(START_NS + S))
    assert (done.size, done.missing) == (6, ("collector.key",))
    assert (again / "tokens.json").read_bytes() == b"{}"
    with open_witnessed_ledger(again) as ledger:
        assert [each.leaf for each in ledger.since(0)] == log.leaves[:6]
        ((at_ns, code, said),) = ledger.events()
        assert (at_ns, code) == (START_NS + S, "E_LEDGER_RESTORED")
        assert "Q. Wang" in said
        assert "the disk broke" in said
        (reply,) = Bench(ledger, log).take(log.topic, log.message(6))
        assert covered(reply, log) == 7


def test_a_restore_is_entered_in_the_journal_if_its_key_is_there(
    state: Path, tmp_path: Path
) -> None:
    clock = SteppedClock(START_NS)
    with open_journal(state, "works", clock) as journal:
        journal.record(at_this_machine("Li").act(Action.CORRECTION, "paper", "r"))
    with_keys = make_backup(wish_of(state, keys=True), tmp_path / "copies", START_NS)
    done = restore(with_keys, tmp_path / "again", *WHO, clock)
    assert done.entered
    with open_journal(tmp_path / "again", "works", clock) as journal:
        last = journal.entries(1)[0].entry
    assert (last.who, last.action, last.reason) == ("Q. Wang", Action.RESTORED, WHO[1])
    assert last.new == {
        "backup": "2026-03-31T16:00:00Z",
        "size": 6,
        "root": filled(6).root(6).hex(),
    }
    without = make_backup(wish_of(state), tmp_path / "copies", START_NS + S)
    done = restore(without, tmp_path / "without", *WHO, clock)
    assert (done.entered, done.missing) == (False, ("collector.key", "journal.key"))


def test_a_backup_is_not_put_where_a_ledger_is(state: Path, tmp_path: Path) -> None:
    backup = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    before = names_in(state)
    with pytest.raises(RestoreOccupiedError, match=r"ledger\.db"):
        restore(backup, state, *WHO, SteppedClock(START_NS))
    (state / "ledger.db").unlink()
    with pytest.raises(RestoreOccupiedError, match="head"):
        restore(backup, state, *WHO, SteppedClock(START_NS))
    assert names_in(state) == [name for name in before if name != "ledger.db"]


@pytest.mark.parametrize("name", ["derived.sqlite", "head", "ledger.db", "tokens.json"])
def test_a_backup_of_which_one_bit_was_changed_is_refused(
    state: Path, tmp_path: Path, name: str
) -> None:
    backup = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    data = bytearray((backup / name).read_bytes())
    data[len(data) // 2] ^= 1
    (backup / name).write_bytes(data)
    with pytest.raises(BackupAlteredError, match=name):
        restore(backup, tmp_path / "again", *WHO, SteppedClock(START_NS))
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "manifest", [b"", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"carbonmeter":1}']
)
def test_a_manifest_that_is_none_is_refused(state: Path, tmp_path: Path, manifest: bytes) -> None:
    backup = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    (backup / MANIFEST).write_bytes(manifest)
    with pytest.raises(BackupAlteredError):
        checked(backup)
    (backup / MANIFEST).unlink()
    with pytest.raises(BackupAlteredError):
        checked(backup)


def test_a_manifest_cannot_name_a_file_elsewhere(state: Path, tmp_path: Path) -> None:
    backup = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    for name in ("../tokens.json", "/etc/passwd", "", "a/b"):
        text = (backup / MANIFEST).read_text().replace('"tokens.json"', f'"{name}"')
        (tmp_path / "copies" / "other").mkdir(exist_ok=True)
        (tmp_path / "copies" / "other" / MANIFEST).write_text(text)
        with pytest.raises(BackupAlteredError):
            checked(tmp_path / "copies" / "other")


def test_a_file_that_is_missing_or_too_much_is_named(state: Path, tmp_path: Path) -> None:
    backup = make_backup(wish_of(state), tmp_path / "copies", START_NS)
    (backup / "more.txt").write_bytes(b"")
    with pytest.raises(BackupAlteredError, match=r"more\.txt is not of it"):
        checked(backup)
    (backup / "more.txt").unlink()
    (backup / "head").unlink()
    with pytest.raises(BackupAlteredError, match="head is missing"):
        checked(backup)


def test_a_ledger_that_is_damaged_already_gives_no_backup(state: Path, tmp_path: Path) -> None:
    with sqlite3.connect(state / "ledger.db") as database:
        database.execute("UPDATE leaves SET leaf = x'00' WHERE sequence = 3")
    database.close()
    with pytest.raises(BackupSourceError, match="leaf 3 of boiler-2"):
        make_backup(wish_of(state), tmp_path / "copies", START_NS)
    assert names_in(tmp_path / "copies") == []


def test_a_file_that_is_no_database_gives_no_backup(state: Path, tmp_path: Path) -> None:
    (state / "derived.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(BackupSourceError, match=r"derived\.sqlite"):
        make_backup(wish_of(state), tmp_path / "copies", START_NS)


def test_a_folder_without_a_ledger_gives_no_backup(tmp_path: Path) -> None:
    with pytest.raises(LedgerAbsentError):
        make_backup(wish_of(tmp_path / "nothing"), tmp_path / "copies", START_NS)
    assert not (tmp_path / "copies").exists()


def test_two_backups_of_one_second_are_not_mixed(state: Path, tmp_path: Path) -> None:
    made = make_backup(wish_of(state), tmp_path, START_NS)
    with pytest.raises(BackupError, match="this second"):
        make_backup(wish_of(state), tmp_path, START_NS)
    assert checked(made).ledger_size == 6


def test_what_a_killed_run_left_is_cleared_away(state: Path, tmp_path: Path) -> None:
    left = tmp_path / "works-2026-03-31T160000Z.partial"
    left.mkdir()
    (left / "ledger.db").write_bytes(b"half of it")
    assert backups(tmp_path, "works") == []
    made = make_backup(wish_of(state), tmp_path, START_NS)
    assert checked(made).ledger_size == 6
    assert not left.exists()


def test_only_the_newest_backups_of_a_collector_are_kept(state: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    made = [make_backup(wish_of(state), copies, START_NS + day * S) for day in range(4)]
    (copies / "works-notes").mkdir()
    other = shutil.copytree(made[0], copies / "works-2-2020-01-01T000000Z")
    text = (other / MANIFEST).read_text()
    (other / MANIFEST).write_text(text.replace('"works"', '"works-2"'))
    assert prune(copies, "works", 2) == made[:2]
    assert [folder for folder, _ in backups(copies, "works")] == made[2:]
    assert [folder for folder, _ in backups(copies, "works-2")] == [other]
    assert (copies / "works-notes").is_dir()


def test_a_full_disk_leaves_no_half_backup(state: Path, tmp_path: Path, require: Require) -> None:
    if os.geteuid() != 0:
        require("root", "a small disk cannot be mounted")
    with open_ledger(state) as ledger:
        log = AgentLog(agent="boiler-2", epoch="f" * 32)
        bench = Bench(ledger, log)
        bench.take(log.topic, *log.grow([noise(number, 300) for number in range(150)]))
    with small_disk(tmp_path / "disk", 1) as disk:
        with pytest.raises(BackupFullError):
            make_backup(wish_of(state), disk / "copies", START_NS)
        assert names_in(disk / "copies") == []
    with read_ledger(state) as reader:
        assert reader.head().size == 156
