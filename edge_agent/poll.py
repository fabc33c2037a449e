"""What is committed to the spool before it is in a batch: polls and records (MessagePack)."""

from collections.abc import Iterable
from itertools import chain

import msgspec

from calibration.indication import MissReason, Quality
from evidence.log.batch import Record


class Reading(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What one channel indicated.

    Args:
        channel: its place in the setup's channels.
        at_ms: UTC instant of the answer, whole ms.
        raw: the registers' bytes as they travelled.
        number: the indication, in the channel's unit; finite.
        quality: what was known when it was read.
    """

    channel: int
    at_ms: int
    raw: bytes
    number: int | float
    quality: Quality = Quality.GOOD


class Lacking(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A channel that gave no value in a poll, and why; `quality` says if its stamp is suspect.

    Args:
        raw: the bytes that were answered; empty where none were.
        number: what they show, in the channel's unit, though it is not of the measurand.
    """

    channel: int
    at_ms: int
    reason: MissReason
    quality: Quality = Quality.GOOD
    raw: bytes = b""
    number: int | float | None = None


class Poll(msgspec.Struct, frozen=True, kw_only=True, tag="poll"):
    """One poll of one device.

    Args:
        device: its name.
        setup: digest of the `DeviceSetup` it was read under.
        sequence: the device's poll counter, ascending within the epoch.
        at_ms: the poll's instant, UTC, whole ms.
    """

    device: str
    setup: bytes
    sequence: int
    at_ms: int
    readings: tuple[Reading, ...] = ()
    lacking: tuple[Lacking, ...] = ()


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    """A record that waits for its batch."""

    record: Record

    @property
    def at_ms(self) -> int:
        """When the record was made, UTC ms."""
        return self.record.at_ms


Pending = Poll | Noted


def stamp_after(before_ms: int, pending: Iterable[Pending]) -> int:
    """The latest stamp in these polls that is not suspect; `before_ms` if there is none.

    A miss has a stamp too: where no meter answers, a restart must still say since when.

    It may lie before `before_ms`: once a clock is right again, what it showed while it was
    ahead is forgotten.
    """
    latest: int | None = None
    for poll in pending:
        if isinstance(poll, Poll):
            for each in chain[Reading | Lacking](poll.readings, poll.lacking):
                later = latest is None or each.at_ms > latest
                if later and each.quality is not Quality.CLOCK_SUSPECT:
                    latest = each.at_ms
    return before_ms if latest is None else latest


_DECODER = msgspec.msgpack.Decoder(Pending)
_ENCODER = msgspec.msgpack.Encoder()


def pending_bytes(pending: Pending) -> bytes:
    """The stored form."""
    return _ENCODER.encode(pending)


def read_pending(data: bytes) -> Pending | None:
    """What `pending_bytes` wrote; None if the bytes are not that."""
    try:
        found: Pending = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found
