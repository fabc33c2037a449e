"""A device that is asked by talks over a wire: frames of bytes, one question at a time.

The talk knows the protocol and no time; this shell knows time and no protocol. A late answer
cannot be told from the next one's on most of these lines: so what came before a question is
forgotten, and after anything but a clean answer the line is heard out until it is quiet.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from device_profiles.conversation import Conversation, Say
from device_profiles.speed import Speed
from device_profiles.traffic import About
from device_profiles.wire_errors import WireError
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.wire import MOST_KEPT, Wire
from edge_agent.drivers.wire_faults import agent_error
from edge_agent.errors import AnswerTimeoutError, NoIdentificationError
from evidence.clock import Clock

LONGEST_ANSWER: Final = 4096
"""Characters for whose transmission an answer is waited for, beyond its time-out."""
_HEARD_OUT_S: Final = 2.0
_LEAST_QUIET_S: Final = 0.02
_SILENT_CHARACTERS: Final = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a device on a wire is talked to.

    Attributes:
        device: What messages call it.
        ask: The talk that brings the answer to a request.
        speed: Of its characters at the beginning of each talk.
        timeout_s: Longest silence before and within an answer, > 0.
        protocol: Of its frames, a name of `device_profiles.decode.PROTOCOLS`.
    """

    device: str
    ask: Callable[[Hashable], Conversation]
    speed: Speed
    timeout_s: float
    protocol: str = ""


class SharedWire:
    """A wire and its state between the questions of the devices that share it.

    Args:
        wire: Not opened yet.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._in_step = True

    async def ready(self, speed: Speed) -> None:
        """Returns once a question can be sent, and nothing of an earlier one is under way.

        Raises:
            NoConnectionError, NoSerialPortError: The line cannot be opened.
        """
        if not self.wire.is_open:
            await self.wire.open(speed)
        self.wire.change(speed)
        if not self._in_step:
            quiet_s = max(_LEAST_QUIET_S, _SILENT_CHARACTERS * speed.character_s)
            await self.wire.quiet(quiet_s, at_most_s=_HEARD_OUT_S)
        self.wire.forget()
        self._in_step = False

    def clean(self) -> None:
        """The last question had its answer, and nothing after it."""
        self._in_step = True


class TalkDriver:
    """One device on a shared wire; a `Driver` of its protocol's requests.

    Args:
        shared: The line; closing one device's driver closes it.
        manners: How the device is talked to.
        clock: Stamps requests and answers.
    """

    def __init__(self, shared: SharedWire, manners: Manners, *, clock: Clock) -> None:
        self._shared, self._manners, self._clock = shared, manners, clock
        line = shared.wire.where
        self._about = About(line=line, device=manners.device, protocol=manners.protocol)

    async def open(self) -> None:
        """Returns once the line is open."""
        await self._shared.ready(self._manners.speed)
        self._shared.clean()

    async def exchange(self, request: Hashable) -> Reply:
        """The answer to `request`, by a talk.

        Raises:
            UnusableAnswerError: What came back is not the answer.
            UnreachableError: Nothing whole came back in time, or the line is gone.
        """
        return await self.hold(self._manners.ask(request))

    async def hold(self, talk: Conversation) -> Reply:
        """The answer that a talk with this device brings; errors as for `exchange`."""
        await self._shared.ready(self._manners.speed)
        self._shared.wire.about = self._about
        held = _Held(self._shared.wire, self._manners, self._clock)
        try:
            content = await held.through(talk)
        except WireError as wrong:
            raise agent_error(wrong, self._manners.device) from None
        finally:
            talk.close()
        if not held.heard:
            self._shared.clean()
        return Reply(
            content=content,
            raw=bytes(held.frames),
            requested_at_ns=held.requested_at_ns,
            answered_at_ns=held.answered_at_ns,
        )

    async def identify(self) -> Identification:
        """Devices on wires say who they are in items of their profile, not by a common way.

        Raises:
            NoIdentificationError: Always.
        """
        raise NoIdentificationError(self._manners.device)

    async def close(self) -> None:
        """Returns once the line is closed; the next exchange opens it again."""
        await self._shared.wire.close()


class _Held:
    """One talk while it is held."""

    def __init__(self, wire: Wire, manners: Manners, clock: Clock) -> None:
        self._wire, self._manners, self._clock = wire, manners, clock
        self._speed = manners.speed
        self._ends_s = 0.0
        self.frames = bytearray()
        self.heard = b""
        self.requested_at_ns = self.answered_at_ns = clock.now_ns()

    async def through(self, talk: Conversation) -> bytes:
        """What the talk returns once it has all its frames."""
        self.requested_at_ns = self._clock.now_ns()
        step = next(talk)
        while True:
            await self._say(step)
            frame = await self._frame(step)
            self.answered_at_ns = self._clock.now_ns()
            self.frames += frame
            try:
                step = talk.send(frame)
            except StopIteration as done:
                answer: bytes = done.value
                return answer

    async def _say(self, step: Say) -> None:
        if not step.sends:
            return
        self.heard = b""
        self._wire.forget()
        self._wire.send(step.sends)
        if step.speed_bit_s is not None:
            # The port changes its speed at once: the last character must have left it.
            await asyncio.sleep((len(step.sends) + 1) * self._speed.character_s)
            self._speed = _faster(self._speed, step.speed_bit_s)
            self._wire.change(self._speed)
        longest_s = (len(step.sends) + LONGEST_ANSWER) * self._speed.character_s
        self._ends_s = _now_s() + self._manners.timeout_s + longest_s

    async def _frame(self, step: Say) -> bytes:
        """The next whole frame; bytes that came after the last one count."""
        while (whole := step.cut(self.heard)) is None:
            within_s = min(self._manners.timeout_s, self._ends_s - _now_s())
            try:
                self.heard = (self.heard + await self._wire.take(within_s))[-MOST_KEPT:]
            except TimeoutError:
                device, timeout_s = self._manners.device, self._manners.timeout_s
                raise AnswerTimeoutError(device, timeout_s=timeout_s) from None
        self.heard = whole.rest
        return whole.frame


def _faster(speed: Speed, bit_s: int) -> Speed:
    return Speed(
        bit_s=bit_s, data_bits=speed.data_bits, parity=speed.parity, stop_bits=speed.stop_bits
    )


def _now_s() -> float:
    # Time-outs are physical, whatever the clock of the agent shows.
    return asyncio.get_running_loop().time()
