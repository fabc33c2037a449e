"""How a whole message is recognised in what a line gives (both directions)."""

import re
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.iec62056.frame import MOST_BLOCK_BYTES, decode
from device_profiles.iec62056.pattern import (
    ANY_START,
    CHECKED_START,
    CONTROLS,
    ETX,
    LINE,
    LINE_START,
    NAK,
    SOH,
    STX,
)
from device_profiles.wire_errors import WireError

_CHECKED: Final = {STX, SOH}


def cut(received: bytes) -> Whole | None:
    """The first whole message of any kind in `received`, a `FrameCut`.

    A block or command whose check holds counts at once. What has no check (a line that begins
    with / or ACK, or NAK) counts only outside whatever else has begun: units hold slashes. What
    fails is cut only where nothing else has begun. What is held is bounded.
    """
    return _cut(received, ANY_START)


def cut_line(received: bytes) -> Whole | None:
    """As `cut`, where only a line without a check can come: an identification, an echo."""
    return _cut(received, LINE_START)


def cut_checked(received: bytes) -> Whole | None:
    """As `cut`, where only a block, a command or NAK can come; echoed lines are left out."""
    return _cut(received, CHECKED_START)


def _cut(received: bytes, starts: re.Pattern[bytes]) -> Whole | None:
    failed: Whole | None = None
    begun, taken = False, 0
    for found in starts.finditer(received):
        start = found.start()
        is_checked = found[0] in _CHECKED
        if not is_checked and (begun or start < taken):
            continue
        size = _size_at(received, start)
        if size == 0:
            begun = begun or _can_go_on(received, start)
            continue
        piece = received[start : start + size]
        whole = Whole(frame=piece, rest=received[start + size :])
        if _is_message(piece):
            return whole
        failed, taken = failed or whole, max(taken, start + size)
    if begun and len(received) <= MOST_BLOCK_BYTES:
        return None
    return failed or _held_too_long(received)


def nothing_awaited(received: bytes) -> Whole:
    """An empty message at once: nothing answers what was just sent."""
    return Whole(frame=b"", rest=received)


def _held_too_long(received: bytes) -> Whole | None:
    return Whole(frame=received, rest=b"") if len(received) > MOST_BLOCK_BYTES else None


def _size_at(received: bytes, start: int) -> int:
    """Bytes of the message that begins at `start`, 0 where its end has not come."""
    if received[start : start + 1] == NAK:
        return 1
    if received[start : start + 1] in _CHECKED:
        end = received.find(ETX, start)
        return end + 2 - start if 0 <= end < len(received) - 1 else 0
    line = LINE.match(received, start)
    return line.end() - start if line is not None and line["end"] else 0


def _can_go_on(received: bytes, start: int) -> bool:
    """True where what begins at `start` is right as far as it has come."""
    if received[start : start + 1] in _CHECKED:
        begun = received[start + 1 :].removesuffix(ETX)
        return len(begun.translate(None, CONTROLS)) == len(begun)
    line = LINE.match(received, start)
    return line is not None and received[line.end() :] in {b"", b"\r"}


def _is_message(piece: bytes) -> bool:
    try:
        decode(piece)
    except WireError:
        return False
    return True
