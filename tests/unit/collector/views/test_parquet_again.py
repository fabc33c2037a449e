"""The lake again: after a kill, after what came late, and from the ledger alone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from collector.store import SCHEMA_VERSION
from collector.views import parquet_write
from collector.views.parquet_errors import (
    LakeChangedError,
    LakeError,
    LakeFullError,
    LakeLedgerError,
)
from collector.views.parquet_gather import day_number
from collector.views.parquet_list import LISTED, digest_of, read_manifest
from collector.views.parquet_rebuild import Days, Rebuilt
from tests.unit.collector.api.plant import LINE_2, MILL, Plant, batch, stream
from tests.unit.collector.views.lake_bench import LakeBench, made

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> LakeBench:
    it = made(tmp_path_factory.mktemp("two-days"), 2)
    it.plant.close()
    return it


@pytest.fixture
def bench(two_days: LakeBench, tmp_path: Path) -> Iterator[LakeBench]:
    it = two_days.again(tmp_path)
    yield it
    it.plant.close()


def held(bench: LakeBench) -> dict[str, str]:
    """All Parquet files that lie in the lake, with their digests."""
    return {
        path.relative_to(bench.lake).as_posix(): digest_of(path)
        for path in bench.lake.glob("*/day=*/*")
    }


def listed(bench: LakeBench) -> dict[str, str]:
    return {each.path: each.sha256 for each in read_manifest(bench.lake) if each.state == "current"}


def test_a_lost_lake_is_made_again_byte_for_byte(bench: LakeBench) -> None:
    before = held(bench)
    manifest = (bench.lake / "manifest.jsonl").read_bytes()
    shutil.rmtree(bench.lake)
    (bench.folder / LISTED).unlink()
    assert bench.rebuild() == Rebuilt(same=0, added=len(before), replaced=0)
    assert held(bench) == before
    assert (bench.lake / "manifest.jsonl").read_bytes() == manifest


def test_how_many_rows_fit_into_memory_changes_no_byte(bench: LakeBench) -> None:
    before = held(bench)
    assert bench.rebuild(run_rows=30) == Rebuilt(same=len(before), added=0, replaced=0)
    assert held(bench) == before


def test_a_lake_that_is_on_goes_on_after_a_rebuild_as_without_one(
    bench: LakeBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = made(tmp_path_factory.mktemp("without"), 3)
    shutil.rmtree(bench.lake)
    (bench.folder / LISTED).unlink()
    bench.rebuild()
    bench.run(1, first=2)
    assert bench.digests() == other.digests()
    assert bench.digests("hours") == other.digests("hours")
    other.plant.close()


def test_a_day_can_be_made_again_alone(bench: LakeBench) -> None:
    before = held(bench)
    gone = [each for each in bench.current() if each.day == "2026-03-30"]
    for each in gone:
        (bench.lake / each.path).unlink()
    day = day_number("2026-03-30")
    assert bench.rebuild(Days(first=day, last=day)) == Rebuilt(same=2, added=0, replaced=0)
    assert held(bench) == before


def test_what_comes_late_for_a_sealed_day_is_a_further_segment(bench: LakeBench) -> None:
    plant, before = bench.plant, bench.digests()
    late = stream(LINE_2, 8, 4)
    rows = bench.table().num_rows
    plant.take(plant.gw1, batch(plant.gw1, [late]))
    bench.run(1, first=2)
    after = bench.digests()
    assert set(before) < set(after)
    (further,) = [each for each in bench.current() if each.segment == 2 and each.rows == 4]
    assert further.day == "2026-03-29"
    assert bench.table().num_rows > rows + 4
    lost = held(bench)
    shutil.rmtree(bench.lake)
    (bench.folder / LISTED).unlink()
    bench.rebuild()
    assert bench.digests() == after
    assert {path: lost[path] for path in held(bench) if path.startswith("readings")} == {
        path: digest for path, digest in held(bench).items() if path.startswith("readings")
    }


def test_hours_that_are_closed_late_are_a_further_segment_too(tmp_path: Path) -> None:
    bench = LakeBench(tmp_path, Plant(tmp_path))
    bench.log_files()
    plant = bench.plant
    plant.take(plant.gw2, batch(plant.gw2, [stream(MILL, 0, 10)]))
    bench.run(2)
    before = bench.digests("hours")
    plant.take(plant.gw1, batch(plant.gw1, [stream("jinan/line-2/energy", 400, 40)]))
    bench.run(1, first=2)
    assert set(before) < set(bench.digests("hours"))
    table = bench.table("hours").select(["channel", "hour_start", "version"]).to_pylist()
    assert len({tuple(row.values()) for row in table}) == len(table)
    plant.close()


def test_the_lake_of_another_ledger_is_refused(bench: LakeBench) -> None:
    with bench.opened() as lake:
        cursor = lake.listing.cursor()
        other = type(cursor)(next=cursor.next, size=cursor.size, root="00" * 32)
        lake.listing.move(other, SCHEMA_VERSION)
    with pytest.raises(LakeLedgerError):
        bench.follow()
    bench.rebuild()
    assert bench.follow() == 0


def test_a_full_disk_is_told_and_nothing_of_it_is_listed(
    bench: LakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listed(bench)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    for part in range(8, 12):
        bench.receive(part)
    bench.plant.judging.catch_up()
    with bench.opened() as lake, monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LakeFullError) as told:
            lake.catch_up()
    assert told.value.say("zh").startswith("E_LAKE_FULL")
    assert listed(bench) == before
    assert bench.follow() > 0
    assert held(bench) == listed(bench)


def test_a_changed_file_is_not_taken_for_what_was_listed(bench: LakeBench) -> None:
    (hours,) = [each for each in bench.current("hours") if each.day == "2026-03-30"][:1]
    (bench.lake / hours.path).write_bytes(b"PAR1")
    with bench.opened() as lake:
        segments = [each for each in lake.listing.current("hours") if each.sha256 == hours.sha256]
        with pytest.raises(LakeChangedError):
            lake.write_hours(day_number(hours.day), 2, 1, "", segments)


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from collector.ledger_read import read_ledger
from collector.store import Store
from collector.views import parquet_write
from collector.views.parquet import Lake, open_lake
from collector.views.parquet_list import Listing

folder, at = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
def audit(event, arguments):
    global calls
    if event in ("os.rename", "open", "os.mkdir") and str(folder / "lake") in str(arguments[0]):
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(audit)
listing = Listing(folder)
open_lake(folder / "lake", listing)
store = Store(lambda: sqlite3.connect(folder / "derived.db"))
lake = Lake(folder=folder / "lake", listing=listing, ledger=read_ledger(folder), store=store)
lake.catch_up()
"""
"""Ends by SIGKILL when it is about to touch the lake's folder for the n-th time."""


