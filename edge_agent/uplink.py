"""Outbox to link, receipts to trim: the agent's side of custody, stepped by `pump`.

Nothing is trimmed but what a receipt of the pinned collector covers, at our own root.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from edge_agent.custody_errors import (
    CollectorHoldsError,
    KeyNotPinnedError,
    LeafEndsLinkError,
    NoReceiptError,
    PacketSizeError,
    ReceiptRefusedError,
    SharedIdError,
    UplinkError,
)
from edge_agent.delivery import log_view, message
from edge_agent.link import Heard, Link, LinkDown, LinkEvent, LinkUp
from edge_agent.outbox import (
    NS_PER_S,
    WINDOW,
    Behind,
    Broken,
    Covered,
    Ignored,
    LogView,
    Outbox,
    after_behind,
    after_receipt,
    after_silence,
    ended_over_leaf,
    judge,
    rebuilt,
    to_publish,
)
from edge_agent.silence import ALARM_NS, Silence
from edge_agent.spool import Spool
from edge_agent.taken_over import REFUSED_YIELD_S
from evidence.clock import Clock
from evidence.errors import EvidenceError, UnknownKeyError
from evidence.log.envelope import Wanted, unseal_wanted
from evidence.log.key import Verifier
from evidence.log.receipt import Receipt, open_receipt

LOG = logging.getLogger("carbonmeter.agent")
SETTLE_NS: Final = NS_PER_S
"""How long a new connection waits for a retained receipt: it may say that we were restored."""
ALONE: Final = 2
"""So many connections that ended over the first leaf: on the next it is sent alone."""
PACKET_BYTES: Final = 256
"""What MQTT adds to a payload, generously: topic, properties, lengths."""

Reopen = Callable[[Broken], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkTerms:
    """Whose leaves, whose receipts, and the clock that time-outs are measured by.

    Attributes:
        agent: Id of the agent.
        collector: The pinned key.
        clock: Real time, also where the agent's own is simulated: the network is real.
        reopen: Opens a new epoch in the spool.
    """

    agent: str
    collector: Verifier
    clock: Clock
    reopen: Reopen


class Uplink:
    """Publishes what the spool holds, and lets it go when it is receipted.

    Args:
        spool: The leaves.
        link: The transport.
        terms: Whose leaves, whose receipts.
    """

    def __init__(self, spool: Spool, link: Link, terms: UplinkTerms) -> None:
        self._spool, self._link, self._terms = spool, link, terms
        self._events: deque[LinkEvent] = deque()
        self._outbox: Outbox | None = None
        self._window = WINDOW
        self._settled_ns = 0
        self._largest_bytes: int | None = None
        self._silence = Silence()
        self._ended = 0
        self._vouched = self._another = False  # the collector signed for our log; for another one
        self._trouble: UplinkError | None = None

    @property
    def trouble(self) -> UplinkError | None:
        """What keeps leaves here, as far as it is known; None if nothing does."""
        return self._trouble

    @property
    def connected(self) -> bool:
        """Whether the link stands."""
        return self._outbox is not None

    @property
    def delivered(self) -> bool:
        """Whether every leaf has its receipt."""
        return self._spool.base == self._spool.size

    def pump(self) -> None:
        """Takes in what was heard, and publishes what is due.

        Raises:
            SpoolFullError, SpoolStorageError: the spool cannot be written; call again later.
        """
        self._events.extend(self._link.events())
        while self._events:  # one that finds no room must not take the others with it
            self._take(self._events.popleft())
        if self._outbox is None:
            return
        now_ns = self._terms.clock.monotonic_ns()
        self._outbox = after_silence(self._outbox, now_ns)
        self._alarm(now_ns)
        if now_ns >= self._settled_ns:
            self._publish(self._outbox, now_ns)

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, LinkUp):
            self._connect(event)
        elif isinstance(event, LinkDown):
            self._disconnect(event)
        elif isinstance(event, Heard):
            self._hear(event)
        else:
            self._tell(event.cause)

    def _connect(self, event: LinkUp) -> None:
        now_ns = self._terms.clock.monotonic_ns()
        self._window = min(WINDOW, event.window or WINDOW)
        # One leaf, until the collector was heard: a log that forked, since it was restored or
        # cloned, shows no more of its other branch than that.
        self._outbox = rebuilt(self._spool.base, now_ns, 1)
        self._settled_ns = now_ns + SETTLE_NS
        self._largest_bytes, self._silence = event.largest_bytes, self._silence.heard()
        if not isinstance(self._trouble, NoReceiptError | LeafEndsLinkError):
            self._trouble = None  # what kept the link down is over; what keeps leaves may be not
        LOG.info("uplink: connected, %d leaves to deliver", self._spool.size - self._spool.base)

    def _disconnect(self, event: LinkDown) -> None:
        """Names what ended the link: the leaf, where that was alone on it, and not the first time.

        A broker that takes smaller messages than it says is not always told from a bad line.
        """
        outbox, self._outbox = self._outbox, None
        over = outbox is not None and ended_over_leaf(outbox, self._terms.clock.monotonic_ns())
        self._ended += over
        payload = message(self._spool, self._spool.base)
        if over and payload is not None and self._ended > ALONE:
            cause = LeafEndsLinkError(self._terms.agent, found=len(payload), limit=self._ended)
            self._tell(cause)
        else:
            self._tell(event.cause)

    def _hear(self, heard: Heard) -> None:
        if self._outbox is None:
            return
        try:
            wanted = unseal_wanted(heard.payload)
            receipt = self._opened(wanted)
        except EvidenceError as wrong:
            self._tell(ReceiptRefusedError(self._terms.agent, found=wrong.say("en")))
            return
        self._settled_ns = 0
        if wanted.receipt or not wanted.cause:
            self._follow(wanted, receipt, self._outbox, retained=heard.retained)
        if wanted.cause and not heard.retained:
            self._hold(wanted)

    def _opened(self, wanted: Wanted) -> Receipt | None:
        return open_receipt(wanted.receipt, self._terms.collector) if wanted.receipt else None

    def _follow(
        self, wanted: Wanted, receipt: Receipt | None, outbox: Outbox, *, retained: bool
    ) -> None:
        verdict = judge(wanted, receipt, self._view())
        now_ns = self._terms.clock.monotonic_ns()
        if isinstance(verdict, Covered):
            if not retained and receipt is not None:
                self._vouched, self._another = True, False
            if not retained and (verdict.size > outbox.base or self._ended < ALONE):
                outbox = replace(outbox, window=self._window)
            if verdict.size > outbox.base:
                self._spool.receipted(verdict.size, verdict.at_s)
                self._silence, self._trouble, self._ended = Silence(), None, 0
            self._outbox = after_receipt(outbox, verdict, now_ns)
        elif isinstance(verdict, Behind):
            self._outbox, set_back = after_behind(outbox, now_ns, retained=retained)
            if set_back:
                size = verdict.want
                self._reopen(
                    Broken(reason="collector_set_back", former=self._spool.epoch, size=size)
                )
        elif isinstance(verdict, Broken):
            self._break(verdict)
        else:
            self._ignore(verdict)

    def _hold(self, wanted: Wanted) -> None:
        """Names what keeps the collector from going on; it answers, so it is not silent.

        A cause without a receipt says nothing of the log: whom the collector does not know,
        it cannot tell what it holds of him.
        """
        if wanted.epoch in self._spool.former_epochs:
            return
        self._silence = self._silence.heard(self._terms.clock.monotonic_ns())
        agent = self._terms.agent
        if wanted.epoch != self._spool.epoch:
            self._tell(SharedIdError(agent, found=wanted.cause))
        elif wanted.cause == UnknownKeyError.code:
            self._tell(KeyNotPinnedError(agent))
            if self._another:  # whose key is known, and who needs the connection
                self._give_way(REFUSED_YIELD_S)
        else:
            self._tell(CollectorHoldsError(agent, found=wanted.cause, limit=wanted.want))

    def _ignore(self, verdict: Ignored) -> None:
        LOG.debug("uplink: receipt ignored, %s", verdict.what)

    def _break(self, broken: Broken) -> None:
        """The collector signed for another log than ours: a new epoch.

        Where it had signed for ours since we connected first, or this is not the first time,
        the other log is alive: a copy of this agent took the client id from us, and we from
        it; so it is left alone a while. Few brokers say that a connection was taken over.
        """
        copied, self._another = self._vouched or self._another, True
        self._reopen(broken)
        if copied:
            self._give_way()

    def _give_way(self, least_s: float = 0.0) -> None:
        """Leaves the client id to another agent; what waits here keeps."""
        self._outbox = None
        self._link.give_way(least_s)

    def _reopen(self, broken: Broken) -> None:
        """The log is over; what has no receipt is logged again in a new one."""
        self._terms.reopen(broken)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Delivers from the spool's base on, of a log that was opened just now."""
        self._vouched = False
        if self._outbox is not None:
            now_ns = self._terms.clock.monotonic_ns()
            self._outbox = rebuilt(self._spool.base, now_ns, self._outbox.window)

    def _view(self) -> LogView:
        return log_view(self._spool, self._terms.agent)

    def _publish(self, outbox: Outbox, now_ns: int) -> None:
        after, due = to_publish(outbox, self._spool.size, now_ns)
        held = next((sequence for sequence in due if not self._send(sequence)), None)
        self._outbox = after if held is None else replace(after, following=held)

    def _send(self, sequence: int) -> bool:
        """Publishes a leaf; False if the broker would not take it."""
        payload, largest = message(self._spool, sequence), self._largest_bytes
        if payload is None:
            return False
        packet = len(payload) + PACKET_BYTES
        if largest is not None and packet > largest:
            self._tell(PacketSizeError(self._terms.agent, found=packet, limit=largest))
            return False
        self._link.send(payload)
        return True

    def _alarm(self, now_ns: int) -> None:
        """Names the silence, where nothing better is known; a link may stand and be deaf."""
        waiting = self._spool.size - self._spool.base
        self._silence, alarm = self._silence.after(now_ns, waiting=waiting > 0)
        if not alarm:
            return
        if self._trouble is None or isinstance(self._trouble, NoReceiptError):
            limit = ALARM_NS // NS_PER_S
            self._tell(NoReceiptError(self._terms.agent, found=waiting, limit=limit))
        if self._silence.asks_for_a_new_link:
            self._link.renew()

    def _tell(self, trouble: UplinkError) -> None:
        """Logs what is wrong when it changes; an alarm that repeats itself is not read."""
        before, self._trouble = self._trouble, trouble
        if before is None or before.say("en") != trouble.say("en"):
            LOG.warning("%s", trouble.say("en"))
