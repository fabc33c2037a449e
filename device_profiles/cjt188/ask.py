"""Questions of a master to a CJ/T 188 meter, as Conversations.

What is listened past, for as long as whoever holds the line allows:

- every frame without the bit "from the meter": the echo of the own request, another master;
- every frame of a type or an address that was not asked (AA stands for any).

What ends the talk with an error, because it comes from the asked meter and is not the answer:

- another function, another DI or another SER: WireForeignError. The two bytes of DI are compared
  as a set: meters answer 1F 90 to 90 1F and the other way round;
- an abnormal reply to the asked function: WireRefusedError, with what it brought;
- bytes that are no sound frame: the error that the decoder gives.
"""

from collections.abc import Generator
from typing import Final, NoReturn

from device_profiles.cjt188.frame import (
    ANY,
    ANY_TYPE,
    FUNCTIONS,
    READ,
    READ_ADDRESS,
    SHAPE,
    Frame,
    cut_reply,
    decode,
    encode,
)
from device_profiles.conversation import Conversation, Say
from device_profiles.frame_68 import address_bytes, matches
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireForeignError, WireRefusedError

METERING_DATA: Final = bytes.fromhex("1F90")
"""DI 901F low byte first, as the 2018 edition and many meters have it."""
METERING_DATA_HIGH_FIRST: Final = bytes.fromhex("901F")
"""DI 901F high byte first, as other meters have it."""
_ADDRESS: Final = bytes.fromhex("810A")
_DI_BYTES: Final = 2


def read_data(
    meter_type: int, address: str, di: bytes = METERING_DATA, sequence: int = 0
) -> Conversation:
    """The payload of the reply: what follows DI and SER, as it travelled.

    Args:
        meter_type: T, 0..255; AA for any.
        address: fourteen digits, AA for any two (`frame.ANY` for any meter).
        di: the two bytes of the data identifier in the order in which they are sent.
        sequence: SER, 0..255; the meter repeats it.

    Raises:
        WireError: see above.
        FitError: a type, address, identifier or sequence that cannot be asked.
    """
    frame = yield from _ask(meter_type, address, READ, _head(di, sequence))
    return frame.data[_DI_BYTES + 1 :]


def read_address(meter_type: int = ANY_TYPE, address: str = ANY, sequence: int = 0) -> Conversation:
    """T and the seven address bytes of the meter that answers, as they travelled.

    For a line with one meter: several answer at once, and spoil each other's bytes. The meter's
    address is that of its frame (a firmware answers DI and SER only; grade C).

    Raises:
        WireError: see above.
    """
    frame = yield from _ask(meter_type, address, READ_ADDRESS, _head(_ADDRESS, sequence))
    return bytes([frame.meter_type]) + address_bytes(frame.address, SHAPE)


def _head(di: bytes, sequence: int) -> bytes:
    if len(di) != _DI_BYTES or not 0 <= sequence <= 0xFF:
        found, limit = (
            f"DI {di.hex()}, SER {sequence}",
            Words("two bytes and 0..255", "两个字节与 0..255"),
        )
        raise FitError(
            SHAPE.protocol,
            key="DI",
            found=found,
            format=Words("DI and SER", "DI 与 SER"),
            limit=limit,
        )
    return di + bytes([sequence])


def _ask(meter_type: int, address: str, function: int, head: bytes) -> Generator[Say, bytes, Frame]:
    """The meter's reply: from an address that was asked, to the same question."""
    asked = Frame(meter_type=meter_type, address=address, control=function, data=head)
    frame = decode((yield Say(sends=encode(asked), cut=cut_reply)))
    while not _concerns(asked, frame):
        frame = decode((yield Say(sends=b"", cut=cut_reply)))
    if frame.function != function:
        _foreign(frame, "the function", "功能码", frame.function, function)
    if frame.is_abnormal:
        _refused(frame)
    _check_head(frame, head)
    return frame


def _concerns(asked: Frame, frame: Frame) -> bool:
    is_type = asked.meter_type in {ANY_TYPE, frame.meter_type}
    return frame.is_from_meter and is_type and matches(asked.address, frame.address)


def _check_head(frame: Frame, head: bytes) -> None:
    found = frame.data[: len(head)]
    if sorted(found[:_DI_BYTES]) != sorted(head[:_DI_BYTES]):
        _foreign(frame, "DI", "数据标识", found[:_DI_BYTES].hex(), head[:_DI_BYTES].hex())
    if found[_DI_BYTES:] != head[_DI_BYTES:]:
        _foreign(frame, "SER", "序列号", found[_DI_BYTES:].hex(), head[_DI_BYTES:].hex())


def _foreign(frame: Frame, what: str, what_zh: str, found: object, expected: object) -> NoReturn:
    facts = {"what": what, "what_zh": what_zh, "found": found, "expected": expected}
    raise WireForeignError(SHAPE.protocol, raw=encode(frame, 0), **facts)


def _refused(frame: Frame) -> NoReturn:
    """SER and the two ST bytes are what a firmware sends (C); the meaning is the maker's."""
    name, brought = FUNCTIONS.get(frame.function, "function"), frame.data.hex(" ").upper()
    what, what_zh = f"'{name}', it sends {brought or '-'}", f"“{name}”，返回 {brought or '-'}"
    raise WireRefusedError(SHAPE.protocol, raw=encode(frame, 0), what=what, what_zh=what_zh)
