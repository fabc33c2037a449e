"""The collector as a process: what runs in it beside the intake, and how it begins."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from collector.enrolment.registrar import registrar_of
from collector.errors import LedgerAbsentError, StoreError
from collector.judge_thread import JudgeThread
from collector.ledger import open_ledger
from collector.opening import DERIVED, emptied_store, open_reader, open_store
from collector.people.sessions import LONGEST_NS
from collector.private_files import receipt_key
from collector.service import Running, _parts, serve
from evidence.clock import SystemClock, start_scaled_clock
from tests.contract.mosquitto import until
from tests.unit.collector.agent_log import filled
from tests.unit.collector.api.plant import LINE_1, SITES, START_NS, Plant, batch, stream
from tests.unit.collector.intake_bench import Bench
from tests.unit.collector.judged import HOUR_NS
from tests.unit.collector.test_cli import initialised

LOOK = """
import sys
from pathlib import Path
from collector.ledger_read import read_ledger
with read_ledger(Path(sys.argv[1])) as ledger:
    print(ledger.head().size)
"""


def seen_from_outside(folder: Path) -> int:
    """How many leaves another process finds in the ledger; it opens and closes the file."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    return int(done.stdout)


def test_another_process_that_looks_into_the_ledger_takes_nothing_from_the_collector(
    tmp_path: Path,
) -> None:
    """POSIX drops a process's locks on a file with the first descriptor of it that it closes."""
    log = filled(6)
    with open_ledger(tmp_path) as ledger:
        bench = Bench(ledger, log)
        bench.take(log.topic, log.message(0), log.message(1))
        with open_reader(tmp_path) as reader:
            assert reader.head().size == 2
        judge = JudgeThread(tmp_path, {}, simulated=False)
        judge.start()
        until(lambda: judged(tmp_path) == 2)
        assert seen_from_outside(tmp_path) == 2
        bench.take(log.topic, *(log.message(at) for at in range(2, 6)))
        assert seen_from_outside(tmp_path) == 6
        judge.wake()
        until(lambda: judged(tmp_path) == 6)
        judge.stop()
    assert seen_from_outside(tmp_path) == 6
    with open_ledger(tmp_path) as ledger:
        assert [leaf.leaf for leaf in ledger.leaves(log.agent, log.epoch)] == log.leaves


def judged(folder: Path) -> int:
    """How many leaves have been judged."""
    store = open_store(folder)
    try:
        return store.cursor()
    finally:
        store.close()


def test_a_reader_of_a_ledger_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerAbsentError):
        open_reader(tmp_path)


def test_the_judge_goes_on_where_it_was_and_ends_when_it_is_told(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    plant.log_profile()
    for first in (0, 9):
        plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, first, 9)]))
        thread = JudgeThread(tmp_path, SITES, simulated=False)
        thread.start()
        until(lambda: judged(tmp_path) == len(plant.gw1.leaves) + 1)
        thread.stop()
        assert not thread._thread.is_alive()
    store = open_store(tmp_path)
    assert len(store.lookup.windows(LINE_1, START_NS, START_NS + 9 * HOUR_NS)) == 4
    store.close()
    plant.close()


def test_the_judge_begins_again_when_its_store_could_not_be_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plant = Plant(tmp_path)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 9)]))
    (tmp_path / DERIVED).write_bytes(b"no database at all" * 100)
    thread = JudgeThread(tmp_path, SITES, simulated=False)
    thread.start()
    until(lambda: "judging failed" in caplog.text)
    (tmp_path / DERIVED).unlink()
    until(lambda: judged(tmp_path) == 1)
    thread.stop()
    plant.close()


def test_an_emptied_store_has_forgotten_everything_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / DERIVED
    contents: list[bytes | None] = [None, b"", b"no database" * 500]
    open_store(tmp_path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    contents.append(path.read_bytes())
    for content in contents:
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with emptied_store(tmp_path) as store:
            assert (store.cursor(), store.lookup.channels()) == (0, [])


def test_a_collector_does_not_begin_on_a_store_of_a_newer_version(tmp_path: Path) -> None:
    config = initialised(tmp_path)
    open_store(config.state_dir).close()
    db = sqlite3.connect(config.state_dir / DERIVED)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StoreError, match="99"):
        serve(config, SystemClock())
    open_ledger(config.state_dir).close()  # its lock is free again


def test_whoever_sits_before_pages_whose_readings_run_fast_sits_there_in_real_time(
    tmp_path: Path,
) -> None:
    config = initialised(tmp_path)
    scaled = start_scaled_clock(START_NS, 1e6)
    running = cast("Running", SimpleNamespace(counters=dict, views=()))
    parts = _parts(config, registrar_of(config, scaled), running, receipt_key(config))
    text, began_ns = parts.sessions.begin("li", b"s" * 32), scaled.now_ns()
    until(lambda: scaled.now_ns() > began_ns + LONGEST_NS)
    assert parts.sessions.find(text) is not None
    assert (parts.clock, parts.desk.simulated) == (scaled, False)
