"""Readings in InfluxDB line protocol. Pure.

One measurement holds readings and misses. A point is told by its series and its stamp, so both
follow from what the agent signed and from nothing else: a reading that is written twice is one
point. An agent stamps in milliseconds; the six digits below hold the last six of the poll's
number, so that two polls of one millisecond are two points. The epoch is a tag, for another log
of the same agent numbers its polls anew. What can be found otherwise later is a field.

A character that line protocol cannot carry in a name, a control character or a backslash, is
written as `~` and its two hexadecimal digits, and `~` itself as `~7E`.

Source: InfluxData, line protocol reference for 1.x and 2.x.
"""

import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from collector.views.influx_line_errors import (
    LineError,
    LineNumberError,
    LineSizeError,
    LineStampError,
    LineTextError,
)
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
MAX_SERIES_BYTES: Final = 65_535
"""What InfluxDB 1.x takes for measurement, tags and one field's name together."""
MAX_TEXT_BYTES: Final = 16_384
STAMP_DIGITS: Final = 1_000_000
LAST_NS: Final = 2**63 - 2
"""InfluxDB keeps the last one for itself."""
NS_PER_S: Final = 1_000_000_000
_UNCARRIED: Final = re.compile(r"[\x00-\x1f\x7f\\~]")
_CARRIED: Final = re.compile(r"~([0-9A-F]{2})")
_IN_NAMES: Final = re.compile(r"([,= ])")
_IN_MEASUREMENT: Final = re.compile(r"([, ])")

FieldValue = float | int | str


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
    rows: list[ReadingRow | MissRow] = [*stream.readings(), *stream.missed]
    name, series = carried(stream.channel), ""
    wrong: LineError | None = None
    try:
        series = series_of(stream)
    except LineError as refused:
        wrong = refused
    for row in rows:
        place = (stream.place.agent, stream.place.epoch, stream.place.sequence, row.poll)
        try:
            if wrong is not None:
                raise wrong
            line = _line(series, stream, row, received_ns)
        except LineError as refused:
            yield Unwritten(name, row.at_ns, place, refused)
        else:
            value = float(row.value) if isinstance(row, ReadingRow) else None
            yield Point(name, stamp(row.at_ns, row.poll), value, line, place)


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
    measurand, channel = stream.head.measurand, stream.channel
    site, _, rest = channel.partition("/")
    device, _, last = rest.rpartition("/")
    tags = {
        "accumulation": measurand.accumulation.value,
        "agent": stream.place.agent,
        "channel": channel,
        "device": device or last,
        "epoch": stream.place.epoch[:8],
        "kind_of_quantity": measurand.kind_of_quantity.value,
        "serial": stream.head.serial,
        "site": site,
        "unit": measurand.unit,
    }
    return series(MEASUREMENT, tags, channel)


def series(measurement: str, tags: dict[str, str], where: str) -> str:
    """Measurement and tags, escaped; tags in order of name, those without a text left out.

    Raises:
        LineTextError, LineSizeError: a text is not Unicode, or all are too long.
    """
    _require_unicode([measurement, *tags, *tags.values()], where)
    parts = [_IN_MEASUREMENT.sub(r"\\\1", carried(measurement))]
    parts += [f"{_name(key)}={_name(text)}" for key, text in sorted(tags.items()) if text]
    found = ",".join(parts)
    size = len(found.encode())
    if size > MAX_SERIES_BYTES - 64:
        raise LineSizeError(where, name="series", found=size, limit=MAX_SERIES_BYTES - 64)
    return found


def line(series: str, fields: dict[str, FieldValue | None], at_ns: int, where: str) -> bytes:
    """One line, without a line feed; fields that are None or "" are left out.

    Args:
        series: As `series` gives it.
        fields: At least one; whole numbers stay whole.
        at_ns: UTC ns, in 0..2^63 - 2.
        where: The channel, for messages.

    Raises:
        LineNumberError, LineTextError, LineStampError, LineSizeError: it cannot be written.
    """
    if not 0 <= at_ns <= LAST_NS:
        raise LineStampError(where, found=at_ns, limit=f"0 .. {LAST_NS}")
    told = [
        f"{_name(name)}={_field(name, value, where)}"
        for name, value in fields.items()
        if value is not None and value != ""
    ]
    return f"{series} {','.join(told)} {at_ns}".encode()


def stamp(at_ns: int, poll: int) -> int:
    """The stamp of a poll's point: its millisecond, and below it the end of its number."""
    return at_ns - at_ns % STAMP_DIGITS + poll % STAMP_DIGITS


def carried(text: str) -> str:
    """A text with what line protocol cannot carry replaced; no two texts become one."""
    return _UNCARRIED.sub(lambda found: f"~{ord(found[0]):02X}", text)


def restored(text: str) -> str:
    """The text that `carried` was given."""
    return _CARRIED.sub(lambda found: chr(int(found[1], 16)), text)


def _name(text: str) -> str:
    return _IN_NAMES.sub(r"\\\1", carried(text))


def _field(name: str, value: FieldValue, where: str) -> str:
    if isinstance(value, str):
        return _text(name, value, where)
    if isinstance(value, int):
        if abs(value) >= 2**63:
            raise LineNumberError(where, name=name, found=value, limit="64 bits")
        return f"{value}i"
    if not math.isfinite(value):
        raise LineNumberError(where, name=name, found=value, limit="finite numbers")
    return repr(value)


def _text(name: str, text: str, where: str) -> str:
    _require_unicode([text], where)
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise LineSizeError(where, name=name, found=size, limit=MAX_TEXT_BYTES)
    return '"' + carried(text).replace('"', r"\"") + '"'


def _require_unicode(texts: list[str], where: str) -> None:
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            what = "half of a surrogate pair"
            raise LineTextError(
                where, name=text[:16].encode("ascii", "replace"), what=what
            ) from None
