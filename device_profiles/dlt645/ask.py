"""Questions of a master to a DL/T 645 meter, as Conversations.

What is listened past, for as long as whoever holds the line allows:

- every frame without the bit "from the meter": the echo of the own request, another master;
- every frame from an address that was not asked. AA in the asked address stands for any two
  digits, so what answers a wildcard is taken to be asked.

What ends the talk with an error, because it comes from the asked meter and is not the answer:

- another function, another DI or another sequence number: WireForeignError;
- an abnormal reply to the asked function: WireRefusedError, with the set error bits;
- bytes that are no sound frame: the error that the decoder gives.

A follow-on frame is asked from the address that answered first, so a wildcard does not bring two
meters into one answer.
"""

from collections.abc import Generator
from typing import Final, NoReturn

from device_profiles.conversation import Conversation, Say
from device_profiles.dlt645.edition import (
    EDITION_2007,
    FUNCTIONS,
    READ_ADDRESS,
    Edition,
    refusals,
)
from device_profiles.dlt645.frame import (
    ANY,
    BROADCAST,
    SHAPE,
    Frame,
    cut_reply,
    decode,
    encode,
    with_33,
    without_33,
)
from device_profiles.frame_68 import address_text, matches
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import (
    WireForeignError,
    WireFormError,
    WireLengthError,
    WireRefusedError,
)

_LAST_SEQUENCE: Final = 255
_ADDRESS_BYTES: Final = 6


def read_item(address: str, di: int, edition: Edition = EDITION_2007) -> Conversation:
    """The data bytes that follow the DI, as they travelled (33h still added).

    Args:
        address: twelve digits, AA for any two (`frame.ANY` for any meter).
        di: the data identifier, 0x00010000 or, in the 1997 edition, 0x9010.
        edition: which edition the meter speaks.

    The data of follow-on frames are appended without their DI and SEQ; at most 255 follow.

    Raises:
        WireError: see above; also 1997 meters that announce follow-on frames (WireFormError).
        FitError: an address or identifier that cannot be asked; 99..99 is never answered.
    """
    identifier = with_33(edition.identifier(di))
    frame = yield from _ask(Frame(address=address, control=edition.read, data=identifier))
    parts, sequence = [_after(identifier, frame)], 0
    while frame.more_follow:
        sequence += 1
        asked = _follow_on(frame, edition, identifier, sequence)
        frame = yield from _ask(asked)
        parts.append(_before(asked.data[-1:], frame, _after(identifier, frame)))
    return b"".join(parts)


def read_address(address: str = ANY) -> Conversation:
    """The six address bytes of the meter that answers, as they travelled; see `address_in`.

    For a line with one meter: several answer at once, and spoil each other's bytes.

    Raises:
        WireError: see above.
    """
    frame = yield from _ask(Frame(address=address, control=READ_ADDRESS))
    if len(frame.data) != _ADDRESS_BYTES:
        found, limit = len(frame.data), f"{_ADDRESS_BYTES} address bytes"
        raise WireLengthError(SHAPE.protocol, raw=encode(frame, 0), found=found, limit=limit)
    address_in(frame.data)
    return frame.data


def address_in(answer: bytes) -> str:
    """The twelve digits of the address that `read_address` brought.

    Raises:
        WireFormError: a byte holds no two digits.
    """
    return address_text(without_33(answer), SHAPE)


def _ask(asked: Frame) -> Generator[Say, bytes, Frame]:
    """The meter's reply to `asked`: from an address that was asked, for the same function."""
    if asked.address == BROADCAST:
        form, limit = (
            Words("address of a question", "询问的地址"),
            Words("a broadcast is never answered", "广播无应答"),
        )
        raise FitError(SHAPE.protocol, key="address", found=BROADCAST, format=form, limit=limit)
    frame = decode((yield Say(sends=encode(asked), cut=cut_reply)))
    while not (frame.is_from_meter and matches(asked.address, frame.address)):
        frame = decode((yield Say(sends=b"", cut=cut_reply)))
    if frame.function != asked.function:
        _foreign(frame, "the function", "功能码", frame.function, asked.function)
    if frame.is_abnormal:
        _refused(frame)
    return frame


def _follow_on(frame: Frame, edition: Edition, identifier: bytes, sequence: int) -> Frame:
    """The request for the next frame after `frame`."""
    raw = encode(frame, 0)
    if edition.follow_on is None:
        what = f"further frames follow; how the {edition.name} edition asks for them is unconfirmed"
        what_zh = f"有后续帧；{edition.name} 版的请求方式未经确认"
        raise WireFormError(SHAPE.protocol, raw=raw, what=what, what_zh=what_zh)
    if sequence > _LAST_SEQUENCE:
        limit = f"{_LAST_SEQUENCE} follow-on frames"
        raise WireLengthError(SHAPE.protocol, raw=raw, found=sequence, limit=limit)
    data = identifier + with_33(bytes([sequence]))
    return Frame(address=frame.address, control=edition.follow_on, data=data)


def _after(identifier: bytes, frame: Frame) -> bytes:
    """What follows the DI in a reply to it."""
    found, data = frame.data[: len(identifier)], frame.data[len(identifier) :]
    if found != identifier:
        _foreign(frame, "DI", "数据标识", _di(found), _di(identifier))
    return data


def _before(sequence: bytes, frame: Frame, data: bytes) -> bytes:
    """What stands before SEQ in a follow-on reply."""
    if data[-1:] != sequence:
        _foreign(frame, "SEQ", "帧序号", without_33(data[-1:]).hex(), without_33(sequence).hex())
    return data[:-1]


def _di(data: bytes) -> str:
    return without_33(data)[::-1].hex().upper()


def _foreign(frame: Frame, what: str, what_zh: str, found: object, expected: object) -> NoReturn:
    facts = {"what": what, "what_zh": what_zh, "found": found, "expected": expected}
    raise WireForeignError(SHAPE.protocol, raw=encode(frame, 0), **facts)


def _refused(frame: Frame) -> NoReturn:
    _, edition = FUNCTIONS.get(frame.function, ("", None))
    bits = refusals(edition, frame.plain[0]) if frame.data else []
    what = ", ".join(f"{meaning} (bit {bit})" for bit, meaning, _ in bits) or "no reason given"
    what_zh = "、".join(f"{meaning}（位 {bit}）" for bit, _, meaning in bits) or "未给出原因"
    raise WireRefusedError(SHAPE.protocol, raw=encode(frame, 0), what=what, what_zh=what_zh)
