"""What agents logged, read again: documents of chosen kinds from the store and the ledger."""

from collections.abc import Sequence

from collector.ledger_read import LedgerReader
from collector.lookup import Lookup
from evidence.judging.library import Library
from evidence.log.batch import Document, decode
from evidence.log.leaf import DocumentKind


def libraries_of(
    lookup: Lookup, ledger: LedgerReader, kinds: Sequence[DocumentKind]
) -> dict[str, Library]:
    """What each agent logged of these kinds and was found sound, by agent.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    libraries: dict[str, Library] = {}
    for _, _, place in lookup.documents(kinds):
        leaf = decode(ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
        if isinstance(leaf, Document):
            known = libraries.get(place.agent, Library())
            libraries[place.agent] = known.with_document(leaf)
    return libraries
