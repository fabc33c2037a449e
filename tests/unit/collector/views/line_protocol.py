"""Line protocol read strictly, from InfluxData's reference: what it does not say is refused.

In names `,`, `=` and space are escaped by a backslash, in a measurement `,` and space; any other
backslash stands for itself. A line ends at the first line feed. Strings escape `"` and `\\`.
"""

import re
from typing import NamedTuple

_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}i")


class Read(NamedTuple):
    measurement: str
    tags: dict[str, str]
    fields: dict[str, float | int | str | bool]
    stamp: int

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...], int]:
        """What a point is told by: two that share it are one."""
        return self.measurement, tuple(sorted(self.tags.items())), self.stamp


class NotLineProtocolError(ValueError):
    """What a database refuses."""


def read_line(data: bytes) -> Read:
    """The point of one line, without its line feed."""
    try:
        text = data.decode()
    except UnicodeDecodeError as cause:
        raise NotLineProtocolError("not UTF-8") from cause
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise NotLineProtocolError("a control character")
    head, rest = _until(text, " ")
    fields, stamp = _fields(rest)
    measurement, *tags = _split(head, ",")
    if not measurement or not re.fullmatch(r"[0-9]{1,19}", stamp):
        raise NotLineProtocolError("no measurement, or no explicit stamp")
    return Read(_unescaped(measurement, ", "), _pairs(tags), fields, int(stamp))


def _until(text: str, end: str) -> tuple[str, str]:
    """A text up to an unescaped character, and what follows it."""
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == end:
            return text[:at], text[at + 1 :]
        else:
            at += 1
    raise NotLineProtocolError(f"no {end!r}")


def _split(text: str, by: str) -> list[str]:
    parts: list[str] = []
    while True:
        try:
            part, text = _until(text, by)
        except NotLineProtocolError:
            return [*parts, text]
        parts.append(part)


def _pairs(tags: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in tags:
        name, value = _until(each, "=")
        if not name or not value or _unescaped(name) in found or len(_split(value, "=")) > 1:
            raise NotLineProtocolError("a tag without a text, or twice")
        found[_unescaped(name)] = _unescaped(value)
    if list(found) != sorted(found):
        raise NotLineProtocolError("tags out of order")
    return found


def _unescaped(text: str, escaped: str = ",= ") -> str:
    if text.endswith("\\"):
        raise NotLineProtocolError("a name ends in a backslash")
    return re.sub(rf"\\([{escaped}])", r"\1", text)


def _fields(text: str) -> tuple[dict[str, float | int | str | bool], str]:
    found: dict[str, float | int | str | bool] = {}
    while True:
        name, text = _until(text, "=")
        if text.startswith('"'):
            value, text = _until(text[1:], '"')
            found[_unescaped(name)] = re.sub(r'\\(["\\])', r"\1", value)
            end, text = text[:1], text[1:]
        else:
            at = next((n for n, char in enumerate(text) if char in ", "), len(text))
            value, end, text = text[:at], text[at : at + 1], text[at + 1 :]
            found[_unescaped(name)] = _number(value)
        if end == " ":
            return found, text
        if end != ",":
            raise NotLineProtocolError("no stamp")


def _number(text: str) -> float | int | bool:
    if _INTEGER.fullmatch(text):
        return int(text[:-1])
    if _FLOAT.fullmatch(text) and abs(float(text)) != float("inf"):
        return float(text)
    raise NotLineProtocolError(f"{text!r} is no value")
