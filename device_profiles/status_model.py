"""What a device says about itself: status words, and which of their values mean what (data)."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from device_profiles.scalars import Name, Text
from device_profiles.word_source import StatusSource


class Condition(StrEnum):
    """What can be the matter with an indication, in the words of no protocol.

    Attributes:
        MAINTENANCE: somebody works on the device; it measures, but not what it should.
        CALIBRATING: it measures zero or span gas, or adjusts itself.
        FAULT: a part of it does not work.
        WARNING: something is near or beyond its limit; the indication may still be right.
        INVALID: the device itself says that the indication is not to be used, or is held.
        OVER_RANGE: what is measured is beyond the device's range.
        STANDBY: it does not measure: warming up, not ready, switched off.
        BLOW_BACK: the sampling probe is blown free.
        UNLISTED: a value that the document does not list; read as nothing in particular.
    """

    MAINTENANCE = "maintenance"
    CALIBRATING = "calibrating"
    FAULT = "fault"
    WARNING = "warning"
    INVALID = "invalid"
    OVER_RANGE = "over_range"
    STANDBY = "standby"
    BLOW_BACK = "blow_back"
    UNLISTED = "unlisted"


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values or bits of a status word, and what they mean.

    Args:
        means: the condition.
        bits: any of these bits set means it; 0 is the least significant.
        values: any of these values of the whole word means it. Either bits or values.
        channels: of which channels; none named: of all.
        note: the document's own words.
    """

    means: Condition
    bits: Annotated[tuple[Annotated[int, Meta(ge=0, le=63)], ...], Meta(max_length=64)] = ()
    values: Annotated[tuple[int, ...], Meta(max_length=256)] = ()
    channels: Annotated[tuple[Name, ...], Meta(max_length=1000)] = ()
    note: Text | None = None


class StatusWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One status word.

    Args:
        name: unique among the profile's status words.
        source: where it lies.
        marks: what its values or bits mean, at least one.
        normal: values that mean nothing is the matter. Where any is given, a value that is
            neither normal nor marked means `unlisted`.
        cites: key of the source; None: the profile's first.
        note: what a reader should know.
    """

    name: Name
    source: StatusSource
    marks: Annotated[tuple[Mark, ...], Meta(min_length=1, max_length=64)]
    normal: Annotated[tuple[int, ...], Meta(max_length=64)] = ()
    cites: Name | None = None
    note: Text | None = None


StatusWords = Annotated[tuple[StatusWord, ...], Meta(max_length=100)]
