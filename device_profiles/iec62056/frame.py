"""The messages of IEC 62056-21, both ways (mode C).

Blocks and commands end with a block check character, the exclusive or of all bytes after the
first up to and including ETX: it finds every change of one byte, and the bytes outside it are
fixed by the format. Sign-on, identification and option have no check at all.
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import Final, TypeAlias

from device_profiles.iec62056.pattern import (
    ACK,
    COMMAND,
    ETX,
    IDENTIFICATION,
    NAK,
    OPTION,
    SIGN_ON,
    SOH,
    STX,
    TEXT,
)
from device_profiles.wire_errors import WireChecksumError, WireFormError, WireLengthError

SPEEDS_BIT_S: Final = MappingProxyType(
    {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19200}
)
"""Speeds of mode C by the identification's baud character."""
FIRST_SPEED_BIT_S: Final = 300
MOST_BLOCK_BYTES: Final = 64 * 1024
_END: Final = b"!\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """Request `/?address!`: who is there? An empty address means any meter."""

    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What a meter answers to a sign-on.

    Attributes:
        manufacturer: three letters; a small third one promises a short reaction time.
        baud: baud character; `SPEEDS_BIT_S` has those of mode C.
        text: what else the meter says of itself.
    """

    manufacturer: str
    baud: str
    text: str = ""

    @property
    def offers_mode_e(self) -> bool:
        """True where the text begins with the escape sequence of mode E."""
        return self.text.startswith("\\2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Acknowledgement of an identification, with what is wanted.

    Attributes:
        protocol: "0" for the normal one.
        baud: baud character of the speed that follows.
        mode: "0" data readout, "1" programming mode.
    """

    protocol: str = "0"
    baud: str = "0"
    mode: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of programming mode, such as R5 with a data set, or B0 without.

    Attributes:
        code: letter and digit.
        data: the data set between STX and ETX; empty where there is none.
    """

    code: str
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Data between STX and ETX: a whole readout with its closing `!`, or one answer."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """ACK alone: a command was carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """NAK: the message before was not understood."""


Message: TypeAlias = SignOn | Identification | Option | Command | Block | Acknowledged | Repeat


def encode(message: Message) -> bytes:
    """The bytes of `message`; the caller's texts are printable ASCII without the marks."""
    match message:
        case Command():
            data = STX + message.data if message.data else b""
            return _checked(SOH + message.code.encode("ascii") + data + ETX)
        case Block():
            return _checked(STX + message.data + ETX)
        case Acknowledged():
            return ACK
        case Repeat():
            return NAK
    return _line_of(message).encode("ascii")


def _line_of(message: SignOn | Identification | Option) -> str:
    match message:
        case SignOn():
            return f"/?{message.address}!\r\n"
        case Identification():
            return f"/{message.manufacturer}{message.baud}{message.text}\r\n"
    return f"\x06{message.protocol}{message.baud}{message.mode}\r\n"


def decode(raw: bytes) -> Message:
    """The message that all of `raw` is; bit 7 has to be masked off before, see `parity`.

    Raises:
        WireFormError: no message of this protocol.
        WireChecksumError: the block check character does not fit.
        WireLengthError: a block or command without end, or too long.
    """
    if raw[:1] in {STX, SOH}:
        return _decode_checked(raw)
    if raw in {ACK, NAK}:
        return Acknowledged() if raw == ACK else Repeat()
    return _decode_unchecked(raw)


def block_check(covered: bytes) -> int:
    """The exclusive or of `covered`, which begins after STX or SOH and ends with ETX."""
    return reduce(xor, covered, 0)


def _checked(raw: bytes) -> bytes:
    return raw + bytes((block_check(raw[1:]),))


def _decode_checked(raw: bytes) -> Block | Command:
    if not 4 <= len(raw) <= MOST_BLOCK_BYTES:
        limit = f"4..{MOST_BLOCK_BYTES}"
        raise WireLengthError("iec 62056-21 block", raw=raw, found=len(raw), limit=limit)
    if raw[-2:-1] != ETX:
        raise _form(raw, "ETX is not the last byte but one", "倒数第二字节不是 ETX", "03")
    fits = block_check(raw[1:-1])
    if fits != raw[-1]:
        found, expected = f"{raw[-1]:02X}", f"{fits:02X}"
        raise WireChecksumError("iec 62056-21 block", raw=raw, found=found, expected=expected)
    return _block(raw) if raw[:1] == STX else _command(raw)


def _block(raw: bytes) -> Block:
    data = raw[1:-2]
    if not TEXT.fullmatch(data) or not (b"(" in data or data.endswith(_END)):
        limit = "text with (...), or closed by !"
        raise _form(raw, "the block holds no data lines", "数据块中没有数据行", limit)
    return Block(data=data)


def _command(raw: bytes) -> Command:
    found = COMMAND.fullmatch(raw[1:-2])
    if found is None:
        limit = "P W R E B with a digit"
        raise _form(raw, "no command of programming mode", "不是编程模式命令", limit)
    return Command(code=found["code"].decode("ascii"), data=found["data"] or b"")


def _decode_unchecked(raw: bytes) -> SignOn | Identification | Option:
    if found := SIGN_ON.fullmatch(raw):
        return SignOn(address=found["address"].decode("ascii"))
    if found := OPTION.fullmatch(raw):
        protocol, baud, mode = (found[name].decode("ascii") for name in ("v", "z", "y"))
        return Option(protocol=protocol, baud=baud, mode=mode)
    if found := IDENTIFICATION.fullmatch(raw):
        maker, baud, text = (found[name].decode("ascii") for name in ("maker", "baud", "text"))
        return Identification(manufacturer=maker, baud=baud, text=text)
    raise _form(raw, "no message begins and ends so", "报文格式不符", "/ ACK NAK SOH STX")


def _form(raw: bytes, what: str, what_zh: str, limit: str) -> WireFormError:
    return WireFormError("iec 62056-21 message", raw=raw, what=what, what_zh=what_zh, limit=limit)
