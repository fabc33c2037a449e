"""The device's side: whole requests out of what came, and answers as they are sent.

One codec serves RTU, RTU over TCP (the same bytes), ASCII, TCP and UDP (one frame a datagram).
What a device answers is said in PDUs: `pdu.request_of` reads a question and says with which
exception a device refuses it, `pdu.answering` writes answers and exceptions. On a serial line a
device answers only its own unit, and never a question to unit 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from device_profiles.conversation import FrameCut
from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu, tcp
from device_profiles.modbus.cuts import ascii_request_cut, rtu_request_cut
from device_profiles.modbus.pdu import Adu


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How PDUs travel, as whoever answers sees it.

    Attributes:
        cut: How the next question is recognised in a stream.
        unframe: Unit, PDU and transaction of one frame or datagram; raises WireError.
        frame: The bytes of one frame.
    """

    cut: FrameCut
    unframe: Callable[[bytes, str], Adu]
    frame: Callable[[Adu], bytes]


RTU: Final = Framing(cut=rtu_request_cut, unframe=rtu.unframe, frame=rtu.frame)
"""Also RTU over TCP."""
ASCII: Final = Framing(cut=ascii_request_cut, unframe=colon.unframe, frame=colon.frame)
TCP: Final = Framing(cut=tcp.cut, unframe=tcp.unframe, frame=tcp.frame)
"""Also UDP."""


def heard(framing: Framing, received: bytes, where: str) -> tuple[list[Adu], bytes]:
    """The whole questions in `received`, and the bytes to keep: fewer than 2 frames.

    Raises:
        WireError: The stream is no longer one of frames: close it, or forget what was received.
    """
    questions: list[Adu] = []
    while whole := framing.cut(received):
        questions.append(framing.unframe(whole.frame, where))
        received = whole.rest
    return questions, received


def reply(framing: Framing, asked: Adu, pdu: bytes) -> bytes:
    """The frame that carries `pdu`, of at most 253 bytes, back to whoever asked."""
    return framing.frame(replace(asked, pdu=pdu))