def killed_at(folder: Path, call: int) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(call)],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0


def test_a_killed_writer_leaves_no_half_segment_in_the_list(
    bench: LakeBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for part in range(8, 12):
        bench.receive(part)
    bench.plant.judging.catch_up()
    before = listed(bench)
    points = 0
    for call in (1, 4, 7, 9, 11, 13, 15, 18, 60):
        copy = tmp_path_factory.mktemp("killed")
        shutil.copytree(bench.folder, copy, dirs_exist_ok=True)
        killed = killed_at(copy, call)
        points += killed
        left = LakeBench(copy, bench.plant)
        assert before.items() <= listed(left).items()
        assert listed(left).items() <= held(left).items()
        if not killed:
            whole = listed(left)
            break
    else:
        pytest.fail("it was killed each time")
    assert points > 5
    assert set(before) < set(whole)


def test_after_a_kill_the_next_run_lists_what_an_undisturbed_one_does(bench: LakeBench) -> None:
    for part in range(8, 12):
        bench.receive(part)
    bench.plant.judging.catch_up()
    undisturbed = bench.folder.parent / f"{bench.folder.name}-whole"
    shutil.copytree(bench.folder, undisturbed)
    assert not killed_at(undisturbed, 10**6)
    assert killed_at(bench.folder, 8)
    bench.follow()
    assert listed(bench) == held(bench) == listed(LakeBench(undisturbed, bench.plant))
    assert list((bench.lake / ".work").iterdir()) == []


def test_a_folder_that_cannot_be_used_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file")
    bench = LakeBench(tmp_path, Plant(tmp_path))
    with pytest.raises(LakeError):
        bench.follow()
    bench.plant.close()


def test_tables_are_joined_until_a_group_is_full() -> None:
    tables = [pa.table({"n": [0] * 100_000})] * 3
    assert [each.num_rows for each in parquet_write.grouped(tables)] == [200_000, 100_000]
