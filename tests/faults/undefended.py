"""One defence taken away, in this process: for controls, and for launchers of processes.

Each function changes what runs through `patch(where, name, value)`, such as `setattr`.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import collector.admit
import collector.intake
import collector.receive
import edge_agent.assembly
from collector.enrolment import broker_files
from collector.enrolment.broker_text import access_list
from collector.enrolment.following import RegistrarThread
from collector.fair_queue import Message
from collector.outcome import Admitted, Held, LogState, Outcome, Presented
from edge_agent.link import Heard, LinkEvent
from edge_agent.mqtt_link import MqttLink
from edge_agent.outbox import Covered, after_receipt
from edge_agent.uplink import Uplink
from evidence.clock import ScaledClock
from evidence.log import merkle
from evidence.log.envelope import decompress
from tests.faults.undefended_views import believe_the_database, wait_for_the_database

Patch = Callable[[object, str, object], None]
ONE_QUEUE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The broker said that it took a message."""


def trust_acknowledgements(patch: Patch) -> None:
    """The agent takes a PUBACK for a receipt, and hears no receipts."""
    take = Uplink._take

    def on_publish(link: MqttLink, *about: object) -> None:
        if not getattr(about[3], "is_failure", True):
            link._add(Acknowledged())  # type: ignore[arg-type]

    def taken(uplink: Uplink, event: LinkEvent | Acknowledged) -> None:
        if isinstance(event, Acknowledged):
            _trimmed(uplink)
        elif not isinstance(event, Heard):
            take(uplink, event)

    patch(MqttLink, "_on_publish", on_publish)
    patch(Uplink, "_take", taken)


def _trimmed(uplink: Uplink) -> None:
    outbox = uplink._outbox
    if outbox is not None and outbox.in_flight:
        size = outbox.base + 1
        uplink._spool.receipted(size, 0)
        covered, now_ns = Covered(size=size, at_s=0, want=size), uplink._terms.clock.monotonic_ns()
        uplink._outbox = after_receipt(outbox, covered, now_ns)


def _admitted(presented: Presented, state: LogState) -> Admitted:
    leaf = decompress(presented.frame)
    leaf_hash = merkle.leaf_hash(leaf)
    return Admitted(
        agent=presented.agent,
        epoch=presented.epoch,
        sequence=state.size,
        leaf=leaf,
        frame=presented.frame,
        leaf_hash=leaf_hash,
        frontier=merkle.append(state.frontier, leaf_hash),
        root=presented.root,
        note=presented.note,
    )


def take_what_is_not_signed(patch: Patch) -> None:
    """The collector does not compare what came with what was signed."""

    def following(presented: Presented, _leaf: bytes, state: LogState) -> Outcome:
        return _admitted(presented, state)

    patch(collector.admit, "_next", following)


def take_again(patch: Patch) -> None:
    """The collector does not know again what it holds: the same leaf is one more."""
    admit = collector.admit.admit

    def taken(presented: Presented, state: LogState, held: Held | None) -> Outcome:
        return admit(presented, state, None) if held is None else _admitted(presented, state)

    patch(collector.intake, "admit", taken)


class OneQueue:
    """One queue of 1,000 messages for all, first come, first served."""

    def __init__(self, _known: object) -> None:
        self._messages: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, topic: str, payload: bytes) -> bool:
        if len(self._messages) >= ONE_QUEUE:
            return False
        self._messages.append((topic, payload))
        return True

    def begin_group(self) -> None:
        """Nothing is shared out."""

    def take(self) -> Message | None:
        return self._messages.popleft() if self._messages else None


def queue_for_all(patch: Patch) -> None:
    """The collector has one queue for all agents."""
    patch(collector.receive, "FairQueue", OneQueue)


def hurry_uplink(patch: Patch, factor: float) -> None:
    """The time-outs of an agent's uplink run faster, with everything else as it is."""
    clock = ScaledClock(start_real_ns=0, start_virtual_ns=0, factor=factor)
    patch(edge_agent.assembly, "SystemClock", lambda: clock)


def follow_no_revocation(patch: Patch) -> None:
    """The collector follows the journal up to the first key that is revoked, and no further."""
    whole = RegistrarThread._repinned

    def repinned(thread: RegistrarThread) -> bool:
        return not thread._registrar.registered.revoked_ns and whole(thread)

    patch(RegistrarThread, "_repinned", repinned)


def list_everyone(patch: Patch) -> None:
    """The broker's access list goes on naming agents that are revoked."""
    whole = access_list
    patch(broker_files, "access_list", lambda agents: whole({*agents, "line-1", "line-2"}))


DEFENCES: Final[dict[str, Callable[[Patch], None]]] = {
    each.__name__: each
    for each in (
        trust_acknowledgements,
        take_what_is_not_signed,
        take_again,
        queue_for_all,
        follow_no_revocation,
        list_everyone,
        believe_the_database,
        wait_for_the_database,
    )
}
