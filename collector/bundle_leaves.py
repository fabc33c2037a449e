"""The leaves that a channel's amount in a period rests on: chosen by what the store knows of them.

The readings of its channels in the period; those from an hour before it, by which its first
edge is told; those behind it until its last hour was closed; the last ones before the statement,
which say how often the channel is read; exchanges; and the documents that bear on all of these.

What is remembered of a leaf while others are chosen is where it stands, some 0.4 kB: a choice may
be of years.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, get_args

from calibration.increment import NS_PER_HOUR
from collector.bundle_held import Held, resting_on
from collector.bundle_scope import Scope, heads_of, instants_of
from collector.ledger_rows import StoredLeaf
from collector.lookup import Place
from collector.relevant import Relevant, certified
from collector.site_register import received_by
from evidence.judging.resting import site_of
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind

MOST_SEARCHED: Final = 1_000
"""Leaves before and behind a period in which readings at its edges are sought."""


_MS: Final = 1_000_000


_KINDS: Final[tuple[DocumentKind, ...]] = get_args(DocumentKind)


_Key = tuple[str, str, int]


def _key(place: Place) -> _Key:
    """A place, with one text for each agent and epoch, however many leaves they have."""
    return sys.intern(place.agent), sys.intern(place.epoch), place.sequence


class Choosing:
    """Collects places of leaves; what was received after the statement is passed over.

    Attributes:
        held: What the collector holds.
        scope: What leaves are chosen for.
    """

    def __init__(self, held: Held, scope: Scope) -> None:
        self.held, self.scope = held, scope
        self._stated_ns = scope.known_ns
        self._looked_at = scope.looked_at
        self._site = site_of(scope.channel)
        self._leaves: dict[_Key, int] = {}  # positions in the ledger
        self._papers: set[_Key] = set()
        self._channels: tuple[str, ...] = ()
        self._serials: set[str] = set()
        self._profiles: set[str] = set()
        self._agents: set[str] = set()
        self._certificates: set[str] = set()

    def run(self) -> None:
        """Chooses readings and exchanges, then the documents that bear on them."""
        counts = received_by(self.held.ledger, self._stated_ns)
        resting = resting_on(self.held, self._site, counts, under_plan=self._under_plan)
        self._channels = tuple(resting.on(self.scope.channel))
        self._agents |= resting.speaking(frozenset(self._channels))
        for channel in self._channels:
            self._edges(channel)
        self._readings()
        self._quarantined()
        for place in self.held.lookup.exchange_places(frozenset(self._channels)):
            self._paper(place)
        self._documents(frozenset(resting.gases(frozenset(self._channels))))

    @property
    def _under_plan(self) -> bool:
        return self.scope.looks_back_ns is not None

    @property
    def _within_ms(self) -> tuple[int, int]:
        """The time of which readings are chosen, and the hour before it, UTC ms."""
        return (self._looked_at[0] - NS_PER_HOUR) // _MS, self._looked_at[1] // _MS

    def _readings(self) -> None:
        """Takes the readings of all channels; a leaf that has some of several is read once."""
        wanted: dict[_Key, tuple[str, ...]] = {}
        for channel in self._channels:
            for place in self.held.lookup.places_within(channel, *self._within_ms):
                key = _key(place)
                wanted[key] = (*wanted.get(key, ()), channel)
        for (agent, epoch, sequence), channels in wanted.items():
            self._take(Place(agent=agent, epoch=epoch, sequence=sequence), *channels)

    def _edges(self, channel: str) -> None:
        """Takes what stands before and behind the time of which readings are chosen."""
        start_ms, end_ms = self._within_ms
        lookup = self.held.lookup
        self._seek(channel, lookup.places_before(channel, start_ms), lambda at: at < start_ms)
        behind = self._seek(channel, lookup.places_from(channel, end_ms), lambda at: at >= end_ms)
        for place in islice(behind, 1):  # a stamp at the edge may be of the hour before it
            self._take(place, channel)
        for place in lookup.places_before(channel, self._stated_ns // _MS):
            if self._take(place, channel):
                break

    def _quarantined(self) -> None:
        """Takes the leaves of the period with streams that were found wrong, so that all see it."""
        start_ms, end_ms = self._within_ms
        for agent, epoch, sequence, channel in sorted(self.held.lookup.faulty()):
            if channel not in self._channels or self._is_foreign(agent):
                continue
            stored = self.held.ledger.leaf(agent, epoch, sequence)
            if any(start_ms <= at_ms <= end_ms for at_ms in instants_of(stored, channel)):
                self._take(Place(agent=agent, epoch=epoch, sequence=sequence), channel)

    def _is_foreign(self, agent: str) -> bool:
        """Whether it stands on another site: what it says of this one's channels is nobody's."""
        return self.held.sites.get(agent, self._site) != self._site

    def _seek(
        self, channel: str, places: Iterator[Place], counts: Callable[[int], bool]
    ) -> Iterator[Place]:
        """Takes leaves until one has a reading at an instant that counts; what is left over."""
        for place in islice(places, MOST_SEARCHED):
            leaf = self._take(place, channel)
            if leaf is not None and any(map(counts, instants_of(leaf, channel))):
                break
        return places

    def _take(self, place: Place, *channels: str) -> StoredLeaf | None:
        """A leaf, chosen; None if it was received after the statement."""
        key = _key(place)
        received_ns = self.held.ledger.received_ns(*key)
        if received_ns is not None and received_ns > self._stated_ns:
            return None
        leaf = self.held.ledger.leaf(*key)
        self._leaves[key] = leaf.position
        self._agents.add(key[0])
        self._cited(leaf, channels)
        return leaf

    def _paper(self, place: Place) -> None:
        """Takes a leaf by which others are judged."""
        if self._take(place) is not None:
            self._papers.add(_key(place))

    def _cited(self, leaf: StoredLeaf, channels: tuple[str, ...]) -> None:
        """Takes note of the instruments, profiles and certificates of channels."""
        if not channels:
            return
        for head in heads_of(leaf, channels):
            self._serials.add(head.serial)
            self._profiles.add(head.profile)
            self._certificates.add(head.certificate)

    def _documents(self, gases: frozenset[str]) -> None:
        """Takes the documents of the agents met that bear on the channels, and of these gases."""
        exchanged = (
            str(record.facts.get(name, ""))
            for record in self.held.lookup.exchanges()
            if record.channel in self._channels
            for name in ("old_serial", "new_serial")
        )
        serials = frozenset({*self._serials, *exchanged} - {""})
        logged = list(self._logged())
        relevant = Relevant(
            channels=frozenset(self._channels),
            serials=serials,
            profiles=frozenset(self._profiles),
            # those too that came late: no reading cites them, and they may be withdrawn
            certificates=frozenset(
                {
                    *self._certificates,
                    *certified((leaf for _, leaf in logged), serials),
                    *gases,
                }
                - {""}
            ),
        )
        for place, leaf in logged:
            if relevant.bears(leaf):
                self._paper(place)

    def _logged(self) -> Iterator[tuple[Place, Document]]:
        """The documents of the agents met, and where they stand.

        Under a plan, of all agents of the site: any of them may have its plans and tests.
        """
        of_site = {agent for agent, own in self.held.sites.items() if own == self._site}
        speaking = self._agents | (of_site if self._under_plan else set())
        for _, _, place in self.held.lookup.documents(_KINDS):
            if place.agent in speaking:
                stored = self.held.ledger.leaf(place.agent, place.epoch, place.sequence)
                leaf = decode(stored.leaf)
                if isinstance(leaf, Document):
                    yield place, leaf

    def fill(self) -> None:
        """Takes every leaf between the first and the last one of each log."""
        for agent, epoch in self.logs():
            places = [key[2] for key in self._leaves if key[:2] == (agent, epoch)]
            for stored in self.held.ledger.leaves(agent, epoch, min(places)):
                if stored.sequence > max(places):
                    break
                self._take(Place(agent=agent, epoch=epoch, sequence=stored.sequence))

    def logs(self) -> list[tuple[str, str]]:
        """Agent and epoch of the logs that chosen leaves are of."""
        return sorted({key[:2] for key in self._leaves})

    @property
    def channels(self) -> frozenset[str]:
        """The channel, and all that it rests on."""
        return frozenset(self._channels)

    @property
    def named(self) -> tuple[str, ...]:
        """The same, the channel first."""
        return self._channels

    def leaves(self) -> Iterator[StoredLeaf]:
        """The chosen leaves in order of admission, each read when it is asked for.

        Raises:
            LedgerError: one cannot be read.
        """
        return self._read(self._leaves)

    def papers(self) -> Iterator[StoredLeaf]:
        """Those of them by which others are judged: documents, and records of exchanges.

        Raises:
            LedgerError: one cannot be read.
        """
        return self._read(self._papers)

    def _read(self, keys: Iterable[_Key]) -> Iterator[StoredLeaf]:
        for key in sorted(keys, key=self._leaves.__getitem__):
            yield self.held.ledger.leaf(*key)
