"""The PDU of Modbus, both ways: function code and data, the same in every framing.

Reads (functions 1 to 4), device identification (43/14), server id (17) and exceptions are
understood; every other function is carried as it is.

Source: Modbus Application Protocol V1.1b3, clauses 4.1, 6.1 to 6.4 and 7.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from device_profiles.modbus.errors import (
    ByteCountError,
    ForeignFunctionError,
    IllegalRequestError,
    ShortAnswerError,
    refusal,
)
from device_profiles.modbus.identification import (
    IDENTIFICATION_TYPE,
    IDENTIFY,
    SERVER_ID,
    IdentificationAnswer,
    IdentificationRequest,
    ServerIdAnswer,
    ServerIdRequest,
    answering_objects,
    asking_objects,
    objects_answer,
    objects_request,
    server_id_answer,
)
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import WireError, WireFormError, WireLengthError

READ_LIMITS: Final[Mapping[int, int]] = MappingProxyType({1: 2000, 2: 2000, 3: 125, 4: 125})
"""Most items one read may ask for, by function code."""
LONGEST_PDU: Final = 253
EXCEPTION_FLAG: Final = 0x80
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3

_READ = struct.Struct(">BHH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adu:
    """A PDU with whom it concerns.

    Attributes:
        unit: Unit id (server address), 0 to 255.
        pdu: 1 to 253 bytes.
        transaction: 0 to 65535; None where the framing has none.
    """

    unit: int
    pdu: bytes
    transaction: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswer:
    """What was read: bits from the least of the first byte on, or registers, high byte first."""

    function: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionAnswer:
    """A refusal of `function` with an exception code, 0 to 255."""

    function: int
    exception_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A function that is not understood here, with its data; request or answer."""

    function: int
    data: bytes


Request: TypeAlias = ReadRequest | IdentificationRequest | ServerIdRequest | Opaque
Answer: TypeAlias = ReadAnswer | IdentificationAnswer | ServerIdAnswer | ExceptionAnswer | Opaque


def asking(request: Request) -> bytes:
    """The PDU of a request within the protocol's limits."""
    match request:
        case ReadRequest():
            return _READ.pack(request.function, request.address, request.count)
        case IdentificationRequest():
            return asking_objects(request)
        case ServerIdRequest():
            return bytes([SERVER_ID])
        case Opaque():
            return bytes([request.function]) + request.data


def request_of(pdu: bytes, where: str) -> Request:
    """What a PDU asks for.

    Raises:
        WireLengthError: It is empty.
        IllegalRequestError: It is none, or breaks a limit; says what a device answers.
    """
    function = _function_of(pdu, where)
    if not 1 <= function < EXCEPTION_FLAG:
        raise _illegal(
            where, pdu, ILLEGAL_FUNCTION, ("function code", "功能码"), function, "1..127"
        )
    if function in READ_LIMITS:
        return _read_request(pdu, where)
    if pdu[:2] == bytes([IDENTIFY, IDENTIFICATION_TYPE]):
        return objects_request(pdu, where)
    if function == SERVER_ID and len(pdu) == 1:
        return ServerIdRequest()
    return Opaque(function=function, data=pdu[1:])


def answering(answer: Answer) -> bytes:
    """The PDU of an answer that fits one PDU."""
    match answer:
        case ReadAnswer():
            return bytes([answer.function, len(answer.data)]) + answer.data
        case ExceptionAnswer():
            return bytes([answer.function | EXCEPTION_FLAG, answer.exception_code])
        case IdentificationAnswer():
            return answering_objects(answer)
        case ServerIdAnswer():
            return bytes([SERVER_ID, len(answer.data)]) + answer.data
        case Opaque():
            return bytes([answer.function]) + answer.data


def answer_of(pdu: bytes, where: str) -> Answer:
    """What a PDU answers.

    Raises:
        WireLengthError: It is empty, or its length does not fit its function.
        ByteCountError: The byte count does not fit the PDU, or the function.
        WireFormError: No function has this code; a flag is neither of two.
    """
    function = _function_of(pdu, where)
    if function & ~EXCEPTION_FLAG == 0:
        raise WireFormError(where, raw=pdu, what="function code 0", what_zh="功能码为 0")
    if function & EXCEPTION_FLAG:
        if len(pdu) != 2:
            raise WireLengthError(where, raw=pdu, found=len(pdu), limit=2)
        return ExceptionAnswer(function=function & ~EXCEPTION_FLAG, exception_code=pdu[1])
    if function in READ_LIMITS:
        return _read_answer(pdu, where)
    if pdu[:2] == bytes([IDENTIFY, IDENTIFICATION_TYPE]):
        return objects_answer(pdu, where)
    if function == SERVER_ID:
        return server_id_answer(pdu, where)
    return Opaque(function=function, data=pdu[1:])


