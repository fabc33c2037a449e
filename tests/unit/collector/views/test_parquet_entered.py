"""The lake's segments in the journal: entered once, and a changed one is found."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.cli import collector
from collector.config import load_config
from collector.journal import Journal, open_journal
from collector.views import parquet_entered
from collector.views.parquet_entered import PORTION, differing, enter, listed, sealed
from collector.views.parquet_list import read_manifest
from evidence.clock import SystemClock
from evidence.log.entry import Action
from tests.contract.mosquitto import until
from tests.unit.collector.views.lake_bench import LakeBench, made
from tests.unit.collector.views.test_parquet_thread import configured, day_three, thread_of


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[LakeBench]:
    it = made(tmp_path, 2)
    yield it
    it.plant.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with open_journal(tmp_path, "works", SystemClock()) as it:
        yield it


def reasons(journal: Journal) -> list[str]:
    return [each.entry.reason for each in journal.of([Action.LAKE_SEALED])]


def lake_of(bench: LakeBench) -> dict[str, str]:
    lines = read_manifest(bench.lake)
    return {each.path: each.sha256 for each in lines if each.state == "current"}


def test_what_the_thread_seals_is_entered_once_with_its_digest(
    bench: LakeBench, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.views.parquet_thread.LOOK_S", 0.05)
    before = lake_of(bench)
    day_three(bench)
    thread = thread_of(bench)
    thread.start()
    until(lambda: before.keys() < sealed(journal).keys())
    for part in range(12, 16):
        bench.receive(part)
    bench.plant.judging.catch_up()
    until(lambda: "2026-04-01" in {each.day for each in read_manifest(bench.lake)})
    until(lambda: sealed(journal) == lake_of(bench))
    thread.stop()
    entries = [each.entry for each in journal.of([Action.LAKE_SEALED])]
    assert [each.reason for each in entries] == ["found", "sealed", "sealed"]
    assert [each.new["replaced"] for each in entries] == [[], [], []]
    assert {(each.who, each.site) for each in entries} == {("collector", "")}
    again = thread_of(bench)
    again.start()
    until(lambda: again.seen(0).written == 0 and again._next > 0)
    again.stop()
    assert len(reasons(journal)) == len(entries)


def test_what_was_listed_by_a_process_that_died_before_the_entry_is_entered_at_the_next_start(
    bench: LakeBench, journal: Journal
) -> None:
    assert enter(journal, {}, "sealed") == 0
    assert sealed(journal) == {}
    thread = thread_of(bench)
    thread.start()
    until(lambda: sealed(journal) == lake_of(bench))
    thread.stop()
    assert reasons(journal) == ["found"]


def test_what_is_replaced_is_the_lake_no_more_until_it_is_sealed_again(journal: Journal) -> None:
    for current in ({"a": "1", "b": "2"}, {"b": "2", "c": "3"}, {"a": "1", "b": "4"}, {}):
        enter(journal, current, "sealed")
        assert sealed(journal) == current
    assert len(reasons(journal)) == 4


def test_many_segments_are_entered_in_portions_and_all_are_read(journal: Journal) -> None:
    path = "readings/day=2026-03-29/0001-{:016x}.parquet"
    many = {path.format(n): f"{n:064x}" for n in range(2 * PORTION + 1)}
    assert enter(journal, many, "found") == len(many)
    assert len(reasons(journal)) == 3
    assert sealed(journal) == many
    assert enter(journal, many, "found") == 0


def test_a_changed_a_missing_and_a_foreign_segment_are_each_named(
    bench: LakeBench, journal: Journal
) -> None:
    enter(journal, lake_of(bench), "found")
    names, entered = listed(bench.lake), sealed(journal)
    assert list(differing(bench.lake, entered, names)) == []
    first, second, *_ = sorted(entered)
    data = bytearray((bench.lake / first).read_bytes())
    data[len(data) // 2] ^= 1
    (bench.lake / first).write_bytes(data)
    (bench.lake / second).unlink()
    foreign = {each: entered[each] for each in entered if each != sorted(entered)[2]}
    told = [each.en for each in differing(bench.lake, foreign, names)]
    assert [each.partition(": SHA-256")[0] for each in told] == [
        f"the lake's {first} is not what was sealed",
        f"the lake's {second} is gone",
        f"the lake's {sorted(entered)[2]} is in no entry of the journal",
    ]
    shutil.rmtree(bench.lake)
    assert list(differing(bench.lake, entered, names)) == []  # a lake may be deleted
    assert listed(bench.lake) == ()


def test_check_finds_a_segment_that_was_changed_and_without_the_entries_nobody_would(
    tmp_path: Path,
    bench: LakeBench,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    path = configured(folder, bench)
    bench.plant.ledger.close()
    for name in ("ledger.db", "head"):
        shutil.copy(bench.folder / name, load_config(path).state_dir / name)
    where = ["--config", str(path)]
    assert collector(["rebuild", "parquet", *where]) == 0
    with open_journal(load_config(path).state_dir, "plant-3", SystemClock()) as journal:
        assert reasons(journal) == ["rebuilt"]
    capsys.readouterr()
    collector(["check", *where])
    assert "lake" not in capsys.readouterr().out
    segment = next(iter(read_manifest(folder / "lake")))
    (folder / "lake" / segment.path).write_bytes(b"PAR1 other numbers PAR1")
    assert collector(["check", *where]) == 1
    assert f"the lake's {segment.path} is not what was sealed" in capsys.readouterr().out
    with monkeypatch.context() as patch:  # the control
        patch.setattr(parquet_entered, "_SEALED", (Action.LEDGER_HEAD,))
        collector(["check", *where])
    assert "lake" not in capsys.readouterr().out
