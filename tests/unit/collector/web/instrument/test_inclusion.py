"""The way from a leaf to the root of its log."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from collector.web.reading.inclusion import inclusion
from evidence.log.merkle import root_of


@given(st.integers(1, 70).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_each_leaf_leads_to_the_root_and_to_no_other(drawn: tuple[int, int]) -> None:
    size, index = drawn
    hashes = [hashlib.sha256(bytes([each])).digest() for each in range(size)]
    root = root_of(hashes)
    found = inclusion(hashes, index, root)
    assert found.holds
    assert (found.steps[-1].node if found.steps else hashes[0]) == root
    assert not inclusion(hashes, index, hashlib.sha256(root).digest()).holds
