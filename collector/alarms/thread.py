"""Alarms in the collector's process: a thread of its own that looks, remembers and tells."""

import logging
import threading
from collections.abc import Sequence
from typing import Final, Protocol

from collector.alarms.course import Notice, Open, Rule, step, waiting_after
from collector.alarms.errors import AlarmDeliveryError, AlarmStateError
from collector.alarms.looking import Looking, Sight
from collector.alarms.memory import Memory, read_memory, write_memory
from evidence.clock import NS_PER_S, Clock, parse_utc

LOOK_S: Final = 15.0
RETRY_NS: Final = (30 * NS_PER_S, 1_800 * NS_PER_S)
"""After a failed delivery: twice as long each time, from one to the other."""
OUTDATED_NS: Final = 3 * 86_400 * NS_PER_S
"""A notice that found nobody for so long is not told any more."""
_logger: Final = logging.getLogger(__name__)


class Receiver(Protocol):
    """Who is told."""

    @property
    def name(self) -> str:
        """What it is known by in what waits."""
        ...

    def deliver(self, notice: Notice, now_ns: int) -> None:
        """Tells a notice; an AlarmDeliveryError if it did not arrive."""
        ...


class Round:
    """One look after the other; what is open, and what waits for whom.

    Args:
        sight: What is looked at.
        receivers: Who is told.
        clock: The time.
    """

    def __init__(self, sight: Sight, receivers: Sequence[Receiver], clock: Clock) -> None:
        self._sight, self._receivers, self._clock = sight, receivers, clock
        self._looking = Looking(sight)
        hold_ns = round(sight.section.hold_s * NS_PER_S)
        self._rule = Rule(
            hold_ns=hold_ns, repeat_ns=round(sight.section.repeat_h * 3600 * NS_PER_S)
        )
        self._later: dict[str, tuple[int, int]] = {}
        self._written: Memory | None = None
        self._memory = self._remembered()

    def _remembered(self) -> Memory:
        try:
            return read_memory(self._sight.state_dir)
        except AlarmStateError as wrong:
            _logger.error("%s", wrong)  # noqa: TRY400 - coded, no trace needed
            return Memory()

    @property
    def open(self) -> tuple[Open, ...]:
        """What is wrong and was told, or is over since a moment."""
        return tuple(each for each in self._memory.open if each.told_ns is not None)

    def look(self) -> None:
        """Looks once, tells what is due."""
        now_ns = self._clock.now_ns()
        found, unseen = self._looking.look(now_ns)
        state, notices = step(self._memory.open, found, unseen, now_ns, self._rule)
        for notice in notices:
            _logger.warning("alarm %s: %s", notice.event.value, notice.en)
        names = [each.name for each in self._receivers]
        waiting = waiting_after(self._memory.waiting, names, notices)
        self._keep(Memory(open=state, waiting=waiting))
        for receiver in self._receivers:
            self._tell(receiver)

    def _tell(self, receiver: Receiver) -> None:
        """Tells what waits in its order, until one does not arrive."""
        while waiting := self._memory.waiting.get(receiver.name, ()):
            if not self._told(receiver, waiting[0]):
                return
            rest = {**self._memory.waiting, receiver.name: waiting[1:]}
            self._keep(Memory(open=self._memory.open, waiting=rest))

    def _told(self, receiver: Receiver, notice: Notice) -> bool:
        """Whether a notice is done with: it arrived, or is out of date."""
        now_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        if now_ns - parse_utc(notice.at) > OUTDATED_NS:
            _logger.error("alarm %s found nobody at %s", notice.id, receiver.name)
            return True
        due_ns, pause_ns = self._later.get(receiver.name, (mono_ns, RETRY_NS[0]))
        if mono_ns < due_ns:
            return False
        try:
            receiver.deliver(notice, now_ns)
        except AlarmDeliveryError as wrong:
            _logger.error("%s", wrong)  # noqa: TRY400 - coded, no trace needed
            self._later[receiver.name] = (mono_ns + pause_ns, min(2 * pause_ns, RETRY_NS[1]))
            return False
        self._later.pop(receiver.name, None)
        return True

    def _keep(self, memory: Memory) -> None:
        """Remembers; where the disk is full, until the process ends."""
        self._memory = memory
        if memory == self._written:
            return
        try:
            write_memory(self._sight.state_dir, memory)
            self._written = memory
        except AlarmStateError as wrong:
            _logger.error("%s", wrong)  # noqa: TRY400 - coded, no trace needed


class AlarmThread:
    """Looks every quarter of a minute until it is stopped."""

    def __init__(self, look: Round, look_s: float = LOOK_S) -> None:
        self._look, self._look_s = look, look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-alarms", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends after the look in hand."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def open(self) -> tuple[Open, ...]:
        """What is open."""
        return self._look.open

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look.look()
            except Exception:  # alarms must not end with the first mistake
                _logger.exception("looking for alarms failed and is begun again")
            self._stopping.wait(self._look_s)
