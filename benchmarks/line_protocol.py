"""Row 15: readings of a leaf as line protocol, against influxdb-client's Points.

Both make the same lines, tags and fields, from the streams as views have them; each line of
ours is compared with theirs once. And what of a write the building of lines takes: an InfluxDB
on this machine is given lines as they are made, and lines that are ready.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from influxdb_client.client.write.point import Point as ClientPoint

from benchmarks.batch_size import cpu_us
from benchmarks.figures import Bound, Figure, Pair, compared, skipped
from benchmarks.processes import UnavailableError, scratch_folder
from benchmarks.readings import START_MS, plant
from collector.lookup import Place
from collector.views.influx_lines import MEASUREMENT, Point, points
from collector.views.influx_plain import NS_PER_S, stamp
from collector.views.rows import JudgedLeaf, StreamRows, stream_rows
from evidence.judging.bounds import ALL_TIME
from evidence.log.batch import Batch, decode, encode
from tests.contract.influxd import Influxd

ROUNDS, REPEATS = 9, 10
SIZES = (60, 10, 1)
BUILT = Bound(goal=1 / 6, gate=1 / 4)
WRITTEN = Bound(goal=0.8, gate=0.6, sense=">=")
RECEIVED_NS = (START_MS + 60_000) * 1_000_000


def measure() -> list[Figure]:
    """The figures of row 15."""
    here = plant()
    leaves = {number: _leaf(here.batch(number)) for number in SIZES}
    built = [_built(number, leaf) for number, leaf in leaves.items()]
    return [*built, _written(leaves[10])]


def _leaf(batch: Batch) -> JudgedLeaf:
    """The leaf as a view has it, decoded."""
    place, read = Place(agent="bench", epoch="ab" * 16, sequence=1), decode(encode(batch))
    assert isinstance(read, Batch)
    rows = tuple(stream_rows(stream, place, ALL_TIME) for stream in read.streams)
    return JudgedLeaf(position=1, received_ns=RECEIVED_NS, streams=rows)


def _built(number: int, leaf: JudgedLeaf) -> Figure:
    ours, theirs = _lines(leaf), [line for stream in leaf.streams for line in _client(stream)]
    assert [_parted(line) for line in ours] == [_parted(line) for line in theirs]
    pairs = [
        (
            cpu_us(lambda: [line for stream in leaf.streams for line in _client(stream)]),
            cpu_us(lambda: _lines(leaf)),
        )
        for _ in range(ROUNDS + 1)
    ][1:]
    each = [(theirs_us / len(ours), ours_us / len(ours)) for theirs_us, ours_us in pairs]
    name = f"a line, {number} reading{'s' * (number > 1)} a channel"
    return compared(15, name, each, unit="µs", against="influxdb-client Points", bound=BUILT)


def _lines(leaf: JudgedLeaf) -> list[bytes]:
    return [each.line for each in points(leaf) if isinstance(each, Point)]


def _client(stream: StreamRows) -> Iterator[bytes]:
    """The same lines by influxdb-client."""
    head, (site, device, _) = stream.head, stream.channel.split("/")
    for row in stream.readings():
        point: ClientPoint = (
            ClientPoint(MEASUREMENT)  # type: ignore[no-untyped-call]
            .tag("accumulation", head.measurand.accumulation.value)
            .tag("agent", stream.place.agent)
            .tag("channel", stream.channel)
            .tag("device", device)
            .tag("epoch", stream.place.epoch[:8])
            .tag("kind_of_quantity", head.measurand.kind_of_quantity.value)
            .tag("serial", head.serial)
            .tag("site", site)
            .tag("unit", head.measurand.unit)
            .field("present", 1)
            .field("value", float(row.value))
            .field("indication", float(row.indication))
            .field("u", row.standard_uncertainty)
            .field("u_basis", head.basis.value)
            .field("certificate", head.certificate)
            .field("delay_s", (RECEIVED_NS - row.at_ns) / NS_PER_S)
            .field("poll", row.poll)
            .field("leaf", stream.place.sequence)
            .field("quality", row.quality.value)
            .time(stamp(row.at_ns, row.poll))
        )
        text: str = point.to_line_protocol()  # type: ignore[no-untyped-call]
        yield text.encode()


def _parted(line: bytes) -> tuple[bytes, dict[bytes, object], bytes]:
    """Series, fields by name and stamp: the client orders fields, and shortens floats."""
    series, fields, at = line.rsplit(b" ", 2)
    parts = (field.partition(b"=") for field in fields.split(b","))
    return series, {name: _number(value) for name, _, value in parts}, at


def _number(text: bytes) -> object:
    try:
        return float(text)
    except ValueError:
        return text


@contextmanager
def _server() -> Iterator[HTTPConnection]:
    program = shutil.which("influxd")
    if program is None:
        raise UnavailableError("influxd is not on this machine")
    with scratch_folder() as folder:
        server = Influxd(folder=folder, program=program, data=folder / "data")
        server.start()
        connection = HTTPConnection("127.0.0.1", server.port)
        try:
            connection.request("POST", "/query?q=CREATE+DATABASE+bench")
            connection.getresponse().read()
            yield connection
        finally:
            connection.close()
            server.kill()


def _written(leaf: JudgedLeaf) -> Figure:
    """Lines a second by the clock, ready ones and those that are made for the write."""
    name, lines = "lines written to InfluxDB 1.x", _lines(leaf)
    ready = b"\n".join(lines)
    try:
        with _server() as connection:
            pairs = [
                _pair(connection, len(lines), lambda: ready, lambda: b"\n".join(_lines(leaf)))
                for _ in range(ROUNDS + 1)
            ][1:]
    except UnavailableError as wrong:
        return skipped(15, name, str(wrong))
    return compared(15, name, pairs, unit="/s", against="lines that are ready", bound=WRITTEN)


def _pair(
    connection: HTTPConnection, count: int, ready: Callable[[], bytes], made: Callable[[], bytes]
) -> Pair:
    return _per_s(connection, count, ready), _per_s(connection, count, made)


def _per_s(connection: HTTPConnection, count: int, body: Callable[[], bytes]) -> float:
    begin = time.perf_counter()
    for _ in range(REPEATS):
        connection.request("POST", "/write?db=bench", body())
        answer = connection.getresponse()
        assert answer.status == 204, answer.read()
        answer.read()
    return REPEATS * count / (time.perf_counter() - begin)
