"""Proofs about the ledger's tree are those of RFC 6962, with and without kept roots."""

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from collector.database import Database
from collector.ledger import open_ledger
from collector.ledger_read import LedgerReader
from collector.ledger_tree import TREE, LedgerTree
from evidence.errors import LogPositionError, ProofError
from evidence.log import merkle

LEAVES: Final = 256 * 256 + 256 * 3 + 77
HASHES: Final = [hashlib.sha256(b"%d" % number).digest() for number in range(LEAVES)]


class Counted(LedgerReader):
    """A ledger of which only the hashes matter; it counts how many are read."""

    read = 0
    restored = 0

    def frontier(self) -> merkle.Frontier:
        edge = merkle.Frontier(size=1 << 16, hashes=(bytes(32),))
        for leaf in HASHES[1 << 16 :]:
            edge = merkle.append(edge, leaf)
        return edge

    def root_at(self, size: int) -> bytes | None:
        return hashlib.sha256(b"%d" % (size + self.restored)).digest()

    def hashes_between(self, low: int, high: int) -> list[bytes]:
        self.read += high - low
        return HASHES[low:high]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Counted]:
    made = Counted(Database(tmp_path / "ledger.db"))
    yield made
    made.close()


SIZES: Final = (0, 1, 2, 3, 255, 256, 257, 511, 512, 65535, 65536, 65537, 66304, LEAVES)


def test_every_proof_is_the_one_that_the_whole_tree_gives(ledger: Counted) -> None:
    chosen = random.Random(7)
    pairs = [(old, new) for new in SIZES for old in SIZES if old <= new]
    some = [*chosen.sample(pairs, 20), (1, LEAVES), (65536, LEAVES), (65537, LEAVES)]
    with LedgerTree(ledger) as tree:
        for old, new in some:
            expected = merkle.consistency_proof(HASHES[:new], old)
            assert tree.consistency(old, new) == expected, (old, new)
        assert tree.root(0, 700) == merkle.root_of(HASHES[:700])
        assert tree.root(0, 0) == merkle.EMPTY_ROOT


def test_a_proof_costs_what_is_new(ledger: Counted) -> None:
    with LedgerTree(ledger) as tree:
        tree.root(0, LEAVES)
    ledger.read = 0
    with LedgerTree(ledger) as tree:
        tree.consistency(LEAVES - 100, LEAVES)
        assert ledger.read < 2 * 256


def test_altered_roots_make_proofs_that_fail_and_the_file_can_be_deleted(
    ledger: Counted, tmp_path: Path
) -> None:
    old, new = 65537, LEAVES
    roots = [merkle.root_of(HASHES[:size]) for size in (old, new)]
    with LedgerTree(ledger) as tree:
        proof = tree.consistency(old, new)
        merkle.verify_consistency(old, roots[0], new, roots[1], proof)
    with sqlite3.connect(tmp_path / TREE) as db:
        db.execute("UPDATE subtree SET root = zeroblob(32)")
    db.close()
    with LedgerTree(ledger) as tree:
        wrong = tree.consistency(old, new)
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, roots[0], new, roots[1], wrong)
    for name in (TREE, f"{TREE}-wal", f"{TREE}-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with LedgerTree(ledger) as tree:
        assert tree.consistency(old, new) == proof


def test_roots_of_a_ledger_that_went_on_otherwise_are_made_anew(ledger: Counted) -> None:
    with LedgerTree(ledger) as tree:
        tree.root(0, LEAVES)
        ledger.read, ledger.restored = 0, 1
        assert tree.root(0, LEAVES) == merkle.root_of(HASHES)
        assert ledger.read == LEAVES


def test_without_a_place_for_kept_roots_proofs_are_made_all_the_same(
    ledger: Counted, tmp_path: Path
) -> None:
    (tmp_path / TREE).write_bytes(b"no database" * 500)
    with LedgerTree(ledger) as tree:
        assert tree.consistency(300, 600) == merkle.consistency_proof(HASHES[:600], 300)


def test_sizes_that_the_ledger_does_not_have_are_refused(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, LedgerTree(ledger) as tree:
        assert tree.consistency(0, 0) == ()
        for old, new in ((0, 1), (1, 0), (-1, 0)):
            with pytest.raises(LogPositionError):
                tree.consistency(old, new)
