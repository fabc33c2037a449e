"""Batches read with what they repeat recalled: heads of streams, and influences.

What describes a stream stands in each batch again, byte for byte: with one reading a channel it
is most of the leaf. So its text is passed over when a batch is decoded, and what it says is
looked up by its exact bytes; only a text that was not seen lately is decoded and looked through.
"""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Raw
from msgspec.structs import replace

from calibration.errors import CalibrationError
from calibration.indication import Quality
from calibration.uncertainty import Influence
from evidence.errors import EvidenceError, LeafError, Words
from evidence.log.column import MAX_ROWS, Progression
from evidence.log.keys_once import require_keys_once
from evidence.log.layout import BATCH_1, MAX_ITEMS, batch_text, listed
from evidence.log.leaf import (
    Batch,
    ClockState,
    Contribution,
    Count,
    Miss,
    NotNegative,
    Number,
    Record,
    Stamp,
    Stream,
    StreamHead,
)

MOST: Final = 16_384
"""How many texts of a kind are kept: channels of a large site. All go when there would be more."""
LONGEST: Final = 1024
"""Bytes of a text that is kept."""
MOST_COLONS: Final = 40
"""A head has 21 names of its own; each of many more would take a hundred bytes as an object.

So what senders can make their reader keep is some 50 MB; a channel's head takes 1.4 kB as a rule.
"""
T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder()


class _Texts(dict[bytes, T]):
    """What texts of one kind say; each was decoded, and names no key twice.

    Raises:
        msgspec.DecodeError, CalibrationError, LeafError: a text says nothing of that kind, or is
            more than a line.
    """

    def __init__(self, decoder: msgspec.json.Decoder[T]) -> None:
        super().__init__()
        self._decoder = decoder
        self.by_identity: dict[int, T] = {}

    def __missing__(self, text: bytes) -> T:
        if b"\n" in text:
            what = Words("a text is more than a line", "文本跨越多行")
            raise LeafError("leaf", what=what)
        told = self._decoder.decode(text)
        if _ENCODER.encode(told) != text:  # else no key can stand twice
            require_keys_once(text)
        if len(text) <= LONGEST and text.count(b":") <= MOST_COLONS:
            self._keep(text, told)
        return told

    def _keep(self, text: bytes, told: T) -> None:
        if len(self) >= MOST:
            self.clear()
            self.by_identity.clear()
        self[text] = told
        self.by_identity[id(told)] = told


_HEADS: Final = _Texts(msgspec.json.Decoder(StreamHead))
_INFLUENCES: Final = _Texts(msgspec.json.Decoder(Influence))
_text: Final = b"".join
"""The bytes of a text that was passed over; faster than `bytes`."""
_COURSE: Final = msgspec.json.Decoder(Progression)


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A contribution whose influence is passed over."""

    influence: Raw
    contribution: float | tuple[float, ...] | None = None
    relative: float | None = None


class _Columns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A stream whose head is passed over, and what many streams of one batch share."""

    head: Raw
    rows: Annotated[int, Meta(ge=0, le=MAX_ROWS)]
    sequence: Raw
    at_ms: Raw
    raw: tuple[str, ...]
    indication: tuple[Number, ...]
    value: tuple[float, ...] | None = None
    quality: Quality | tuple[Quality, ...] = Quality.GOOD
    contributions: tuple[_Part, ...] = ()
    fresh: NotNegative | tuple[NotNegative, ...] = 0.0
    missed: tuple[Miss, ...] = ()


class _Frame(msgspec.Struct, frozen=True, kw_only=True, tag_field="carbonmeter", tag="batch/1"):
    """A batch whose streams are read that way."""

    agent: str
    epoch: str
    sequence: Count
    software: str
    clock: ClockState
    opened_ms: Stamp
    closed_ms: Stamp
    streams: tuple[_Columns, ...] = ()
    records: tuple[Record, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Frame)
told_by_text: Final = _HEADS.by_identity.get
"""The head of an identity, if it was read from JSON, in which every number is finite, and is kept.

An identity is that of one head as long as that is kept; afterwards it may be another's.
"""


def came_from_text(head: StreamHead) -> bool:
    """Whether it is one of the heads that are kept, and not only equal to one."""
    return told_by_text(id(head)) is head


def recalled(data: bytes) -> Batch | None:
    """The batch in a leaf's bytes; None where anything is unusual, or it is another leaf.

    None says only that the leaf has to be decoded as a whole: that finds what is wrong with it.

    Args:
        data: UTF-8.
    """
    try:
        frame = _DECODER.decode(data)
        # Bytes that the frame's own encoding gives have no key twice outside the texts; a line
        # feed stands only between what JSON is made of.
        if _ENCODER.encode(frame) != data.replace(b"\n", b""):
            return None
        return _batch(frame)
    except (msgspec.DecodeError, CalibrationError, EvidenceError, RecursionError):
        return None


def recalled_in_lines(body: memoryview) -> Batch | None:
    """The batch in the lines of a leaf of version 2; None where anything is unusual, as above.

    The lines are what the batch's own encoding gives, a stream or record each: no text that is
    passed over has a line feed.

    Args:
        body: what stands behind the leaf's first line.
    """
    text = b"".join((BATCH_1, body))
    try:
        frame = _DECODER.decode(text)
        return _batch(frame) if _in_lines(frame) == text else None
    except (msgspec.DecodeError, CalibrationError, EvidenceError, RecursionError):
        return None


def _in_lines(frame: _Frame) -> bytes | None:
    """What such a batch is encoded as; None if it is more than a leaf may have."""
    if len(frame.streams) + len(frame.records) > MAX_ITEMS:
        return None
    bare = _ENCODER.encode(replace(frame, streams=(), records=()))
    lists = (listed(list(map(_ENCODER.encode, each))) for each in (frame.streams, frame.records))
    return batch_text(bare, *lists)


def _batch(frame: _Frame) -> Batch:
    courses = _Texts(_COURSE)  # channels that are read at once have the same stamps
    return Batch(
        agent=frame.agent,
        epoch=frame.epoch,
        sequence=frame.sequence,
        software=frame.software,
        clock=frame.clock,
        opened_ms=frame.opened_ms,
        closed_ms=frame.closed_ms,
        streams=tuple([_stream(columns, courses) for columns in frame.streams]),
        records=frame.records,
    )


def _stream(columns: _Columns, courses: _Texts[Progression]) -> Stream:
    return Stream(
        head=_HEADS[_text((columns.head,))],
        rows=columns.rows,
        sequence=courses[_text((columns.sequence,))],
        at_ms=courses[_text((columns.at_ms,))],
        raw=columns.raw,
        indication=columns.indication,
        value=columns.value,
        quality=columns.quality,
        contributions=tuple(
            [
                Contribution(
                    influence=_INFLUENCES[_text((part.influence,))],
                    contribution=part.contribution,
                    relative=part.relative,
                )
                for part in columns.contributions
            ]
        ),
        fresh=columns.fresh,
        missed=columns.missed,
    )
