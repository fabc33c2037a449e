"""Questions to a device on a serial line, in RTU or ASCII, as conversations.

What is listened past: the question itself, at most four times (an adapter that echoes), and
whatever the framing's cut passes over: noise and frames of other units. What is refused, because
this device and its questions are out of step: a sound answer of the unit asked with another
function or another byte count, a damaged answer, an exception. After a refusal that is no
exception, and after every time-out, the line must be drained before the next question: a late
answer with the same unit, function and byte count cannot be told from the right one.

Source: Modbus Application Protocol V1.1b3; Modbus over Serial Line V1.02.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

from device_profiles.conversation import Conversation, FrameCut, Say
from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu
from device_profiles.modbus.cuts import ascii_answer_cut, rtu_answer_cut
from device_profiles.modbus.errors import EndlessEchoError, ForeignUnitError
from device_profiles.modbus.identification import (
    BASIC,
    ServerIdRequest,
    gathering,
    joined_objects,
    server_id_answer,
)
from device_profiles.modbus.pdu import Adu, Request, answer_fault, asking
from device_profiles.plan import ReadRequest

MOST_ECHOES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How PDUs travel on a serial line, as whoever asks sees it.

    Attributes:
        frame: The bytes of one frame.
        unframe: The PDU in one; raises WireError.
        cut: How the answer to a frame is recognised.
    """

    frame: Callable[[Adu], bytes]
    unframe: Callable[[bytes, str], Adu]
    cut: Callable[[bytes], FrameCut]


RTU: Final = Framing(frame=rtu.frame, unframe=rtu.unframe, cut=rtu_answer_cut)
"""Also RTU over TCP."""
ASCII: Final = Framing(frame=colon.frame, unframe=colon.unframe, cut=ascii_answer_cut)


def read(framing: Framing, unit: int, request: ReadRequest, where: str) -> Conversation:
    """The data bytes of what `request` names; `pdu.unpacked` makes bits or registers of them.

    Args:
        framing: RTU or ASCII.
        unit: 1 to 255; nobody answers to 0, which is everybody.
        request: Within the protocol's limits.
        where: The device, for errors.

    Raises:
        ModbusRefusedError: The device answers with an exception; IllegalBlockError, DeviceBusyError
            and GatewayError say what may be done about it.
        WireError: What came cannot be the answer.
    """
    answer = yield from _answer(framing, unit, request, where)
    return answer[2:]


def identification(framing: Framing, unit: int, where: str, code: int = BASIC) -> Conversation:
    """What the device says it is, by function 43/14: id, length and content of each object.

    Asked for again while more follows, at most 16 times; `parted_objects` takes them apart.

    Args:
        framing: RTU or ASCII.
        unit: 1 to 255.
        where: The device, for errors.
        code: 1 basic, 2 regular, 3 extended objects.

    Raises:
        ModbusRefusedError: The device answers with an exception, 01 where it has no such function.
        WireError: What came cannot be the answer, or never comes to an end.
    """
    talk = gathering(code, where)
    request = next(talk)
    while True:
        pdu = yield from _answer(framing, unit, request, where)
        try:
            request = talk.send(pdu)
        except StopIteration as end:
            return joined_objects(end.value)


def server_id(framing: Framing, unit: int, where: str) -> Conversation:
    """What the device says it is, by function 17: id, run indicator and more, as its manual tells.

    Raises:
        ModbusRefusedError: The device answers with an exception, 01 where it has no such function.
        WireError: What came cannot be the answer.
    """
    pdu = yield from _answer(framing, unit, ServerIdRequest(), where)
    return server_id_answer(pdu, where).data


def _answer(
    framing: Framing, unit: int, request: Request, where: str
) -> Generator[Say, bytes, bytes]:
    """The PDU that answers a request, as far as unit, function and byte count tell."""
    asked = framing.frame(Adu(unit=unit, pdu=asking(request)))
    cut = framing.cut(asked)
    step = Say(sends=asked, cut=cut)
    for _ in range(MOST_ECHOES + 1):
        frame = yield step
        if frame != asked:
            return _proven(framing.unframe(frame, where), unit, request, where, frame)
        step = Say(sends=b"", cut=cut)
    raise EndlessEchoError(where, raw=asked, found=MOST_ECHOES + 1)


def _proven(adu: Adu, unit: int, request: Request, where: str, raw: bytes) -> bytes:
    if adu.unit != unit:
        raise ForeignUnitError(where, raw=raw, found=adu.unit, expected=unit)
    pdu = adu.pdu if len(adu.pdu) > 1 else adu.pdu + b"\0"
    if fault := answer_fault(asking(request), pdu, len(adu.pdu), where, raw):
        raise fault
    return adu.pdu
