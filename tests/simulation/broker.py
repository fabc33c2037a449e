"""A broker that acknowledges everything, and then does with it what its faults say.

QoS 1, in order for each subscriber; one retained message a topic; a second client with an id
ends the first one's connection, as brokers do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final, Protocol

from tests.simulation.world import World

APART_S: Final = 1e-6
TAKEN_OVER: Final = "taken over"


class Client(Protocol):
    """Who is connected."""

    def heard(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Takes a message."""

    def cut(self, why: str) -> None:
        """Learns that the connection is gone."""


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """One connection of one client."""

    id: str
    client: Client
    wants: Callable[[str], bool]
    alive: bool = True
    busy_until_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often (0 to 1) what happens to a message; `slow_s` is the longest extra delay."""

    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    corrupt: float = 0.0
    slow: float = 0.0
    slow_s: float = 20.0


@dataclass(slots=True, kw_only=True)
class Broker:
    """The stand-in.

    Attributes:
        deaf: Ids whose messages to the broker are lost, and to whom nothing comes through.
        mute: Ids to whom nothing comes through, though the broker hears them.
    """

    world: World
    rng: Random
    habits: Habits
    up: bool = True
    sessions: dict[str, Session] = field(default_factory=dict)
    retained: dict[str, bytes] = field(default_factory=dict)
    deaf: dict[str, None] = field(default_factory=dict)
    mute: dict[str, None] = field(default_factory=dict)

    def connect(self, name: str, client: Client, wants: Callable[[str], bool]) -> Session | None:
        """A session with all that is retained of what the client wants; None if unreachable."""
        if not self.up or name in self.deaf or name in self.mute:
            return None
        if name in self.sessions:
            self.world.say(f"broker: {name} is taken over")
            self.close(self.sessions[name], TAKEN_OVER)
        session = Session(id=name, client=client, wants=wants)
        self.sessions[name] = session
        return session

    def subscribed(self, session: Session) -> None:
        """Sends what is retained."""
        for topic in sorted(filter(session.wants, self.retained)):
            self._send(session, topic, self.retained[topic], retained=True)

    def close(self, session: Session, why: str) -> None:
        """Ends a connection; what was under way to it is lost."""
        if session.alive:
            session.alive = False
            del self.sessions[session.id]
            session.client.cut(why)

    def leave(self, session: Session) -> None:
        """The client ended its connection; it knows."""
        if session.alive:
            session.alive = False
            del self.sessions[session.id]

    def stop(self, *, forgets: bool) -> None:
        """Ends the broker as a kill does; it may lose what it retained."""
        self.up = False
        for session in list(self.sessions.values()):
            self.close(session, "the broker is gone")
        if forgets:
            self.retained.clear()

    def publish(self, session: Session | None, topic: str, payload: bytes, *, retain: bool) -> None:
        """Takes a message, acknowledges it, and passes it on, mostly."""
        if session is None or not session.alive or session.id in self.deaf:
            return
        if self._happens(self.habits.drop):
            self.world.say(f"broker: acknowledged and dropped one to {topic}")
            return
        if self._happens(self.habits.corrupt):
            payload = self._corrupted(topic, payload)
        if retain:
            self.retained[topic] = payload
        for each in list(self.sessions.values()):
            if each.wants(topic):
                for _ in range(2 if self._happens(self.habits.duplicate) else 1):
                    self._send(each, topic, payload, retained=False)

    def _corrupted(self, topic: str, payload: bytes) -> bytes:
        place, bit = self.rng.randrange(len(payload)), 1 << self.rng.randrange(8)
        self.world.say(f"broker: flipped a bit at {place} of one to {topic}")
        return payload[:place] + bytes([payload[place] ^ bit]) + payload[place + 1 :]

    def _happens(self, share: float) -> bool:
        return share > 0 and self.rng.random() < share

    def _send(self, session: Session, topic: str, payload: bytes, *, retained: bool) -> None:
        delay_s = self.rng.uniform(0.001, 0.05)
        if self._happens(self.habits.slow):
            delay_s += self.rng.uniform(0.1, self.habits.slow_s)
        due_s = self.world.loop.time() + delay_s
        if not self._happens(self.habits.reorder):
            due_s = max(due_s, session.busy_until_s + APART_S)
            session.busy_until_s = due_s
        else:
            due_s += self.rng.uniform(0.0, 5.0)
        self.world.loop.call_at(due_s, self._hand, session, topic, payload, retained)

    def _hand(self, session: Session, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - a callback's
        if session.alive and session.id not in self.deaf and session.id not in self.mute:
            session.client.heard(topic, payload, retained=retained)
