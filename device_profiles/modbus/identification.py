"""What a device says of itself: function 43/14 (objects) and function 17 (server id).

Source: Modbus Application Protocol V1.1b3, clauses 6.13 and 6.21. PDUs here begin with the
function code. What a server id consists of is the device's own affair.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from device_profiles.modbus.errors import ByteCountError, IllegalRequestError
from device_profiles.wire_errors import WireFormError, WireLengthError

IDENTIFY: Final = 0x2B
SERVER_ID: Final = 0x11
IDENTIFICATION_TYPE: Final = 0x0E
BASIC, REGULAR, EXTENDED, ONE_OBJECT = 1, 2, 3, 4
"""Categories of objects that can be asked for."""
MOST_ANSWERS: Final = 16
"""Answers one identification may take; a device that points on after that is refused."""
OBJECT_NAMES: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        0: ("vendor name", "厂商名称"),
        1: ("product code", "产品代码"),
        2: ("revision", "版本"),
        3: ("vendor url", "厂商网址"),
        4: ("product name", "产品名称"),
        5: ("model name", "型号"),
        6: ("user application name", "用户应用名称"),
    }
)
"""The objects that the specification names, in English and Chinese."""

_MORE, _LAST = 0xFF, 0x00
_FIRST_OBJECT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationRequest:
    """A question for objects, from one id on.

    Attributes:
        code: 1 basic, 2 regular, 3 extended, 4 one object.
        first_object: Id of the first object wanted, 0 to 255.
    """

    code: int = BASIC
    first_object: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationAnswer:
    """Some of a device's objects.

    Attributes:
        code: As asked.
        conformity: What the device is able to tell, as it says.
        next_object: Where to ask on; None where nothing follows.
        objects: Id and content of each.
    """

    code: int
    conformity: int
    next_object: int | None
    objects: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIdRequest:
    """A question for the server id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIdAnswer:
    """Id, run indicator and more, at places that the device's manual tells; 0 to 251 bytes."""

    data: bytes


def asking_objects(request: IdentificationRequest) -> bytes:
    """The PDU that asks for objects."""
    return bytes([IDENTIFY, IDENTIFICATION_TYPE, request.code, request.first_object])


def objects_request(pdu: bytes, where: str) -> IdentificationRequest:
    """What a PDU of function 43/14 asks for.

    Raises:
        IllegalRequestError: Not four bytes, or no category from 1 to 4.
    """
    if len(pdu) != 4 or not 1 <= pdu[2] <= 4:
        raise IllegalRequestError(
            where,
            raw=pdu,
            exception_code=3,
            what="identification category",
            what_zh="标识类别",
            found=pdu[2:3].hex() or "-",
            limit="1..4",
        )
    return IdentificationRequest(code=pdu[2], first_object=pdu[3])


def answering_objects(answer: IdentificationAnswer) -> bytes:
    """The PDU that tells objects; they must fit one PDU."""
    more = _LAST if answer.next_object is None else _MORE
    head = bytes(
        [
            IDENTIFY,
            IDENTIFICATION_TYPE,
            answer.code,
            answer.conformity,
            more,
            answer.next_object or 0,
            len(answer.objects),
        ]
    )
    return head + joined_objects(answer.objects)


def objects_answer(pdu: bytes, where: str) -> IdentificationAnswer:
    """The objects in a PDU of function 43/14.

    Raises:
        WireLengthError: The objects do not fill the PDU.
        WireFormError: Another type than 0E, or "more follows" is neither 00 nor FF.
    """
    if pdu[1:2] != bytes([IDENTIFICATION_TYPE]):
        what, what_zh = "the encapsulated type is not 0E", "封装类型不是 0E"
        raise WireFormError(where, raw=pdu, what=what, what_zh=what_zh)
    end = objects_end(pdu)
    if end != len(pdu):
        limit = f"{len(pdu) + 1}.." if end is None else str(end)
        raise WireLengthError(where, raw=pdu, found=len(pdu), limit=limit)
    if pdu[4] not in {_MORE, _LAST}:
        what, what_zh = "'more follows' is neither 00 nor FF", "后续标志既非 00 也非 FF"
        raise WireFormError(where, raw=pdu, what=what, what_zh=what_zh)
    return IdentificationAnswer(
        code=pdu[2],
        conformity=pdu[3],
        next_object=pdu[5] if pdu[4] == _MORE else None,
        objects=parted_objects(pdu[_FIRST_OBJECT:]),
    )


def objects_end(pdu: bytes) -> int | None:
    """Where the objects of a PDU end that begins here; None while that cannot be told."""
    if len(pdu) < _FIRST_OBJECT:
        return None
    end = _FIRST_OBJECT
    for _ in range(pdu[_FIRST_OBJECT - 1]):
        if end + 2 > len(pdu):
            return None
        end += 2 + pdu[end + 1]
    return end


def joined_objects(objects: Sequence[tuple[int, bytes]]) -> bytes:
    """Objects as they travel: id, length and content of each."""
    return b"".join(bytes([number, len(content)]) + content for number, content in objects)


def parted_objects(data: bytes) -> tuple[tuple[int, bytes], ...]:
    """The objects in bytes that `joined_objects` made, or whose end was proven."""
    objects, place = [], 0
    while place + 2 <= len(data):
        end = place + 2 + data[place + 1]
        objects.append((data[place], data[place + 2 : end]))
        place = end
    return tuple(objects)


def gathering(
    code: int, where: str
) -> Generator[IdentificationRequest, bytes, tuple[tuple[int, bytes], ...]]:
    """All objects of a category: yields what to ask, is sent each answer's PDU.

    Args:
        code: 1 basic, 2 regular, 3 extended.
        where: The device, for errors.

    Raises:
        WireLengthError: The objects do not fill a PDU, or more follow than 16 answers tell.
        WireFormError: A PDU is no identification, or points back.
    """
    objects: tuple[tuple[int, bytes], ...] = ()
    asked = 0
    for _ in range(MOST_ANSWERS):
        pdu = yield IdentificationRequest(code=code, first_object=asked)
        answer = objects_answer(pdu, where)
        objects += answer.objects
        if answer.next_object is None:
            return objects
        if answer.next_object <= asked:
            what = f"object {answer.next_object} is to follow object {asked}"
            what_zh = f"对象 {asked} 之后指向对象 {answer.next_object}"
            raise WireFormError(where, raw=pdu, what=what, what_zh=what_zh)
        asked = answer.next_object
    raise WireLengthError(where, raw=pdu, found=MOST_ANSWERS + 1, limit=f"1..{MOST_ANSWERS}")


def text_of(content: bytes) -> str:
    """An object's content as people read it: ASCII, without padding."""
    return content.decode("ascii", "replace").strip("\0 ")


def server_id_answer(pdu: bytes, where: str) -> ServerIdAnswer:
    """The data in a PDU of function 17.

    Raises:
        ByteCountError: The byte count does not fit the PDU.
    """
    if len(pdu) < 2 or len(pdu) != 2 + pdu[1]:
        found = pdu[1] if len(pdu) > 1 else "-"
        raise ByteCountError(where, raw=pdu, found=found, expected=max(0, len(pdu) - 2))
    return ServerIdAnswer(data=pdu[2:])
