"""Any choice of leaves, with what is withheld between them, leads to the log's root."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import ProofError
from evidence.log.merkle import leaf_hash, root_of
from evidence.log.partial_tree import Withheld, partial_root, withheld

LOGS = st.integers(1, 70).flatmap(
    lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))
)


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(bytes([number])) for number in range(size)]


@given(log=LOGS)
def test_shown_and_withheld_leaves_lead_to_the_root(log: tuple[int, set[int]]) -> None:
    size, chosen = log
    whole, shown = hashes(size), sorted(chosen)
    rest = withheld(whole, shown)
    assert partial_root(size, {each: whole[each] for each in shown}, rest) == root_of(whole)
    assert sum(each.count for each in rest) == size - len(shown)


@given(log=LOGS, wrong=st.integers(0, 69))
def test_another_leaf_or_hash_leads_elsewhere_or_nowhere(
    log: tuple[int, set[int]], wrong: int
) -> None:
    size, chosen = log
    whole, shown = hashes(size), sorted(chosen)
    rest = withheld(whole, shown)
    leaves = {each: whole[each] for each in shown}
    if wrong in leaves:
        assert partial_root(size, {**leaves, wrong: b"x" * 32}, rest) != root_of(whole)
    elif wrong < size:
        with pytest.raises(ProofError):
            partial_root(size, dict(sorted({**leaves, wrong: whole[wrong]}.items())), rest)


@pytest.mark.parametrize("size", [0, -1, 2**63, 3])
def test_what_lacks_or_has_no_place_is_refused_at_once(size: int) -> None:
    with pytest.raises(ProofError):
        partial_root(size, {}, ())
    one = Withheld(first=0, count=2**62, root=b"r" * 32)
    with pytest.raises(ProofError):
        partial_root(size, {1: b"x" * 32}, (one,))


def test_a_root_that_is_no_hash_is_refused() -> None:
    with pytest.raises(ProofError):
        partial_root(2, {}, (Withheld(first=0, count=2, root=b"short"),))
