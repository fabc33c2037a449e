"""What a subscription brought since the last exchange: ordered, bounded, gaps stated. Pure.

Whatever breaks the order ends the subscription: what came before is still delivered, nothing
after it is taken, and the next subscription's first delivery says why values are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from device_profiles.opcua.datavalue import status_of
from device_profiles.opcua.delivery import Delivery, Gap
from device_profiles.opcua.services import Publication
from device_profiles.opcua.status import overflowed

SERVER_TIME_HANDLE = 0
"""Client handle of the server's own time; nodes follow from 1."""
_LAST_SEQUENCE = 0xFFFF_FFFF


@dataclass(slots=True, kw_only=True)
class Inbox:
    """Takes a subscription's messages, gives them out by node.

    Attributes:
        nodes: How many; client handles 1 to `nodes` are theirs.
        most: DataValues that may wait.
        silence_s: How long messages and server time may fail to come.
        gap: Why values are missing before the first that this subscription brings.
        heard_s, ticked_s: When the last message, and the last server time, came, or what they
            are counted from; s of any clock that goes steadily. `ticked_s` is None where the
            server's time is not monitored.
        messages: How many came.
        ended: Why nothing more is taken; None while the subscription lives.
    """

    nodes: int
    most: int
    silence_s: float
    gap: Gap = Gap.NONE
    heard_s: float
    ticked_s: float | None = None
    ended: Gap | None = None
    messages: int = 0
    _waiting: list[list[bytes]] = field(init=False)
    _held: list[bytes] = field(init=False)
    _count: int = 0
    _next: int = 1

    def __post_init__(self) -> None:
        self._waiting = [[] for _ in range(self.nodes)]
        self._held = [b""] * self.nodes

    @property
    def complete(self) -> bool:
        """Whether something is known of every node."""
        return all(held or waiting for held, waiting in zip(self._held, self._waiting, strict=True))

    def refuse(self, refused: Mapping[int, bytes]) -> None:
        """Holds, by place of the node, the DataValue that says why the server does not watch it."""
        for place, value in refused.items():
            self._held[place] = value

    def take(self, told: Publication, now_s: float) -> None:
        """Takes one message, as far as its content can still be taken in order."""
        if self.ended is not None:
            return
        if told.sequence != self._next:
            self.ended = Gap.SEQUENCE
            return
        self.heard_s, self.messages = now_s, self.messages + 1
        if told.carries:
            self._next = told.sequence % _LAST_SEQUENCE + 1
        self._take_changes(told.changes, now_s)
        if told.ended is not None and self.ended is None:
            self.ended = Gap.CONNECTION

    def look(self, now_s: float) -> None:
        """Ends the subscription if nothing was heard of it for too long."""
        heard_s = self.heard_s if self.ticked_s is None else min(self.heard_s, self.ticked_s)
        if self.ended is None and now_s - heard_s > self.silence_s:
            self.ended = Gap.CONNECTION

    def drain(self) -> tuple[Delivery, ...]:
        """What came for each node since the last time; the gap is told once."""
        found = tuple(self._delivery(place) for place in range(self.nodes))
        self._held = [each.latest for each in found]
        self._waiting = [[] for _ in range(self.nodes)]
        self._count, self.gap = 0, Gap.NONE
        return found

    def _take_changes(self, changes: Sequence[tuple[int, bytes]], now_s: float) -> None:
        for handle, value in changes:
            if handle == SERVER_TIME_HANDLE:
                self.ticked_s = now_s
            elif handle <= self.nodes:
                if self._count >= self.most:
                    self.ended = Gap.OVERFLOW
                    return
                self._waiting[handle - 1].append(value)
                self._count += 1

    def _delivery(self, place: int) -> Delivery:
        values = tuple(self._waiting[place])
        lost = any(overflowed(status_of(value)) for value in values)
        gap = self.gap if self.gap is not Gap.NONE or not lost else Gap.SERVER_QUEUE
        # What held is not known to hold any more once the subscription has ended.
        held = b"" if values or self.ended is not None else self._held[place]
        return Delivery(values=values, gap=gap, held=held)
