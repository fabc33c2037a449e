"""What a collector holds, and what a channel's amounts rest on there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from calibration.grid import grid_of
from collector.bundle_scope import streams_of
from collector.documented import every, libraries_of
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from collector.originals import Originals
from evidence.bundle.form import Key
from evidence.judging.dividing import require_whole
from evidence.judging.resting import Resting, site_of

_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a collector holds, and what it was told.

    Attributes:
        lookup: Of what was derived.
        ledger: The leaves.
        sites: Where each agent stands.
        keys: Of its agents, and its own.
        accept_simulated: Whether batches of a simulated clock count.
        originals: The laboratories' documents; None where none are to be shown.
    """

    lookup: Lookup
    ledger: LedgerReader
    sites: Mapping[str, str]
    keys: tuple[Key, ...]
    accept_simulated: bool = False
    originals: Originals | None = None


def resting_on(
    held: Held, site: str, counts: Callable[[Place], bool] = every, *, under_plan: bool
) -> Resting:
    """What the agents of a site say that its channels rest on.

    Raises:
        LedgerError: a leaf that holds a paper cannot be read.
    """
    libraries = libraries_of(held.lookup, held.ledger, ("derivation", "plan"), counts)
    return Resting(site=site, libraries=libraries, sites=held.sites, under_plan=under_plan)


def leaves_behind(
    held: Held, channel: str, whole: tuple[int, int], *, under_plan: bool = False
) -> int:
    """How many leaves a channel's amounts in a time (UTC ns) rest on, counted for each channel.

    Raises:
        LedgerError: a leaf that holds a paper cannot be read.
    """
    resting = resting_on(held, site_of(channel), under_plan=under_plan)
    start_ms, end_ms = whole[0] // _MS, whole[1] // _MS
    return sum(held.lookup.count_places(each, start_ms, end_ms) for each in resting.on(channel))


def require_dividing_behind(
    held: Held, channel: str, period: tuple[int, int], counts: Callable[[Place], bool] = every
) -> None:
    """Returns if hours that begin where a period does cut no reading in two, by its first leaf.

    Of the channel, and of each that it rests on. Most channels are read alike all the time, and
    one leaf is soon read; that no other one is cut shows where they are judged again.

    Raises:
        PeriodError: they cut one.
        LedgerError: a leaf cannot be read.
    """
    if not grid_of(period[0]):
        return
    for each in resting_on(held, site_of(channel), counts, under_plan=False).on(channel):
        place = next(_counted(held, each, period, counts), None)
        if place is None:
            continue
        for stream in streams_of(held.ledger.leaf(place.agent, place.epoch, place.sequence)):
            if stream.head.channel == each:
                require_whole(stream, period)


def _counted(
    held: Held, channel: str, period: tuple[int, int], counts: Callable[[Place], bool]
) -> Iterator[Place]:
    """The leaves with readings of a channel in a period, of those that count."""
    start_ms, end_ms = period[0] // _MS, period[1] // _MS
    return filter(counts, held.lookup.places_within(channel, start_ms, end_ms))
