"""What the lake costs: a day of 100 calibrated channels read every 10 s, sealed and read again.

    python -m benchmarks.lake [LEAVES]

Prints rows per second of processor time of sealing (no rests), bytes per reading in the lake and
in the ledger, and how long DuckDB takes over all of it.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import msgspec
import numpy as np

from collector.views.parquet_list import read_manifest
from collector.views.parquet_runs import RUN_ROWS
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    FILES,
    HEADS,
    POWER,
    START_NS,
    Plant,
    batch,
    calibrated,
    raw_of,
)
from tests.unit.collector.views.lake_bench import HOUR_NS, LakeBench

CHANNELS = 100
ROWS = 10
PERIOD_MS = 10_000
LEAVES = 864


def stream(channel: int, leaf: int, random: np.random.Generator) -> Stream:
    """Ten readings that scatter by a few digits, as a meter's do."""
    head = msgspec.structs.replace(
        HEADS[POWER], channel=f"jinan/line-{channel}/power", period_ms=PERIOD_MS
    )
    polls = list(range(leaf * ROWS, (leaf + 1) * ROWS))
    first_ms = START_NS // 1_000_000 + 8 * 3_600_000
    shown = tuple((np.round(random.normal(80 + channel, 3, ROWS) * 10) / 10).tolist())
    return calibrated(
        Stream(
            head=head,
            rows=ROWS,
            sequence=progression(polls),
            at_ms=progression([first_ms + poll * PERIOD_MS for poll in polls]),
            raw=raw_of(shown),
            indication=shown,
        )
    )


def filled(folder: Path, leaves: int) -> LakeBench:
    bench = LakeBench(folder, Plant(folder))
    bench.receive_at(START_NS + 8 * HOUR_NS)
    for kind, name, data in FILES:
        bench.plant.log_file(bench.plant.gw1, kind, name, data)
    random = np.random.default_rng(1)
    for leaf in range(leaves):
        bench.receive_at(START_NS + 8 * HOUR_NS + (leaf + 1) * ROWS * PERIOD_MS * 1_000_000)
        streams = [stream(channel, leaf, random) for channel in range(CHANNELS)]
        bench.plant.take(bench.plant.gw1, batch(bench.plant.gw1, streams))
    bench.receive_at(START_NS + 80 * HOUR_NS)
    bench.plant.log_file(bench.plant.gw1, *FILES[0])
    return bench


def main(leaves: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        bench = filled(Path(name), leaves)
        began = time.process_time()
        bench.plant.judging.catch_up()
        judged_s = time.process_time() - began
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        with bench.opened(run_rows=RUN_ROWS) as lake:
            rows = lake.catch_up()
        took_s = time.process_time() - began
        after_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sizes = {each.dataset: each.bytes for each in read_manifest(bench.lake)}
        counts = {each.dataset: each.rows for each in read_manifest(bench.lake)}
        print(f"{os.cpu_count()} cores, {rows} readings, {CHANNELS} channels")
        print(f"judging {rows / judged_s:,.0f} rows/s; sealing {rows / took_s:,.0f} rows/s")
        print(f"memory {before_kb // 1024} -> {after_kb // 1024} MB")
        print(f"readings {sizes['readings'] / rows:.2f} bytes each")
        print(f"hours {sizes['hours'] / counts['hours']:.0f} bytes each, {counts['hours']} of them")
        print(f"ledger {(Path(name) / 'ledger.db').stat().st_size / rows:.2f} bytes each")
        asked(bench)
        bench.plant.close()


def asked(bench: LakeBench) -> None:
    """How long a sum by channel and hour takes."""
    paths = [str(bench.lake / each.path) for each in bench.current()]
    with duckdb.connect() as db:
        began = time.process_time()
        found = (
            db.from_parquet(paths)
            .aggregate("channel, date_trunc('hour', instant) AS hour, sum(value)")
            .fetchall()
        )
        print(f"DuckDB: {len(found)} hourly sums in {time.process_time() - began:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES)
