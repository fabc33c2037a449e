"""What agents logged, read again: documents of chosen kinds from the store and the ledger.

A document's bytes never change, and reading them costs a hundred times what it costs to look them
up. So each is read once in a process, under its kind and its digest, and not once a question.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from evidence.judging.library import Library, joined
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind

MOST_KEPT: Final = 50_000
_NOTHING: Final = Library()


class Kept:
    """Documents that were read before; any number of threads may ask.

    Args:
        most: when it holds so many, it begins anew.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._read: dict[tuple[str, str], Library] = {}
        self._lock = threading.Lock()

    def read(self, kind: str, sha256: str, reading: Callable[[], Library]) -> Library:
        """What a document says; `reading` reads it, if that was not done before.

        Two threads may read one document at once: they find the same. One that cannot be read is
        read again when it is asked for again.
        """
        key = kind, sha256
        found = self._read.get(key)
        if found is None:
            found = reading()
            with self._lock:
                if len(self._read) >= self._most:
                    self._read.clear()
                self._read[key] = found
        return found


_KEPT: Final = Kept()


def document_read(
    ledger: LedgerReader, kind: str, sha256: str, place: Place, kept: Kept = _KEPT
) -> Library:
    """What one logged document says: a library of it alone; an empty one if it is none.

    Args:
        ledger: Holds it.
        kind: As the store names it.
        sha256: Likewise.
        place: Likewise, of its leaf.
        kept: What was read before.

    Raises:
        LedgerError: the leaf that the store names cannot be read.
        CertificateError, LeafContentError: it is not what it says it is.
    """

    def reading() -> Library:
        leaf = decode(ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
        return _NOTHING.with_document(leaf) if isinstance(leaf, Document) else _NOTHING

    return kept.read(kind, sha256, reading)


def every(place: Place) -> bool:  # noqa: ARG001 - of whatever leaf
    """True: all that was received counts."""
    return True


def libraries_of(
    lookup: Lookup,
    ledger: LedgerReader,
    kinds: Sequence[DocumentKind],
    counts: Callable[[Place], bool] = every,
) -> dict[str, Library]:
    """What each agent logged of these kinds and was found sound, by agent.

    Args:
        lookup: Says where documents are.
        ledger: Holds them.
        kinds: Of documents.
        counts: Whether what stands in a leaf counts.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    if counts is not every:
        return _joined(lookup, ledger, kinds, counts)
    made = partial(_joined, lookup, ledger, kinds, counts)
    return dict(lookup.made_of_documents(("libraries", tuple(kinds)), made))


def _joined(
    lookup: Lookup,
    ledger: LedgerReader,
    kinds: Sequence[DocumentKind],
    counts: Callable[[Place], bool],
) -> dict[str, Library]:
    found: dict[str, list[Library]] = {}
    for kind, sha256, place in lookup.documents(kinds):
        if not counts(place):
            continue
        found.setdefault(place.agent, []).append(document_read(ledger, kind, sha256, place))
    return {agent: joined(own) for agent, own in found.items()}


def library_of(
    lookup: Lookup, ledger: LedgerReader, agent: str, kinds: Sequence[DocumentKind]
) -> Library:
    """What one agent logged of these kinds and was found sound.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    return joined(_read_all(ledger, lookup.documents_of(agent, kinds)))


def _read_all(
    ledger: LedgerReader, documents: Iterable[tuple[str, str, Place]]
) -> Iterable[Library]:
    return (document_read(ledger, kind, sha256, place) for kind, sha256, place in documents)
