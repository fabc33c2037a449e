"""A CJ/T 188 meter's side: what a request asks, and the frames that answer it (pure).

frame = decode(raw)                           # a WireError: a real meter keeps silent
asked = request_for(0x10, own, frame)           # None: not for this meter
if asked is not None:
    line.send(encode(payload_reply(0x10, own, asked, payload)))
"""

from dataclasses import dataclass
from typing import Final, Literal

from device_profiles.cjt188.frame import ANY_TYPE, READ, READ_ADDRESS, Frame
from device_profiles.frame_68 import matches

_REPLY, _ABNORMAL = 0x80, 0xC0
_HEAD: Final = 3
"""Bytes of DI and SER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a master asks of this meter.

    Attributes:
        kind: read data, read the address; "other" is what this meter does not do.
        function: bits 5-0 of C, for the reply.
        di: the two bytes of the identifier in the order they came; empty where there are none.
        sequence: SER.
    """

    kind: Literal["read", "address", "other"]
    function: int
    di: bytes = b""
    sequence: int = 0

    @property
    def identifier(self) -> frozenset[int]:
        """The two bytes of DI in any order: {0x1F, 0x90} for metering data."""
        return frozenset(self.di)


def request_for(own_type: int, own: str, frame: Frame) -> Request | None:
    """What `frame` asks of the meter of this type and address; None where it keeps silent.

    A meter keeps silent to replies and to other types and addresses; AA stands for any.
    """
    is_type = frame.meter_type in {ANY_TYPE, own_type}
    if frame.is_from_meter or not is_type or not matches(frame.address, own):
        return None
    kinds: dict[int, Literal["read", "address"]] = {READ: "read", READ_ADDRESS: "address"}
    kind = kinds.get(frame.function)
    head = frame.data[:_HEAD]
    if kind is None or len(frame.data) != _HEAD:
        sequence = head[-1] if len(head) == _HEAD else 0
        return Request(kind="other", function=frame.function, sequence=sequence)
    return Request(kind=kind, function=frame.function, di=head[:2], sequence=head[2])


def payload_reply(own_type: int, own: str, request: Request, payload: bytes = b"") -> Frame:
    """The frame that answers `request`; for an address it has no payload."""
    data = request.di + bytes([request.sequence]) + payload
    return _frame(own_type, own, request.function | _REPLY, data)


def refusal(own_type: int, own: str, request: Request, status: bytes = bytes(2)) -> Frame:
    """The abnormal reply to `request`: SER and two status bytes (C: a published firmware)."""
    data = bytes([request.sequence]) + status
    return _frame(own_type, own, request.function | _ABNORMAL, data)


def _frame(own_type: int, own: str, control: int, data: bytes) -> Frame:
    return Frame(meter_type=own_type, address=own, control=control, data=data)
