"""Whose files lie in the lake's folder, and which store its hours were made from."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from collector.views.parquet import require_own
from collector.views.parquet_errors import LakeLedgerError
from collector.views.parquet_list import LISTED, Listing, read_manifest
from collector.views.parquet_schema import is_segment
from tests.unit.collector.api.plant import LINE_1, START_NS
from tests.unit.collector.views.lake_bench import HOUR_NS, LakeBench, made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[LakeBench]:
    it = made(tmp_path / "one", 2)
    yield it
    it.plant.close()


def lies(bench: LakeBench) -> set[Path]:
    return set(bench.lake.glob("*/*/*.parquet"))


def owned(bench: LakeBench, by: LakeBench) -> None:
    listing = Listing(by.folder)
    try:
        require_own(bench.lake, listing, by.plant.ledger)
    finally:
        listing.close()


def test_a_file_that_is_not_named_as_a_segment_stays(bench: LakeBench) -> None:
    theirs = bench.lake / "readings" / "day=2026-03-30" / "ours.parquet"
    theirs.write_bytes(b"somebody else's")
    left = bench.lake / "readings" / "day=2026-03-30" / f"0009-{'ab' * 8}.parquet"
    left.write_bytes(b"of a killed writer")
    bench.follow()
    assert theirs.exists()
    assert not left.exists()


def test_every_segment_is_named_as_one(bench: LakeBench) -> None:
    paths = [each.path for each in read_manifest(bench.lake)]
    assert {each.partition("/")[0] for each in paths} == {"readings", "hours"}
    assert all(map(is_segment, paths))


def test_a_second_collector_does_not_take_a_lake_that_is_in_use(
    bench: LakeBench, tmp_path: Path
) -> None:
    other = made(tmp_path / "other", 1)
    before = lies(bench)
    with pytest.raises(LakeLedgerError, match="in its folder"):
        owned(bench, other)
    assert lies(bench) == before
    other.plant.close()


def test_a_lake_whose_list_was_lost_is_still_its_ledgers_own(bench: LakeBench) -> None:
    owned(bench, bench)
    for name in (LISTED, f"{LISTED}-wal", f"{LISTED}-shm"):
        (bench.folder / name).unlink(missing_ok=True)
    owned(bench, bench)


def test_hours_of_a_store_of_another_version_are_made_again(bench: LakeBench) -> None:
    store = bench.plant.store
    hour = store.lookup.windows(LINE_1, START_NS, START_NS + HOUR_NS)[0]
    other = msgspec.structs.replace(hour, value=hour.value + 1.0)
    with store.transaction():
        store._db.execute(
            "DELETE FROM window WHERE channel=? AND start_ns=?", (LINE_1, hour.start_ns)
        )
        store.keep_window(other)
    assert shown(bench) == hour.value
    with sqlite3.connect(bench.folder / LISTED) as listed:
        listed.execute("UPDATE derived SET version=version-1")
    listed.close()
    bench.run(1, first=2)
    assert shown(bench) == other.value
    before = bench.digests("hours")
    bench.run(1, first=3)
    assert bench.digests("hours")[: len(before)] == before


def shown(bench: LakeBench) -> float:
    """The first hour of a line, as the lake has it."""
    rows = bench.table("hours").to_pylist()
    own = [each for each in rows if each["channel"] == LINE_1]
    value = min(own, key=lambda each: (each["hour_start"], -each["version"]))["value"]
    assert isinstance(value, float)
    return value
