"""The reader's side: whole readouts, and single items in programming mode (sans-IO).

    /?!  ->  /XXXZ...          at 300 bit/s, with which every talk begins
    ACK 0 Z 0  ->  STX ... ETX BCC      at the speed that Z names

A talk leaves the line at that speed: whoever holds it sets 300 bit/s, 7E1, before the next one.
An identification does not say which address answered; where a readout has the meter's number
(0.0.0 or C.1.0), the profile compares it.
"""

from collections.abc import Generator
from typing import Final, TypeVar

from device_profiles.conversation import Conversation, Say
from device_profiles.errors import LimitError
from device_profiles.iec62056.cut import cut_checked, cut_line, nothing_awaited
from device_profiles.iec62056.frame import (
    FIRST_SPEED_BIT_S,
    SPEEDS_BIT_S,
    Block,
    Command,
    Identification,
    Message,
    Option,
    Repeat,
    SignOn,
    decode,
    encode,
)
from device_profiles.iec62056.parity import EIGHT_BITS, for_line, masking
from device_profiles.iec62056.pattern import SIGN_ON
from device_profiles.iec62056.readout import data_sets
from device_profiles.wire_errors import WireForeignError, WireFormError, WireRefusedError

MOST_OVERHEARD: Final = 8
"""Echoes and other messages that are listened past before a talk is given up."""
READOUT: Final = "0"
PROGRAMMING: Final = "1"
BREAK: Final = encode(Command(code="B0"))
_REFUSAL: Final = b"(ER"

M = TypeVar("M", Identification, Command, Block)


def readout(address: str = "", *, mask: int = EIGHT_BITS) -> Conversation:
    """Asks for a whole readout; returns the data lines between STX and ETX, their check proven.

    Args:
        address: the meter's; empty where one meter alone is on the line.
        mask: 7F where a gateway passes the parity bit, else FF; see `parity`.

    Raises:
        LimitError: no such address or mask.
        WireRefusedError: the meter answers NAK, breaks off, or sends an error.
        WireFormError: the meter identifies itself with a speed that is none of mode C.
        WireError: an answer is not sound.
    """
    block = yield from _chosen(address, READOUT, Block, mask)
    return _unrefused(block)


def read_item(identifier: str, address: str = "", *, mask: int = EIGHT_BITS) -> Conversation:
    """Asks for one item in programming mode, R5; returns the bytes between STX and ETX.

    Meters that want a password first are not served. The last step sends B0, so that the meter
    listens at 300 bit/s again at once; nothing answers it, and its cut is content with no bytes.

    Args:
        identifier: as the meter writes it, such as 1.8.0.
        address: as for `readout`.
        mask: as for `readout`.

    Raises:
        LimitError: no such identifier, address or mask.
        WireForeignError: another item came.
        WireError: as for `readout`.
    """
    if not _is_identifier(identifier):
        raise LimitError("iec 62056-21", key="identifier", found=identifier, limit="a code")
    yield from _chosen(address, PROGRAMMING, Command, mask)
    request = encode(Command(code="R5", data=f"{identifier}()".encode("ascii")))
    block = yield from _heard(request, Block, mask)
    yield Say(sends=for_line(BREAK, mask), cut=nothing_awaited)
    return _item(_unrefused(block), identifier)


def _is_identifier(text: str) -> bool:
    fits = 0 < len(text) <= 32 and text.isascii() and text.isprintable()
    return fits and not set(text) & set("()/!")


def _chosen(address: str, mode: str, kind: type[M], mask: int) -> Generator[Say, bytes, M]:
    """Signs on, chooses speed and mode, and hears what the meter then says."""
    request = encode(SignOn(address=address)) if address.isascii() else b""
    if not SIGN_ON.fullmatch(request):
        limit = "32 letters and digits"
        raise LimitError("iec 62056-21", key="address", found=address, limit=limit)
    found = yield from _heard(request, Identification, mask, FIRST_SPEED_BIT_S)
    if found.baud not in SPEEDS_BIT_S:
        what = f"baud character {found.baud} is none of mode C"
        what_zh = f"波特率字符 {found.baud} 不属于模式 C"
        raw, limit = encode(found), "0..6"
        raise WireFormError("iec 62056-21", raw=raw, what=what, what_zh=what_zh, limit=limit)
    option = encode(Option(baud=found.baud, mode=mode))
    return (yield from _heard(option, kind, mask, SPEEDS_BIT_S[found.baud]))


def _heard(
    sends: bytes, kind: type[M], mask: int, speed_bit_s: int | None = None
) -> Generator[Say, bytes, M]:
    """The first message of `kind` after `sends`; echoes and others are listened past."""
    recognised = masking(cut_line if kind is Identification else cut_checked, mask)
    said = Say(sends=for_line(sends, mask), cut=recognised, speed_bit_s=speed_bit_s)
    for _ in range(MOST_OVERHEARD):
        raw = yield said
        said = Say(sends=b"", cut=recognised)
        message = decode(raw)
        if isinstance(message, kind):
            return message
        _not_refused(message, raw)
    what, what_zh, expected = "every message heard", "所有收到的报文", kind.__name__
    raise WireForeignError(
        "iec 62056-21", raw=raw, what=what, what_zh=what_zh, found="another", expected=expected
    )


def _not_refused(message: Message, raw: bytes) -> None:
    if isinstance(message, Repeat):
        raise _refused(raw, "NAK", "NAK")
    if isinstance(message, Command) and message.code == "B0":
        raise _refused(raw, "it breaks off (B0)", "设备中断 (B0)")


def _unrefused(block: Block) -> bytes:
    """The data of `block`, unless they are an error message: brackets alone that begin with ER."""
    if block.data.upper().startswith(_REFUSAL):
        text = block.data[:40].decode("ascii")
        raise _refused(block.data, text, text)
    return block.data


def _item(data: bytes, identifier: str) -> bytes:
    """`data`, if they name the item that was asked, or none."""
    sets = data_sets(data)
    found = sets[0].identifier if sets else ""
    if found not in {"", identifier}:
        what, what_zh = "the item", "数据项"
        raise WireForeignError(
            "iec 62056-21",
            raw=data,
            what=what,
            what_zh=what_zh,
            found=found[:40],
            expected=identifier,
        )
    return data


def _refused(raw: bytes, what: str, what_zh: str) -> WireRefusedError:
    return WireRefusedError("iec 62056-21", raw=raw, what=what, what_zh=what_zh)
