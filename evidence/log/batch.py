"""Leaves of an agent's log: batches of results, and documents; version 1.

A leaf is the exact uncompressed UTF-8 bytes of a JSON object. Signed bytes are never
re-encoded to be verified; a reader decodes a copy. Fields that a reader does not know
are ignored by it and stay in the bytes.
"""

import base64
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from calibration.measurand import Measurand
from calibration.uncertainty import Influence
from evidence.errors import LeafContentError, LeafError
from evidence.log.column import MAX_ROWS, Progression, finite, progressed, spread

MAX_LEAF_BYTES: Final = 4 * 1024 * 1024
Number = float | int


class Contribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One influence's signed contributions to the values of a stream.

    Either `contribution`, a number for all rows or one a row in the unit of the value;
    or `relative`, by which each value is multiplied.
    """

    influence: Influence
    contribution: float | tuple[float, ...] | None = None
    relative: float | None = None


class StreamHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds for all readings of a stream.

    Args:
        channel: `<site>/<device>/<channel>`.
        measurand: with its UCUM unit.
        period_ms: between polls.
        serial: of the instrument.
        profile: SHA-256 of the device profile's exact bytes.
        basis: rung of the ladder its uncertainty stands on.
        confirmation, certificate: ids in force; empty when there is none.
        resolution: smallest step shown, in the unit; 0 if not known.
        rollover, rated_rate: of a register.
        nameplate_mpe_relative: of the accuracy class on the name-plate.
    """

    channel: str
    measurand: Measurand
    period_ms: int
    serial: str
    profile: str
    basis: UncertaintyBasis
    confirmation: str = ""
    certificate: str = ""
    resolution: float = 0.0
    rollover: float | None = None
    rated_rate: float | None = None
    nameplate_mpe_relative: float | None = None


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A scheduled poll without a value."""

    sequence: int
    at_ms: int
    reason: MissReason


class Stream(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Readings of one channel, by column; all columns have `rows` rows.

    `value` is left out where it is the indication itself (registers, no function).
    `fresh` is the standard uncertainty that is new in each reading (repeatability);
    the resolution's follows from the head.
    """

    head: StreamHead
    rows: int
    sequence: Progression
    at_ms: Progression
    raw: tuple[str, ...]
    indication: tuple[Number, ...]
    value: tuple[float, ...] | None = None
    quality: Quality | tuple[Quality, ...] = Quality.GOOD
    contributions: tuple[Contribution, ...] = ()
    fresh: float | tuple[float, ...] = 0.0
    missed: tuple[Miss, ...] = ()


class RecordKind(StrEnum):
    """What an agent says of itself; a closed vocabulary."""

    EPOCH_OPENED = "epoch_opened"
    RESTART = "restart"
    CONFIGURATION = "configuration"
    CLOCK_STEP = "clock_step"
    GAP = "gap"
    SPOOL_LIMIT = "spool_limit"
    EXCHANGE = "exchange"


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dated statement of the agent: a gap, a clock step, a restart, an exchange.

    `until_ms` closes an interval; `facts` are named by kind, such as `step_ms`.
    """

    kind: RecordKind
    at_ms: int
    until_ms: int | None = None
    channel: str = ""
    facts: Mapping[str, str | int | float] = {}


class ClockState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the agent knows of its clock when it closed the batch.

    `last_receipt_s` is the collector's time in the last receipt: no later stamp of an
    honest agent is below it.
    """

    standard_uncertainty_s: float
    simulated: bool = False
    synchronised: bool | None = None
    last_receipt_s: int | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag_field="carbonmeter", tag="batch/1"):
    """A leaf of results: streams in columns, and records."""

    agent: str
    epoch: str
    sequence: int
    software: str
    clock: ClockState
    opened_ms: int
    closed_ms: int
    streams: tuple[Stream, ...] = ()
    records: tuple[Record, ...] = ()


