"""What an instrument showed, or that it showed nothing (VIM 4.1)."""

from enum import StrEnum

import msgspec


class Quality(StrEnum):
    """What is known about an indication beyond its value; a closed vocabulary.

    The order of `WORST_FIRST` says which one a summary shows.
    """

    GOOD = "good"
    OUTSIDE_MEASURING_INTERVAL = "outside_measuring_interval"
    OVERDUE = "overdue"
    CLOCK_SUSPECT = "clock_suspect"
    CLOCK_UNSYNCHRONISED = "clock_unsynchronised"
    INTERPOLATED = "interpolated"
    MAINTENANCE = "maintenance"
    FROZEN = "frozen"
    DEVICE_WARNING = "device_warning"
    QUARANTINED = "quarantined"


WORST_FIRST = (
    Quality.QUARANTINED,
    Quality.DEVICE_WARNING,
    Quality.FROZEN,
    Quality.MAINTENANCE,
    Quality.CLOCK_SUSPECT,
    Quality.CLOCK_UNSYNCHRONISED,
    Quality.OUTSIDE_MEASURING_INTERVAL,
    Quality.OVERDUE,
    Quality.INTERPOLATED,
    Quality.GOOD,
)


class MissReason(StrEnum):
    """Why a scheduled indication is missing; a closed vocabulary.

    A device that calibrates, blows back, stands by or is worked on shows something, but not what
    it is to measure. One that is not the one that was installed, or is set otherwise than the
    site says, shows numbers that mean something else.
    """

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    EXCEPTION = "exception"
    SHORT_REPLY = "short_reply"
    FOREIGN_REPLY = "foreign_reply"
    GARBAGE = "garbage"
    SENTINEL = "sentinel"
    CHECKSUM = "checksum"
    OUT_OF_RANGE = "out_of_range"
    DEVICE_FAULT = "device_fault"
    CALIBRATING = "calibrating"
    BLOW_BACK = "blow_back"
    MAINTENANCE = "maintenance"
    STANDBY = "standby"
    OTHER_DEVICE = "other_device"
    OTHER_SETTING = "other_setting"
    NOT_POLLED = "not_polled"


class Indication(msgspec.Struct, frozen=True, kw_only=True):
    """The value an instrument provided (VIM 4.1), with the bytes it sent.

    Args:
        channel: where it was read.
        value: in `unit`, finite.
        unit: UCUM code.
        at_ns: UTC instant of acquisition, ns since 1970.
        sequence: number of the poll within the agent's epoch.
        quality: what is known about it.
        raw: the bytes on the wire that carried it.
    """

    channel: str
    value: float | int
    unit: str
    at_ns: int
    sequence: int
    quality: Quality
    raw: bytes


class MissedIndication(msgspec.Struct, frozen=True, kw_only=True):
    """A scheduled poll that gave no value: a signed statement, not an absence."""

    channel: str
    at_ns: int
    sequence: int
    reason: MissReason
