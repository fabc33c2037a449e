"""What a server's answer to a write means, and what is done about it. Pure.

No answer proves that anything was stored: 204 is what the server says. What was stored is
found by asking for it again.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from collector.views.influx_errors import (
    InfluxAbsentError,
    InfluxBusyError,
    InfluxError,
    InfluxRefusedError,
    InfluxSpeechError,
)

MOST_RETRY_S: Final = 600.0
MOST_WORDS: Final = 300


class Answer(NamedTuple):
    """A server's answer: status, headers by lower-case name, and at most 16 MiB of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Meaning(StrEnum):
    """What is done with the lines that were sent."""

    TAKEN = "taken"
    """They are compared later."""
    NARROW = "narrow"
    """Some, all or none are stored: they are sent in halves until the bad ones stand alone."""
    SPLIT = "split"
    """There were too many bytes: halves are sent."""
    LATER = "later"
    """They are sent again after a while."""
    STOP = "stop"
    """A person has to do something; they are sent again after a longer while."""


_MEANING: Final = {
    200: Meaning.TAKEN,
    204: Meaning.TAKEN,
    400: Meaning.NARROW,
    401: Meaning.STOP,
    403: Meaning.STOP,
    404: Meaning.STOP,
    408: Meaning.LATER,
    413: Meaning.SPLIT,
    422: Meaning.NARROW,
    429: Meaning.LATER,
}


def meaning(status: int) -> Meaning:
    """What an answer to a write means; what is not known is like 5xx or, below it, a stop."""
    return _MEANING.get(status, Meaning.LATER if status >= 500 else Meaning.STOP)


def error_of(answer: Answer, where: str, name: str) -> InfluxError:
    """The error to raise over an answer that is not `TAKEN`; `name` is the database's."""
    found = _error_of(answer, where, name)
    found.retry_after_s = retry_after_s(answer)
    return found


def _error_of(answer: Answer, where: str, name: str) -> InfluxError:
    what = words(answer)
    if answer.status in (401, 403):
        return InfluxRefusedError(where, status=answer.status, what=what)
    if answer.status == 404:
        return InfluxAbsentError(where, name=name, what=what)
    if meaning(answer.status) is Meaning.LATER:
        return InfluxBusyError(where, status=answer.status, what=what)
    return InfluxSpeechError(where, what=f"{answer.status} {what}".rstrip())


def retry_after_s(answer: Answer) -> float | None:
    """Seconds that the server asks to wait, at most 600; None if it does not say, or a date."""
    text = answer.headers.get("retry-after", "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return None
    return min(float(text), MOST_RETRY_S)


def words(answer: Answer) -> str:
    """What the server says of an error, on one line, at most 300 characters.

    1.x says it as `error`, 2.x as `message`, 3.x as either; 3.x may say of a line in `data`.
    """
    text = answer.body[: 4 * MOST_WORDS].decode("utf-8", "replace")
    try:
        said = msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])
        text = next((_text(said[key]) for key in ("message", "error") if key in said), text)
        text += _of_lines(said["data"]) if "data" in said else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:MOST_WORDS]


class _Told(msgspec.Struct):
    """What 3.x says in the body of /ping."""

    version: str


def told_version(answer: Answer) -> str:
    """The version that a body tells; "" if it tells none."""
    try:
        return msgspec.json.decode(answer.body, type=_Told).version[:40]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _text(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=str)
    except msgspec.DecodeError:
        return bytes(raw).decode("utf-8", "replace")


class _LineFault(msgspec.Struct):
    """What 3.x says of one line."""

    error_message: str


def _of_lines(raw: msgspec.Raw) -> str:
    """What is said of the first line, behind a colon; "" if nothing is."""
    try:
        found = msgspec.json.decode(raw, type=_LineFault | list[_LineFault])
    except msgspec.DecodeError:
        return ""
    faults = found if isinstance(found, list) else [found]
    return f": {faults[0].error_message}" if faults else ""
