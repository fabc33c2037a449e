"""Row 9: a batch of 1,000 readings on the wire, against rows of JSON by orjson.

Each reading has its raw bytes, indication, value and three components. A batch is encoded and
compressed, or decompressed and decoded with every check that a collector makes; the rows are
only written and read.
"""

import time
from collections.abc import Callable

from benchmarks.figures import Bound, Figure, compared, measured, skipped
from benchmarks.peers.environment import library
from benchmarks.processes import UnavailableError
from benchmarks.readings import HEAD, Plant, plant, rows_of
from evidence.log.batch import Batch, decode
from evidence.log.envelope import compress, decompress
from evidence.log.in_parts import encode_parted

ROUNDS, REPEATS = 9, 10
SIZES = {
    60: Bound(goal=20, gate=25, of="subject"),
    10: Bound(goal=20, gate=25, of="subject"),
    1: Bound(goal=35, gate=45, of="subject"),
}
ENCODE, DECODE = Bound(goal=4, gate=6), Bound(goal=1, gate=1.5)


def measure() -> list[Figure]:
    """The figures of row 9."""
    here = plant()
    return [figure for number, bound in SIZES.items() for figure in _of(here, number, bound)]


def _of(here: Plant, number: int, bound: Bound) -> list[Figure]:
    batch = here.batch(number)
    frame, rows = _encoded(batch), rows_of(batch)
    name = f"with {number} reading{'s' * (number > 1)} a channel"
    size = [len(frame) / len(rows)]
    try:
        orjson = library("orjson", "orjson")
    except UnavailableError as wrong:
        told = measured(9, f"size {name}", size, unit="B/point", bound=bound)
        return [told, skipped(9, f"time {name}", str(wrong))]
    text = orjson.dumps(rows)
    theirs = len(text) / len(rows)
    pairs = [(theirs, size[0])]
    return [
        compared(9, f"size {name}", pairs, unit="B/point", against="orjson rows", bound=bound),
        _time(f"encode {name}", lambda: orjson.dumps(rows), lambda: _encoded(batch), ENCODE),
        _time(f"decode {name}", lambda: orjson.loads(text), lambda: _decoded(frame), DECODE),
    ]


def _time(
    name: str, yardstick: Callable[[], object], subject: Callable[[], object], bound: Bound
) -> Figure:
    pairs = [(cpu_us(yardstick), cpu_us(subject)) for _ in range(ROUNDS + 1)][1:]
    return compared(9, name, pairs, unit="µs", against="orjson rows", bound=bound)


def _encoded(batch: Batch) -> bytes:
    return compress(encode_parted(batch, HEAD.seed))


def _decoded(frame: bytes) -> object:
    return decode(decompress(frame))


def cpu_us(run: Callable[[], object]) -> float:
    """CPU of one run, microseconds."""
    begin = time.process_time()
    for _ in range(REPEATS):
        run()
    return (time.process_time() - begin) / REPEATS * 1e6
