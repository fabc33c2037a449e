"""The master's side: reading a device by primary or by secondary address (sans-IO).

The answer is whole frames, one after another; `variable.telegrams` reads them.

    SND_NKE -> E5               the frame count bit starts anew
    REQ_UD2 with FCB -> RSP_UD  the bit is toggled as long as DIF 1F says that more follows

Time belongs to whoever holds the line, as does the next try: a silent device ends the talk, and
a new talk starts with a reset, so no late or repeated answer is taken for a new one.
"""

from collections.abc import Callable, Generator
from typing import Final

from device_profiles.conversation import Conversation, Say
from device_profiles.errors import LimitError
from device_profiles.mbus.frame import (
    ANSWERED_BY_ALL,
    SELECTED,
    Acknowledgement,
    LongFrame,
    ShortFrame,
    cut,
    decode,
    encode,
)
from device_profiles.mbus.header import HEADER_BYTES
from device_profiles.mbus.selection import SELECT, SecondaryAddress, selection_bytes
from device_profiles.mbus.variable import telegram_of
from device_profiles.wire_errors import WireForeignError

MOST_TELEGRAMS: Final = 16
MOST_OVERHEARD: Final = 16
"""Frames of others, and echoes, that are listened past before a talk is given up."""
_SND_NKE, _SND_UD, _REQ_UD2, _FCB = 0x40, 0x53, 0x5B, 0x20
_LAST_PRIMARY: Final = 250

_Accepts = Callable[[LongFrame], bool]


def read(address: int, *, most_telegrams: int = MOST_TELEGRAMS) -> Conversation:
    """Asks the device at a primary address for all its values.

    Args:
        address: 0 to 250; 254 where one device alone is on the line.
        most_telegrams: where to stop though more would follow, 1 or more; the last telegram
            read then still says so.

    Raises:
        LimitError: no such address.
        WireRefusedError: the device reports an error.
        WireForeignError: only others were heard, or another structure than CI 72 came.
        WireError: an answer is not sound.
    """
    if not (0 <= address <= _LAST_PRIMARY or address == ANSWERED_BY_ALL):
        raise LimitError("m-bus", key="address", found=address, limit="0..250 or 254")
    anyone = address == ANSWERED_BY_ALL
    yield from _acknowledged(encode(ShortFrame(control=_SND_NKE, address=address)))
    return (
        yield from _all_telegrams(
            address, lambda frame: anyone or frame.address == address, most_telegrams
        )
    )


def read_selected(
    device: SecondaryAddress, *, most_telegrams: int = MOST_TELEGRAMS
) -> Conversation:
    """Selects a device by its secondary address and asks it, at FD, for all its values.

    A selection deselects every other device. It is taken to start the frame count bit anew, as
    SND_NKE does for a primary address: SND_NKE to FD would deselect the device again. Answers of
    devices that are not meant are listened past.

    Raises:
        FitError: the address cannot be coded.
        WireError: as `read` does.
    """
    select = LongFrame(
        control=_SND_UD, address=SELECTED, information=SELECT, data=selection_bytes(device)
    )
    yield from _acknowledged(encode(select))
    return (
        yield from _all_telegrams(
            SELECTED, lambda frame: device.means(telegram_of(frame).header), most_telegrams
        )
    )


def _acknowledged(sends: bytes) -> Generator[Say, bytes, None]:
    said = Say(sends=sends, cut=cut)
    for _ in range(MOST_OVERHEARD):
        frame = yield said
        if isinstance(decode(frame), Acknowledgement):
            return
        said = Say(sends=b"", cut=cut)
    raise _only_others(frame, "E5")


def _all_telegrams(address: int, accepts: _Accepts, most: int) -> Conversation:
    """The frames, up to the last, or to one that repeats the values of the one before it."""
    answer, last = bytearray(), b""
    count_bit = _FCB
    for _ in range(most):
        request = encode(ShortFrame(control=_REQ_UD2 | count_bit, address=address))
        frame = yield from _response(request, accepts)
        more_follows = telegram_of(frame).more_follows
        values = frame.data[HEADER_BYTES:]
        if answer and values == last:
            break
        answer += encode(frame)
        if not more_follows:
            break
        count_bit, last = count_bit ^ _FCB, values
    return bytes(answer)


def _response(sends: bytes, accepts: _Accepts) -> Generator[Say, bytes, LongFrame]:
    said = Say(sends=sends, cut=cut)
    for _ in range(MOST_OVERHEARD):
        raw = yield said
        said = Say(sends=b"", cut=cut)
        frame = decode(raw)
        if isinstance(frame, LongFrame) and frame.kind == "RSP_UD" and accepts(frame):
            return frame
    raise _only_others(raw, "RSP_UD")


def _only_others(raw: bytes, expected: str) -> WireForeignError:
    what, what_zh = "every frame heard", "所有收到的帧"
    return WireForeignError(
        "m-bus talk", raw=raw, what=what, what_zh=what_zh, found="another's", expected=expected
    )
