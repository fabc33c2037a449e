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
from evidence.errors import EvidenceError
from evidence.log.column import MAX_ROWS, Progression
from evidence.log.keys_once import require_keys_once
from evidence.log.layout import BATCH_1, END, RECORDS, Lines, batch_body
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
        msgspec.DecodeError, CalibrationError, LeafError: a text says nothing of that kind.
    """

    def __init__(self, decoder: msgspec.json.Decoder[T]) -> None:
        super().__init__()
        self._decoder = decoder
        self.by_identity: dict[int, T] = {}

    def __missing__(self, text: bytes) -> T:
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
_COLUMNS: Final = msgspec.json.Decoder(_Columns)
_RECORD: Final = msgspec.json.Decoder(Record)
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


def recalled_in_lines(lines: Lines) -> Batch | None:
    """The batch in the parts of a leaf of version 2; None where anything is unusual, as above.

    Each line is read alone, so that it is known to be a whole piece without a second look.

    Args:
        lines: of a batch; none is withheld.
    """
    whole = [line or b"" for line in lines]
    try:
        border = whole.index(RECORDS)
        frame = _DECODER.decode(BATCH_1 + whole[0] + RECORDS + END)
        streams = [_COLUMNS.decode(each.removesuffix(b",")) for each in whole[1:border]]
        records = [_RECORD.decode(each.removesuffix(b",")) for each in whole[border + 1 : -1]]
        texts = (_ENCODER.encode_lines(each) for each in (streams, records))
        if batch_body(_ENCODER.encode(frame), *texts) != b"\n".join(whole):
            return None
        return _batch(replace(frame, streams=tuple(streams), records=tuple(records)))
    except (msgspec.DecodeError, CalibrationError, EvidenceError, RecursionError, ValueError):
        return None


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