class Document(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="carbonmeter", tag="document/1"
):
    """A leaf that carries the exact bytes of a file that batches cite by digest."""

    agent: str
    epoch: str
    sequence: int
    kind: Literal["profile", "certificate", "confirmation", "configuration"]
    name: str
    sha256: str
    content: str

    def data(self) -> bytes:
        """The file's exact bytes.

        Raises:
            LeafContentError: they are not base64, or do not have the stated digest.
        """
        try:
            data = base64.b64decode(self.content, validate=True)
        except ValueError as cause:
            raise LeafContentError(
                self.name, what="the document is not base64", limit="RFC 4648, section 4"
            ) from cause
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise LeafContentError(
                self.name, what="the document does not have its digest", limit=self.sha256
            )
        return data


Leaf = Batch | Document
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Leaf)


def encode(leaf: Leaf) -> bytes:
    """The exact bytes of a leaf.

    Raises:
        LeafContentError: a column has the wrong length, a number is not finite, or there
            are more than 1,000 readings.
    """
    check(leaf)
    return _ENCODER.encode(leaf)


def decode(data: bytes) -> Leaf:
    """The batch or document in a leaf's bytes.

    Raises:
        LeafError: not JSON, another version, or a field of the wrong type.
        LeafContentError: it contradicts itself.
    """
    if len(data) > MAX_LEAF_BYTES:
        raise LeafError("leaf", what=f"{len(data)} bytes, more than {MAX_LEAF_BYTES}")
    try:
        leaf: Leaf = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise LeafError("leaf", what=str(cause)) from cause
    check(leaf)
    return leaf


def check(leaf: Leaf) -> None:
    """Refuses a leaf whose columns contradict each other.

    Raises:
        LeafContentError: as for `encode`.
    """
    if isinstance(leaf, Document):
        return
    rows = sum(stream.rows for stream in leaf.streams)
    if rows > MAX_ROWS:
        raise LeafContentError("batch", what=f"{rows} readings", limit=f"{MAX_ROWS}")
    for stream in leaf.streams:
        _check_stream(stream)


def _check_stream(stream: Stream) -> None:
    rows, channel = stream.rows, stream.head.channel
    if rows < 0:
        raise LeafContentError(channel, what=f"{rows} rows", limit=">= 0")
    if rows:
        progressed(stream.sequence, rows)
        progressed(stream.at_ms, rows)
    if len(stream.raw) != rows:
        raise LeafContentError(channel, what=f"{len(stream.raw)} raw replies", limit=f"{rows}")
    finite(spread(stream.indication, rows), f"{channel} indication")
    finite(spread(values(stream), rows), f"{channel} value")
    finite(spread(stream.fresh, rows), f"{channel} fresh")
    spread(stream.quality, rows)
    for part in stream.contributions:
        finite(contributions(stream, part), f"{channel} {part.influence.id}")


def values(stream: Stream) -> tuple[Number, ...]:
    """The results' values; the indications themselves where no function was applied."""
    return stream.indication if stream.value is None else stream.value


def contributions(stream: Stream, part: Contribution) -> tuple[float, ...]:
    """One influence's contributions, a number a row.

    Raises:
        LeafContentError: neither or both forms are given, or the length is wrong.
    """
    if (part.contribution is None) == (part.relative is None):
        raise LeafContentError(
            part.influence.id, what="a contribution must be given once", limit="one form"
        )
    if part.relative is not None:
        return tuple(value * part.relative for value in values(stream))
    return spread(part.contribution, stream.rows)  # type: ignore[arg-type] # not None here


def document(
    leaf_position: tuple[str, str, int],
    kind: Literal["profile", "certificate", "confirmation", "configuration"],
    name: str,
    data: bytes,
) -> Document:
    """The document leaf of a file's exact bytes, at (agent, epoch, sequence)."""
    agent, epoch, sequence = leaf_position
    return Document(
        agent=agent,
        epoch=epoch,
        sequence=sequence,
        kind=kind,
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        content=base64.b64encode(data).decode("ascii"),
    )
