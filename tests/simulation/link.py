"""The agent's link over the broker stand-in: it keeps itself connected, with a growing pause."""

from collections.abc import Callable
from typing import Final

from collector.agents import batch_topic, receipt_topic
from edge_agent.custody_errors import BrokerUnreachableError
from edge_agent.link import Heard, LinkDown, LinkEvent, LinkUp
from edge_agent.mqtt_link import STEADY_NS, pause_after
from edge_agent.taken_over import Yielding
from tests.simulation.broker import TAKEN_OVER, Broker, Session
from tests.simulation.world import World

NS_PER_S: Final = 1_000_000_000


class SimulatedLink:
    """A `Link` of one life of one machine.

    Args:
        world: Time.
        broker: Where to connect.
        agent: Client id, and the agent in the topics.
    """

    def __init__(self, world: World, broker: Broker, agent: str) -> None:
        self._world, self._broker, self._agent = world, broker, agent
        self._session: Session | None = None
        self._events: list[LinkEvent] = []
        self._pause_s, self._yielding = 0.0, Yielding()
        self._since_s, self._useful, self._over = 0.0, False, False
        self._notify: Callable[[], None] = lambda: None

    def start(self, notify: Callable[[], None]) -> None:
        """Connects."""
        self._notify = notify
        self._connect()

    def events(self) -> list[LinkEvent]:
        """What happened since the last call."""
        found, self._events = self._events, []
        return found

    def send(self, payload: bytes) -> None:
        """Publishes a leaf."""
        self._broker.publish(self._session, batch_topic(self._agent), payload, retain=False)

    def stop(self) -> None:
        """Leaves the broker for good."""
        self._over = True
        if self._session is not None:
            self._broker.leave(self._session)

    def renew(self) -> None:
        """Ends the connection; another is made after a pause."""
        if self._session is not None:
            self._broker.leave(self._session)
            self.cut("renewed")

    def give_way(self, least_s: float) -> None:  # noqa: ARG002 - nobody is refused here
        """Leaves the client id to another connection, for longer than a pause."""
        if self._session is not None:
            self._broker.leave(self._session)
            self.cut(TAKEN_OVER)

    def heard(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Takes a message from the broker."""
        assert topic == receipt_topic(self._agent)
        self._useful = self._useful or not retained
        self._add(Heard(payload=payload, retained=retained))

    def cut(self, why: str) -> None:
        """The connection is gone; another is made after the product's own pause."""
        lasted_ns, self._session = round((self._world.loop.time() - self._since_s) * NS_PER_S), None
        useful = self._useful or lasted_ns > STEADY_NS
        taken_over = why == TAKEN_OVER
        self._pause_s = pause_after(self._pause_s, useful=useful)
        self._yielding = self._yielding.after(lasted_ns, taken_over=taken_over)
        self._add(LinkDown(cause=BrokerUnreachableError("simulation", found=why)))
        self._again(self._yielding.pause_s if taken_over else self._pause_s)

    def _connect(self) -> None:
        if self._over or self._session is not None:
            return
        topic = receipt_topic(self._agent)
        session = self._broker.connect(self._agent, self, lambda each: each == topic)
        if session is None:
            self._pause_s = pause_after(self._pause_s, useful=False)
            self._again(self._pause_s)
            return
        self._session, self._useful = session, False
        self._since_s = self._world.loop.time()
        self._add(LinkUp())
        self._broker.subscribed(session)

    def _again(self, pause_s: float) -> None:
        self._world.loop.call_later(pause_s, self._connect)

    def _add(self, event: LinkEvent) -> None:
        self._events.append(event)
        self._notify()
