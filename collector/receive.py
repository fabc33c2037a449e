"""The MQTT shell: one owner thread feeds the intake, commits in groups, and answers."""

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Final

from collector.agents import Agents
from collector.broker import Broker
from collector.config import BrokerSection
from collector.fair_queue import LINE_MESSAGES, FairQueue, LineFullError
from collector.intake import Intake
from collector.pace import Pace
from evidence.clock import NS_PER_S, Clock

GROUP: Final = 256
GROUP_BYTES: Final = 16 * 1024 * 1024
WAIT_S: Final = 0.5
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether batches are being received.

    Attributes:
        connected: The broker accepted the connection and it stands.
        network_alive: The network thread runs.
        owner_alive: The thread that commits runs.
        queued: Messages that wait for it.
    """

    connected: bool
    network_alive: bool
    owner_alive: bool
    queued: int


class Receiver:
    """Receives batches over MQTT until it is stopped.

    Messages are acknowledged when they come and wait in a line of their agent's; what finds
    no place there is dropped, and its agent sends it again, for it has no receipt.

    Attributes:
        counters: How often what happened, by (event, code); the broker's too. The events
            are queue_full, of an agent's line or that of strangers, and failed here.
    """

    def __init__(
        self, *, broker: BrokerSection, collector_id: str, intake: Intake, clock: Clock
    ) -> None:
        """Prepares a receiver; nothing is connected yet.

        Args:
            broker: Where the broker is.
            collector_id: The collector's id; the client id is made from it.
            intake: What is fed; from `start` on it belongs to the owner thread.
            clock: Paces the log lines.

        Raises:
            ConfigFileError: The password or a TLS file cannot be used.
        """
        self._intake = intake
        self._clock = clock
        self._queue = FairQueue(intake.expects)
        self._arrival = threading.Condition()
        self._warnings = Pace(interval_ns=60 * NS_PER_S)
        self._announce = threading.Event()
        self._stopping = threading.Event()
        self._broker = Broker(
            section=broker,
            client_id=f"carbonmeter-collector-{collector_id}",
            clock=clock,
            on_message=self._enqueue,
            on_up=self._announce.set,
        )
        self.counters: Counter[tuple[str, str]] = self._broker.counters
        self._owner = threading.Thread(target=self._own, name="collector-intake", daemon=True)

    def start(self) -> None:
        """Begins to connect and to receive; returns at once."""
        self._owner.start()
        self._broker.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Commits and answers what has come, then disconnects; at most twice `timeout_s`."""
        self._stopping.set()
        self._owner.join(timeout_s)
        self._broker.stop(timeout_s)

    def repin(self, agents: Agents) -> None:
        """Takes other pinned keys, from the next message on; every agent is answered anew."""
        self._intake.repin(agents)
        self._announce.set()

    def health(self) -> Health:
        """Whether batches are being received."""
        return Health(
            connected=self._broker.connected,
            network_alive=self._broker.alive,
            owner_alive=self._owner.is_alive(),
            queued=len(self._queue),
        )

    def _enqueue(self, topic: str, payload: bytes) -> None:
        if self._stopping.is_set():
            return
        with self._arrival:
            kept = self._queue.put(topic, payload)
            self._arrival.notify()
        if not kept:
            self._dropped(topic)

    def _dropped(self, topic: str) -> None:
        whose = "agent" if self._intake.expects(topic) else "stranger"
        self.counters["queue_full", whose] += 1
        subject = topic if whose == "agent" else whose
        if self._warnings.allows(subject, None, self._clock.monotonic_ns()):
            _logger.warning("%s", LineFullError(f"topic {topic[:80]!r}", limit=LINE_MESSAGES))

    def _own(self) -> None:
        while not (self._stopping.is_set() and not len(self._queue)):
            try:
                self._round()
            except Exception:  # one bad round must not end custody for all agents
                self.counters["failed", "round"] += 1
                _logger.exception("a round of the intake failed; its agents send again")

    def _round(self) -> None:
        """One group: feed what waits, commit it, answer."""
        self._feed_group()
        replies = self._intake.flush()
        if self._announce.is_set():
            self._announce.clear()
            replies += self._intake.resume()
        for reply in replies:
            self._broker.publish(reply)

    def _feed_group(self) -> None:
        with self._arrival:
            self._queue.begin_group()
        for fed in range(GROUP):
            message = self._next(0.0 if fed else WAIT_S)
            if message is None:
                return
            self._feed(*message)
            if self._intake.pending_bytes > GROUP_BYTES:
                return

    def _next(self, timeout_s: float) -> tuple[str, bytes] | None:
        with self._arrival:
            if timeout_s and not len(self._queue):
                self._arrival.wait(timeout_s)
            return self._queue.take()

    def _feed(self, topic: str, payload: bytes) -> None:
        try:
            self._intake.feed(topic, payload)
        except Exception:  # the messages beside it are still good
            self.counters["failed", "feed"] += 1
            _logger.exception("a message on %r could not be judged", topic[:80])
