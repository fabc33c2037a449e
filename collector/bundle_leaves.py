"""The leaves that a channel's amount in a period rests on: chosen by what the store knows of them.

The readings of its channels in the period; those from an hour before it, by which its first
edge is told; those behind it until its last hour was closed; the last ones before the statement,
which say how often the channel is read; exchanges; and the documents that bear on all of these.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, get_args

from calibration.increment import NS_PER_HOUR
from collector.bundle_originals import originals_cited
from collector.bundle_parts import subjects_of_others
from collector.bundle_scope import Scope, decoded_of, documents_in, heads_of, instants_of
from collector.documented import libraries_of
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from collector.lookup import Lookup, Place
from collector.originals import Originals
from collector.relevant import Relevant, certified
from collector.site_register import received_by
from evidence.bundle.form import Key, LeftOut
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.writing import Choice, ChosenLog
from evidence.judging.resting import Resting, site_of
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind
from evidence.log.parts import PartlyShown
from evidence.statement.datum import ActivityData

MOST_SEARCHED: Final = 1_000
"""Leaves before and behind a period in which readings at its edges are sought."""


_MS: Final = 1_000_000


_KINDS: Final[tuple[DocumentKind, ...]] = get_args(DocumentKind)


_Key = tuple[str, str, int]


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


class Choosing:
    """Collects leaves by place; what was received after the statement is passed over."""

    def __init__(self, held: Held, scope: Scope) -> None:
        self._held, self._scope = held, scope
        self._stated_ns = scope.known_ns
        self._looked_at = scope.looked_at
        self._site = site_of(scope.channel)
        self._leaves: dict[_Key, StoredLeaf] = {}
        self._channels: tuple[str, ...] = ()
        self._serials: set[str] = set()
        self._profiles: set[str] = set()
        self._agents: set[str] = set()
        self._certificates: set[str] = set()

    def run(self) -> None:
        """Chooses readings and exchanges, then the documents that bear on them."""
        resting = self._resting()
        self._channels = tuple(resting.on(self._scope.channel))
        self._agents |= resting.speaking(frozenset(self._channels))
        for channel in self._channels:
            self._readings(channel)
        self._quarantined()
        for place in self._held.lookup.exchange_places(frozenset(self._channels)):
            self._take(place)
        self._documents(frozenset(resting.gases(frozenset(self._channels))))

    @property
    def _under_plan(self) -> bool:
        return self._scope.looks_back_ns is not None

    def _resting(self) -> Resting:
        held, counts = self._held, received_by(self._held.ledger, self._stated_ns)
        libraries = libraries_of(held.lookup, held.ledger, ("derivation", "plan"), counts)
        return Resting(
            site=self._site,
            libraries=libraries,
            sites=held.sites,
            under_plan=self._under_plan,
        )

    def _readings(self, channel: str) -> None:
        start_ms, end_ms = (self._looked_at[0] - NS_PER_HOUR) // _MS, self._looked_at[1] // _MS
        lookup = self._held.lookup
        self._seek(channel, lookup.places_before(channel, start_ms), lambda at: at < start_ms)
        for place in lookup.places(channel, start_ms, end_ms, -1):
            self._take(place, channel)
        behind = self._seek(channel, lookup.places_from(channel, end_ms), lambda at: at >= end_ms)
        for place in islice(behind, 1):  # a stamp at the edge may be of the hour before it
            self._take(place, channel)
        for place in lookup.places_before(channel, self._stated_ns // _MS):
            if self._take(place, channel):
                break

    def _quarantined(self) -> None:
        """Takes the leaves of the period with streams that were found wrong, so that all see it."""
        start_ms, end_ms = (self._looked_at[0] - NS_PER_HOUR) // _MS, self._looked_at[1] // _MS
        for agent, epoch, sequence, channel in sorted(self._held.lookup.faulty()):
            if channel not in self._channels or self._is_foreign(agent):
                continue
            stored = self._held.ledger.leaf(agent, epoch, sequence)
            if any(start_ms <= at_ms <= end_ms for at_ms in instants_of(stored, channel)):
                self._take(Place(agent=agent, epoch=epoch, sequence=sequence), channel)

    def _is_foreign(self, agent: str) -> bool:
        """Whether it stands on another site: what it says of this one's channels is nobody's."""
        return self._held.sites.get(agent, self._site) != self._site

    def _seek(
        self, channel: str, places: Iterator[Place], counts: Callable[[int], bool]
    ) -> Iterator[Place]:
        """Takes leaves until one has a reading at an instant that counts; what is left over."""
        for place in islice(places, MOST_SEARCHED):
            leaf = self._take(place, channel)
            if leaf is not None and any(map(counts, instants_of(leaf, channel))):
                break
        return places

    def _take(self, place: Place, channel: str = "") -> StoredLeaf | None:
        """A leaf, chosen; None if it was received after the statement."""
        key = (place.agent, place.epoch, place.sequence)
        leaf = self._leaves.get(key) or self._held.ledger.leaf(*key)
        if leaf.received_ns > self._stated_ns:
            return None
        self._leaves[key] = leaf
        self._agents.add(place.agent)
        self._cited(leaf, channel)
        return leaf

    def _cited(self, leaf: StoredLeaf, channel: str) -> None:
        """Takes note of the instruments, profiles and certificates of a channel."""
        if not channel:
            return
        for head in heads_of(leaf, channel):
            self._serials.add(head.serial)
            self._profiles.add(head.profile)
            self._certificates.add(head.certificate)

    def _documents(self, gases: frozenset[str]) -> None:
        """Takes the documents of the agents met that bear on the channels, and of these gases."""
        exchanged = (
            str(record.facts.get(name, ""))
            for record in self._held.lookup.exchanges()
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
                self._take(place)

    def _logged(self) -> Iterator[tuple[Place, Document]]:
        """The documents of the agents met, and where they stand.

        Under a plan, of all agents of the site: any of them may have its plans and tests.
        """
        of_site = {agent for agent, own in self._held.sites.items() if own == self._site}
        speaking = self._agents | (of_site if self._under_plan else set())
        for _, _, place in self._held.lookup.documents(_KINDS):
            if place.agent in speaking:
                stored = self._held.ledger.leaf(place.agent, place.epoch, place.sequence)
                leaf = decode(stored.leaf)
                if isinstance(leaf, Document):
                    yield place, leaf

    def fill(self) -> None:
        """Takes every leaf between the first and the last one of each log."""
        for agent, epoch in self._logs():
            places = [key[2] for key in self._leaves if key[:2] == (agent, epoch)]
            for stored in self._held.ledger.leaves(agent, epoch, min(places)):
                if stored.sequence > max(places):
                    break
                self._take(Place(agent=agent, epoch=epoch, sequence=stored.sequence))

    def _logs(self) -> list[tuple[str, str]]:
        return sorted({key[:2] for key in self._leaves})

    @property
    def chosen(self) -> tuple[frozenset[str], list[StoredLeaf]]:
        """The channels, and the leaves in order of admission."""
        leaves = sorted(self._leaves.values(), key=lambda each: each.position)
        return frozenset(self._channels), leaves

    def choice(
        self,
        datum: ActivityData,
        remembered: Mapping[tuple[str, str], tuple[int, ...]],
        shown: Callable[[bytes], bytes | PartlyShown],
    ) -> Choice:
        """What was chosen, each leaf as far as it is `shown`."""
        logs = self._logs()
        _, leaves = self.chosen
        agents = {agent for agent, _ in logs}
        documents = list(documents_in(leaves, self._held.lookup.faulty()))
        return Choice(
            datum=datum,
            known_until_ns=self._stated_ns,
            accept_simulated=self._held.accept_simulated,
            channels=self._channels,
            sites={agent: self._held.sites.get(agent, "") for agent in agents},
            keys=tuple(
                each for each in self._held.keys if each.role == "collector" or each.of in agents
            ),
            logs=tuple(self._log(*each, remembered.get(each, ())) for each in logs),
            leaves=[
                ShownLeaf(
                    log=logs.index((each.agent, each.epoch)),
                    sequence=each.sequence,
                    received_ns=each.received_ns,
                    data=shown(each.leaf),
                )
                for each in leaves
            ],
            left_out=tuple(self._left_out(logs)),
            documents={leaf.sha256: leaf.data() for leaf in documents},
            originals=originals_cited(documents, datum.certificates, self._held.originals),
        )

    def _log(self, agent: str, epoch: str, remembered: tuple[int, ...]) -> ChosenLog:
        state = self._held.ledger.state(agent, epoch)
        return ChosenLog(
            agent=agent,
            epoch=epoch,
            note=state.note,
            receipt=state.receipt,
            hashes=self._held.ledger.hashes(agent, epoch)[: state.size],
            remembered=remembered,
        )

    def _left_out(self, logs: list[tuple[str, str]]) -> Iterator[LeftOut]:
        """What was quarantined of the chosen leaves, as far as it is of these channels."""
        for agent, epoch, sequence, subject in sorted(self._held.lookup.faulty()):
            stored = self._leaves.get((agent, epoch, sequence))
            if stored is None or subject.startswith("clock "):
                continue
            if subject not in subjects_of_others(decoded_of(stored), frozenset(self._channels)):
                log = logs.index((agent, epoch))
                yield LeftOut(log=log, sequence=sequence, subject=subject)
