"""Frames from 68 to a sum and 16: what DL/T 645 and CJ/T 188 have in common (pure, sans-IO).

    [FE ...] 68 ADDRESS [68] C L DATA CS 16

FE bytes wake the receiver and belong to no frame. L counts DATA; CS is the sum modulo 256 of
all bytes from the first 68 to the last of DATA.
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.conversation import Whole
from device_profiles.item_errors import DeviceAddressError
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireChecksumError, WireFormError, WireLengthError

WAKE: Final = b"\xfe"
START: Final = 0x68
END: Final = 0x16
_TAIL: Final = 2
"""CS and 16."""
_DIGIT_PAIRS: Final = frozenset(
    [0xAA, *(16 * high + low for high in range(10) for low in range(10))]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where the fixed parts of a protocol's frame stand, counted from its first 68.

    Attributes:
        protocol: the protocol's name, for messages.
        address: first and last (excluded) offset of the address.
        second_start: offset of the second 68; 0 where there is none.
        header: number of bytes up to L, L included.
    """

    protocol: str
    address: tuple[int, int]
    second_start: int
    header: int


def address_text(raw: bytes, shape: Shape) -> str:
    """The address in `raw`, sent least significant byte first, as digits; AA stands for any pair.

    Raises:
        WireFormError: a byte is neither two decimal digits nor AA.
    """
    if not _DIGIT_PAIRS.issuperset(raw):
        what = "an address byte is neither two decimal digits nor AA"
        what_zh = "地址字节既不是两位十进制数也不是 AA"
        raise WireFormError(shape.protocol, raw=raw, limit="00..99, AA", what=what, what_zh=what_zh)
    return raw[::-1].hex().upper()


def address_bytes(address: str, shape: Shape) -> bytes:
    """The address as it travels; the inverse of `address_text`.

    Raises:
        FitError: not as many digits as the protocol has.
    """
    first, last = shape.address
    length = 2 * (last - first)
    pairs = [address[index : index + 2] for index in range(0, length, 2)]
    fits = len(address) == length and all(
        pair == "AA" or (pair.isascii() and pair.isdecimal()) for pair in pairs
    )
    if not fits:
        form, limit = f"{shape.protocol} address", f"{length} digits, AA for any two"
        raise FitError(shape.protocol, key="address", found=address[:40], format=form, limit=limit)
    return bytes.fromhex(address)[::-1]


def require_address(where: str, address: str, shape: Shape, form: str) -> None:
    """Raises DeviceAddressError for text that is neither empty nor an address of the protocol.

    Args:
        where: Whose address it is to be.
        address: The text.
        shape: Of the protocol's frames.
        form: What an address is, for people.
    """
    try:
        address_bytes(address or "AA" * (shape.address[1] - shape.address[0]), shape)
    except FitError:
        raise DeviceAddressError(where, key="address", found=address, limit=form) from None


def matches(pattern: str, address: str) -> bool:
    """True where `address` is meant by `pattern`, in which AA stands for any two digits."""
    return len(pattern) == len(address) and all(
        pattern[index : index + 2] in {"AA", address[index : index + 2]}
        for index in range(0, len(pattern), 2)
    )


def seal(body: bytes, preamble: int) -> bytes:
    """A frame from its bytes up to the last of DATA, after `preamble` FE bytes."""
    return WAKE * preamble + body + bytes([sum(body) % 256, END])


def unseal(raw: bytes, shape: Shape) -> bytes:
    """The bytes of one whole frame from its first 68 to the last of DATA.

    Raises:
        WireFormError: 68 or 16 is not where it has to be.
        WireLengthError: too short, too long, or not as long as L says.
        WireChecksumError: CS does not fit.
    """
    frame = raw.lstrip(WAKE)
    _check_starts(frame, raw, shape)
    found, expected = len(frame), shape.header + frame[shape.header - 1] + _TAIL
    if found != expected:
        raise WireLengthError(shape.protocol, raw=raw, found=found, limit=f"{expected} bytes")
    total = sum(frame[:-_TAIL]) % 256
    if frame[-2] != total:
        facts = {"found": f"{frame[-2]:02X}", "expected": f"{total:02X}"}
        raise WireChecksumError(shape.protocol, raw=raw, **facts)
    if frame[-1] != END:
        _refuse_byte(raw, shape, "the last byte", "末字节", "16")
    return frame[:-_TAIL]


def _check_starts(frame: bytes, raw: bytes, shape: Shape) -> None:
    least = shape.header + _TAIL
    if len(frame) < least:
        limit = f"at least {least} bytes"
        raise WireLengthError(shape.protocol, raw=raw, found=len(frame), limit=limit)
    if frame[0] != START:
        _refuse_byte(raw, shape, "the first byte", "首字节", "68")
    if frame[shape.second_start] != START:
        _refuse_byte(raw, shape, "the byte after the address", "地址域后的字节", "68")


def _refuse_byte(raw: bytes, shape: Shape, place: str, place_zh: str, limit: str) -> None:
    what, what_zh = f"{place} is not {limit}", f"{place_zh}不是 {limit}"
    raise WireFormError(shape.protocol, raw=raw, limit=limit, what=what, what_zh=what_zh)


def cut(received: bytes, shape: Shape) -> Whole | None:
    """The first sound frame in `received`; without one, the first that ended but is not sound.

    None where nothing has ended, or where a beginning after a damaged frame may still become a
    sound one. A beginning is 68 with a second 68 in its place or, in a protocol without one, with
    an address of digits; of one whose end is not there yet, every address byte so far must be
    digits. A sound frame inside a longer beginning counts: the longer one may be noise.

    The work is one pass and, where an end byte stands in its place, one sum of at most 267 bytes.
    """
    damaged: Whole | None = None
    unfinished = False
    start = received.find(START)
    while start >= 0:
        end = _end(received, start, shape)
        if end > len(received):
            unfinished = True
        elif end > start and _is_sound(received[start:end]):
            return Whole(frame=received[start:end], rest=received[end:])
        elif end > start:
            damaged = damaged or Whole(frame=received[start:end], rest=received[end:])
        start = received.find(START, start + 1)
    return None if unfinished else damaged


def _end(received: bytes, start: int, shape: Shape) -> int:
    """Where the frame from `start` ends: past the bytes if it is unfinished, 0 if it is none."""
    head = received[start : start + shape.header]
    if head[shape.second_start : shape.second_start + 1] not in {b"", b"\x68"}:
        return 0
    digits = _DIGIT_PAIRS.issuperset(head[slice(*shape.address)])
    if len(head) < shape.header:
        return len(received) + 1 if digits else 0
    end = start + shape.header + head[-1] + _TAIL
    return end if digits or (shape.second_start and end <= len(received)) else 0


def _is_sound(frame: bytes) -> bool:
    return frame[-1] == END and sum(frame[:-_TAIL]) % 256 == frame[-2]