def data_bytes(function: int, count: int) -> int:
    """How many bytes of data `count` bits (functions 1, 2) or registers (3, 4) are."""
    return 2 * count if function >= 3 else (count + 7) // 8


def packed(function: int, words: Sequence[int]) -> bytes:
    """The data of an answer: bits as 0 or 1 (functions 1, 2), registers 0 to 65535 (3, 4)."""
    if function >= 3:
        return struct.pack(f">{len(words)}H", *words)
    bits = sum(1 << place for place, word in enumerate(words) if word)
    return bits.to_bytes(data_bytes(function, len(words)), "little")


def unpacked(function: int, count: int, data: bytes) -> tuple[int, ...]:
    """The first `count` bits or registers in `data`, which is long enough; inverse of `packed`."""
    if function >= 3:
        return struct.unpack_from(f">{count}H", data)
    bits = int.from_bytes(data, "little")
    return tuple(bits >> place & 1 for place in range(count))


def answer_fault(
    asked: bytes, answer: bytes, length: int, where: str, raw: bytes
) -> WireError | None:
    """Why a PDU is not the answer to another, as far as its first two bytes tell; None if it is.

    Args:
        asked: The request's PDU.
        answer: The answer's PDU, or its beginning; at least 2 bytes.
        length: Of the answer's PDU, as its frame says.
        where: The device that was asked, for the error.
        raw: All bytes that came, for the error.
    """
    function, found = answer[0], answer[1]
    if function != asked[0]:
        return _function_fault(asked[0], answer, length, where, raw)
    if function not in READ_LIMITS:
        return None
    expected = data_bytes(function, asked[3] << 8 | asked[4])
    if found == expected == length - 2:
        return None
    if length != found + 2:
        return ByteCountError(where, raw=raw, found=found, expected=length - 2)
    kind = ShortAnswerError if found < expected else ByteCountError
    return kind(where, raw=raw, found=found, expected=expected)


def _function_fault(
    asked: int, answer: bytes, length: int, where: str, raw: bytes
) -> WireError | None:
    if answer[0] != asked | EXCEPTION_FLAG:
        return ForeignFunctionError(where, raw=raw, found=answer[0], expected=asked)
    if length != 2:
        return WireLengthError(where, raw=raw, found=length, limit=2)
    return refusal(where, raw=raw, exception_code=answer[1])


def _function_of(pdu: bytes, where: str) -> int:
    if not 1 <= len(pdu) <= LONGEST_PDU:
        limit = f"1..{LONGEST_PDU}"
        raise WireLengthError(where, raw=pdu, found=len(pdu), limit=limit)
    return pdu[0]


def _read_request(pdu: bytes, where: str) -> ReadRequest:
    if len(pdu) != _READ.size:
        raise _illegal(where, pdu, ILLEGAL_VALUE, ("length", "长度"), len(pdu), "5")
    function, address, count = _READ.unpack(pdu)
    most = READ_LIMITS[function]
    if not 1 <= count <= most:
        raise _illegal(where, pdu, ILLEGAL_VALUE, ("quantity", "数量"), count, f"1..{most}")
    if address + count > 0x10000:
        last = address + count - 1
        raise _illegal(where, pdu, ILLEGAL_ADDRESS, ("last address", "末地址"), last, "65535")
    return ReadRequest(function=function, address=address, count=count)


def _read_answer(pdu: bytes, where: str) -> ReadAnswer:
    found = pdu[1] if len(pdu) > 1 else 0
    if len(pdu) < 3 or found != len(pdu) - 2 or (pdu[0] >= 3 and found % 2):
        raise ByteCountError(where, raw=pdu, found=found, expected=max(0, len(pdu) - 2))
    return ReadAnswer(function=pdu[0], data=pdu[2:])


def _illegal(
    where: str, pdu: bytes, code: int, what: tuple[str, str], found: int, limit: str
) -> IllegalRequestError:
    return IllegalRequestError(
        where,
        raw=pdu,
        exception_code=code,
        what=what[0],
        what_zh=what[1],
        found=found,
        limit=limit,
    )
