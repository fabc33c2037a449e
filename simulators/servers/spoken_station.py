"""A place on a line of bytes: it hears requests in its protocol, and faults strike its replies."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from device_profiles.conversation import FrameCut
from device_profiles.dialect import Device, LineDialect
from device_profiles.item_errors import DeviceRefusesError
from simulators.fault import (
    AnswersForAnother,
    AnyFault,
    BadChecksum,
    DuplicateAddress,
    Echo,
    ExceptionReply,
    Garbage,
    LateReply,
    Noise,
    Reboot,
    ShortReply,
    Silence,
    Truncated,
)
from simulators.place import Place
from simulators.servers.disturb import Reply


class SpokenStation:
    """A place under an address of its protocol.

    Args:
        place: What it shows.
        spoken: Its protocol on a line of bytes.
        address: As the protocol writes it.
    """

    def __init__(self, place: Place, spoken: LineDialect[Any], address: str) -> None:
        self.place, self.spoken, self.address = place, spoken, address
        self._devices: dict[str, Device] = {}

    @property
    def cut(self) -> FrameCut:
        """How it finds whole requests in what it hears."""
        return self.spoken.cut_request

    def hear(self, frame: bytes, at_ns: int) -> Reply | None:
        """What it sends to a request; None where it is not meant."""
        planned = self.place.planned(at_ns)
        others = [each.address for each in planned if isinstance(each, AnswersForAnother)]
        for address in (self.address, *others):
            answered = self._answered(address, frame, at_ns)
            if answered is not None:
                return answered
        return None

    def _answered(self, address: str, frame: bytes, at_ns: int) -> Reply | None:
        """A question for a value counts as a request; what only begins a talk does not.

        But where a fault strikes the beginning it counts: nothing after it would ever be asked,
        and a fault of so many requests would never end.
        """
        struck = _Struck(self.place, at_ns)
        answer = self._device(address)(frame, struck.content)
        if answer is None:
            return None
        poll, active = struck.counted or (self.place.polls, self.place.planned(at_ns))
        reply = disturbed_frame(answer, frame, active, poll)
        if struck.counted is None and reply != Reply(content=answer):
            self.place.active(at_ns)
        return reply

    def _device(self, address: str) -> Device:
        if address not in self._devices:
            self._devices[address] = self.spoken.device(self.place.site.profile, address)
        return self._devices[address]


class _Struck:
    """What a place answers to one frame, under the faults that strike it once it is asked."""

    def __init__(self, place: Place, at_ns: int) -> None:
        self._place, self._at_ns = place, at_ns
        self.counted: tuple[int, tuple[AnyFault, ...]] | None = None

    def content(self, request: Hashable) -> bytes:
        """The content of the answer to a request."""
        if self.counted is None:
            self.counted = self._place.active(self._at_ns)
        active = self.counted[1]
        refusals = [each.code for each in active if isinstance(each, ExceptionReply)]
        if refusals:
            raise DeviceRefusesError(self._place.site.profile.id, refusals[0])
        shown = self._place.content(request, self._at_ns, active)
        missing = sum(each.missing_registers for each in active if isinstance(each, ShortReply))
        return shown[: max(0, len(shown) - 2 * missing)]


def disturbed_frame(answer: bytes, asked: bytes, active: Sequence[AnyFault], poll: int) -> Reply:
    """What is on the line in place of the right answer, after the active faults."""
    delay_s = sum(each.delay_s for each in active if isinstance(each, LateReply))
    kinds = {type(each) for each in active}
    if kinds & {Silence, Reboot}:
        return Reply(content=b"", delay_s=delay_s, closes=Reboot in kinds)
    for fault in active:
        if not answer:
            break
        answer = _disturbed(answer, asked, fault, np.random.default_rng(poll))
    return Reply(content=answer, delay_s=delay_s)


def _disturbed(answer: bytes, asked: bytes, fault: AnyFault, rng: np.random.Generator) -> bytes:
    match fault:
        case Garbage():
            answer = rng.bytes(fault.length)
        case Truncated():
            answer = answer[: -fault.missing_bytes]
        case BadChecksum():
            middle = len(answer) // 2
            answer = answer[:middle] + bytes([answer[middle] ^ 1]) + answer[middle + 1 :]
        case Noise():
            answer = rng.bytes(fault.length) + answer
        case Echo():
            answer = asked + answer
        case DuplicateAddress():
            other = rng.bytes(len(answer))
            answer = bytes(mine & theirs for mine, theirs in zip(answer, other, strict=True))
    return answer
