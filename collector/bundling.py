"""What goes into a statement's bundle."""

from collections.abc import Mapping

from collector.bundle_leaves import Choosing, Held
from collector.bundle_parts import Showing
from collector.bundle_scope import Scope
from collector.errors import LedgerAbsentError
from collector.ledger_rows import StoredLeaf
from evidence.bundle.writing import Choice
from evidence.clock import parse_utc
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered


def choose(
    held: Held,
    digest: str,
    *,
    remembered: Mapping[tuple[str, str], tuple[int, ...]] | None = None,
    whole: bool = False,
    file_names: bool = True,
) -> Choice:
    """What proves the statement with a digest.

    Args:
        held: what the collector holds.
        digest: SHA-256 of the statement.
        remembered: sizes of logs, by agent and epoch, from which consistency shall be proven.
        whole: whether no leaf between the first and the last chosen one is withheld, and of
            the chosen ones no part; else only what is of the statement's channels is shown.
        file_names: whether the names of documents are shown; asked for only where not `whole`.

    Raises:
        LedgerAbsentError: no such statement was made here.
        LedgerError: a leaf cannot be read.
    """
    datum, stated_ns = held.lookup.activity(digest), held.lookup.stated_ns(digest)
    if datum is None or stated_ns is None:
        what = Words(f"a statement {digest}", f"陈述 {digest}")
        raise LedgerAbsentError("activity", what=what)
    if is_entered(datum.channel):
        return _of_entries(held, datum, stated_ns)
    period = parse_utc(datum.period.start), parse_utc(datum.period.end)
    choosing = Choosing(held, Scope(channel=datum.channel, period=period, known_ns=stated_ns))
    choosing.run()
    if whole:
        choosing.fill()
        return choosing.choice(datum, remembered or {}, lambda leaf: leaf)
    showing = Showing(
        channels=choosing.chosen[0],
        file_names=file_names,
        named=frozenset(subject for *_, subject in held.lookup.faulty()),
    )
    return choosing.choice(datum, remembered or {}, showing.of)


def _of_entries(held: Held, datum: ActivityData, stated_ns: int) -> Choice:
    """Of what people entered no agent holds a leaf; the journal's entries prove it."""
    return Choice(
        datum=datum,
        known_until_ns=stated_ns,
        accept_simulated=held.accept_simulated,
        channels=(datum.channel,),
        sites={},
        keys=tuple(each for each in held.keys if each.role == "collector"),
        logs=(),
        leaves=[],
        left_out=(),
        documents={},
    )


def resting_leaves(held: Held, scope: Scope) -> tuple[frozenset[str], list[StoredLeaf]]:
    """What a channel's amount in a period rests on, of what was received by an instant.

    Returns:
        The channel and those that it rests on; their leaves and the documents that bear on them,
        in order of admission.

    Raises:
        LedgerError: a leaf cannot be read.
    """
    choosing = Choosing(held, scope)
    choosing.run()
    return choosing.chosen
