"""One frame of any protocol, as a person gives it, and what it says (pure).

A protocol's package says it with a function that takes the frame's bytes, returns plain names and
numbers, and raises nothing but WireError. Its module may hold `ZH`, the names and phrases in
Chinese. Packages are imported when they are asked for.
"""

import math
import re
from binascii import Error, a2b_hex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from device_profiles.errors import DecoderError, FrameTextError
from device_profiles.wire_errors import WireError

MOST_BYTES: Final = 65_536
"""The longest text that is taken for a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Where a protocol's frames are told.

    Attributes:
        module: Holds the function, and perhaps `ZH`.
        function: Takes a frame's bytes.
        mark: What a frame begins with that is given as text; empty where it is never text.
        is_text: Whether what is not hex is text too, mark or not.
    """

    module: str
    function: str = "told"
    mark: bytes = b""
    is_text: bool = False


PROTOCOLS: Final[Mapping[str, Decoder]] = MappingProxyType(
    {
        "dlt645": Decoder(module="device_profiles.dlt645.told"),
        "cjt188": Decoder(module="device_profiles.cjt188.told"),
        "hj212": Decoder(module="device_profiles.hj212.told", mark=b"##", is_text=True),
        "iec62056-21": Decoder(module="device_profiles.iec62056.told", mark=b"/"),
        "mbus": Decoder(module="device_profiles.mbus.told"),
        "modbus-rtu": Decoder(module="device_profiles.modbus.told", function="told_rtu"),
        "modbus-ascii": Decoder(
            module="device_profiles.modbus.told", function="told_ascii", mark=b":", is_text=True
        ),
        "modbus-tcp": Decoder(module="device_profiles.modbus.told", function="told_tcp"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a frame says.

    Attributes:
        content: Plain names and numbers: what JSON can hold.
        zh: Names and phrases of it in Chinese.
    """

    content: dict[str, object]
    zh: Mapping[str, str]


def frame_of(given: bytes, protocol: str) -> bytes:
    """The bytes of the frame that a person gave, in hex or as text.

    Text without control characters lost them on its way: CR and LF are put where a line ends.

    Raises:
        FrameTextError: It is neither hex nor, for this protocol, text; or it is too long.
    """
    decoder = PROTOCOLS[protocol]
    if len(given) > MOST_BYTES:
        what, what_zh = "this is too long for a frame", "对一帧而言过长"
        raise FrameTextError(protocol, what=what, what_zh=what_zh, limit=f"1..{MOST_BYTES}")
    if decoder.mark and given.lstrip().startswith(decoder.mark):
        return _with_line_ends(given)
    frame = _from_hex(given)
    if frame:
        return frame
    if decoder.is_text and given.strip():
        return _with_line_ends(given)
    what, what_zh = "these are no pairs of hex digits", "不是成对的十六进制数字"
    raise FrameTextError(protocol, what=what, what_zh=what_zh, limit=f"1..{MOST_BYTES}")


def told_of(frame: bytes, protocol: str) -> Told:
    """What a frame says.

    Raises:
        WireError: The frame must be refused; its place is the protocol's name.
        DecoderError: The protocol's codec is not installed.
    """
    module = _module(protocol)
    tell: Callable[[bytes], dict[str, object]] = getattr(module, PROTOCOLS[protocol].function)
    try:
        told = tell(frame)
    except WireError as wrong:
        wrong.where = protocol
        raise
    content = {str(key): plain(value) for key, value in told.items()}
    return Told(content=content, zh=getattr(module, "ZH", {}))


def plain(value: object) -> object:
    """A value as JSON can hold it: hex for bytes, ISO 8601 for times, null for no number.

    A decimal becomes a number where that keeps all its digits, else text.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return _single(value)


def _single(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return _number_of(value)
    if isinstance(value, bytes):
        return value.hex(" ").upper()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _number_of(value: Decimal) -> object:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _module(protocol: str) -> Any:  # noqa: ANN401 - a module has the attributes it has
    name = PROTOCOLS[protocol].module
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{name}.".startswith(f"{missing.name}."):
            raise
        raise DecoderError(protocol, found=protocol) from None


def _from_hex(given: bytes) -> bytes:
    """The bytes that pairs of hex digits stand for; none where there are no such pairs."""
    parts = [part for part in re.split(rb"[\s:,]+", given.strip()) if part]
    digits = [part[2:] if part[:2].lower() == b"0x" else part for part in parts]
    try:
        return b"".join(a2b_hex(each) for each in digits)
    except Error:
        return b""


def _with_line_ends(given: bytes) -> bytes:
    text = given.lstrip().replace(rb"\r\n", b"\r\n")
    if any(byte < 0x20 and byte != 0x0A for byte in text):
        return text
    return text.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"
