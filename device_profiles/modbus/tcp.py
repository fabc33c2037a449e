"""Modbus TCP frames: MBAP header and PDU; the same in one datagram over UDP.

Layout: transaction id (2 bytes), protocol id 0 (2), length of what follows (2), unit id (1),
PDU. There is no checksum: a changed byte of the data cannot be told, that is the network's work.

Source: Modbus Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3.
"""

import struct
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.modbus.errors import (
    ForeignTransactionError,
    ForeignUnitError,
    ProtocolIdError,
)
from device_profiles.modbus.pdu import LONGEST_PDU, Adu, answer_fault
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import WireError, WireLengthError

HEADER_BYTES: Final = 7
EXCEPTION_LENGTH: Final = 9
"""Bytes of an exception's frame, the shortest answer; a read's data begin after as many."""

_HEADER = struct.Struct(">HHHB")
_READ = struct.Struct(">HHHBBHH")
_LEAST_LENGTH, _LEAST_ANSWER, _MOST_LENGTH = 2, 3, LONGEST_PDU + 1


def frame(adu: Adu) -> bytes:
    """The frame of a PDU of at most 253 bytes; transaction 0 where it has none."""
    return _HEADER.pack(adu.transaction or 0, 0, len(adu.pdu) + 1, adu.unit) + adu.pdu


def unframe(received: bytes, where: str) -> Adu:
    """Transaction, unit and PDU in one whole frame or datagram.

    Raises:
        ProtocolIdError: The protocol id is not 0.
        WireLengthError: The length field is not 2 to 254, or not that of the frame.
    """
    if len(received) <= HEADER_BYTES:
        raise WireLengthError(where, raw=received, found=len(received), limit="8..260")
    transaction, protocol, length, unit = _HEADER.unpack_from(received)
    if fault := _header_fault(protocol, length, _LEAST_LENGTH, where, received):
        raise fault
    if len(received) != 6 + length:
        raise WireLengthError(where, raw=received, found=len(received), limit=str(6 + length))
    return Adu(transaction=transaction, unit=unit, pdu=received[HEADER_BYTES:])


def cut(received: bytes) -> Whole | None:
    """The first frame of a stream; all of it where the header is none, for `unframe` to refuse."""
    if len(received) < HEADER_BYTES:
        return None
    _, protocol, length, _ = _HEADER.unpack_from(received)
    if protocol or not _LEAST_LENGTH <= length <= _MOST_LENGTH:
        return Whole(frame=received, rest=b"")
    if len(received) < 6 + length:
        return None
    return Whole(frame=received[: 6 + length], rest=received[6 + length :])


def asking_read(transaction: int, unit: int, request: ReadRequest) -> bytes:
    """The frame that asks `unit` for `request`, made in one step: agents make many.

    Args:
        transaction: 0 to 65535.
        unit: 0 to 255.
        request: Within the protocol's limits.
    """
    return _READ.pack(
        transaction, 0, _READ.size - 6, unit, request.function, request.address, request.count
    )


def judge(asked: bytes, received: bytes, where: str) -> bytes | WireError | None:
    """The complete answer to `asked`, or the error that `received` is, or None: wait for more.

    An answer fits its request in transaction, unit, function and byte count, or it is an error,
    as soon as nine bytes are there.

    Args:
        asked: The request's frame as it was sent.
        received: All bytes that came since; any bytes.
        where: The device that was asked, for the error.
    """
    if len(received) < EXCEPTION_LENGTH:
        return None
    transaction, protocol, length, unit = _HEADER.unpack_from(received)
    if fault := (
        _header_fault(protocol, length, _LEAST_ANSWER, where, received)
        or _pairing_fault(asked, transaction, unit, where, received)
        or answer_fault(
            asked[HEADER_BYTES:],
            received[HEADER_BYTES:EXCEPTION_LENGTH],
            length - 1,
            where,
            received,
        )
    ):
        return fault
    return received[: 6 + length] if len(received) >= 6 + length else None


def data(answer: bytes) -> bytes:
    """The data of a read's answer: registers' bytes by address, or bits, eight to a byte.

    Args:
        answer: As `judge` returned it.
    """
    return answer[EXCEPTION_LENGTH:]


def _header_fault(
    protocol: int, length: int, least: int, where: str, received: bytes
) -> WireError | None:
    if protocol:
        return ProtocolIdError(where, raw=received, found=protocol, expected=0)
    if not least <= length <= _MOST_LENGTH:
        limit = f"{least}..{_MOST_LENGTH}"
        return WireLengthError(where, raw=received, found=length, limit=limit)
    return None


def _pairing_fault(
    asked: bytes, transaction: int, unit: int, where: str, received: bytes
) -> WireError | None:
    expected = asked[0] << 8 | asked[1]
    if transaction != expected:
        return ForeignTransactionError(where, raw=received, found=transaction, expected=expected)
    if unit != asked[6]:
        return ForeignUnitError(where, raw=received, found=unit, expected=asked[6])
    return None
