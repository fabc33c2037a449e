"""StatusCodes: how good a value is, and what was lost on its way.

Source: OPC 10000-4, 7.39 (StatusCode): bits 30-31 severity, 16-27 the code, 10-11 what the low
bits mean; for a DataValue bits 8-9 are the limit and bit 7 the overflow of a queue.
"""

from enum import StrEnum
from typing import Final

from device_profiles.opcua.status_names import DEVICE_SIDE_REASONS, NAMES

GOOD: Final = 0x0000_0000
BAD_NODE_ID_UNKNOWN: Final = 0x8034_0000
"""What a server answers for a node that it does not have."""

_CODE = 0xFFFF_0000
_CONCERNS_A_VALUE, _VALUE = 0x0C00, 0x0400
_OVERFLOW = 0x0080


class Severity(StrEnum):
    """Whether a value can be used: as it is, with doubt, or not at all."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"


class Limit(StrEnum):
    """Whether a value is held at a limit of its instrument."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"
    CONSTANT = "constant"


_SEVERITIES = (Severity.GOOD, Severity.UNCERTAIN, Severity.BAD, Severity.BAD)
_LIMITS = tuple(Limit)


def severity(status: int) -> Severity:
    """How good the value is; the reserved fourth severity counts as bad."""
    return _SEVERITIES[status >> 30 & 3]


def limit(status: int) -> Limit:
    """The limit at which the value is held."""
    return _LIMITS[status >> 8 & 3] if _of_a_value(status) else Limit.NONE


def overflowed(status: int) -> bool:
    """Whether the server's queue lost values next to this one."""
    return _of_a_value(status) and bool(status & _OVERFLOW)


def name(status: int) -> str:
    """The code's name in the standard; its number in hex where it is not in the table."""
    return NAMES.get(status & _CODE, f"0x{status & _CODE:08X}")


def miss_reason(status: int) -> str | None:
    """Under which reason a value that is bad is filed as missed; None if it is not bad.

    The words are those of `calibration.indication.MissReason`.
    """
    if severity(status) is not Severity.BAD:
        return None
    return DEVICE_SIDE_REASONS.get(name(status), "device_fault")


def _of_a_value(status: int) -> bool:
    return status & _CONCERNS_A_VALUE == _VALUE
