"""Readings in InfluxDB line protocol. Pure.

One measurement holds readings and misses. A point is told by its series and its stamp, so both
follow from what the agent signed and from nothing else: a reading that is written twice is one
point. An agent stamps in milliseconds; the six digits below hold the last six of the poll's
number, so that two polls of one millisecond are two points. The epoch is a tag, for another log
of the same agent numbers its polls anew. What can be found otherwise later is a field.

How a line is written is in `influx_syntax`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from collector.views.influx_line_errors import LineError
from collector.views.influx_plain import NS_PER_S, plain_lines, stamp
from collector.views.influx_syntax import FieldValue, carried, line, series
from collector.views.rows import JudgedLeaf, MissRow, ReadingRow, StreamRows

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
"""Series and texts of so many channels are kept ready."""


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
    for stream in leaf.streams:
        yield from _of_stream(stream, leaf.received_ns)


def _of_stream(stream: StreamRows, received_ns: int) -> Iterator[Point | Unwritten]:
    name = carried(stream.channel)
    place = (stream.place.agent, stream.place.epoch, stream.place.sequence)
    try:
        series = series_of(stream)
    except LineError as refused:
        rows: list[ReadingRow | MissRow] = [*stream.readings(), *stream.missed]
        for row in rows:
            yield Unwritten(name, row.at_ns, (*place, row.poll), refused)
        return
    plain = plain_lines(series, stream, received_ns)
    if plain is None:
        yield from _one_by_one(stream.readings(), series, stream, received_ns)
    else:
        stamps = map(stamp, stream.at_ns, stream.polls)
        shown = zip(stamps, map(float, stream.value), plain, stream.polls, strict=True)
        for at_ns, value, text, poll in shown:
            yield Point(name, at_ns, value, text.encode(), (*place, poll))
    yield from _one_by_one(stream.missed, series, stream, received_ns)


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
    return _series(
        head.measurand.accumulation.value,
        stream.place.agent,
        head.channel,
        stream.place.epoch[:8],
        head.measurand.kind_of_quantity.value,
        head.serial,
        head.measurand.unit,
    )


@lru_cache(maxsize=_REMEMBERED)
def _series(
    accumulation: str, agent: str, channel: str, epoch: str, kind: str, serial: str, unit: str
) -> str:
    site, _, rest = channel.partition("/")
    device, _, last = rest.rpartition("/")
    tags = {
        "accumulation": accumulation,
        "agent": agent,
        "channel": channel,
        "device": device or last,
        "epoch": epoch,
        "kind_of_quantity": kind,
        "serial": serial,
        "site": site,
        "unit": unit,
    }
    return series(MEASUREMENT, tags, channel)
