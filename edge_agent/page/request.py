"""The head of an HTTP request, read strictly: whoever sends it may be anybody. Pure.

Only what a page that is read needs: GET and HEAD, no body, one request a connection (RFC 9112).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

MOST_HEAD_BYTES: Final = 8192
MOST_FIELDS: Final = 64
MOST_PARAMETERS: Final = 16
MOST_TARGET: Final = 2048
_LINE: Final = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])"
)
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_ONCE: Final = frozenset({"host", "authorization", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that is not answered, and with which HTTP status it is refused."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks for.

    Attributes:
        method: GET or HEAD.
        path: Percent-decoded; it begins with a slash.
        query: Parameters; of those given twice, the last.
        fields: Of the head, by name in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


def request_of(head: bytes) -> Request | Refused:
    """The request in the bytes up to and with the empty line.

    Raises nothing, whatever the bytes are.
    """
    if len(head) > MOST_HEAD_BYTES:
        return Refused(status=431)
    first, *lines = head.removesuffix(b"\r\n\r\n").decode("latin-1").split("\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        return Refused(status=400)
    method, target, major, minor = line.groups()
    if major != "1":
        return Refused(status=505)
    fields = _fields(lines)
    if fields is None or (minor != "0" and "host" not in fields):
        return Refused(status=400)
    return _asked(method, target, fields)


def _asked(method: str, target: str, fields: Mapping[str, str]) -> Request | Refused:
    if method not in {"GET", "HEAD"}:
        return Refused(status=405)
    if len(target) > MOST_TARGET:
        return Refused(status=414)
    if "transfer-encoding" in fields or fields.get("content-length", "0").strip("0"):
        return Refused(status=413)
    path, _, parameters = target.partition("?")
    query = _query(parameters)
    if not path.startswith("/") or query is None:
        return Refused(status=400)
    return Request(method=method, path=unquote(path), query=query, fields=fields)


def _fields(lines: list[str]) -> dict[str, str] | None:
    """The fields of a head; None if they are not as they must be."""
    if len(lines) > MOST_FIELDS:
        return None
    found: dict[str, str] = {}
    for line in lines:
        parts = _FIELD.fullmatch(line)
        if parts is None:
            return None
        name = parts[1].lower()
        if name in found and name in _ONCE:
            return None
        found[name] = parts[2].strip()
    return found


def _query(text: str) -> dict[str, str] | None:
    try:
        return dict(parse_qsl(text, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return None
