"""The papers that agents logged, as pages lay them out."""

import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import FastAPI, Request

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CalibrationError
from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from collector.api.parts import Parts
from collector.api.pool import SourcePool, Sources
from collector.api.refusal import PapersUnreadError
from collector.api.security import Reader
from collector.audit.seen import leaf_name
from collector.document_list import Logged
from collector.documented import document_read
from collector.lookup import Place
from evidence.log.leaf import DocumentKind

Entry = CalibrationCertificate | MetrologicalConfirmation | CalibrationEvent | Setting
T = TypeVar("T", bound=Entry)
MOST_STACKS: Final = 8
PORTION: Final = 20
GIVE_WAY_S: Final = 0.05
"""So long a portion, which takes 10 ms, is put off while somebody is being answered."""
MOST_AWAITED: Final = 500
"""Up to so many papers whoever asks waits for, a quarter of a second; else they come again."""
KINDS: Final[tuple[DocumentKind, ...]] = ("certificate", "confirmation", "event", "setting")
_FIELDS: Final[Mapping[str, str]] = {each: f"{each}s" for each in KINDS}
"""Where in a register a paper of a kind stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper, and where it is.

    Attributes:
        entry: What it says.
        sha256: Of its exact bytes.
        site: Whose agents logged it.
        agents: These, by name.
        leaf: The first leaf that holds it, agent/epoch/number.
    """

    entry: Entry
    sha256: str
    site: str
    agents: tuple[str, ...]
    leaf: str


class Shelf:
    """The papers of an application; any number of threads may ask."""

    def __init__(self) -> None:
        self._stacks: dict[Hashable, tuple[Paper, ...]] = {}
        self._unread = self._ahead = 0
        self._lock = threading.Lock()

    def papers(self, sources: Sources, parts: Parts, reader: Reader) -> tuple[Paper, ...]:
        """What the reader may see, once for each site, in order of arrival.

        As long as no paper comes, whoever may see the same is handed the same. A file that cannot
        be read was set aside when it came, and is none of them.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
            PapersUnreadError: they are being read ahead, and that takes some seconds more.
        """
        if self._unread > MOST_AWAITED:
            raise PapersUnreadError("certificates", unread=self._unread, papers=self._ahead)
        sites = frozenset(each for each in {*parts.sites.values(), ""} if reader.sees(each))
        key = sources.store.lookup.documents_mark(), sites, frozenset(parts.sites.items())
        found = self._stacks.get(key)
        if found is None:
            found = tuple(_papers(sources, parts.sites, sites))
            self._keep(key, found)
        return found

    def _keep(self, key: Hashable, found: tuple[Paper, ...]) -> None:
        """The latest; what went before is seldom asked for again."""
        with self._lock:
            while len(self._stacks) >= MOST_STACKS:
                del self._stacks[next(iter(self._stacks))]
            self._stacks[key] = found

    def listed(self, sources: SourcePool) -> list[Logged]:
        """What is there to be read ahead; from now on nobody waits for many of them.

        Raises:
            StoreBusyError: all connections are in use for too long.
        """
        with sources.lease() as lent:
            found = lent.store.lookup.documents(KINDS)
        self._unread = self._ahead = len(found)
        return found

    def read_ahead(self, sources: SourcePool, documents: Sequence[Logged]) -> None:
        """Reads what was listed, some at a time, so that no page need do it.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
            StoreBusyError: all connections are in use for too long.
        """
        try:
            for first in range(0, len(documents), PORTION):
                sources.wait_until_unused(GIVE_WAY_S)
                with sources.lease() as lent:
                    for kind, sha256, place in documents[first : first + PORTION]:
                        _entry(lent, kind, sha256, place)
                self._unread -= PORTION
        finally:
            self._unread = 0


def _papers(sources: Sources, of: Mapping[str, str], sites: frozenset[str]) -> Iterator[Paper]:
    """The papers of some sites; `of` says which site an agent is of."""
    places: dict[tuple[str, str, str], list[Place]] = {}
    for kind, sha256, place in sources.store.lookup.documents(KINDS):
        site = of.get(place.agent, "")
        if site in sites:
            places.setdefault((site, kind, sha256), []).append(place)
    for (site, kind, sha256), own in places.items():
        entry = _entry(sources, kind, sha256, own[0])
        if entry is not None:
            yield _paper(entry, sha256, site, own)


def _entry(sources: Sources, kind: str, sha256: str, place: Place) -> Entry | None:
    try:
        register = document_read(sources.ledger, kind, sha256, place).register
    except CalibrationError:
        return None
    found: Sequence[Entry] = getattr(register, _FIELDS[kind])
    return next(iter(found), None)


def _paper(entry: Entry, sha256: str, site: str, places: list[Place]) -> Paper:
    return Paper(
        entry=entry,
        sha256=sha256,
        site=site,
        agents=tuple(sorted({each.agent for each in places})),
        leaf=leaf_name(places[0]),
    )


def keep_shelf(app: FastAPI) -> None:
    """Gives an application its shelf."""
    app.state.shelf = Shelf()


def shelf_of(request: Request) -> Shelf:
    """The shelf of the application that answers a request."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def entries(papers: tuple[Paper, ...], kind: type[T], site: str | None = None) -> tuple[T, ...]:
    """The entries of a kind; of one site alone, if it is named."""
    return tuple(
        each.entry for each in papers if isinstance(each.entry, kind) and site in (None, each.site)
    )


def register_of(papers: tuple[Paper, ...], site: str) -> CalibrationRegister:
    """The register of a site, as far as papers of these kinds make it."""
    return CalibrationRegister(
        certificates=entries(papers, CalibrationCertificate, site),
        confirmations=entries(papers, MetrologicalConfirmation, site),
        events=entries(papers, CalibrationEvent, site),
        settings=entries(papers, Setting, site),
    )
