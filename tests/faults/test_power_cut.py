"""The disk whose power is cut: it keeps what was synced, whole, and of the rest any part."""

import random
import sqlite3
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.connection import connect_watched
from tests.faults.folder_sync import hearing_of_folder_syncs
from tests.faults.image import FileImage, FolderImage
from tests.faults.power_cut import Disk, Note, lay
from tests.faults.vfs import watched_vfs

CHANCES = st.integers(0, 2**32).map(random.Random)


@given(st.binary(max_size=3000), st.integers(0, 3000), st.binary(min_size=1), CHANCES)
def test_what_was_synced_is_there_whatever_happens(
    whole: bytes, at: int, more: bytes, chance: random.Random
) -> None:
    file = FileImage()
    file.pending.append((0, whole))
    file.sync()
    file.pending.append((at, more))
    found = file.after_cut(chance)
    assert found[: min(at, len(whole))] == whole[:at]
    assert found[at + len(more) :] == whole[at + len(more) :]
    assert len(whole) <= len(found) <= max(len(whole), at + len(more))


def test_a_write_that_was_not_synced_comes_whole_not_at_all_or_in_part() -> None:
    file = FileImage(durable=bytearray(2048))
    file.pending.append((100, b"x" * 1500))
    whole = bytes(100) + b"x" * 1500 + bytes(448)
    found = {file.after_cut(random.Random(seed)) for seed in range(300)}
    assert {bytes(2048), whole} < found
    assert any(each[512:1024] == b"x" * 512 and each[1024:1536] == bytes(512) for each in found)
    assert any(0 < each[512:1024].count(b"x") < 512 for each in found)


def test_a_name_that_was_not_synced_stands_for_the_old_file_the_new_one_or_none() -> None:
    folder = FolderImage()
    folder.put("a", b"old")
    folder.remove("a")
    folder.file("a").pending.append((0, b"new"))
    folder.file("a").sync()
    found = {folder.after_cut(random.Random(seed)).get("a") for seed in range(100)}
    assert found == {b"old", b"new", None}
    folder.sync()
    assert {folder.after_cut(random.Random(n)).get("a") for n in range(100)} == {b"new"}


def written(folder: Path, disk: Disk, synchronous: str) -> int:
    """How many rows were committed before the power was cut."""
    watched_vfs().watch(folder, disk)
    db, rows = connect_watched(folder / "db"), 0
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={synchronous}")
        db.execute("CREATE TABLE IF NOT EXISTS t (x)")
        while True:
            db.execute("INSERT INTO t VALUES (randomblob(300))")
            rows += 1
    except sqlite3.OperationalError:
        return rows
    finally:
        db.close()
        watched_vfs().unwatch(folder)


def _rows(db: sqlite3.Connection) -> int:
    if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        return 0
    return int(db.execute("SELECT count(*) FROM t").fetchone()[0])


def lost(folder: Path, synchronous: str, cuts: int) -> int:
    """After how many of the cuts a committed row was gone."""
    found = 0
    for seed in range(cuts):
        live = folder / f"{synchronous}-{seed}"
        live.mkdir()
        disk = Disk(live, random.Random(seed))
        disk.cut_after(30 + seed)
        rows = written(live, disk, synchronous)
        db = sqlite3.connect(lay(disk.cut(), folder / f"{synchronous}-{seed}-left") / "db")
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found += _rows(db) < rows
        db.close()
    return found


def test_a_commit_that_is_synced_survives_and_one_that_is_not_may_be_lost(tmp_path: Path) -> None:
    assert lost(tmp_path, "FULL", 40) == 0
    assert lost(tmp_path, "NORMAL", 40) > 20


def test_a_note_past_sqlite_comes_back_as_any_version_since_the_folder_was_synced(
    tmp_path: Path,
) -> None:
    def come_back(seed: int) -> bytes | None:
        folder = tmp_path / str(seed)
        folder.mkdir()
        disk = Disk(folder, random.Random(seed), [Note(name="note", synced=True)])
        for version in b"abcd":
            (folder / "note").write_bytes(bytes([version]))
            disk.syncs("db", folder=version == ord("b"))
        return disk.cut().get("note")

    assert {come_back(seed) for seed in range(60)} == {b"b", b"c", b"d"}


def test_a_folder_that_the_product_syncs_is_heard_of(tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - the function that is replaced for a while

    disk = Disk(tmp_path, random.Random(1), [Note(name="note", synced=True)])
    (tmp_path / "note").write_bytes(b"x")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    with hearing_of_folder_syncs(tmp_path, disk):
        os.fsync(descriptor)
    os.close(descriptor)
    assert disk.notes["note"].versions == [b"x"]
