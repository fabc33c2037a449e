"""The lake in the collector: its thread, what it says of itself, and the command."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.cli import collector
from collector.config import load_config, parse_config
from collector.errors import ConfigValueError
from collector.journal import open_journal
from collector.ledger_read import read_ledger
from collector.service import views_of
from collector.store import Store
from collector.views.parquet_list import LISTED, digest_of, read_manifest
from collector.views.parquet_thread import EndedError, LakeThread
from evidence.clock import SystemClock
from tests.contract.mosquitto import until
from tests.unit.collector.api.plant import served
from tests.unit.collector.test_cli import initialised
from tests.unit.collector.views.lake_bench import LakeBench, made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[LakeBench]:
    it = made(tmp_path, 2)
    yield it
    it.plant.close()


def thread_of(bench: LakeBench) -> LakeThread:
    def open_plant_store() -> Store:
        return Store(lambda: sqlite3.connect(bench.folder / "derived.db"))

    return LakeThread(
        bench.lake,
        bench.folder,
        open_plant_store,
        lambda: read_ledger(bench.folder),
        SystemClock(),
        open_journal=lambda: open_journal(bench.folder, "works", SystemClock()),
        retry_s=0.05,
    )


def day_three(bench: LakeBench) -> int:
    for part in range(8, 12):
        bench.receive(part)
    bench.plant.judging.catch_up()
    return bench.plant.store.cursor()


def test_the_thread_seals_what_is_due(bench: LakeBench) -> None:
    judged = day_three(bench)
    thread = thread_of(bench)
    assert thread.seen(judged).lag_leaves == judged
    thread.start()
    until(lambda: thread.seen(judged).lag_leaves == 0)
    thread.stop()
    assert thread.seen(judged).written > 0
    assert "2026-03-31" in {each.day for each in read_manifest(bench.lake)}


def test_a_full_disk_is_told_where_a_monitoring_system_looks_and_tried_again(
    bench: LakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = day_three(bench)
    thread = thread_of(bench)
    asked = served(replace(bench.plant.parts(), views=(thread,)))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        thread.start()
        until(lambda: thread.seen(judged).code == "E_LAKE_FULL")
        answer = asked.get("/readyz")
        assert (answer.status_code, answer.json()["degraded"]) == (200, ["lake E_LAKE_FULL"])
        metrics = asked.get("/metrics").text
    sample = 'carbonmeter_collector_view_degraded{view="lake",code="E_LAKE_FULL"} 1'
    assert sample in metrics
    until(lambda: not thread.seen(judged).code and not thread.seen(judged).lag_leaves)
    assert asked.get("/readyz").json()["degraded"] == []
    thread.stop()
    assert "2026-03-31" in {each.day for each in read_manifest(bench.lake)}


def test_a_thread_that_is_stopped_ends_in_the_middle_of_a_day(bench: LakeBench) -> None:
    day_three(bench)
    before = (bench.lake / "manifest.jsonl").read_bytes()
    thread = thread_of(bench)
    thread._stopping.set()
    thread._rested_ns = 0
    with thread._opened() as lake, pytest.raises(EndedError):
        lake.catch_up()
    assert (bench.lake / "manifest.jsonl").read_bytes() == before


def configured(folder: Path, bench: LakeBench) -> Path:
    initialised(folder)
    path = folder / "collector.toml"
    logs = (bench.plant.gw1, bench.plant.gw2)
    entries = [
        f'[[agents]]\nid = "{log.agent}"\nsite = "{bench.plant.sites[log.agent]}"\n'
        f'key = "{log.key.verifier.to_text()}"\n'
        for log in logs
    ]
    path.write_text(path.read_text() + '[lake]\ndirectory = "lake"\n' + "".join(entries))
    return path


def test_rebuild_parquet_gives_the_bytes_that_the_collector_wrote(
    tmp_path: Path, bench: LakeBench, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    path = configured(folder, bench)
    bench.plant.ledger.close()
    for name in ("ledger.db", "head"):
        shutil.copy(bench.folder / name, load_config(path).state_dir / name)
    where = ["--config", str(path)]
    one_day = ["--from", "2026-03-30", "--until", "2026-03-30"]
    assert collector(["rebuild", "parquet", *one_day, *where]) == 0
    assert {each.day for each in read_manifest(folder / "lake")} == {"2026-03-30"}
    assert collector(["rebuild", "parquet", *where]) == 0
    assert "2 segments as before, 2 others made, 0 replaced" in capsys.readouterr().err
    assert read_manifest(folder / "lake") == read_manifest(bench.lake)
    for each in read_manifest(bench.lake):
        assert digest_of(folder / "lake" / each.path) == each.sha256
    assert (load_config(path).state_dir / LISTED).exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--from", "30.3.2026"], "E_LAKE_DAY"),
        (["--from", "2026-03-30", "--until", "2026-03-29"], "E_LAKE_DAY"),
    ],
)
def test_days_that_are_none_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    initialised(tmp_path)
    where = ["--config", str(tmp_path / "collector.toml")]
    assert collector(["rebuild", "parquet", *words, *where]) == 78
    assert code in capsys.readouterr().err


def test_only_a_lake_that_is_configured_and_on_is_followed(tmp_path: Path) -> None:
    def views(section: str) -> int:
        text = f'[collector]\nid = "c"\nstate_dir = "s"\n{section}'
        return len(views_of(parse_config(text.encode(), "c.toml", tmp_path), SystemClock()))

    assert views("") == 0
    assert views('[lake]\ndirectory = "l"\non = false\n') == 0
    assert views('[lake]\ndirectory = "l"\n') == 1
    with pytest.raises(ConfigValueError):
        views("[lake]\ndirectory = 7\n")


def test_the_lake_lies_beside_the_configuration(tmp_path: Path) -> None:
    text = b'[collector]\nid = "c"\nstate_dir = "s"\n[lake]\ndirectory = "l"\n'
    lake = parse_config(text, "c.toml", tmp_path).lake
    assert lake is not None
    assert lake.directory == str(tmp_path / "l")
