"""A spool whose bytes were changed: found at the start, nothing silently wrong, the rest sent."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.custody_errors import SpoolError
from edge_agent.installation import Installation
from edge_agent.poll import Poll
from edge_agent.spool import Spool
from edge_agent.spool_schema import VERSION, Connect, connect_file
from edge_agent.spool_start import Found, open_spool
from edge_agent.waiting import read_again
from evidence.log.batch import Batch, decode
from evidence.log.envelope import decompress
from tests.unit.edge_agent.site import installed
from tests.unit.edge_agent.test_spool import TERMS, close, keep_polls, opened, opening

MUTATIONS = 60
PAGE = 4096


def filled(folder: Path, site: Installation) -> None:
    """Receipted, unreceipted and pending readings; files as a kill would leave them."""
    spool, _ = opened(folder / "live", site)
    for _ in range(6):
        keep_polls(spool, site, 3)
        close(spool, site)
    spool.receipted(2, 1000)
    keep_polls(spool, site, 4)
    shutil.copytree(folder / "live", folder / "copy")
    spool.close()


def shown_by(spool: Spool) -> list[float]:
    """Every reading that is still on its way, in order."""
    found: list[float] = []
    for sequence in range(spool.base, spool.size):
        stored = spool.leaf(sequence)
        assert stored is not None
        leaf = decode(decompress(stored.frame))
        if isinstance(leaf, Batch):
            found += [value for stream in leaf.streams for value in stream.indication]
    polls = [each for each in read_again(spool.waiting) if isinstance(each, Poll)]
    return found + [reading.number for each in polls for reading in each.readings]


def reopened(folder: Path, site: Installation) -> tuple[list[float], Found]:
    """What is there after a start and one more poll, and again after the next start."""
    spool, found = opened(folder, site)
    if found.reason:
        spool.log_again()
    sequence = spool.next_sequence("feeder-1")
    spool.close()
    spool, again = open_spool(folder, TERMS)
    assert again == Found(reason="")
    assert spool.next_sequence("feeder-1") == sequence
    readings = shown_by(spool)
    spool.close()
    return readings, found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Installation]:
    folder = tmp_path_factory.mktemp("whole")
    site = installed(folder)
    filled(folder, site)
    return folder / "copy", site


TRUE = [100.0 + n for n in range(3, 22)]


Mutate = Callable[[Path, random.Random], None]


def flip_bit(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))


def zero_page(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    start = chance.randrange(max(len(data) // PAGE, 1)) * PAGE
    data[start : start + PAGE] = bytes(len(data[start : start + PAGE]))
    path.write_bytes(bytes(data))


def truncate(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def remove(path: Path, chance: random.Random) -> None:  # noqa: ARG001 - one of four ways
    path.unlink()


def merged(folder: Path) -> None:
    """Everything in the database file itself, as after a clean end."""
    db = sqlite3.connect(folder / "spool.sqlite")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.mark.parametrize("mutate", [flip_bit, zero_page, truncate, remove])
@pytest.mark.parametrize("target", ["spool.sqlite", "spool.sqlite-wal"])
def test_no_change_of_the_files_makes_a_reading_wrong_or_lets_one_go_unnoticed(
    tmp_path: Path, whole: tuple[Path, Installation], mutate: Mutate, target: str
) -> None:
    source, site = whole
    chance = random.Random(f"{target}")
    rounds = 2 if mutate is remove else MUTATIONS // 4
    for n in range(rounds):
        folder = tmp_path / str(n)
        shutil.copytree(source, folder)
        if target == "spool.sqlite":
            merged(folder)
        mutate(folder / target, chance)
        readings, found = reopened(folder, site)
        assert set(readings) <= {100.0 + each for each in range(22)}
        assert readings == sorted(readings)
        assert len(set(readings)) == len(readings)
        if not found.reason:
            assert readings[-len(TRUE) :] == TRUE


def test_what_is_sound_of_a_damaged_spool_is_logged_again(
    tmp_path: Path, whole: tuple[Path, Installation]
) -> None:
    source, site = whole
    shutil.copytree(source, tmp_path / "s")
    merged(tmp_path / "s")
    path = tmp_path / "s" / "spool.sqlite"
    data = bytearray(path.read_bytes())
    place = data.rindex(b"batch/1") if b"batch/1" in data else data.rindex(b"\x28\xb5\x2f\xfd")
    data[place + 40] ^= 0xFF  # inside one leaf's frame
    path.write_bytes(bytes(data))
    readings, found = reopened(tmp_path / "s", site)
    assert found.reason == "damaged"
    assert found.former == "ab" * 16
    assert len(readings) >= len(TRUE) - 3
    assert list((tmp_path / "s").glob("damaged-*.sqlite"))


def test_a_start_that_was_killed_while_it_salvaged_begins_again(
    tmp_path: Path, whole: tuple[Path, Installation]
) -> None:
    source, site = whole
    shutil.copytree(source, tmp_path / "s")
    merged(tmp_path / "s")
    path = tmp_path / "s" / "spool.sqlite"
    path.write_bytes(path.read_bytes()[:-PAGE])
    for _ in range(3):  # killed before the epoch was opened
        spool, found = open_spool(tmp_path / "s", TERMS)
        assert found.reason == "damaged"
        spool.close()
    first, found = reopened(tmp_path / "s", site)
    assert found.reason == "damaged"
    assert first
    assert not (tmp_path / "s" / "damaged.sqlite").exists()


def test_numbers_of_polls_never_fall_back_after_damage(
    tmp_path: Path, whole: tuple[Path, Installation]
) -> None:
    source, site = whole
    shutil.copytree(source, tmp_path / "s")
    merged(tmp_path / "s")
    path = tmp_path / "s" / "spool.sqlite"
    path.write_bytes(path.read_bytes()[:-PAGE])
    spool, _ = open_spool(tmp_path / "s", TERMS)
    spool.open_epoch(replace(opening("cd" * 16, site), first_sequence=1_767_225_600_000))
    assert spool.next_sequence("feeder-1") == 1_767_225_600_000
    spool.close()
    spool, _ = open_spool(tmp_path / "s", TERMS)
    assert spool.next_sequence("feeder-1") == 1_767_225_600_000
    spool.close()


def test_a_file_that_is_no_database_at_all_is_set_aside(
    tmp_path: Path, site_alone: Installation
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "spool.sqlite").write_bytes(b"not a database" * 1000)
    spool, found = opened(tmp_path / "s", site_alone)
    assert found.reason == "damaged"
    assert spool.size == 1
    spool.close()
    assert [p.read_bytes()[:14] for p in (tmp_path / "s").glob("damaged-*.sqlite")] == [
        b"not a database"
    ]


@pytest.fixture
def site_alone(tmp_path: Path) -> Installation:
    return installed(tmp_path)


def test_a_spool_that_was_deleted_is_noticed(tmp_path: Path, site_alone: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site_alone)
    keep_polls(spool, site_alone, 1)
    spool.close()
    (tmp_path / "s" / "spool.sqlite").unlink()
    spool, found = opened(tmp_path / "s", site_alone)
    assert (found.reason, found.former) == ("lost", "ab" * 16)
    spool.close()


def test_a_directory_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="E_SPOOL_STORAGE"):
        open_spool(tmp_path / "file" / "s", TERMS)


def test_a_disk_that_fails_is_not_taken_for_damage(
    tmp_path: Path, site_alone: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site_alone)
    keep_polls(spool, site_alone, 2)
    spool.close()

    def failing(path: Path) -> sqlite3.Connection:
        db = connect_file(path)
        db.execute("PRAGMA query_only=ON")  # SQLITE_READONLY on the first write
        return db

    with pytest.raises(SpoolError, match="E_SPOOL_STORAGE"):
        opened_by(tmp_path / "s", site_alone, failing)
    assert not (tmp_path / "s" / "damaged.sqlite").exists()
    spool, found = opened(tmp_path / "s", site_alone)
    assert found.reason == ""
    assert len(spool.waiting) == 2
    spool.close()


def opened_by(folder: Path, site: Installation, connect: Connect) -> None:
    spool, _ = open_spool(folder, replace(TERMS, connect=connect))
    try:
        keep_polls(spool, site, 1)
    finally:
        spool.close()


@pytest.mark.parametrize("number", [0, 1, VERSION + 1, VERSION + (1 << 26)])
def test_a_version_that_is_not_that_of_the_tables_is_damage(
    tmp_path: Path, whole: tuple[Path, Installation], number: int
) -> None:
    source, site = whole
    shutil.copytree(source, tmp_path / "s")
    merged(tmp_path / "s")
    db = sqlite3.connect(tmp_path / "s" / "spool.sqlite")
    db.execute(f"PRAGMA user_version={number}")
    db.close()
    readings, found = reopened(tmp_path / "s", site)
    assert found.reason == "damaged"
    assert readings[-len(TRUE) :] == TRUE


def test_polls_that_are_salvaged_from_both_sides_of_the_damage_stay_in_their_order(
    tmp_path: Path, site_alone: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site_alone)
    keep_polls(spool, site_alone, 300)
    spool.close()
    path = tmp_path / "s" / "spool.sqlite"
    data = bytearray(path.read_bytes())
    places = range(0, len(data), PAGE)
    pages = [at for at in places if data.count(b"feeder-1", at, at + PAGE) > 9]
    middle = pages[len(pages) // 2]
    data[middle : middle + PAGE] = bytes(PAGE)
    path.write_bytes(bytes(data))
    readings, found = reopened(tmp_path / "s", site_alone)
    assert found.reason == "damaged"
    assert {100.0, 399.0} < set(readings)
    assert readings == sorted(readings)


def test_a_header_that_forbids_writing_is_damage_and_no_failing_disk(
    tmp_path: Path, whole: tuple[Path, Installation]
) -> None:
    source, site = whole
    shutil.copytree(source, tmp_path / "s")
    merged(tmp_path / "s")
    path = tmp_path / "s" / "spool.sqlite"
    data = bytearray(path.read_bytes())
    data[18] = 3  # the number of the format for writing
    path.write_bytes(bytes(data))
    _, found = reopened(tmp_path / "s", site)
    assert (found.reason, found.what) == ("damaged", "its header says that it may not be written")
