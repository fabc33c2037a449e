"""How a whole message is recognised in what a line gives (both directions)."""

import re
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.iec62056.frame import MOST_BLOCK_BYTES, decode
from device_profiles.iec62056.pattern import (
    ANY_START,
    CHECKED,
    CHECKED_START,
    ETX,
    LINE,
    LINE_START,
    NAK,
    SOH,
    STX,
)
from device_profiles.wire_errors import WireError

_CHECKED: Final = {STX, SOH}
_MOST_NOISE_BYTES: Final = 4096


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
    view = _View(received)
    for found in starts.finditer(received):
        take = view.checked if found[0] in _CHECKED else view.unchecked
        whole = take(found.start())
        if whole is not None:
            return whole
    return view.left_over()


class _View:
    """What has been seen of `received` so far; every byte is looked at a few times at most."""

    def __init__(self, received: bytes) -> None:
        self.received = received
        self.failed: Whole | None = None
        self.begun = False
        self.taken = 0
        self.spoilt: int | None = None

    def checked(self, start: int) -> Whole | None:
        """The block or command that begins at `start`, if it is whole and its check holds."""
        match = CHECKED.match(self.received, start)
        end = match.end() if match else start
        closed = self.received.startswith(ETX, end)
        if end + closed == len(self.received):
            self.begun = True
            return None
        if closed:
            return self._tried(start, end + 2)
        self.spoilt = start if self.spoilt is None else self.spoilt
        return None

    def unchecked(self, start: int) -> Whole | None:
        """The message without a check that begins at `start`, outside of all that has begun."""
        if self.begun or start < self.taken:
            return None
        if self.received[start : start + 1] == NAK:
            return None if self._is_spoilt(start) else self._tried(start, start + 1)
        line = LINE.match(self.received, start)
        if line is None:
            return None
        if line["end"]:
            return self._tried(start, line.end())
        returned = self.received.startswith(b"\r", line.end())
        self.begun = line.end() + returned == len(self.received)
        return None

    def left_over(self) -> Whole | None:
        """What is cut where no message is sound: nothing yet, what failed, or what is too much."""
        held, most = len(self.received), MOST_BLOCK_BYTES if self.begun else _MOST_NOISE_BYTES
        if self.begun and held <= most:
            return None
        failed = self.failed or self._spoilt_block()
        too_much = Whole(frame=self.received, rest=b"") if held > most else None
        return failed or too_much

    def _tried(self, start: int, end: int) -> Whole | None:
        piece = self.received[start:end]
        is_sound = _is_message(piece)
        if not is_sound:
            self.taken = max(self.taken, end)
            if self.failed:
                return None
        whole = Whole(frame=piece, rest=self.received[end:])
        self.failed = self.failed or whole
        return whole if is_sound else None

    def _is_spoilt(self, at: int) -> bool:
        """True within a block with a byte that cannot stand there, whose end has not come."""
        return self.spoilt is not None and self.received.find(ETX, self.spoilt, at) < 0

    def _spoilt_block(self) -> Whole | None:
        if self.spoilt is None:
            return None
        end = self.received.find(ETX, self.spoilt) + 2
        if not 2 <= end <= len(self.received):
            return None
        return Whole(frame=self.received[self.spoilt : end], rest=self.received[end:])


def nothing_awaited(received: bytes) -> Whole:
    """An empty message at once: nothing answers what was just sent."""
    return Whole(frame=b"", rest=received)


def _is_message(piece: bytes) -> bool:
    try:
        decode(piece)
    except WireError:
        return False
    return True
