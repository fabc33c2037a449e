"""Readings in InfluxDB line protocol. Pure.

One measurement holds readings and misses. A point is told by its series and its stamp, so both
follow from what the agent signed and from nothing else: a reading that is written twice is one
point. An agent stamps in milliseconds; the six digits below hold the last six of the poll's
number, so that two polls of one millisecond are two points. The epoch is a tag, for another log
of the same agent numbers its polls anew. What can be found otherwise later is a field.

How a line is written is in `influx_syntax`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from collector.views.influx_line_errors import LineError
from collector.views.influx_plain import NS_PER_S, PlainLine, pattern_of, plain_lines, stamp
from collector.views.influx_syntax import FieldValue, carried, line, series
from collector.views.rows import JudgedLeaf, MissRow, ReadingRow, StreamRows
from evidence.log.batch import StreamHead
from evidence.log.heads import came_from_text

MEASUREMENT: Final = "reading"
TAGS: Final = (
    "accumulation",
    "agent",
    "channel",
    "device",
    "epoch",
    "kind_of_quantity",
    "serial",
    "site",
    "unit",
)
"""In order of bytes, as the database sorts them."""
FLOATS: Final = ("value", "indication", "u", "shown", "delay_s")
INTEGERS: Final = ("present", "poll", "leaf")
TEXTS: Final = ("quality", "u_basis", "certificate", "reason")
_REMEMBERED: Final = 10_000
"""Patterns of so many streams are kept ready."""


class Point(NamedTuple):
    """A line, and what is counted of it.

    Attributes:
        channel: As a tag says it, unescaped.
        at_ns: Its stamp, UTC ns.
        value: Of a reading; None of a miss.
        line: Its bytes, without a line feed.
        place: Agent, epoch, leaf and poll.
    """

    channel: str
    at_ns: int
    value: float | None
    line: bytes
    place: tuple[str, str, int, int]


class Unwritten(NamedTuple):
    """A reading that has no line, and why."""

    channel: str
    at_ns: int
    place: tuple[str, str, int, int]
    why: LineError


def points(leaf: JudgedLeaf) -> Iterator[Point | Unwritten]:
    """The readings and misses of a leaf, in the order of its streams."""
    told = _told(leaf.streams, leaf.received_ns)
    if told is None:
        for stream in leaf.streams:
            yield from _of_stream(stream, leaf.received_ns)
        return
    plain = iter(told)
    for stream in leaf.streams:
        yield from _placed(stream, islice(plain, len(stream.at_ns)), leaf.received_ns)


def _told(streams: Sequence[StreamRows], received_ns: int) -> list[PlainLine] | None:
    """The lines of streams by their patterns, if none of all is out of the common."""
    try:
        patterns = [_ready(stream).pattern for stream in streams]
    except LineError:
        return None
    return plain_lines(streams, patterns, received_ns)


def _of_stream(stream: StreamRows, received_ns: int) -> Iterator[Point | Unwritten]:
    plain = _told((stream,), received_ns)
    if plain is not None:
        yield from _placed(stream, plain, received_ns)
        return
    rows: list[ReadingRow | MissRow] = [*stream.readings(), *stream.missed]
    try:
        series = series_of(stream)
    except LineError as refused:
        name, place = carried(stream.channel), _place(stream)
        for row in rows:
            yield Unwritten(name, row.at_ns, (*place, row.poll), refused)
        return
    yield from _one_by_one(rows, series, stream, received_ns)


def _placed(
    stream: StreamRows, plain: Iterable[PlainLine], received_ns: int
) -> Iterator[Point | Unwritten]:
    """The points of a stream whose readings have their lines, and those of its misses."""
    ready, place = _ready(stream), _place(stream)
    for at_ns, value, text, poll in plain:
        yield Point(ready.name, at_ns, value, text, (*place, poll))
    if stream.missed:
        yield from _one_by_one(stream.missed, ready.series, stream, received_ns)


def _place(stream: StreamRows) -> tuple[str, str, int]:
    return stream.place.agent, stream.place.epoch, stream.place.sequence


def told_series(stream: StreamRows) -> str | None:
    """Measurement and tags of a stream; None of one that has no line."""
    try:
        return _ready(stream).series
    except LineError:
        return None


class _Ready(NamedTuple):
    """What the lines of a stream share from leaf to leaf."""

    head: StreamHead
    name: str
    series: str
    pattern: str


_READY: Final[dict[tuple[int, str, str], _Ready]] = {}
"""By the head's identity, which is the same from leaf to leaf, and as long as it is kept here."""


def _ready(stream: StreamRows) -> _Ready:
    """What a stream's lines share.

    Raises:
        LineTextError, LineSizeError: it cannot be written.
    """
    key = (id(stream.head), stream.place.agent, stream.place.epoch)
    found = _READY.get(key)
    if found is None or found.head is not stream.head:
        series = series_of(stream)
        pattern = pattern_of(series, stream)
        found = _Ready(stream.head, carried(stream.channel), series, pattern)
        if came_from_text(stream.head):  # it is short, and will be met again
            _keep(key, found)
    return found


def _keep(key: tuple[int, str, str], ready: _Ready) -> None:
    if len(_READY) >= _REMEMBERED:
        _READY.clear()
    _READY[key] = ready


def _one_by_one(
    rows: Iterable[ReadingRow | MissRow], series: str, stream: StreamRows, received_ns: int
) -> Iterator[Point | Unwritten]:
    name = carried(stream.channel)
    for row in rows:
        place = (stream.place.agent, stream.place.epoch, stream.place.sequence, row.poll)
        try:
            text = _line(series, stream, row, received_ns)
        except LineError as refused:
            yield Unwritten(name, row.at_ns, place, refused)
        else:
            value = float(row.value) if isinstance(row, ReadingRow) else None
            yield Point(name, stamp(row.at_ns, row.poll), value, text, place)


def _line(series: str, stream: StreamRows, row: ReadingRow | MissRow, received_ns: int) -> bytes:
    own = _read(stream, row) if isinstance(row, ReadingRow) else _missed(row)
    shared: dict[str, FieldValue | None] = {
        "delay_s": (received_ns - row.at_ns) / NS_PER_S,
        "poll": row.poll,
        "leaf": stream.place.sequence,
        "quality": row.quality.value,
    }
    return line(series, {**own, **shared}, stamp(row.at_ns, row.poll), stream.channel)


def _read(stream: StreamRows, row: ReadingRow) -> dict[str, FieldValue | None]:
    return {
        "present": 1,
        "value": float(row.value),
        "indication": float(row.indication),
        "u": row.standard_uncertainty,
        "u_basis": stream.head.basis.value,
        "certificate": stream.head.certificate,
    }


def _missed(row: MissRow) -> dict[str, FieldValue | None]:
    return {
        "present": 0,
        "shown": None if row.shown is None else float(row.shown),
        "reason": row.reason.value,
    }


def series_of(stream: StreamRows) -> str:
    """Measurement and tags of a stream's readings; tags without a text are left out.

    Raises:
        LineTextError, LineSizeError: a name cannot be carried, or all are too long.
    """
    head = stream.head
    site, _, rest = head.channel.partition("/")
    device, _, last = rest.rpartition("/")
    tags = {
        "accumulation": head.measurand.accumulation.value,
        "agent": stream.place.agent,
        "channel": head.channel,
        "device": device or last,
        "epoch": stream.place.epoch[:8],
        "kind_of_quantity": head.measurand.kind_of_quantity.value,
        "serial": head.serial,
        "site": site,
        "unit": head.measurand.unit,
    }
    return series(MEASUREMENT, tags, head.channel)
