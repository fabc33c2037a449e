"""Some entries of a journal: their bits, and those of what stands for the rest, count."""

from dataclasses import replace

import pytest

from evidence.errors import EvidenceError
from evidence.log.excerpt import Excerpt, verified_entries
from evidence.log.key import generate
from evidence.log.partial_tree import Withheld, withheld
from tests.unit.evidence.bundle.journaled import JOURNAL, chosen, leaves

KEYS = (JOURNAL.verifier,)


def excerpt(count: int = 7, shown: tuple[int, ...] = (1, 4)) -> Excerpt:
    picked = chosen(leaves(count), shown)
    return Excerpt(
        collector="collector-1",
        note=picked.note,
        size=count,
        shown=picked.shown,
        rest=withheld(picked.hashes, list(shown)),
    )


def flipped(data: bytes, bit: int) -> bytes:
    return data[: bit // 8] + bytes((data[bit // 8] ^ 1 << bit % 8,)) + data[bit // 8 + 1 :]


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_any_entries_are_found_in_the_head(count: int) -> None:
    for shown in ((0,), (count - 1,), tuple(range(count))):
        found = verified_entries(excerpt(count, shown), KEYS)
        assert [each.subject for each in found] == [f"gw-{at % 3}" for at in shown]


def refused(made: Excerpt) -> bool:
    with pytest.raises(EvidenceError):
        verified_entries(made, KEYS)
    return True


def test_bits_of_a_leaf_of_the_rest_and_of_the_note_count() -> None:
    good = excerpt()
    for at, leaf in good.shown.items():
        assert isinstance(leaf, bytes)
        for bit in range(0, len(leaf) * 8, 13):
            assert refused(replace(good, shown={**good.shown, at: flipped(leaf, bit)}))
    for number, each in enumerate(good.rest):
        for bit in range(0, 256, 17):
            rest = list(good.rest)
            rest[number] = Withheld(
                first=each.first, count=each.count, root=flipped(each.root, bit)
            )
            assert refused(replace(good, rest=rest))
    signed = good.note.index(b"\n\n")  # behind it stands whose signature it is
    for bit in range(0, signed * 8, 3):
        assert refused(replace(good, note=flipped(good.note, bit)))


def test_another_size_place_collector_or_key_is_refused() -> None:
    good = excerpt()
    for wrong in (
        replace(good, size=6),
        replace(good, size=8),
        replace(good, size=0),
        replace(good, shown={0: good.shown[1], 4: good.shown[4]}),
        replace(good, shown={1: good.shown[4], 4: good.shown[1]}),
        replace(good, rest=good.rest[1:]),
        replace(good, collector="collector-2"),
        replace(good, collector="a/b"),
        replace(good, note=b""),
    ):
        assert refused(wrong)
    with pytest.raises(EvidenceError):
        verified_entries(good, (generate("collector-1/journal", b"o" * 32).verifier,))
    with pytest.raises(EvidenceError):
        verified_entries(good, ())
