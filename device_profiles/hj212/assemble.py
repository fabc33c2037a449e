"""Messages that came in parts: PNUM says how many, PNO which (table 3, C.49).

Parts of one message have QNs of their own, so they are known by MN, ST, CN, PNUM and DataTime.
Memory is bounded: when parts that wait take too much, the message that waits longest is given up
and told as lost.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from device_profiles.hj212.content import Content, read_content
from device_profiles.hj212.received import Received
from device_profiles.hj212.segment import Segment
from device_profiles.wire_errors import WireValueError

MOST_BYTES: Final = 1 << 20
"""The most bytes of parts that wait, counting 512 for each beside its content."""
MOST_FINISHED: Final = 512
"""How many parts of whole messages are remembered, to know one that is sent again."""

_OVERHEAD: Final = 512

Key: TypeAlias = tuple[str | None, str | None, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole message.

    Attributes:
        parts: all its parts in order; one where it was not divided.
        content: their contents together.
    """

    parts: tuple[Segment, ...]
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A message given up.

    Attributes:
        parts: those that came, in order.
        missing: the numbers of those that did not.
    """

    parts: tuple[Segment, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message of which parts are missing, since the instant its first part came."""

    key: Key
    data_time: str | None
    since_s: float
    parts: Mapping[int, Segment]

    @property
    def size(self) -> int:
        """What its parts count against `MOST_BYTES`."""
        return sum(len(part.content) + _OVERHEAD for part in self.parts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Messages that wait for parts, longest waiting first, and digests of whole ones' parts."""

    waiting: tuple[Waiting, ...] = ()
    finished: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a packet led to.

    Attributes:
        assembly: the state from now on.
        message: the message that became whole by it.
        duplicate: whether the part had come before.
        lost: messages given up to make room.
    """

    assembly: Assembly
    message: Message | None = None
    duplicate: bool = False
    lost: tuple[Lost, ...] = field(default=())


def take(assembly: Assembly, received: Received, at_s: float) -> Taken:
    """What becomes of `assembly` by one packet that came at `at_s`.

    A packet without PNUM and PNO is whole at once. A part with the number of one that waits, but
    another content, begins a new message: the sender started again.

    Raises:
        WireValueError: PNO is greater than PNUM.
    """
    segment = received.segment
    if segment.pnum is None or segment.pno is None:
        whole = Message(parts=(segment,), content=received.content)
        return Taken(assembly=assembly, message=whole)
    if segment.pno > segment.pnum:
        raise _beyond(segment)
    if _digest(segment) in assembly.finished:
        return Taken(assembly=assembly, duplicate=True)
    found = _fitting(assembly, received)
    if found is not None and segment.pno in found.parts:
        return Taken(assembly=assembly, duplicate=True)
    return _joined(assembly, found or _begun(received, at_s), received)


def expire(assembly: Assembly, at_s: float, patience_s: float) -> tuple[Assembly, tuple[Lost, ...]]:
    """The state without the messages that have waited `patience_s` or longer, and those."""
    kept = tuple(each for each in assembly.waiting if at_s - each.since_s < patience_s)
    late = tuple(each for each in assembly.waiting if at_s - each.since_s >= patience_s)
    return replace(assembly, waiting=kept), tuple(map(_lost, late))


def _joined(assembly: Assembly, before: Waiting, received: Received) -> Taken:
    segment = received.segment
    now = replace(
        before,
        data_time=before.data_time or received.content.data_time,
        parts={**before.parts, segment.pno or 0: segment},
    )
    others = tuple(each for each in assembly.waiting if each is not before)
    if len(now.parts) == segment.pnum:
        return _finished(replace(assembly, waiting=others), now)
    ordered = sorted((*others, now), key=lambda each: each.since_s)
    return _bounded(replace(assembly, waiting=tuple(ordered)))


def _finished(assembly: Assembly, whole: Waiting) -> Taken:
    parts = tuple(whole.parts[number] for number in sorted(whole.parts))
    finished = (*assembly.finished, *map(_digest, parts))[-MOST_FINISHED:]
    return Taken(assembly=replace(assembly, finished=finished), message=_message(parts))


def _bounded(assembly: Assembly) -> Taken:
    waiting, lost = list(assembly.waiting), []
    size = sum(each.size for each in waiting)
    while size > MOST_BYTES:
        given_up = waiting.pop(0)
        size -= given_up.size
        lost.append(_lost(given_up))
    return Taken(assembly=replace(assembly, waiting=tuple(waiting)), lost=tuple(lost))


def _fitting(assembly: Assembly, received: Received) -> Waiting | None:
    """The message that `received` is a part of; the latest, where several could be."""
    segment, data_time = received.segment, received.content.data_time
    for each in reversed(assembly.waiting):
        same_time = data_time is None or each.data_time is None or data_time == each.data_time
        there = each.parts.get(segment.pno or 0)
        if (
            each.key == _key(segment)
            and same_time
            and (there is None or there.content == segment.content)
        ):
            return each
    return None


def _begun(received: Received, at_s: float) -> Waiting:
    return Waiting(
        key=_key(received.segment),
        data_time=received.content.data_time,
        since_s=at_s,
        parts={},
    )


def _message(parts: tuple[Segment, ...]) -> Message:
    contents = [read_content(part.content) for part in parts]
    parameters = {
        name: text for each in reversed(contents) for name, text in each.parameters.items()
    }
    content = Content(
        parameters=parameters,
        factors=tuple(factor for each in contents for factor in each.factors),
        equipment=tuple(item for each in contents for item in each.equipment),
        unread=tuple(text for each in contents for text in each.unread),
        findings=tuple(finding for each in contents for finding in each.findings),
    )
    return Message(parts=parts, content=content)


def _lost(waiting: Waiting) -> Lost:
    numbers = range(1, waiting.key[3] + 1)
    return Lost(
        parts=tuple(waiting.parts[number] for number in sorted(waiting.parts)),
        missing=tuple(number for number in numbers if number not in waiting.parts),
    )


def _key(segment: Segment) -> Key:
    return segment.mn, segment.st, segment.cn, segment.pnum or 0


def _digest(segment: Segment) -> bytes:
    """What a part that is sent again repeats; one that is asked for again has another QN."""
    named = repr((_key(segment), segment.pno, segment.qn)).encode()
    return hashlib.sha256(named + segment.content).digest()


def _beyond(segment: Segment) -> WireValueError:
    return WireValueError(
        "HJ 212",
        raw=segment.content,
        key="PNO",
        limit=f"1..{segment.pnum}",
        what=f"PNO is {segment.pno} of {segment.pnum}",
        what_zh=f"PNO 为 {segment.pno}，共 {segment.pnum}",
    )
