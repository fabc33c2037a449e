"""What to publish next, and what a collector's word means for the log. Pure.

A window of leaves without a receipt is in flight. PUBACK means nothing here: only receipts
move the base. Time is an argument, monotonic.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from evidence.errors import CheckpointError
from evidence.log.checkpoint import parse_origin
from evidence.log.envelope import Wanted
from evidence.log.receipt import Receipt

NS_PER_S: Final = 1_000_000_000
WINDOW: Final = 8
RESEND_NS: Final = 10 * NS_PER_S
REPEAT_NS: Final = 1 * NS_PER_S
"""Least time between two returns to one leaf: an answer to each doubled leaf doubles no more."""
SOON_NS: Final = 5 * NS_PER_S
"""A connection that ends so soon after a leaf was sent may have ended because of it."""
BEHIND: Final = 3
"""So many live answers from below the base, each to leaves sent again, are no late ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """What the judge of a receipt must know of the log.

    Attributes:
        agent, epoch: Whose log, and which.
        base, size: First leaf without a receipt, and number of leaves.
        root_at: The root at a size from `base` to `size`; None if unknown.
        former: Epochs that are over.
    """

    agent: str
    epoch: str
    base: int
    size: int
    root_at: Callable[[int], bytes | None]
    former: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A receipt for the first `size` leaves, signed at `at_s`; the collector wants leaf `want`."""

    size: int
    at_s: int
    want: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The collector wants a leaf that has its receipt, and is gone: it is late, or set back."""

    want: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The log is not the one that the collector signed for: a new epoch is needed."""

    reason: Literal["restored", "collector_set_back"]
    former: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A word that proves nothing, and why."""

    what: str


Verdict = Covered | Behind | Broken | Ignored


def judge(wanted: Wanted, receipt: Receipt | None, log: LogView) -> Verdict:
    """What the collector's word means.

    Args:
        wanted: As it was received; its `want` and `epoch` alone are not signed.
        receipt: Opened with the pinned key; None where `wanted` carries none.
        log: Our own.
    """
    if receipt is not None and not _fits(wanted, receipt, log.agent):
        return Ignored(what="the receipt does not say what the message around it says")
    if wanted.epoch != log.epoch:
        return _of_another_epoch(wanted, receipt, log)
    if receipt is None:
        return _without_receipt(wanted, log)
    return _of_this_epoch(wanted.want, receipt, log)


def _fits(wanted: Wanted, receipt: Receipt, agent: str) -> bool:
    """The receipt is for this agent's log of that epoch, and for no more than is wanted next."""
    try:
        origin = parse_origin(receipt.checkpoint.origin)
    except CheckpointError:
        return False
    same = (origin.agent, origin.epoch) == (agent, wanted.epoch)
    return same and receipt.checkpoint.size <= wanted.want


def _of_another_epoch(wanted: Wanted, receipt: Receipt | None, log: LogView) -> Verdict:
    if wanted.epoch in log.former:
        return Ignored(what="it speaks of an epoch that is over")
    if receipt is None:
        return Ignored(what="it speaks of an unknown epoch and is not signed")
    # We signed that log, and know nothing of it: this spool is an older copy.
    return Broken(reason="restored", former=wanted.epoch, size=receipt.checkpoint.size)


def _without_receipt(wanted: Wanted, log: LogView) -> Verdict:
    if wanted.want != 0:
        return Ignored(what="it wants a leaf and does not show that it has those before it")
    return Behind(want=0) if log.base else Covered(size=0, at_s=0, want=0)


