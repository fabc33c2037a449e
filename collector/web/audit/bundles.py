"""The evidence bundle of a statement, made for somebody who may see all that it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from tempfile import TemporaryFile

from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.unknown import StatementUnknownError
from collector.bundle_held import Held
from collector.bundling import choose
from collector.bundling_journal import Disclosure, with_entries
from collector.journal import Journal
from collector.seal_reading import read_seal_apart
from collector.web.audit.bundle_depth import depth_of, require_room
from evidence.bundle.form import Key
from evidence.bundle.policy import Policy
from evidence.bundle.verify import Verified, verify
from evidence.bundle.writing import Choice, write_bundle
from evidence.statement.datum import ActivityData


def statement_of(sources: Sources, reader: Reader, digest: str) -> ActivityData:
    """A statement that was given here.

    Raises:
        StatementUnknownError: none of this digest was, or it is not for the reader.
    """
    datum = sources.store.lookup.activity(digest)
    if datum is None or not reader.sees_channel(datum.channel):
        raise StatementUnknownError("digest", digest=digest)
    return datum


@contextmanager
def bundle_of(
    parts: Parts, reader: Reader, digest: str, *, history: bool | None = None
) -> Iterator[BufferedRandom]:
    """The bundle of a statement, as a file that is read from its beginning, and then gone.

    Args:
        parts: Of the interface.
        reader: Who asks.
        digest: Of the statement.
        history: Whether the readings that rules looked at are brought too; None: if they fit.

    Raises:
        StatementUnknownError: as `statement_of`.
        RangeLimitError: it rests on more leaves than are put together here.
        TokenScopeError: an input comes from a site that the reader may not see.
        LedgerError, JournalError: what proves it cannot be read.
    """
    choice = _chosen(parts, reader, digest, history)
    with TemporaryFile("w+b") as file:
        write_bundle(file, choice)
        file.seek(0)
        yield file


def verified(
    parts: Parts, reader: Reader, digest: str, policy: Policy, *, history: bool | None = None
) -> Verified:
    """What becomes of every check of a statement's bundle, by what somebody pins.

    Raises:
        CodedError: as `bundle_of`, or the bundle cannot be read.
    """
    with bundle_of(parts, reader, digest, history=history) as file:
        return verify(file, policy, read=read_seal_apart)


def _chosen(parts: Parts, reader: Reader, digest: str, asked: bool | None) -> Choice:  # noqa: FBT001
    with parts.journal() as journal:
        with parts.sources.lease() as sources:
            datum = statement_of(sources, reader, digest)
            history = depth_of(parts, sources, datum, asked=asked).history
            require_room(parts, sources, datum, history=history)
            choice = choose(_held(parts, sources, journal), digest, history=history)
        _require_seen(parts, reader, choice)
        key = Key(role="journal", of=_identity(journal), line=journal.pinned)
        return with_entries(choice, journal, key, Disclosure(sees=reader.sees))


def _held(parts: Parts, sources: Sources, journal: Journal) -> Held:
    owners = parts.agents().owners.values()
    agents = [Key(role="agent", of=one.agent, line=one.verifier.to_text()) for one in owners]
    own = Key(role="collector", of=_identity(journal), line=parts.collector_key.to_text())
    return Held(
        lookup=sources.store.lookup,
        ledger=sources.ledger,
        sites=parts.sites,
        keys=(*agents, own),
        accept_simulated=parts.accept_simulated,
        originals=parts.originals,
    )


def _identity(journal: Journal) -> str:
    """The id of the collector, by which its journal is named."""
    return journal.origin.removesuffix("/journal")


def _require_seen(parts: Parts, reader: Reader, choice: Choice) -> None:
    """Returns if all leaves are of sites that the reader may see."""
    for log in choice.logs:
        if reader.person is not None:
            reader.person.require_site(parts.sites.get(log.agent, ""))
