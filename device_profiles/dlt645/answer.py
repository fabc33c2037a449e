"""A DL/T 645 meter's side: what a request asks, and the frames that answer it (pure).

frame = decode(raw)                     # a WireError: a real meter keeps silent
asked = request_for("000000000161", frame)
if asked is not None:                   # None: not for this meter, or a broadcast
    line.send(encode(value_reply("000000000161", asked, value)))
"""

from dataclasses import dataclass
from typing import Final, Literal

from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007, READ_ADDRESS, Edition
from device_profiles.dlt645.frame import BROADCAST, SHAPE, Frame, with_33
from device_profiles.frame_68 import address_bytes, matches
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError

OTHER_ERROR: Final = 0x01
NO_SUCH_DATA: Final = 0x02
MOST_VALUE_BYTES: Final = 192
"""Bytes of a value in one frame: 48 energies; with DI and SEQ below the 200 that L is held to."""

_REPLY, _ABNORMAL, _MORE = 0x80, 0xC0, 0xA0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a master asks of this meter.

    Attributes:
        kind: read an item, read the next frame of it, read the address; "other" is what this
            meter does not do, or a request that is not as long as its kind.
        edition: of the function.
        function: bits 4-0 of C, for the reply.
        di: the data identifier; 0 where there is none.
        sequence: SEQ of a follow-on request, from 1; 0 for the first frame.
    """

    kind: Literal["read", "follow_on", "address", "other"]
    edition: Edition
    function: int
    di: int = 0
    sequence: int = 0


def request_for(own: str, frame: Frame) -> Request | None:
    """What `frame` asks of the meter with the address `own`; None where it has to keep silent.

    A meter keeps silent to replies, to broadcasts (99..99) and to other addresses. AA stands
    for any two digits: in all places for any meter, in the high places for abbreviated addresses.
    """
    if frame.is_from_meter or frame.address == BROADCAST or not matches(frame.address, own):
        return None
    for edition in (EDITION_2007, EDITION_1997):
        if frame.function == edition.read and len(frame.data) == edition.di_bytes:
            return _item(edition, "read", frame, 0)
        if frame.function == edition.follow_on and len(frame.data) == edition.di_bytes + 1:
            return _item(edition, "follow_on", frame, frame.plain[-1])
    kind: Literal["address", "other"] = (
        "address" if frame.function == READ_ADDRESS and not frame.data else "other"
    )
    edition = EDITION_1997 if frame.function == EDITION_1997.read else EDITION_2007
    return Request(kind=kind, edition=edition, function=frame.function)


def _item(
    edition: Edition, kind: Literal["read", "follow_on"], frame: Frame, sequence: int
) -> Request:
    di = int.from_bytes(frame.plain[: edition.di_bytes], "little")
    function = frame.function
    return Request(kind=kind, edition=edition, function=function, di=di, sequence=sequence)


def value_reply(own: str, request: Request, value: bytes, most: int = MOST_VALUE_BYTES) -> Frame:
    """The frame that answers an item's `request`; the first, or the one that its SEQ asks for.

    Args:
        own: the meter's address.
        request: of kind "read" or "follow_on".
        value: the whole value, low byte first, without 33h; the same for every frame of it.
        most: how many bytes of the value one frame carries.

    A SEQ beyond the last frame is refused as "no such data".

    Raises:
        FitError: a 1997 value that does not fit one frame.
    """
    parts = [value[begin : begin + most] for begin in range(0, len(value), most)] or [b""]
    if request.edition.follow_on is None and len(parts) > 1:
        raise FitError(
            SHAPE.protocol,
            found=len(value),
            format=Words("one frame of 1997", "1997 版的一帧"),
            limit=most,
        )
    if request.sequence >= len(parts) or (request.kind == "follow_on" and not request.sequence):
        return refusal(own, request, NO_SUCH_DATA)
    last = request.sequence == len(parts) - 1
    follow_on = bytes([request.sequence]) if request.kind == "follow_on" else b""
    plain = request.edition.identifier(request.di) + parts[request.sequence] + follow_on
    control = request.function | (_REPLY if last else _MORE)
    return Frame(address=own, control=control, data=with_33(plain))


def address_reply(own: str) -> Frame:
    """The frame that tells the meter's address to who asked for it."""
    data = with_33(address_bytes(own, SHAPE))
    return Frame(address=own, control=READ_ADDRESS | _REPLY, data=data)


def refusal(own: str, request: Request, errors: int = OTHER_ERROR) -> Frame:
    """The abnormal reply to `request`; `errors` are the bits of the error byte, 0..255."""
    data = with_33(bytes([errors]))
    return Frame(address=own, control=request.function | _ABNORMAL, data=data)
