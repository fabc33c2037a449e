"""The envelope: `##`, length of the data segment, data segment, CRC, CR LF (table 2).

The length counts bytes (Chinese text is UTF-8). A sender's CRC in lower case and a missing
CR LF are read and named; a length that lies and a CRC that does not fit are refused.
"""

from dataclasses import dataclass
from typing import Final

from device_profiles.hj212.crc import crc, modbus_crc
from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.finding import Finding, finding
from device_profiles.phrase import Words
from device_profiles.wire_errors import (
    WireAlgorithmError,
    WireChecksumError,
    WireFormError,
    WireLengthError,
)

HEAD: Final = b"##"
END: Final = b"\r\n"
MOST_SEGMENT: Final = 1024
"""The longest data segment of the standard, in bytes."""
MOST_PACKET: Final = 2 + 4 + 9999 + 4 + 2
"""The longest packet that four digits of length can announce, in bytes."""

_BODY: Final = 6
_CRC: Final = 4
_WHERE: Final = "HJ 212"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A data segment whose length and CRC hold.

    Attributes:
        segment: from its first field to the closing `&&`.
        findings: how the envelope deviates from table 2.
    """

    segment: bytes
    findings: tuple[Finding, ...] = ()


def packet_of(segment: bytes) -> bytes:
    """The packet that carries `segment`, in the strict form of table 2.

    Raises:
        ComposeError: the segment has more than 1024 bytes.
    """
    if len(segment) > MOST_SEGMENT:
        limit = f"{MOST_SEGMENT} bytes"
        raise ComposeError(_WHERE, key="data segment", found=f"{len(segment)} bytes", limit=limit)
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc(segment))


def segment_of(packet: bytes) -> Envelope:
    """The data segment of exactly one packet, whose length and CRC hold.

    Raises:
        WireFormError: no `##`, no digits where length or CRC belong.
        WireLengthError: the length field and the bytes contradict each other.
        WireAlgorithmError: the CRC is the plain Modbus CRC-16.
        WireChecksumError: the CRC does not fit.
    """
    stated = _stated_length(packet)
    body, end = _without_end(packet)
    segment, check = body[_BODY:-_CRC], body[-_CRC:]
    if len(body) < _BODY + _CRC or len(segment) != stated:
        raise _length_error(packet, segment, check, stated)
    _check(packet, segment, check)
    deviations = (
        (end != END, finding("packet_end", found=end)),
        (check != check.upper(), finding("crc_case", "CRC", check)),
        (stated > MOST_SEGMENT, finding("length_over_limit", "length", str(stated))),
    )
    return Envelope(segment=segment, findings=tuple(each for holds, each in deviations if holds))


def holds(packet: bytes) -> bool:
    """Whether `packet`, without what ends it, closes with `&&` and the CRC of its segment."""
    segment, check = packet[_BODY:-_CRC], packet[-_CRC:]
    return segment.endswith(b"&&") and check.upper() == b"%04X" % crc(segment)


def _stated_length(packet: bytes) -> int:
    if not packet.startswith(HEAD):
        raise _form(packet, "packet", "no ## at the beginning", "开头不是 ##")
    digits = packet[2:_BODY]
    if len(digits) < 4:
        raise WireLengthError(
            _WHERE, raw=packet, key="packet", found=len(packet), limit=">= 12 bytes"
        )
    if not digits.isdigit():
        raise _form(packet, "length", "the length is no four digits", "长度不是四位数字")
    return int(digits)


def _without_end(packet: bytes) -> tuple[bytes, bytes]:
    """The packet and what ends it: CR LF, half of that, or nothing."""
    for end in (END, b"\n", b"\r"):
        if packet.endswith(end):
            return packet[: -len(end)], end
    return packet, b""


def _check(packet: bytes, segment: bytes, check: bytes) -> None:
    if not _is_hex(check):
        raise _form(packet, "CRC", "the CRC is no four hex digits", "CRC 不是四位十六进制数")
    found, right = check.upper().decode(), f"{crc(segment):04X}"
    if found == right:
        return
    facts = {"key": "CRC", "found": found, "expected": right, "limit": right}
    if int(found, 16) == modbus_crc(segment):
        facts |= {"algorithm": "the plain Modbus CRC-16", "algorithm_zh": "普通 Modbus CRC-16"}
        raise WireAlgorithmError(_WHERE, raw=packet, **facts)
    raise WireChecksumError(_WHERE, raw=packet, **facts)


def _length_error(packet: bytes, segment: bytes, check: bytes, stated: int) -> WireLengthError:
    """The length error, with a note where the CRC is wrong as well."""
    wrong = WireLengthError(
        _WHERE,
        raw=packet,
        key="data segment",
        found=len(segment),
        limit=Words(f"{stated} as stated", f"声明的 {stated}"),
    )
    if _is_hex(check) and int(check, 16) != crc(segment):
        wrong.add_note(f"the CRC is wrong too: {check.upper().decode()}, not {crc(segment):04X}")
    return wrong


def _is_hex(check: bytes) -> bool:
    return len(check) == _CRC and all(byte in b"0123456789ABCDEFabcdef" for byte in check)


def _form(packet: bytes, key: str, what: str, what_zh: str) -> WireFormError:
    return WireFormError(_WHERE, raw=packet, key=key, limit="table 2", what=what, what_zh=what_zh)
