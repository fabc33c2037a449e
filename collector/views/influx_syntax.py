"""Line protocol: one line out of names, texts and numbers. Pure.

A character that line protocol cannot carry in a name, a control character or a backslash, is
written as `~` and its two hexadecimal digits, and `~` itself as `~7E`.

Source: InfluxData, line protocol reference for 1.x and 2.x.
"""

import math
import re
from typing import Final

from collector.views.influx_line_errors import (
    LineNumberError,
    LineSizeError,
    LineStampError,
    LineTextError,
)
from evidence.errors import Words

MAX_SERIES_BYTES: Final = 65_535
"""What InfluxDB 1.x takes for measurement, tags and one field's name together."""
MAX_TEXT_BYTES: Final = 16_384
MOST_INTEGER: Final = 2**63
LAST_NS: Final = 2**63 - 2
"""InfluxDB keeps the last one for itself."""
_UNCARRIED: Final = re.compile(r"[\x00-\x1f\x7f\\~]")
_CARRIED: Final = re.compile(r"~([0-9A-F]{2})")
_IN_NAMES: Final = re.compile(r"([,= ])")
_IN_MEASUREMENT: Final = re.compile(r"([, ])")

FieldValue = float | int | str


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
        return text_field(name, value, where)
    if isinstance(value, int):
        if abs(value) >= MOST_INTEGER:
            raise LineNumberError(where, name=name, found=value, limit="64 bits")
        return f"{value}i"
    if not math.isfinite(value):
        raise LineNumberError(
            where, name=name, found=value, limit=Words("finite numbers", "有限数值")
        )
    return repr(value)


def text_field(name: str, text: str, where: str) -> str:
    """The value of a field that is a text, in its quotes.

    Raises:
        LineTextError, LineSizeError: it is not Unicode, or too long.
    """
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
            what = Words("half of a surrogate pair", "不成对的代理字符")
            raise LineTextError(
                where, name=text[:16].encode("ascii", "replace"), what=what
            ) from None
