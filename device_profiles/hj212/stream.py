"""Packets cut out of a stream: pieces, several at once, noise between, lengths that lie.

A packet is one line: the first CR LF after its `##` ends it, whatever its length says. Within
the line the first `##` counts; if its check fails and a later one's reaches exactly to the CR LF
and holds, the first was torn and the later is cut. Otherwise the line is cut as it is, and
`packet.segment_of` says what is wrong with it. How the bytes were portioned changes nothing.
"""

from itertools import islice
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.hj212.packet import END, HEAD, MOST_PACKET, holds

_MOST_TRIED: Final = 8
"""How many later beginnings in a torn line are tried: each costs a CRC over the line."""


def cut(received: bytes) -> Whole | None:
    """The first packet of a stream, noise before it left out; None where more bytes are needed.

    A packet without CR LF is cut once two other bytes follow it. Of 10 011 bytes without a packet
    all are cut, so that what is kept stays bounded. This is a `FrameCut`.
    """
    start = received.find(HEAD)
    if start < 0 or start >= MOST_PACKET:
        return _noise(received)
    line = received[start : start + MOST_PACKET]
    end = _end(line)
    if end is None:
        return None
    return _whole(received, start, _better(line, end))


def cut_last(received: bytes) -> Whole | None:
    """The first packet of bytes after which nothing comes; None where there is none.

    It differs from `cut` only where that would wait: a packet that has no CR LF is whole, and
    what holds no sound packet is cut so that its decoder says so. For a connection that fell
    silent or closed.
    """
    whole = cut(received)
    start = received.find(HEAD)
    if whole is not None or start < 0:
        return whole
    line = received[start:]
    return _whole(received, start, _sound(line) or (0, len(line)))


def _sound(line: bytes) -> tuple[int, int] | None:
    """The span of the first packet in `line` whose check holds, of the first few beginnings."""
    begin = 0
    for _ in range(_MOST_TRIED):
        stated = _stated_end(line[begin : begin + 6])
        end = begin + (stated or 0)
        if stated is not None and holds(line[begin:end]):
            return begin, end + _length_of_end(line[end : end + 2])
        begin = line.find(HEAD, begin + 1)
        if begin < 0:
            break
    return None


def _whole(received: bytes, start: int, span: tuple[int, int]) -> Whole:
    first, last = start + span[0], start + span[1]
    return Whole(frame=received[first:last], rest=received[last:])


def _noise(received: bytes) -> Whole | None:
    """All of a full buffer in which no packet begins, as one frame that no decoder takes."""
    if len(received) < MOST_PACKET:
        return None
    last = MOST_PACKET - received[:MOST_PACKET].endswith(b"#")
    return Whole(frame=received[:last], rest=received[last:])


def _end(line: bytes) -> int | None:
    """Where the packet at the beginning of `line` ends, sound or not; None: not yet known."""
    stop, stated = line.find(END), _stated_end(line)
    full = len(line) == MOST_PACKET
    if stop < 0 and not full and (stated is None or len(line) < stated + 2):
        return None
    if stated is not None and (stop < 0 or stated <= stop):
        after = line[stated : stated + 2]
        if after in (END, HEAD) or holds(line[:stated]):
            return stated + _length_of_end(after)
    return stop + len(END) if stop >= 0 else _torn(line)


def _torn(line: bytes) -> int | None:
    """Where to cut a line that has no sound packet and no CR LF, once it is as long as any."""
    if len(line) < MOST_PACKET:
        return None
    later = line.find(HEAD, 2)
    return later if later > 0 else len(line) - line.endswith(b"#")


def _stated_end(line: bytes) -> int | None:
    """The end of the CRC by the length field; None where that is no number."""
    digits = line[2:6]
    return 10 + int(digits) if len(digits) == 4 and digits.isdigit() else None


def _length_of_end(after: bytes) -> int:
    if after == END:
        return len(END)
    return 1 if after[:1] in (b"\r", b"\n") else 0


def _better(line: bytes, end: int) -> tuple[int, int]:
    """The span of the packet to cut from `line[:end]`: a later one where only that holds."""
    stated = _stated_end(line)
    if stated is not None and stated <= end and holds(line[:stated]):
        return 0, end
    body = end - len(END) if line[:end].endswith(END) else end
    for begin in islice(_beginnings(line, body), _MOST_TRIED):
        if holds(line[begin:body]):
            return begin, end
    return 0, end


def _beginnings(line: bytes, body: int) -> list[int]:
    """Where later packets begin whose length reaches exactly to `body`."""
    found, begin = [], line.find(HEAD, 1, body)
    while begin >= 0:
        reach = _stated_end(line[begin : begin + 6])
        if reach is not None and begin + reach == body:
            found.append(begin)
        begin = line.find(HEAD, begin + 1, body)
    return found
