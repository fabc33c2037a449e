"""A journal for a bundle: a few entries signed by a key of the tests."""

from dataclasses import replace
from typing import Final

from evidence.bundle.form import Key
from evidence.bundle.writing import Choice, ChosenEntries
from evidence.clock import NS_PER_S, parse_utc
from evidence.log.checkpoint import Checkpoint, sign_checkpoint
from evidence.log.entry import Act, Action, encode_entry, entered
from evidence.log.key import SigningKey, generate
from evidence.log.merkle import EMPTY_ROOT, leaf_hash, root_of
from evidence.log.parts import blind_of

JOURNAL: Final = generate("collector-1/journal", b"j" * 32)
AT_NS: Final = parse_utc("2026-04-10T08:00:00Z")


def leaves(count: int = 7, *, back_at: int = -1) -> list[bytes]:
    """Entries about agents and others; the ledger grows, but for the one that goes back."""
    acts = [
        Act(
            who="wang",
            role="engineer",
            action=Action.KEY_PINNED,
            subject=f"gw-{number % 3}",
            reason="r",
        )
        for number in range(count)
    ]
    sizes = [number + 1 if number != back_at else 1 for number in range(count)]
    roots = [leaf_hash(b"%d" % size) for size in sizes]
    return [
        encode_entry(
            entered(act, AT_NS + number * NS_PER_S, sizes[number], roots[number]),
            blind_of(b"journal", number),
        )
        for number, act in enumerate(acts)
    ]


def chosen(
    data: list[bytes], shown: tuple[int, ...] = (1, 4), key: SigningKey = JOURNAL
) -> ChosenEntries:
    """Some of them, under their signed head."""
    hashes = [leaf_hash(each) for each in data]
    head = Checkpoint(
        origin=key.verifier.name, size=len(data), root=root_of(hashes) if data else EMPTY_ROOT
    )
    return ChosenEntries(
        note=sign_checkpoint(head, [key]), hashes=hashes, shown={at: data[at] for at in shown}
    )


def with_journal(
    choice: Choice, entries: ChosenEntries | None = None, key: SigningKey = JOURNAL
) -> Choice:
    """The choice with entries of a journal, and its key."""
    line = Key(role="journal", of="collector-1", line=key.verifier.to_text())
    picked = chosen(leaves()) if entries is None else entries
    return replace(choice, journal=picked, keys=(*choice.keys, line))
