"""A broker in memory, in stepped time: retained answers, one connection for a client id.

It does what MQTT 5 says of the two: a second connection with a client id ends the first one,
and a retained message is told to whoever subscribes. What is in between is dropped with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from collector.agents import batch_topic, receipt_topic
from collector.answers import Reply
from collector.intake import Intake
from edge_agent.custody_errors import BrokerUnreachableError, TakenOverError
from edge_agent.link import Heard, LinkDown, LinkEvent, LinkUp
from edge_agent.mqtt_link import STEADY_NS, pause_after
from edge_agent.taken_over import Yielding
from evidence.clock import SteppedClock

S = 1_000_000_000


@dataclass(slots=True)
class MemoryBroker:
    """Between agents and a collector; the collector may be away.

    Attributes:
        retained: The answer that is kept, by topic.
        links: Who is connected, by client id.
        takeovers: How often a connection was ended by another one.
        tells: Whether who is taken over is told so (MQTT 5, reason 0x8E); many brokers do not.
        published: Every message that reached the collector.
    """

    clock: SteppedClock
    intake: Intake | None = None
    retained: dict[str, bytes] = field(default_factory=dict)
    links: "dict[str, MemoryLink]" = field(default_factory=dict)
    takeovers: int = 0
    tells: bool = True
    published: list[bytes] = field(default_factory=list)

    def connect(self, link: "MemoryLink") -> None:
        """Takes a connection; one with the same client id ends."""
        before = self.links.get(link.client_id)
        if before is not None:
            self.takeovers += 1
            before.taken_over()
        self.links[link.client_id] = link

    def publish(self, agent: str, payload: bytes) -> None:
        """Hands a message to the collector, if it is there."""
        if self.intake is not None:
            self.published.append(payload)
            self.intake.feed(batch_topic(agent), payload)

    def settle(self) -> None:
        """The collector commits and answers."""
        if self.intake is not None:
            self.say(self.intake.flush())

    def say(self, replies: list[Reply]) -> None:
        """Delivers answers to who is connected, and keeps those to be kept."""
        for reply in replies:
            if reply.retain:
                self.retained[reply.topic] = reply.payload
            for link in self.links.values():
                if receipt_topic(link.agent) == reply.topic:
                    link.hear(reply.payload, retained=False)

    def forget(self) -> None:
        """Restarts without a memory: connections end, and what was retained is gone."""
        self.retained.clear()
        for link in list(self.links.values()):
            link.cut()


class MemoryLink:
    """An agent's `Link` to it, with the pauses of the real one.

    Args:
        broker: Where it connects.
        agent: Whose topics, and whose client id.
    """

    def __init__(self, broker: MemoryBroker, agent: str) -> None:
        self.broker, self.agent = broker, agent
        self.client_id = f"carbonmeter-{agent}"
        self._events: list[LinkEvent] = []
        self._yielding, self._pause_s, self._useful = Yielding(), 0.0, False
        self._since_ns = self._due_ns = broker.clock.monotonic_ns()
        self._stopped = False
        self.sent = 0

    @property
    def up(self) -> bool:
        """Whether it is connected."""
        return self.broker.links.get(self.client_id) is self

    def start(self, notify: Callable[[], None]) -> None:
        notify()

    def tick(self) -> None:
        """Connects when it is time."""
        now_ns = self.broker.clock.monotonic_ns()
        if self._stopped or self.up or now_ns < self._due_ns:
            return
        self._since_ns, self._useful = now_ns, False
        self.broker.connect(self)
        self._events.append(LinkUp())
        kept = self.broker.retained.get(receipt_topic(self.agent))
        if kept is not None:
            self.hear(kept, retained=True)

    def hear(self, payload: bytes, *, retained: bool) -> None:
        self._useful = self._useful or not retained
        self._events.append(Heard(payload=payload, retained=retained))

    def taken_over(self) -> None:
        """Another client has the id now; a broker may end the connection without a word."""
        if self.broker.tells:
            self._yields()
            return
        self._ended(taken_over=False)
        self._events.append(LinkDown(cause=BrokerUnreachableError("memory", found="ended")))

    def _yields(self, least_s: float = 0.0) -> None:
        self._ended(taken_over=True, least_s=least_s)
        found, limit = self.client_id, round(self._yielding.pause_s)
        self._events.append(LinkDown(cause=TakenOverError("memory", found=found, limit=limit)))

    def cut(self) -> None:
        """The connection ends."""
        del self.broker.links[self.client_id]
        self._ended(taken_over=False)
        self._events.append(LinkDown(cause=BrokerUnreachableError("memory", found="cut")))

    def _ended(self, *, taken_over: bool, least_s: float = 0.0) -> None:
        now_ns = self.broker.clock.monotonic_ns()
        lasted_ns = now_ns - self._since_ns
        useful = self._useful or lasted_ns > STEADY_NS
        self._pause_s = pause_after(self._pause_s, useful=useful)
        self._yielding = self._yielding.after(lasted_ns, taken_over=taken_over, least_s=least_s)
        pause_s = self._yielding.pause_s if taken_over else self._pause_s
        self._due_ns = now_ns + round(pause_s * S)

    def events(self) -> list[LinkEvent]:
        found, self._events = self._events, []
        return found

    def send(self, payload: bytes) -> None:
        self.sent += 1
        if self.up:
            self.broker.publish(self.agent, payload)

    def renew(self) -> None:
        if self.up:
            self.cut()

    def give_way(self, least_s: float) -> None:
        """Leaves the client id to another one, and says so."""
        if self.up:
            del self.broker.links[self.client_id]
            self._yields(least_s)

    def stop(self) -> None:
        self._stopped = True
        if self.up:
            del self.broker.links[self.client_id]
