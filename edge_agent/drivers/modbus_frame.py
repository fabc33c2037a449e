"""Modbus TCP requests, whether bytes are the answer to one, and what they hold. Pure.

Layout of both: transaction id (2 bytes), protocol id 0 (2), length of what follows (2), unit id
(1), function code (1), data. An answer that does not fit its request in every one of these is a
coded error; pymodbus lets transaction id 0, wrong register counts and false byte counts pass.
"""

import struct
from collections.abc import Mapping

from device_profiles.plan import ReadRequest
from edge_agent.driver import Identification
from edge_agent.errors import (
    AgentError,
    ByteCountError,
    ForeignFunctionError,
    ForeignTransactionError,
    ForeignUnitError,
    FrameLengthError,
    IllegalBlockError,
    ModbusBusyError,
    ModbusExceptionError,
    ModbusGatewayError,
    ProtocolIdError,
    ShortReplyError,
)
from evidence.errors import Words

READ_LIMITS: Mapping[int, int] = {1: 2000, 2: 2000, 3: 125, 4: 125}
"""Most items one read may ask for, by function code (Modbus Application Protocol 6.1 to 6.4)."""

EXCEPTION_LENGTH = 9
"""Bytes of an exception's frame, the shortest answer; a read's data begin after as many."""

_READ_IDENTIFICATION = 0x2B
_IDENTIFICATION_TYPE = 0x0E
_FIRST_OBJECT = 14
_LONGEST_LENGTH = 254
_OWN_OBJECTS = Words("that of its objects", "所含对象的长度")
_HEADER = struct.Struct(">HHHB")
_READ = struct.Struct(">HHHBBHH")
_IDENTIFICATION = struct.Struct(">HHHBBBBB")


def asking_read(transaction: int, unit: int, request: ReadRequest) -> bytes:
    """The frame that asks `unit` for `request` (Modbus Application Protocol 6.1 to 6.4).

    Args:
        transaction: 0 to 65535.
        unit: 0 to 255.
        request: Within the protocol's limits.
    """
    return _READ.pack(
        transaction, 0, _READ.size - 6, unit, request.function, request.address, request.count
    )


def asking_identification(transaction: int, unit: int) -> bytes:
    """The frame that asks `unit` for its basic identification (function 43/14, clause 6.21)."""
    basic, first_object = 1, 0
    return _IDENTIFICATION.pack(
        transaction,
        0,
        _IDENTIFICATION.size - 6,
        unit,
        _READ_IDENTIFICATION,
        _IDENTIFICATION_TYPE,
        basic,
        first_object,
    )


def judge(asked: bytes, received: bytes, device: str) -> bytes | AgentError | None:
    """The complete answer to `asked`, or the error that `received` is, or None: wait for more.

    Args:
        asked: The request's frame as it was sent.
        received: All bytes that came since; any bytes.
        device: The device that was asked, for the error.
    """
    if len(received) < EXCEPTION_LENGTH:
        return None
    if fault := (
        _header_fault(asked, received, device)
        or _function_fault(asked, received, device)
        or _data_fault(asked, received, device)
    ):
        return fault
    length = 6 + int.from_bytes(received[4:6], "big")
    return received[:length] if len(received) >= length else None


def data(answer: bytes) -> bytes:
    """The data of a read's answer: registers' bytes by address, or bits, eight to a byte.

    Args:
        answer: As `judge` returned it.
    """
    return answer[EXCEPTION_LENGTH:]


def identification(answer: bytes, device: str) -> Identification:
    """What the objects of a device identification (function 43/14) say.

    Args:
        answer: The answer, as `judge` returned it.
        device: The device that was asked, for the error.

    Raises:
        FrameLengthError: If the objects do not fill the frame.
    """
    objects: dict[int, str] = {}
    place = _FIRST_OBJECT
    while place + 2 <= len(answer) and place + 2 + answer[place + 1] <= len(answer):
        end = place + 2 + answer[place + 1]
        objects[answer[place]] = answer[place + 2 : end].decode("ascii", "replace").strip("\0 ")
        place = end
    if answer[8] != _IDENTIFICATION_TYPE or place != len(answer) or len(objects) != answer[13]:
        raise FrameLengthError(device, answer=answer, found=len(answer) - 6, limit=_OWN_OBJECTS)
    return Identification(
        maker=objects.get(0, ""), model=objects.get(1, ""), revision=objects.get(2, "")
    )


def _header_fault(asked: bytes, received: bytes, device: str) -> AgentError | None:
    transaction, protocol, length, unit = _HEADER.unpack_from(received)
    if protocol:
        return ProtocolIdError(device, answer=received, found=protocol)
    expected = int.from_bytes(asked[:2], "big")
    if transaction != expected:
        return ForeignTransactionError(device, answer=received, found=transaction, limit=expected)
    if not 3 <= length <= _LONGEST_LENGTH:
        return FrameLengthError(device, answer=received, found=length, limit="3-254")
    if unit != asked[6]:
        return ForeignUnitError(device, answer=received, found=unit, limit=asked[6])
    return None


def _function_fault(asked: bytes, received: bytes, device: str) -> AgentError | None:
    if received[7] == asked[7]:
        return None
    if received[7] != asked[7] | 0x80:
        return ForeignFunctionError(device, answer=received, found=received[7], limit=asked[7])
    length = int.from_bytes(received[4:6], "big")
    if length != EXCEPTION_LENGTH - 6:
        return FrameLengthError(device, answer=received, found=length, limit=3)
    return _exception(received, device)


def _exception(received: bytes, device: str) -> AgentError:
    code = received[8]
    if code in {2, 3}:
        return IllegalBlockError(device, answer=received, exception_code=code)
    if code in {5, 6}:
        return ModbusBusyError(device, exception_code=code)
    if code in {10, 11}:
        return ModbusGatewayError(device, exception_code=code)
    return ModbusExceptionError(device, answer=received, exception_code=code)


def _data_fault(asked: bytes, received: bytes, device: str) -> AgentError | None:
    if asked[7] == _READ_IDENTIFICATION:
        return None
    count = int.from_bytes(asked[10:12], "big")
    expected = 2 * count if asked[7] >= 3 else (count + 7) // 8
    length, found = int.from_bytes(received[4:6], "big"), received[8]
    if length != 3 + found:
        return ByteCountError(device, answer=received, found=found, limit=length - 3)
    if found < expected:
        return ShortReplyError(device, answer=received, found=found, limit=expected)
    if found > expected:
        return ByteCountError(device, answer=received, found=found, limit=expected)
    return None
