"""Outbox to link, receipts to trim: the agent's side of custody, stepped by `pump`.

Nothing is trimmed but what a receipt of the pinned collector covers, at our own root.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from edge_agent.custody_errors import (
    CollectorHoldsError,
    NoReceiptError,
    PacketSizeError,
    ReceiptRefusedError,
    UplinkError,
)
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
    judge,
    rebuilt,
    to_publish,
)
from edge_agent.spool import Spool
from evidence.clock import Clock
from evidence.errors import EvidenceError
from evidence.log.envelope import Envelope, Wanted, seal, unseal_wanted
from evidence.log.key import Verifier
from evidence.log.receipt import Receipt, open_receipt

LOG = logging.getLogger("carbonmeter.agent")
SETTLE_NS: Final = NS_PER_S
"""How long a new connection waits for a retained receipt: it may say that we were restored."""
ALARM_NS: Final = 30 * NS_PER_S
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
        self._outbox: Outbox | None = None
        self._settled_ns = 0
        self._largest_bytes: int | None = None
        self._alarm_ns: int | None = None
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
        for event in self._link.events():
            self._take(event)
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
            self._outbox = None
            self._tell(event.cause)
        elif isinstance(event, Heard):
            self._hear(event)
        else:
            self._tell(event.cause)

    def _connect(self, event: LinkUp) -> None:
        now_ns = self._terms.clock.monotonic_ns()
        self._outbox = rebuilt(self._spool.base, now_ns, min(WINDOW, event.window or WINDOW))
        self._settled_ns = now_ns + SETTLE_NS
        self._largest_bytes, self._alarm_ns, self._trouble = event.largest_bytes, None, None
        LOG.info("uplink: connected, %d leaves to deliver", self._spool.size - self._spool.base)

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
        self._follow(wanted, receipt, self._outbox, retained=heard.retained)

    def _opened(self, wanted: Wanted) -> Receipt | None:
        return open_receipt(wanted.receipt, self._terms.collector) if wanted.receipt else None

    def _follow(
        self, wanted: Wanted, receipt: Receipt | None, outbox: Outbox, *, retained: bool
    ) -> None:
        verdict = judge(wanted, receipt, self._view())
        now_ns = self._terms.clock.monotonic_ns()
        if isinstance(verdict, Covered):
            if verdict.size > outbox.base:
                self._spool.receipted(verdict.size, verdict.at_s)
                self._alarm_ns, self._trouble = None, None
            self._outbox = after_receipt(outbox, verdict, now_ns)
        elif isinstance(verdict, Behind):
            self._outbox, set_back = after_behind(outbox, retained=retained)
            if set_back:
                size = verdict.want
                self._reopen(
                    Broken(reason="collector_set_back", former=self._spool.epoch, size=size)
                )
        elif isinstance(verdict, Broken):
            self._reopen(verdict)
        else:
            self._ignore(verdict)
        if wanted.cause and not retained:
            self._tell(
                CollectorHoldsError(self._terms.agent, found=wanted.cause, limit=wanted.want)
            )

    def _ignore(self, verdict: Ignored) -> None:
        LOG.debug("uplink: receipt ignored, %s", verdict.what)

    def _reopen(self, broken: Broken) -> None:
        """The log is over; what has no receipt is logged again in a new one."""
        self._terms.reopen(broken)
        now_ns = self._terms.clock.monotonic_ns()
        window = WINDOW if self._outbox is None else self._outbox.window
        self._outbox = rebuilt(self._spool.base, now_ns, window)

    def _view(self) -> LogView:
        return LogView(
            agent=self._terms.agent,
            epoch=self._spool.epoch,
            base=self._spool.base,
            size=self._spool.size,
            root_at=self._spool.root_at,
            former=self._spool.former_epochs,
        )

    def _publish(self, outbox: Outbox, now_ns: int) -> None:
        after, due = to_publish(outbox, self._spool.size, now_ns)
        held = next((sequence for sequence in due if not self._send(sequence)), None)
        self._outbox = after if held is None else replace(after, following=held)

    def _send(self, sequence: int) -> bool:
        """Publishes a leaf; False if the broker would not take it."""
        leaf = self._spool.leaf(sequence)
        if leaf is None:
            return False
        payload = seal(
            Envelope(
                epoch=self._spool.epoch,
                sequence=sequence,
                checkpoint=leaf.checkpoint,
                leaf=leaf.frame,
            )
        )
        largest = self._largest_bytes
        if largest is not None and len(payload) + PACKET_BYTES > largest:
            self._tell(PacketSizeError(self._terms.agent, found=len(payload), limit=largest))
            return False
        self._link.send(payload)
        return True

    def _alarm(self, now_ns: int) -> None:
        """Names the silence, once for each half minute of it."""
        waiting = self._spool.size - self._spool.base
        if not waiting or self._alarm_ns is None:
            self._alarm_ns = now_ns
        if now_ns - self._alarm_ns < ALARM_NS:
            return
        self._alarm_ns = now_ns
        limit = ALARM_NS // NS_PER_S
        self._tell(NoReceiptError(self._terms.agent, found=waiting, limit=limit))

    def _tell(self, trouble: UplinkError) -> None:
        """Logs what is wrong when it changes; an alarm that repeats itself is not read."""
        before, self._trouble = self._trouble, trouble
        if before is None or before.say("en") != trouble.say("en"):
            LOG.warning("%s", trouble.say("en"))
