"""A bundle of a register that somebody read by eye, in a journal of the tests."""

from collections.abc import Sequence

import msgspec

from evidence.bundle.writing import Choice
from evidence.clock import NS_PER_S
from evidence.log.entry import Act, Action, encode_entry, entered
from evidence.log.merkle import leaf_hash
from evidence.log.parts import blind_of
from evidence.software import SOFTWARE
from evidence.statement.entered.content import Content
from evidence.statement.entered.noted import book_of
from evidence.statement.entered.stating import entered_statement
from tests.unit.evidence.bundle.journaled import AT_NS, chosen, with_journal
from tests.unit.evidence.statement.entered.notebook import GAS, span


def readings_bundled(contents: Sequence[Content], start: str, end: str) -> Choice:
    """The bundle of a period of what was read, all entries shown, in the order of entering."""
    acts = [
        Act(
            who="Q. Wang",
            role="analyst",
            action=Action.MANUAL_READING,
            subject=GAS,
            new=msgspec.to_builtins(each),
        )
        for each in contents
    ]
    entries = [
        entered(each, AT_NS + number * NS_PER_S, number + 1, leaf_hash(b"%d" % number))
        for number, each in enumerate(acts)
    ]
    leaves = [
        encode_entry(each, blind_of(b"readings", number)) for number, each in enumerate(entries)
    ]
    datum = entered_statement(
        book_of(enumerate(entries), GAS, AT_NS), GAS, span(start, end), SOFTWARE
    )
    assert datum is not None
    bare = Choice(
        datum=datum,
        known_until_ns=AT_NS + 60 * NS_PER_S,
        accept_simulated=False,
        channels=(GAS,),
        sites={},
        keys=(),
        logs=(),
        leaves=[],
        left_out=(),
        documents={},
    )
    return with_journal(bare, chosen(leaves, tuple(range(len(leaves)))))