def _of_this_epoch(want: int, receipt: Receipt, log: LogView) -> Verdict:
    size = receipt.checkpoint.size
    if want < log.base:
        return Behind(want=want)
    if size < log.base:  # an older receipt that came with a refusal; it is still true
        return Covered(size=log.base, at_s=receipt.at_s, want=want)
    if size > log.size or log.root_at(size) != receipt.checkpoint.root:
        return Broken(reason="restored", former=log.epoch, size=size)
    return Covered(size=size, at_s=receipt.at_s, want=want)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is on its way.

    Attributes:
        base: First leaf without a receipt.
        following: Next leaf to publish; from `base` on everything before it is in flight.
        window: Most leaves in flight.
        quiet_since_ns: When the base last moved, or a leaf was published into silence.
        returned_ns: When the outbox last went back to `base`; None if not since it moved.
        lacking: The collector asked for `base` again since then.
        behind: Live answers from below the base that counted since it moved.
        behind_ns: When the last of them came.
    """

    base: int
    following: int
    window: int = WINDOW
    quiet_since_ns: int = 0
    returned_ns: int | None = None
    lacking: bool = False
    behind: int = 0
    behind_ns: int | None = None

    @property
    def in_flight(self) -> int:
        """Leaves published and not receipted."""
        return self.following - self.base


def rebuilt(base: int, now_ns: int, window: int = WINDOW) -> Outbox:
    """The outbox of a new connection: nothing is in flight."""
    return Outbox(base=base, following=base, window=window, quiet_since_ns=now_ns)


def to_publish(outbox: Outbox, size: int, now_ns: int) -> tuple[Outbox, range]:
    """The leaves to publish now, and the outbox after it.

    Args:
        outbox: What is on its way.
        size: Number of leaves in the log.
        now_ns: Monotonic instant.
    """
    end = max(outbox.following, min(outbox.base + outbox.window, size))
    due = range(outbox.following, end)
    started = bool(due) and not outbox.in_flight
    quiet_since_ns = now_ns if started else outbox.quiet_since_ns
    return replace(outbox, following=end, quiet_since_ns=quiet_since_ns), due


def after_receipt(outbox: Outbox, covered: Covered, now_ns: int) -> Outbox:
    """The outbox after a receipt.

    The base moves on; where it does not, and the collector lacks the leaf at the base, the
    outbox goes back to it, unless it just did.
    """
    if covered.size > outbox.base:
        return Outbox(
            base=covered.size,
            following=max(outbox.following, covered.size),
            window=outbox.window,
            quiet_since_ns=now_ns,
        )
    if not outbox.in_flight or covered.want != outbox.base:
        return outbox
    if outbox.returned_ns is not None and now_ns - outbox.returned_ns < REPEAT_NS:
        return replace(outbox, lacking=True)
    return _returned(outbox, now_ns)


def after_behind(outbox: Outbox, now_ns: int, *, retained: bool) -> tuple[Outbox, bool]:
    """The outbox after an answer from below the base, and whether the collector was set back.

    A retained one is what a broker kept, and may be old; one that nothing in flight can have
    caused is late; and those that come together were doubled or held up on their way.
    """
    together = outbox.behind_ns is not None and now_ns - outbox.behind_ns < RESEND_NS
    if retained or together or not outbox.in_flight:
        return outbox, False
    outbox = replace(outbox, behind=outbox.behind + 1, behind_ns=now_ns)
    return outbox, outbox.behind >= BEHIND


def after_silence(outbox: Outbox, now_ns: int) -> Outbox:
    """The outbox, gone back to its base if no receipt came for 10 s: a broker can lie.

    Where the collector asked again for what was just sent again, one second is waited.
    """
    if not outbox.in_flight:
        return outbox
    since_ns, wait_ns = outbox.quiet_since_ns, RESEND_NS
    if outbox.lacking and outbox.returned_ns is not None:
        since_ns, wait_ns = outbox.returned_ns, REPEAT_NS
    return outbox if now_ns - since_ns < wait_ns else _returned(outbox, now_ns)


def ended_over_leaf(outbox: Outbox, now_ns: int) -> bool:
    """Whether a connection that ends now may have ended because of a leaf that was sent on it."""
    return outbox.in_flight > 0 and now_ns - outbox.quiet_since_ns < SOON_NS


def _returned(outbox: Outbox, now_ns: int) -> Outbox:
    return replace(
        outbox,
        following=outbox.base,
        quiet_since_ns=now_ns,
        returned_ns=now_ns,
        lacking=False,
    )
