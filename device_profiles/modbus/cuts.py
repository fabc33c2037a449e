"""How whole frames are found in what a serial line brought: answers to a question, and questions.

RTU, answers. Searched from the left for the first of these, all of the unit that was asked:

- the question itself (an adapter's echo),
- an exception,
- an answer whose function tells its length,

whose check holds; it is cut, right or wrong, and whoever asked judges it. Everything before it is
passed over: noise, frames of other units, and what no function explains. If none holds, a frame
that begins as the right answer must (unit, function and byte count) but whose check fails is cut
too, unless another such beginning waits for bytes. More than 520 bytes without any of these are
cut as one, so that nothing is listened to for ever.

A late answer of the same unit, function and byte count is the right answer as far as bytes tell.
Only silence before the question excludes it: after every time-out a line must be drained.

A question for 17 to 24 bits at an address from 0x0300 to 0x03FF can be equal to its answer, byte
for byte; it is then taken for an echo.

ASCII frames begin with a colon and end with CR and LF. The same holds, but that a damaged frame
is known by unit and function. Of two colons before one end the second counts.
"""

from collections.abc import Iterator
from typing import Final

from device_profiles.conversation import FrameCut, Whole
from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu
from device_profiles.modbus.identification import IDENTIFICATION_TYPE, IDENTIFY
from device_profiles.modbus.lengths import answer_length, request_length
from device_profiles.modbus.pdu import EXCEPTION_FLAG, READ_LIMITS, data_bytes

MOST_HEARD_RTU: Final = 2 * rtu.LONGEST_FRAME + 8
MOST_HEARD_ASCII: Final = 2 * colon.LONGEST_FRAME + 2 * 8


def rtu_answer_cut(asked: bytes) -> FrameCut:
    """How the answer to an RTU frame is recognised; see the module."""
    heads = _heads(asked)

    def cut(received: bytes) -> Whole | None:
        damaged, waits = None, False
        for start in _places(received, asked[0]):
            rest = received[start : start + rtu.LONGEST_FRAME]
            length = len(asked) if rest.startswith(asked) else answer_length(rest)
            if _is_sound(rest, length):
                return _whole(received, start, length or 0)
            if asked.startswith(rest) or not rest.startswith(heads):
                continue
            if length is None or len(rest) < length:
                waits = True
            else:
                damaged = damaged or _whole(received, start, length or len(rest))
        return _last_resort(received, None if waits else damaged, MOST_HEARD_RTU)

    return cut


def rtu_request_cut(received: bytes) -> Whole | None:
    """The first RTU frame that asks for something, of any unit, whose check holds.

    Bytes before it are passed over. A function that is not known is taken for a request where all
    that was received is one frame. 520 bytes without a request are cut as one.
    """
    for start in range(len(received)):
        rest = received[start : start + rtu.LONGEST_FRAME]
        length = request_length(rest)
        if _is_sound(rest, length):
            return _whole(received, start, length or 0)
    if len(received) > 1 and not request_length(received) and rtu.is_whole(received):
        return _whole(received, 0, len(received))
    return _last_resort(received, None, MOST_HEARD_RTU)


def ascii_answer_cut(asked: bytes) -> FrameCut:
    """How the answer to an ASCII frame is recognised; see the module."""
    unit = asked[1:3].upper()
    refusing = b"%02X" % (int(asked[3:5], 16) | EXCEPTION_FLAG)
    heads = (unit + asked[3:5].upper(), unit + refusing)

    def cut(received: bytes) -> Whole | None:
        damaged = None
        for whole in _between_colon_and_line_end(received):
            head = whole.frame[1:5].upper()
            if head.startswith(unit) and colon.is_whole(whole.frame):
                return whole
            if head in heads:
                damaged = damaged or whole
        waits = received.rfind(colon.START) > received.rfind(colon.END)
        return _last_resort(received, None if waits else damaged, MOST_HEARD_ASCII)

    return cut


def ascii_request_cut(received: bytes) -> Whole | None:
    """The first ASCII frame, of any unit, whose check holds; others are passed over."""
    for whole in _between_colon_and_line_end(received):
        if colon.is_whole(whole.frame):
            return whole
    return _last_resort(received, None, MOST_HEARD_ASCII)


def _heads(asked: bytes) -> tuple[bytes, ...]:
    """How the frame of a right answer to an RTU frame, or of an exception, begins."""
    unit, function = asked[0], asked[1]
    head = bytes([unit, function])
    if function in READ_LIMITS:
        head += bytes([data_bytes(function, asked[4] << 8 | asked[5]) & 0xFF])
    elif function == IDENTIFY:
        head += bytes([IDENTIFICATION_TYPE])
    return head, bytes([unit, function | EXCEPTION_FLAG])


def _places(received: bytes, unit: int) -> Iterator[int]:
    """Where the byte `unit` stands."""
    place = received.find(unit)
    while place >= 0:
        yield place
        place = received.find(unit, place + 1)


def _is_sound(rest: bytes, length: int | None) -> bool:
    """Whether a frame of that length is there, and its check holds."""
    return bool(length) and len(rest) >= (length or 0) and rtu.is_whole(rest[:length])


def _between_colon_and_line_end(received: bytes) -> Iterator[Whole]:
    """What stands from the last colon before a line's end to it, from the left."""
    begin, end = 0, received.find(colon.END)
    while end >= 0:
        start = received.rfind(colon.START, begin, end)
        begin = end + len(colon.END)
        if start >= 0:
            yield _whole(received, start, begin - start)
        end = received.find(colon.END, begin)


def _last_resort(received: bytes, damaged: Whole | None, most: int) -> Whole | None:
    """The damaged frame, or all of what is too much to be listened to any longer."""
    if damaged is None and len(received) > most:
        return Whole(frame=received, rest=b"")
    return damaged


def _whole(received: bytes, start: int, length: int) -> Whole:
    return Whole(frame=received[start : start + length], rest=received[start + length :])
