"""The frames of M-Bus's link layer, both ways (EN 13757-2): E5, 10..16 and 68..16.

The checksum is the sum modulo 256 of control, address, control information and data. It finds
every change of one byte; the bytes outside it are fixed, or stand twice.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from device_profiles.conversation import Whole
from device_profiles.wire_errors import WireChecksumError, WireFormError, WireLengthError

Kind = Literal["SND_NKE", "REQ_UD1", "REQ_UD2", "SND_UD", "RSP_UD"]

ACKNOWLEDGEMENT: Final = b"\xe5"
SELECTED: Final = 0xFD
"""Address of whichever device a secondary address has selected."""
ANSWERED_BY_ALL: Final = 0xFE
"""Broadcast that is answered: for lines with one device."""
HEARD_BY_ALL: Final = 0xFF
"""Broadcast that is not answered."""
MOST_DATA_BYTES: Final = 252
LONGEST: Final = MOST_DATA_BYTES + 9

_SHORT, _LONG, _STOP = 0x10, 0x68, 0x16
_MOST_HELD: Final = 16 * LONGEST
_SHORT_KINDS: Final[MappingProxyType[int, Kind]] = MappingProxyType(
    {0x40: "SND_NKE", 0x5A: "REQ_UD1", 0x7A: "REQ_UD1", 0x5B: "REQ_UD2", 0x7B: "REQ_UD2"}
)
_TO_DEVICE: Final[dict[int, Kind]] = dict.fromkeys((0x43, 0x53, 0x63, 0x73), "SND_UD")
_FROM_DEVICE: Final[dict[int, Kind]] = dict.fromkeys((0x08, 0x18, 0x28, 0x38), "RSP_UD")
_LONG_KINDS: Final[MappingProxyType[int, Kind]] = MappingProxyType(_TO_DEVICE | _FROM_DEVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The single character E5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortFrame:
    """A request without data.

    Attributes:
        control: C field: 40 SND_NKE, 5A or 7A REQ_UD1, 5B or 7B REQ_UD2.
        address: A field, 0 to 255.
    """

    control: int
    address: int

    @property
    def kind(self) -> Kind:
        """What the C field asks for."""
        return _SHORT_KINDS[self.control]

    @property
    def frame_count_bit(self) -> bool:
        """FCB: toggled for the next telegram, kept to have the last one again."""
        return bool(self.control & 0x20)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongFrame:
    """A frame with data; without any it is what the standard calls a control frame.

    Attributes:
        control: C field: 43, 53, 63, 73 SND_UD; 08, 18, 28, 38 RSP_UD.
        address: A field, 0 to 255.
        information: CI field, how `data` is to be read.
        data: what follows, 0 to 252 bytes.
    """

    control: int
    address: int
    information: int
    data: bytes = b""

    @property
    def kind(self) -> Kind:
        """What the C field says."""
        return _LONG_KINDS[self.control]


Frame: TypeAlias = Acknowledgement | ShortFrame | LongFrame


def encode(frame: Frame) -> bytes:
    """The bytes of `frame`."""
    if isinstance(frame, Acknowledgement):
        return ACKNOWLEDGEMENT
    if isinstance(frame, ShortFrame):
        body = bytes((frame.control, frame.address))
        return bytes((_SHORT, *body, _checksum(body), _STOP))
    body = bytes((frame.control, frame.address, frame.information)) + frame.data
    start = bytes((_LONG, len(body), len(body), _LONG))
    return start + body + bytes((_checksum(body), _STOP))


def decode(raw: bytes) -> Frame:
    """The frame that all of `raw` is.

    Raises:
        WireLengthError: too short or too long for its kind or its length field.
        WireFormError: start, stop, repeated length or C field is none of M-Bus's.
        WireChecksumError: the sum does not fit.
    """
    if raw == ACKNOWLEDGEMENT:
        return Acknowledgement()
    if raw[:1] == bytes((_SHORT,)):
        _exactly(raw, 5)
        _closed(raw, 1)
        _known(raw, raw[1], _SHORT_KINDS)
        return ShortFrame(control=raw[1], address=raw[2])
    _long_start(raw)
    _exactly(raw, raw[1] + 6)
    _closed(raw, 4)
    _known(raw, raw[4], _LONG_KINDS)
    return LongFrame(control=raw[4], address=raw[5], information=raw[6], data=raw[7:-2])


def cut(received: bytes) -> Whole | None:
    """The first whole frame in `received`, a `FrameCut`.

    A long frame whose sum holds counts at once. E5 has no sum, and a short frame a small one, so
    they count only outside whatever else has begun. A frame whose sum fails is cut only where
    start, length and stop are right and nothing else has begun. What is held is bounded.
    """
    failed: Whole | None = None
    begun, taken = False, 0
    for start, byte in enumerate(received):
        size = _size_at(received, start, byte)
        if size == 0 or (size < 9 and (begun or start < taken)):
            continue
        piece = received[start : start + size]
        if len(piece) < size:
            begun = True
            continue
        whole = Whole(frame=piece, rest=received[start + size :])
        if _holds(piece):
            return whole
        if piece[-1] == _STOP:
            failed, taken = failed or whole, max(taken, start + size)
    if begun and len(received) <= _MOST_HELD:
        return None
    return failed or _held_too_long(received)


def _held_too_long(received: bytes) -> Whole | None:
    return Whole(frame=received, rest=b"") if len(received) > _MOST_HELD else None


def _size_at(received: bytes, start: int, byte: int) -> int:
    """Bytes of the frame that may begin at `start`, 0 where none can."""
    if byte == ACKNOWLEDGEMENT[0]:
        return 1
    if byte == _SHORT:
        known = start + 1 >= len(received) or received[start + 1] in _SHORT_KINDS
        return 5 if known else 0
    return _long_size(received[start : start + 4]) if byte == _LONG else 0


def _long_size(head: bytes) -> int:
    if len(head) > 1 and head[1] < 3:
        return 0
    if len(head) > 2 and head[2] != head[1]:
        return 0
    if len(head) > 3 and head[3] != _LONG:
        return 0
    return head[1] + 6 if len(head) > 1 else 9


def _holds(piece: bytes) -> bool:
    if piece == ACKNOWLEDGEMENT:
        return True
    body = piece[1:-2] if piece[0] == _SHORT else piece[4:-2]
    return piece[-1] == _STOP and _checksum(body) == piece[-2]


def _checksum(body: bytes) -> int:
    return sum(body) & 0xFF


def _exactly(raw: bytes, size: int) -> None:
    if len(raw) != size:
        raise WireLengthError("m-bus frame", raw=raw, found=len(raw), limit=size)


def _closed(raw: bytes, covered_from: int) -> None:
    if raw[-1] != _STOP:
        what, what_zh = "the last byte is not 16", "末字节不是 16"
        raise WireFormError("m-bus frame", raw=raw, what=what, what_zh=what_zh, limit="16")
    fits = _checksum(raw[covered_from:-2])
    if fits != raw[-2]:
        found, expected = f"{raw[-2]:02X}", f"{fits:02X}"
        raise WireChecksumError("m-bus frame", raw=raw, found=found, expected=expected)


def _long_start(raw: bytes) -> None:
    if raw[:1] != bytes((_LONG,)):
        what, what_zh = "no frame begins so", "帧不以此开头"
        limit = "E5, 10, 68"
        raise WireFormError("m-bus frame", raw=raw, what=what, what_zh=what_zh, limit=limit)
    if len(raw) < 9:
        raise WireLengthError("m-bus frame", raw=raw, found=len(raw), limit=">= 9")
    if raw[1] != raw[2] or raw[3] != _LONG or raw[1] < 3:
        what, what_zh = "the length does not stand twice between two 68", "长度未在两个 68 之间重复"
        raise WireFormError("m-bus frame", raw=raw, what=what, what_zh=what_zh, limit="68 L L 68")


def _known(raw: bytes, control: int, kinds: MappingProxyType[int, Kind]) -> None:
    if control not in kinds:
        what, what_zh = f"C field {control:02X} is unknown", f"未知控制字段 {control:02X}"
        limit = " ".join(f"{each:02X}" for each in sorted(kinds))
        raise WireFormError("m-bus frame", raw=raw, what=what, what_zh=what_zh, limit=limit)
