"""A place on a line of bytes: it hears requests in its protocol, and faults strike its replies."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from device_profiles.conversation import FrameCut
from device_profiles.dialect import LineDialect
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
    Silence,
    Truncated,
)
from simulators.place import Place
from simulators.servers.disturb import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenStation:
    """A place under an address of its protocol.

    Attributes:
        place: What it shows.
        spoken: Its protocol on a line of bytes.
        address: As the protocol writes it; empty takes the profile's.
    """

    place: Place
    spoken: LineDialect[Any]
    address: str

    @property
    def cut(self) -> FrameCut:
        """How it finds whole requests in what it hears."""
        return self.spoken.cut_request

    def hear(self, frame: bytes, at_ns: int) -> Reply | None:
        """What it sends to a request; None where it is not meant."""
        planned = self.place.planned(at_ns)
        others = [each.address for each in planned if isinstance(each, AnswersForAnother)]
        for address in (self.address, *others):
            if self._is_meant(address, frame):
                return self._reply(address, frame, at_ns)
        return None

    def _is_meant(self, address: str, frame: bytes) -> bool:
        profile = self.place.site.profile
        answered: bytes | None = self.spoken.answer(profile, address, frame, _refusing)
        return answered is not None

    def _reply(self, address: str, frame: bytes, at_ns: int) -> Reply:
        poll, active = self.place.active(at_ns)

        def content(request: Hashable) -> bytes:
            refusals = [each.code for each in active if isinstance(each, ExceptionReply)]
            if refusals:
                raise DeviceRefusesError(self.place.site.profile.id, refusals[0])
            return self.place.content(request, at_ns, active)

        answer = self.spoken.answer(self.place.site.profile, address, frame, content)
        return disturbed_frame(answer or b"", frame, active, poll)


def _refusing(request: Hashable) -> bytes:
    del request
    raise DeviceRefusesError("asked", 6)


def disturbed_frame(answer: bytes, asked: bytes, active: Sequence[AnyFault], poll: int) -> Reply:
    """What is on the line in place of the right answer, after the active faults."""
    delay_s = sum(each.delay_s for each in active if isinstance(each, LateReply))
    kinds = {type(each) for each in active}
    if kinds & {Silence, Reboot}:
        return Reply(content=b"", delay_s=delay_s, closes=Reboot in kinds)
    for fault in active:
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
