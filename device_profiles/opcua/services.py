"""Answers of a server, cut into the DataValues they carry, byte by byte as they came.

Source: OPC 10000-4, 5.11.2 (Read), 5.14.5 (Publish), 7.33 (response header), 7.25
(notifications); encoding ids from the standard's NodeIds table.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from device_profiles.opcua.status import Severity, name, severity
from device_profiles.opcua.walk import (
    data_value_end,
    diagnostics_end,
    end_of,
    extension_object_end,
    node_id_end,
    strings_end,
)
from device_profiles.wire_errors import WireForeignError, WireLengthError, WireRefusedError

_READ_RESPONSE: Final = 634
_PUBLISH_RESPONSE: Final = 829
_DATA_CHANGE: Final = 811
_STATUS_CHANGE: Final = 820
# A NodeId of the standard's namespace, in its three numeric forms (OPC 10000-6, 5.2.2.9).
_NUMERIC_FORMS = {0: (1, 2), 1: (2, 4), 2: (3, 7)}
_HEADER = struct.Struct("<qII")
_U32, _I32 = struct.Struct("<I"), struct.Struct("<i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One message of a subscription.

    Attributes:
        subscription: Its id; 0 where the session has none.
        sequence: Number of the message, or of the next one where this one carries nothing.
        carries: Whether it carries anything, and so is to be acknowledged.
        changes: Client handle and DataValue, in the server's order.
        ended: Why the server ended the subscription; None while it lives.
    """

    subscription: int
    sequence: int
    carries: bool
    changes: tuple[tuple[int, bytes], ...] = ()
    ended: int | None = None


def read_results(answer: bytes, count: int, where: str) -> tuple[bytes, ...]:
    """The DataValues of the answer to a Read, in the order of the nodes.

    Args:
        answer: The message's body, from its type id on.
        count: How many nodes were asked.
        where: The server, for the error.

    Raises:
        WireError: the bytes are not the answer to a Read of so many nodes.
    """
    at = _after_header(answer, _READ_RESPONSE, where)
    found = _number(answer, at, _I32, where)
    if found != count:
        what, zh = "the number of results", "结果数"
        raise WireForeignError(
            where, raw=answer, what=what, what_zh=zh, found=found, expected=count
        )
    results, at = [], at + 4
    for _ in range(count):
        end = end_of(answer, at, data_value_end, where)
        results.append(answer[at:end])
        at = end
    return tuple(results)


def publication(answer: bytes, where: str) -> Publication:
    """What the answer to a Publish says.

    Raises:
        WireError: the bytes are not the answer to a Publish.
    """
    at = _after_header(answer, _PUBLISH_RESPONSE, where)
    subscription, available = _number(answer, at, _U32, where), _number(answer, at + 4, _I32, where)
    at += 8 + 4 * max(0, available) + 1  # the numbers on hold, and whether more wait
    sequence = _number(answer, at, _U32, where)
    bodies = tuple(_bodies(answer, at + 12, where))
    return Publication(
        subscription=subscription,
        sequence=sequence,
        carries=bool(bodies),
        changes=tuple(one for kind, body in bodies for one in _changes(kind, body, where)),
        ended=next((_ended(body, where) for kind, body in bodies if kind == _STATUS_CHANGE), None),
    )


def _after_header(answer: bytes, kind: int, where: str) -> int:
    """Where the content begins, if the answer is of this kind and no refusal."""
    found, at = _kind(answer, 0, where)
    if found != kind:
        what, zh = "the answer's type", "应答类型"
        raise WireForeignError(where, raw=answer, what=what, what_zh=zh, found=found, expected=kind)
    if len(answer) < at + _HEADER.size:
        raise WireLengthError(where, raw=answer, found=len(answer), limit=f">= {at + _HEADER.size}")
    result = _HEADER.unpack_from(answer, at)[2]
    if severity(result) is Severity.BAD:
        raise WireRefusedError(where, raw=answer, what=name(result), what_zh=name(result))
    at += _HEADER.size
    for step in (diagnostics_end, strings_end, extension_object_end):
        at = end_of(answer, at, step, where)
    return at


def _kind(raw: bytes, at: int, where: str) -> tuple[int, int]:
    """Number of an encoding id, -1 for one that is not the standard's, and where it ends."""
    end = end_of(raw, at, node_id_end, where)
    begin, stop = _NUMERIC_FORMS.get(raw[at], (0, 0))
    if not stop or (begin > 1 and any(raw[at + 1 : at + begin])):
        return -1, end
    return int.from_bytes(raw[at + begin : at + stop], "little"), end


def _bodies(answer: bytes, at: int, where: str) -> Iterator[tuple[int, bytes]]:
    """Type id and content of each notification."""
    for _ in range(max(0, _number(answer, at, _I32, where))):
        begin = at + 4
        end = end_of(answer, begin, extension_object_end, where)
        kind, coding = _kind(answer, begin, where)
        yield kind, answer[coding + 5 : end]
        at = end - 4


def _changes(kind: int, body: bytes, where: str) -> Iterator[tuple[int, bytes]]:
    """Client handle and DataValue of each change; none where it is another kind."""
    if kind != _DATA_CHANGE:
        return
    at = 4
    for _ in range(max(0, _number(body, 0, _I32, where))):
        handle = _number(body, at, _U32, where)
        end = end_of(body, at + 4, data_value_end, where)
        yield handle, body[at + 4 : end]
        at = end


def _ended(body: bytes, where: str) -> int:
    return _number(body, 0, _U32, where)


def _number(raw: bytes, at: int, layout: struct.Struct, where: str) -> int:
    if at < 0 or at + layout.size > len(raw):
        raise WireLengthError(where, raw=raw, found=len(raw), limit=f">= {at + layout.size}")
    number: int = layout.unpack_from(raw, at)[0]
    return number
