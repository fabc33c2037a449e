"""What a leaf of an agent's log is made of: batches of results, and documents; version 1.

A leaf's bytes are written and read by `evidence.log.batch`. Fields that a reader does not
know are ignored by it and stay in the bytes, but for those inside `measurand` and
`influence`: what a number is of cannot be half understood.
"""

import base64
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from calibration.measurand import Measurand
from calibration.uncertainty import Influence
from evidence.clock_standing import ClockStanding
from evidence.errors import LeafContentError, Words
from evidence.log.column import MAX_AT_MS, MAX_COUNT, MAX_ROWS, Progression

Number = float | int
MAX_CLOCK_U_s: Final = 1e9
"""Three times it, in nanoseconds, still has a place in 64 bits."""
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
"""A position or a poll's number."""
Instant = Annotated[int, Meta(ge=0, le=MAX_AT_MS)]
"""UTC, ms since 1970; in nanoseconds it still has 64 bits."""
Stamp = Annotated[int, Meta(ge=-MAX_COUNT, le=MAX_COUNT)]
"""UTC, ms since 1970, as a clock showed it: an agent may also tell of one that was far off."""
NotNegative = Annotated[float, Meta(ge=0)]


class Contribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One influence's signed contributions to the values of a stream.

    Either `contribution`, a number for all rows or one a row in the unit of the value;
    or `relative`, by which each value is multiplied.
    """

    influence: Influence
    contribution: float | tuple[float, ...] | None = None
    relative: float | None = None


class StreamHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
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
        parameters: of the profile, as the site gives them: with them and the profile anyone
            reads the indication out of the raw bytes again.
    """

    channel: str
    measurand: Measurand
    period_ms: Annotated[int, Meta(ge=1, le=MAX_AT_MS)]
    serial: str
    profile: str
    basis: UncertaintyBasis
    confirmation: str = ""
    certificate: str = ""
    resolution: NotNegative = 0.0
    rollover: float | None = None
    rated_rate: float | None = None
    nameplate_mpe_relative: float | None = None
    parameters: Mapping[str, float] = {}


class Miss(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A scheduled poll without a value; `quality` says so if its stamp is suspect.

    A device that calibrates, or that is none of ours, shows something all the same: what it
    showed is kept beside the reason, and never counts as a reading.
    """

    sequence: Count
    at_ms: Instant
    reason: MissReason
    quality: Quality = Quality.GOOD
    raw: str = ""
    indication: Number | None = None


class Stream(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Readings of one channel, by column; all columns have `rows` rows.

    `value` is left out where it is the indication itself (registers, no function).
    `fresh` is the standard uncertainty that is new in each reading (repeatability);
    the resolution's follows from the head.
    """

    head: StreamHead
    rows: Annotated[int, Meta(ge=0, le=MAX_ROWS)]
    sequence: Progression
    at_ms: Progression
    raw: tuple[str, ...]
    indication: tuple[Number, ...]
    value: tuple[float, ...] | None = None
    quality: Quality | tuple[Quality, ...] = Quality.GOOD
    contributions: tuple[Contribution, ...] = ()
    fresh: NotNegative | tuple[NotNegative, ...] = 0.0
    missed: tuple[Miss, ...] = ()


class RecordKind(StrEnum):
    """What an agent says of itself; a closed vocabulary."""

    EPOCH_OPENED = "epoch_opened"
    RESTART = "restart"
    CONFIGURATION = "configuration"
    CLOCK_STEP = "clock_step"
    CLOCK_STATE = "clock_state"
    GAP = "gap"
    SPOOL_LIMIT = "spool_limit"
    EXCHANGE = "exchange"
    KEY = "key"
    EARLIER_LOG = "earlier_log"
    IDENTITY = "identity"


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dated statement of the agent: a gap, a clock step, a restart, an exchange.

    `until_ms` closes an interval; `facts` are named by kind, such as `step_ms`.
    """

    kind: RecordKind
    at_ms: Stamp
    until_ms: Stamp | None = None
    channel: str = ""
    facts: Mapping[str, str | int | float] = {}


class ClockState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the agent knows of its clock when it closed the batch.

    Args:
        standard_uncertainty_s: of each stamp that is not suspect.
        simulated: it is a demonstration or a replay.
        synchronised: by the operating system's word; None if it has none.
        standing: what follows from that word, and from how long ago it was.
        bound_s: how far off the clock can be; None if that is not known.
        since_ms: what the clock showed when it was last known to be right.
        last_receipt_s: the collector's time in the last receipt: no stamp of a later batch
            of an honest agent is below it.
        opened_after_s: the collector's time in the last receipt that was here before the
            first of these readings was taken: none of these stamps is below it. 0 where
            there was none; None from an agent that does not say.
    """

    standard_uncertainty_s: Annotated[float, Meta(ge=0, le=MAX_CLOCK_U_s)]
    simulated: bool = False
    synchronised: bool | None = None
    standing: ClockStanding = ClockStanding.UNKNOWN
    bound_s: Annotated[float, Meta(ge=0, le=MAX_CLOCK_U_s)] | None = None
    since_ms: Stamp | None = None
    last_receipt_s: Count | None = None
    opened_after_s: Count | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag_field="carbonmeter", tag="batch/1"):
    """A leaf of results: streams in columns, and records."""

    agent: str
    epoch: str
    sequence: Count
    software: str
    clock: ClockState
    opened_ms: Stamp
    closed_ms: Stamp
    streams: tuple[Stream, ...] = ()
    records: tuple[Record, ...] = ()


DocumentKind = Literal[
    "profile",
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
    "configuration",
]


class Document(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="carbonmeter", tag="document/1"
):
    """A leaf that carries the exact bytes of a file that batches cite by digest."""

    agent: str
    epoch: str
    sequence: Count
    kind: DocumentKind
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
            what = Words("the document is not base64", "文件内容不是 base64")
            limit = Words("RFC 4648, section 4", "RFC 4648 第 4 节")
            raise LeafContentError(self.name, what=what, limit=limit) from cause
        if hashlib.sha256(data).hexdigest() != self.sha256:
            what = Words("the document does not have its digest", "文件内容与其摘要不符")
            raise LeafContentError(self.name, what=what, limit=self.sha256)
        return data


Leaf = Batch | Document
