"""Between which instants the stamps of a batch can lie, and what lies outside. Pure.

An agent's time is a claim. The receipt that it held before it read anything bounds it from
below, for the collector signed the time; the receipt of the batch bounds it from above.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from calibration.increment import Missed
from calibration.indication import Quality
from evidence.clock import utc_text
from evidence.clock_standing import MAX_BOUND_s
from evidence.errors import Words
from evidence.log.batch import ClockState, Miss

CLOCKS_APART_s: Final = 1.0  # what the collector's own clock may be off
LONGEST_BATCH_s: Final = 3600  # a batch is closed at the latest so long after its first poll
FIRST_BATCH_s: Final = 1_735_689_600  # 2025-01-01: no agent read anything before
NS_PER_S: Final = 1_000_000_000


class StampBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Instants (UTC ns) outside of which no stamp of a batch can be right.

    `unsynchronised`: its clock may be off by more than 2 % of an hour.
    """

    latest_ns: int
    earliest_ns: int = 0
    unsynchronised: bool = False

    @property
    def said(self) -> Words:
        """The bounds in words."""
        earliest, latest = utc_text(self.earliest_ns), utc_text(self.latest_ns)
        return Words(
            f"before {earliest}, after {latest}, or the agent's clock was set and not vouched for",
            f"早于 {earliest}、晚于 {latest}，或代理时钟被调整后未经确认",
        )

    def quality(self, stated: Quality, at_ns: int) -> Quality:
        """The quality of a reading that the agent stated, once its stamp was looked at."""
        if not self.earliest_ns <= at_ns <= self.latest_ns:
            return Quality.CLOCK_SUSPECT
        if self.unsynchronised and stated == Quality.GOOD:
            return Quality.CLOCK_UNSYNCHRONISED
        return stated

    def change_nothing(self, first_ns: int, last_ns: int) -> bool:
        """Whether readings stamped from `first_ns` to `last_ns` keep the quality stated."""
        return not self.unsynchronised and self.earliest_ns <= first_ns <= last_ns <= self.latest_ns

    def holds(self, miss: Miss) -> bool:
        """Whether a miss stands in the hour of its stamp.

        It may be told long after its instant, so only the future is closed to it.
        """
        suspect = miss.quality == Quality.CLOCK_SUSPECT
        return not suspect and miss.at_ms * 1_000_000 <= self.latest_ns


ALL_TIME: Final = StampBounds(latest_ns=2**63 - 1)
"""Bounds that hold nothing out."""


def stamp_bounds(clock: ClockState, received_ns: int) -> StampBounds:
    """The bounds of a batch's stamps.

    Args:
        clock: what the batch says of its agent's clock.
        received_ns: when the collector committed it, UTC.
    """
    apart_ns = round((CLOCKS_APART_s + 3.0 * clock.standard_uncertainty_s) * NS_PER_S)
    after_s = clock.opened_after_s
    if after_s is None and clock.last_receipt_s is not None:
        after_s = clock.last_receipt_s - LONGEST_BATCH_s
    first_s = 0 if clock.simulated else FIRST_BATCH_s
    return StampBounds(
        latest_ns=received_ns + apart_ns,
        earliest_ns=min(max(first_s, after_s or 0) * NS_PER_S, ALL_TIME.latest_ns) - apart_ns,
        unsynchronised=clock.bound_s is not None and clock.bound_s > MAX_BOUND_s,
    )


def placed(
    waiting: int, last_ns: int, polls: Iterable[int | None]
) -> tuple[int, tuple[Missed, ...]]:
    """Polls with a suspect stamp, as misses between those whose stamps are right.

    When they were made is not known; that they lie between two that are known is, by their
    numbers. They are spread evenly, so that each hour lacks as many as it should.

    Args:
        waiting: how many came since the last that is known.
        last_ns: instant of that, UTC; 0 if there was none.
        polls: further polls in the order of their numbers; None for a suspect stamp.

    Returns:
        How many wait now, and the misses that have a place.
    """
    found: list[Missed] = []
    for at_ns in polls:
        if at_ns is None:
            waiting += 1
        elif at_ns > last_ns:
            if last_ns:
                found += _between(last_ns, at_ns, waiting)
            waiting, last_ns = 0, at_ns
    return waiting, tuple(found)


def _between(last_ns: int, next_ns: int, count: int) -> Iterable[Missed]:
    reason, apart_ns = Quality.CLOCK_SUSPECT.value, next_ns - last_ns
    return (
        Missed(at_ns=last_ns + apart_ns * n // (count + 1), reason=reason)
        for n in range(1, count + 1)
    )
