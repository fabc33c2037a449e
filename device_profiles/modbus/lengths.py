"""How long an RTU frame is, by its first bytes: it has no length field, its function tells.

Source: Modbus Application Protocol V1.1b3, the tables of clause 6.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.modbus.identification import IDENTIFICATION_TYPE, IDENTIFY, objects_end
from device_profiles.modbus.pdu import EXCEPTION_FLAG
from device_profiles.modbus.rtu import LONGEST_FRAME

UNKNOWN: Final = 0
"""No frame with this beginning has a length known here."""

_REQUEST_FIXED: Final[Mapping[int, int]] = MappingProxyType(
    {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 7: 4, 8: 8, 11: 4, 12: 4, 17: 4, 22: 10, 24: 6}
)
_REQUEST_COUNTED: Final[Mapping[int, int]] = MappingProxyType({15: 6, 16: 6, 20: 2, 21: 2, 23: 10})
_ANSWER_FIXED: Final[Mapping[int, int]] = MappingProxyType(
    {5: 8, 6: 8, 7: 5, 8: 8, 11: 8, 15: 8, 16: 8, 22: 10}
)
_ANSWER_COUNTED: Final[Mapping[int, int]] = MappingProxyType(
    dict.fromkeys((1, 2, 3, 4, 12, 17, 20, 21, 23), 2)
)
_EXCEPTION, _IDENTIFY_REQUEST = 5, 7


def request_length(received: bytes) -> int | None:
    """Bytes of the request's frame that begins here, with CRC; UNKNOWN, or None: wait for more."""
    if len(received) < 2:
        return None
    if received[1] == IDENTIFY:
        return _of_type(received, _IDENTIFY_REQUEST)
    return _tabled(received, _REQUEST_FIXED, _REQUEST_COUNTED)


def answer_length(received: bytes) -> int | None:
    """Bytes of the answer's frame that begins here, with CRC; UNKNOWN, or None: wait for more."""
    if len(received) < 2:
        return None
    if received[1] & EXCEPTION_FLAG:
        return _EXCEPTION
    if received[1] == IDENTIFY:
        end = objects_end(received[1 : LONGEST_FRAME - 2])
        waits = end is None and len(received) < LONGEST_FRAME
        return _of_type(received, None if waits else _legal(1 + (end or LONGEST_FRAME) + 2))
    return _tabled(received, _ANSWER_FIXED, _ANSWER_COUNTED)


def _of_type(received: bytes, length: int | None) -> int | None:
    """The length where the encapsulated type is that of identification."""
    if len(received) > 2 and received[2] != IDENTIFICATION_TYPE:
        return UNKNOWN
    return length


def _tabled(received: bytes, fixed: Mapping[int, int], counted: Mapping[int, int]) -> int | None:
    function = received[1]
    if function in fixed:
        return fixed[function]
    place = counted.get(function)
    if place is None:
        return UNKNOWN
    return _legal(place + 1 + received[place] + 2) if len(received) > place else None


def _legal(length: int) -> int:
    return length if length <= LONGEST_FRAME else UNKNOWN
