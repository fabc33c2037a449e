"""The papers that agents logged, each read once: their bytes never change."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import FastAPI, Request

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CalibrationError
from calibration.event import CalibrationEvent
from calibration.load import parse_certificate, parse_confirmation, parse_event, parse_setting
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from collector.api.documents import document_at
from collector.api.parts import Parts
from collector.api.pool import SourcePool, Sources
from collector.api.security import Reader
from collector.audit.seen import leaf_name
from collector.lookup import Place
from evidence.errors import CodedError

Entry = CalibrationCertificate | MetrologicalConfirmation | CalibrationEvent | Setting
T = TypeVar("T", bound=Entry)
MOST_KEPT: Final = 50_000
PORTION: Final = 100
_PARSERS: Final[Mapping[str, Callable[[bytes, str], Entry]]] = {
    "certificate": parse_certificate,
    "confirmation": parse_confirmation,
    "event": parse_event,
    "setting": parse_setting,
}


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
        self._read: dict[tuple[str, str], Entry | None] = {}
        self._lock = threading.Lock()

    def papers(self, sources: Sources, parts: Parts, reader: Reader) -> tuple[Paper, ...]:
        """What the reader may see, once for each site, in order of arrival.

        A file that cannot be read was set aside when it came, and is none of them.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
        """
        places: dict[tuple[str, str, str], list[Place]] = {}
        for kind, sha256, place in sources.store.lookup.documents(tuple(_PARSERS)):
            site = parts.sites.get(place.agent, "")
            if reader.sees(site):
                places.setdefault((site, kind, sha256), []).append(place)
        found = [
            _paper(entry, sha256, site, own)
            for (site, kind, sha256), own in places.items()
            for entry in [self._entry(sources, kind, sha256, own[0])]
            if entry is not None
        ]
        return tuple(found)

    def read_ahead(self, sources: SourcePool) -> None:
        """Reads what is there, some at a time, so that the first page need not.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
            StoreBusyError: all connections are in use for too long.
        """
        with sources.lease() as lent:
            documents = lent.store.lookup.documents(tuple(_PARSERS))
        for first in range(0, len(documents), PORTION):
            with sources.lease() as lent:
                for kind, sha256, place in documents[first : first + PORTION]:
                    self._entry(lent, kind, sha256, place)

    def _entry(self, sources: Sources, kind: str, sha256: str, place: Place) -> Entry | None:
        """Two threads may read the same file at once: they find the same."""
        key = kind, sha256
        with self._lock:
            if key in self._read:
                return self._read[key]
        entry = _read(sources, kind, place)
        with self._lock:
            if len(self._read) >= MOST_KEPT:
                self._read.clear()
            self._read[key] = entry
        return entry


def _read(sources: Sources, kind: str, place: Place) -> Entry | None:
    document = document_at(sources, place)
    try:
        return _PARSERS[kind](document.data(), document.name)
    except CalibrationError:
        return None


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


def read_ahead(app: FastAPI, parts: Parts) -> None:
    """Starts to read all papers beside whatever is asked meanwhile; what fails is read later."""

    def reading() -> None:
        with suppress(CodedError):
            app.state.shelf.read_ahead(parts.sources)

    threading.Thread(target=reading, name="papers", daemon=True).start()


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
