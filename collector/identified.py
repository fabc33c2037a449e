"""What influence ids of statements stand for, from the papers and profiles that agents logged.

An id that several statements share is looked up only where they are put together, and each
agent's certificates are read once for an answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from calibration.certificate import CalibrationCertificate
from collector.documented import library_of
from collector.ledger_read import LedgerReader
from collector.lookup import ChannelRow, Lookup
from evidence.clock import parse_utc
from evidence.log.batch import Batch, decode
from evidence.log.leaf import StreamHead
from evidence.statement.datum import ActivityData
from evidence.statement.identity import (
    CERTIFICATE,
    INSTRUMENT,
    Mark,
    Thing,
    is_of,
    named_by,
    require_one_thing,
    serial_of,
    stated_thing,
)

_DEEPEST: Final = 8
"""Of channels that are computed from computed ones."""
_NS_PER_MS: Final = 1_000_000


class Identified:
    """What ids stand for, for one answer.

    Args:
        lookup: Says where documents are, and who reads a channel.
        ledger: Holds them.
    """

    def __init__(self, lookup: Lookup, ledger: LedgerReader) -> None:
        self._lookup, self._ledger = lookup, ledger
        self._logged: dict[str, tuple[CalibrationCertificate, ...]] = {}
        self._things: dict[tuple[str, tuple[str, ...], str, Thing], Thing] = {}

    def require_one_thing(self, data: Sequence[ActivityData]) -> None:
        """Returns if each influence id that several channels have stands for one thing.

        Args:
            data: that are to be put together.

        Raises:
            UnlikeInfluenceError: one does not, or it is not known to.
            LedgerError: a leaf that holds a paper cannot be read.
        """
        require_one_thing(data, self._thing)

    def _thing(self, datum: ActivityData, influence: str) -> Thing:
        bare = stated_thing(datum, influence)
        key = datum.channel, datum.serials, influence, bare
        if key not in self._things:
            self._things[key] = self._told(bare, datum, influence)
        return self._things[key]

    def _told(self, bare: Thing, datum: ActivityData, influence: str) -> Thing:
        kind, name = named_by(influence)
        if kind == CERTIFICATE:
            return replace(bare, marks=bare.marks | self._certificates(datum, name))
        return self._instrument(bare, datum, name) if kind == INSTRUMENT else bare

    def _certificates(self, datum: ActivityData, name: str) -> frozenset[Mark]:
        """What is known of a certificate by its number: those of the instruments that were read."""
        named = [
            each
            for row in self._behind(datum.channel)
            for each in self._papers(row.agent)
            if each.id == name
        ]
        own = [each for each in named if each.instrument.serial in datum.serials]
        return frozenset(mark for each in own or named for mark in _marks(each))

    def _instrument(self, bare: Thing, datum: ActivityData, name: str) -> Thing:
        """What is known of an instrument by its serial number."""
        behind = self._behind(datum.channel)
        serial = serial_of(datum.serials, name)
        heads = [] if serial is None else self._heads(behind, datum, serial)
        profiles = (self._type(agent, head) for agent, head in heads)
        marks = (
            (each.instrument.maker, each.instrument.model)
            for row in behind
            for each in self._papers(row.agent)
            if is_of(each.instrument.serial, name)
        )
        types = frozenset(each for each in profiles if each is not None)
        return replace(bare, marks=frozenset(marks), types=types)

    def _behind(self, channel: str, depth: int = _DEEPEST) -> list[ChannelRow]:
        """The channels that instruments show, behind a channel: itself, or its inputs."""
        row = self._lookup.channel(channel)
        if row is None or row.head.profile or not depth:
            return [] if row is None else [row]
        library = library_of(self._lookup, self._ledger, row.agent, ("derivation",))
        computed = (each for each in library.register.derivations if each.derivation == channel)
        inputs = dict.fromkeys(one for each in computed for one in each.inputs.values())
        return [found for each in inputs for found in self._behind(each, depth - 1)]

    def _heads(
        self, rows: Sequence[ChannelRow], datum: ActivityData, serial: str
    ) -> list[tuple[str, StreamHead]]:
        """How an instrument was read, and by which agent, for each channel that it showed."""
        found = ((row.agent, self._head(row, datum, serial)) for row in rows)
        return [(agent, head) for agent, head in found if head is not None]

    def _head(self, row: ChannelRow, datum: ActivityData, serial: str) -> StreamHead | None:
        """The head of the instrument's readings; those before an exchange are looked up."""
        if row.head.serial == serial:
            return row.head
        start, end = parse_utc(datum.period.start), parse_utc(datum.period.end)
        for hour in self._lookup.grounded(row.channel, start, end):
            if serial in hour.grounds.serials:
                read = self._read(row.channel, hour.start_ns, hour.end_ns)
                return next((head for head in read if head.serial == serial), None)
        return None

    def _read(self, channel: str, start_ns: int, end_ns: int) -> Iterator[StreamHead]:
        within = (start_ns // _NS_PER_MS, end_ns // _NS_PER_MS)
        for place in self._lookup.places_within(channel, *within):
            leaf = decode(self._ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
            for each in leaf.streams if isinstance(leaf, Batch) else ():
                if each.head.channel == channel:
                    yield each.head

    def _type(self, agent: str, head: StreamHead) -> Mark | None:
        """Maker and model by the profile that a stream was read with; None if it is not here."""
        held = library_of(self._lookup, self._ledger, agent, ("profile",)).profiles
        profile = held.get(head.profile)
        return None if profile is None else (profile.maker, profile.model)

    def _papers(self, agent: str) -> tuple[CalibrationCertificate, ...]:
        """The certificates that an agent logged, all versions."""
        if agent not in self._logged:
            library = library_of(self._lookup, self._ledger, agent, ("certificate",))
            self._logged[agent] = library.register.certificates
        return self._logged[agent]


def _marks(certificate: CalibrationCertificate) -> Iterator[Mark]:
    """What a certificate is known by: the laboratory's document; whose it is, and of when."""
    if certificate.document_sha256:
        yield (certificate.document_sha256,)
    what, day = certificate.instrument, certificate.performed_on.isoformat()
    yield (certificate.laboratory.name, what.maker, what.model, what.serial, day)
