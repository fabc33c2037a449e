"""A bundle of two invoices that somebody entered, in a journal of the tests."""

from dataclasses import replace
from typing import Final

import msgspec

from evidence.bundle.policy import NO_POLICY, Policy
from evidence.bundle.writing import Choice
from evidence.clock import NS_PER_S
from evidence.log.entry import Act, Action, encode_entry, entered
from evidence.log.merkle import leaf_hash
from evidence.log.parts import blind_of, parted, partly_shown
from evidence.software import SOFTWARE
from evidence.statement.entered.noted import book_of
from evidence.statement.entered.stating import entered_statement
from tests.unit.evidence.bundle.journaled import AT_NS, chosen, with_journal
from tests.unit.evidence.bundle.made import written
from tests.unit.evidence.statement.entered.notebook import POWER, billed, span

_BILLS: Final = (
    billed("2026-01-01", "2026-02-01", 3_010.0),
    billed("2026-02-01", "2026-03-01", 2_800.0),
)
_ENTRIES: Final = [
    entered(
        Act(
            who="Q. Wang",
            role="analyst",
            action=Action.INVOICE,
            subject=POWER,
            new=msgspec.to_builtins(each),
        ),
        AT_NS + number * NS_PER_S,
        number + 1,
        leaf_hash(b"%d" % number),
    )
    for number, each in enumerate(_BILLS)
]
_LEAVES: Final = [
    encode_entry(each, blind_of(b"invoices", number)) for number, each in enumerate(_ENTRIES)
]


def january() -> Choice:
    """The bundle of the first month: both entries are shown, and there are no others."""
    book = book_of(enumerate(_ENTRIES), POWER, AT_NS)
    datum = entered_statement(book, POWER, span("2026-01-01", "2026-02-01"), SOFTWARE)
    assert datum is not None
    bare = Choice(
        datum=datum,
        known_until_ns=AT_NS + 60 * NS_PER_S,
        accept_simulated=False,
        channels=(POWER,),
        sites={},
        keys=(),
        logs=(),
        leaves=[],
        left_out=(),
        documents={},
    )
    return with_journal(bare, chosen(_LEAVES, (0, 1)))


def no_entry_at_all() -> tuple[bytes, Policy]:
    """A bundle that withholds what its statement is made of."""
    choice = january()
    assert choice.journal is not None
    return written(replace(choice, journal=replace(choice.journal, shown={}))), NO_POLICY


def second_entry_in_part() -> tuple[bytes, Policy]:
    """A bundle that shows of the other month's entry that it is there, and not what it says."""
    choice, found = january(), parted(_LEAVES[1])
    assert choice.journal is not None
    assert found is not None
    part = partly_shown(found, lambda number: b"2800" not in found.lines[number - 1])
    shown = {**choice.journal.shown, 1: part}
    return written(replace(choice, journal=replace(choice.journal, shown=shown))), NO_POLICY


def after_january(**said: object) -> bytes:
    """A bundle in which an entry of the channel follows that says something else of itself."""
    choice = january()
    entry = msgspec.structs.replace(_ENTRIES[1], **said)
    leaves = [_LEAVES[0], encode_entry(entry, blind_of(b"invoices", 1))]
    entries = chosen(leaves, (0, 1))
    return written(replace(choice, journal=entries))
