"""Answers to Modbus read requests out of an image of words; no input or output.

Source: MODBUS Application Protocol Specification V1.1b3, clauses 6.1 to 6.4 and 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from device_profiles.modbus.errors import IllegalRequestError
from device_profiles.modbus.pdu import (
    EXCEPTION_FLAG,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ExceptionAnswer,
    ReadAnswer,
    answering,
    packed,
    request_of,
)
from device_profiles.plan import ReadRequest

DEVICE_FAILURE = 4
GATEWAY_TARGET_FAILED = 0x0B

Words: TypeAlias = Mapping[tuple[int, int], int]
Gaps: TypeAlias = Literal["zero", "exception"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """All that an instrument can be asked for at one instant.

    Attributes:
        words: word (or bit) by function code and address.
        gaps: what stands between covered addresses of one function: 0, or exception 2.
    """

    words: Words
    gaps: Gaps


def answer(pdu: bytes, image: Image) -> bytes:
    """The reply's PDU: data for function codes 1 to 4, else an exception."""
    try:
        request = request_of(pdu, "modbus request")
    except IllegalRequestError as wrong:
        return exception(pdu[0], wrong.exception_code)
    if not isinstance(request, ReadRequest):
        return exception(pdu[0], ILLEGAL_FUNCTION)
    words = _read(image, request)
    if words is None:
        return exception(pdu[0], ILLEGAL_ADDRESS)
    function = request.function
    return answering(ReadAnswer(function=function, data=packed(function, words)))


def exception(function: int, code: int) -> bytes:
    """The PDU of an exception."""
    return answering(ExceptionAnswer(function=function & ~EXCEPTION_FLAG, exception_code=code))


def _read(image: Image, request: ReadRequest) -> list[int] | None:
    covered = [at for code, at in image.words if code == request.function]
    if not covered or request.address < min(covered) or request.end - 1 > max(covered):
        return None
    addresses = range(request.address, request.end)
    words = [image.words.get((request.function, at)) for at in addresses]
    if image.gaps == "exception" and None in words:
        return None
    return [word or 0 for word in words]
