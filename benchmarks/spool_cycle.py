"""Row 11: the spool's cycle - insert, read, acknowledge - against the disk's floor and a queue.

Each cycle commits a leaf of 1,000 readings with its signed checkpoint, reads it back, and
takes note of a receipt, whose deletion rides in the next commit. The floor appends the same
frame to a file and calls fdatasync; persist-queue puts, gets and marks the same frame done.
Rates need wall-clock here: waiting for the disk is what is measured.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Bound, Figure, compared, measured, skipped
from benchmarks.peers.environment import library
from benchmarks.processes import UnavailableError, scratch_folder
from benchmarks.readings import HEAD, plant
from edge_agent.batcher import Packed, pack
from edge_agent.relog import Opening
from edge_agent.spool import Spool
from edge_agent.spool_schema import connect_file
from edge_agent.spool_start import SpoolTerms, open_spool
from evidence.log.key import generate

ROUNDS, CYCLES, ACK_GROUP = 7, 100, 8
FLOOR = Bound(goal=0.6, gate=0.35, sense=">=")
QUEUE = Bound(goal=5, gate=3, sense=">=")
COMMITS = Bound(goal=1 + 1 / ACK_GROUP, gate=2.0, of="subject")
_Cycle = Callable[[], None]


def measure() -> list[Figure]:
    """The figures of row 11."""
    leaf = pack(plant().batch(10), HEAD.seed)
    with scratch_folder() as folder:
        spool, commits = _spool(folder)
        subject, floor = _of_spool(spool, leaf), _of_file(folder, leaf)
        name, unit = "cycles of 1,000-point batches, FULL", "/s"
        pairs = _pairs(floor, subject)
        found = [
            compared(11, name, pairs, unit=unit, against="append + fdatasync", bound=FLOOR),
            measured(11, "commits a cycle", [commits(subject)], unit="", bound=COMMITS),
        ]
        try:
            queue = _of_queue(folder, leaf)
        except UnavailableError as wrong:
            return [*found, skipped(11, name, str(wrong))]
        pairs = _pairs(queue, subject)
        spool.close()
        return [*found, compared(11, name, pairs, unit=unit, against="persist-queue", bound=QUEUE)]


def _pairs(yardstick: _Cycle, subject: _Cycle) -> list[tuple[float, float]]:
    return [(_per_s(yardstick), _per_s(subject)) for _ in range(ROUNDS + 1)][1:]


def _per_s(cycle: _Cycle) -> float:
    begin = time.perf_counter()
    for _ in range(CYCLES):
        cycle()
    return CYCLES / (time.perf_counter() - begin)


def _spool(folder: Path) -> tuple[Spool, Callable[[_Cycle], float]]:
    """An open spool, and what counts its commits over a round of cycles."""
    statements: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        db = connect_file(path)
        db.set_trace_callback(lambda text: statements.append(text) if text == "COMMIT" else None)
        return db

    key = generate("bench", b"s" * 32)
    terms = SpoolTerms(agent="bench", key=key, limit_bytes=1 << 30, connect=connect)
    spool, _ = open_spool(folder / "state", terms)
    spool.open_epoch(Opening(epoch="ab" * 16, records=(), documents=(), head=HEAD))

    def commits(cycle: _Cycle) -> float:
        statements.clear()
        for _ in range(CYCLES):
            cycle()
        return len(statements) / CYCLES

    return spool, commits


def _of_spool(spool: Spool, leaf: Packed) -> _Cycle:
    def cycle() -> None:
        spool.append([leaf])
        read = spool.leaf(spool.size - 1)
        assert read is not None
        assert read.frame == leaf.frame
        if spool.size % ACK_GROUP == 0:
            spool.receipted(spool.size, int(time.time()))

    return cycle


def _of_file(folder: Path, leaf: Packed) -> _Cycle:
    descriptor = os.open(folder / "floor", os.O_RDWR | os.O_CREAT)

    def cycle() -> None:
        at = os.lseek(descriptor, 0, os.SEEK_END)
        os.write(descriptor, leaf.frame)
        os.fdatasync(descriptor)
        assert os.pread(descriptor, len(leaf.frame), at) == leaf.frame

    return cycle


def _of_queue(folder: Path, leaf: Packed) -> _Cycle:
    queue = library("persist-queue", "persistqueue").SQLiteAckQueue(
        str(folder / "queue"), auto_commit=True
    )

    def cycle() -> None:
        queue.put(leaf.frame)
        item = queue.get()
        assert item == leaf.frame
        queue.ack(item)

    return cycle
