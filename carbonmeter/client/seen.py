"""What a collector tells beside statements: channels and readings, as they are answered."""

import msgspec

from calibration.measurand import Measurand
from evidence.statement.datum import StatedComponent
from evidence.statement.entered.content import Content


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel, what stands behind it now, and the hours that statements can be made of.

    Args:
        hours_from, hours_to: RFC 3339, UTC; None where no hour is closed yet.
    """

    channel: str
    measurand: Measurand
    serial: str
    u_basis: str
    certificate: str
    last_at: str | None
    last_value: float
    last_quality: str
    hours_from: str | None
    hours_to: str | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a person; `standing` says whether it counts."""

    entry: int
    at: str
    who: str
    role: str
    channel: str
    reason: str
    corrects: int | None
    corrected_by: int | None
    standing: bool
    content: Content | None


class Reading(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="reading"):
    """One reading of an instrument and the result that was made of it.

    Args:
        raw: the bytes the instrument sent, hexadecimal.
        indication, value: as shown, and corrected; in `unit`.
        standard_uncertainty: of `value`; None where it is not known.
    """

    channel: str
    at: str
    sequence: int
    agent: str
    epoch: str
    leaf: int
    raw: str
    indication: float | int
    value: float | int
    unit: str
    standard_uncertainty: float | None
    components: tuple[StatedComponent, ...]
    quality: str
    u_basis: str
    serial: str
    certificate: str
    confirmation: str


class MissedReading(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="missed"):
    """A poll that gave no value, and why."""

    channel: str
    at: str
    sequence: int
    agent: str
    epoch: str
    leaf: int
    reason: str
    quality: str


class ReadingPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of readings; `next` leads to the one that follows, None at the end."""

    readings: tuple[Reading | MissedReading, ...]
    next: str | None
