import hashlib

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.errors import FrontierError, LogPositionError, ProofError
from evidence.log.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    Frontier,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 70)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"leaf %d" % index) for index in range(size)]


def frontier_of(size: int) -> Frontier:
    frontier = Frontier()
    for leaf in leaves(size):
        frontier = append(frontier, leaf)
    return frontier


def flipped(data: bytes, bit: int) -> bytes:
    at = bit % (8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def recursive_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1 word for word, the slow way."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


@pytest.mark.parametrize("size", range(66))
def test_frontier_and_levels_give_the_root_of_the_recursive_definition(size: int) -> None:
    assert root(frontier_of(size)) == root_of(leaves(size)) == recursive_root(leaves(size))


@given(st.integers(0, 300))
def test_a_frontier_survives_its_stored_text(size: int) -> None:
    frontier = frontier_of(size)
    restored = Frontier.from_hex(frontier.to_hex())
    assert restored == frontier
    assert append(restored, leaf_hash(b"next")) == append(frontier, leaf_hash(b"next"))


def test_a_frontier_keeps_one_hash_per_one_bit_of_its_size() -> None:
    assert [len(frontier_of(size).hashes) for size in (0, 1, 7, 8, 255, 256)] == [0, 1, 3, 1, 8, 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1:",
        "0:" + "00" * 32,
        "01:" + "00" * 32,
        "1:" + "0" * 63,
        "1:" + "00" * 33,
        "1:" + "AB" * 32,
        "3:" + "00" * 32,
        "-1:",
        "9223372036854775808:" + "00" * 32,
        "1:" + "00" * 32 + "\n",
    ],
)
def test_a_stored_frontier_that_fits_no_tree_is_refused(text: str) -> None:
    with pytest.raises(FrontierError, match="E_LOG_FRONTIER"):
        Frontier.from_hex(text)


@given(st.text(max_size=80))
def test_no_stored_text_raises_anything_but_a_coded_error(text: str) -> None:
    try:
        frontier = Frontier.from_hex(text)
    except FrontierError:
        return
    assert frontier.to_hex() == text


def test_a_leaf_that_is_not_a_hash_is_never_appended() -> None:
    with pytest.raises(FrontierError):
        append(Frontier(), b"the leaf itself, not its hash")


def test_a_full_log_takes_no_further_leaf() -> None:
    full = Frontier(size=2**63 - 1, hashes=(bytes(HASH_BYTES),) * 63)
    with pytest.raises(FrontierError):
        append(full, leaf_hash(b"one too many"))


def test_a_frontier_cannot_be_altered() -> None:
    with pytest.raises(AttributeError):
        frontier_of(3).size = 4  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"size":0,"more":1}', type=Frontier)


@given(SIZES, st.data())
def test_every_leaf_is_proved_and_every_flipped_bit_is_found(
    size: int, data: st.DataObject
) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path, head = inclusion_proof(hashes, index), root_of(hashes)
    verify_inclusion(hashes[index], index, size, path, head)
    given_bytes = [hashes[index], head, *path]
    which, bit = data.draw(st.integers(0, len(path) + 1)), data.draw(st.integers(0, 255))
    given_bytes[which] = flipped(given_bytes[which], bit)
    with pytest.raises(ProofError):
        verify_inclusion(given_bytes[0], index, size, given_bytes[2:], given_bytes[1])


@given(SIZES, st.data())
def test_a_path_proves_its_leaf_at_no_other_place(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
    assume(other != index)
    path = inclusion_proof(hashes, index)
    with pytest.raises(ProofError):
        verify_inclusion(hashes[index], other, size, path, root_of(hashes))


@given(SIZES, st.data())
def test_a_path_of_wrong_length_is_refused(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path, head = inclusion_proof(hashes, index), root_of(hashes)
    with pytest.raises(ProofError):
        verify_inclusion(hashes[index], index, size, (*path, leaf_hash(b"extra")), head)
    if path:
        with pytest.raises(ProofError, match="fewer"):
            verify_inclusion(hashes[index], index, size, path[:-1], head)
        with pytest.raises(ProofError, match="32 bytes"):
            verify_inclusion(hashes[index], index, size, (path[0][:-1], *path[1:]), head)


@given(SIZES, st.data())
def test_every_prefix_is_proved_and_every_flipped_bit_is_found(
    size: int, data: st.DataObject
) -> None:
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    old_root, new_root = root_of(hashes[:old_size]), root_of(hashes)
    path = consistency_proof(hashes, old_size)
    verify_consistency(old_size, old_root, size, new_root, path)
    given_bytes = [old_root, new_root, *path]
    which, bit = data.draw(st.integers(0, len(path) + 1)), data.draw(st.integers(0, 255))
    given_bytes[which] = flipped(given_bytes[which], bit)
    with pytest.raises(ProofError):
        verify_consistency(old_size, given_bytes[0], size, given_bytes[1], given_bytes[2:])


@given(SIZES, st.data())
def test_a_rewritten_history_has_no_proof(size: int, data: st.DataObject) -> None:
    honest = leaves(size + 1)
    old_size = data.draw(st.integers(1, size))
    rewritten = list(honest)
    rewritten[data.draw(st.integers(0, old_size - 1))] = leaf_hash(b"forged")
    path = consistency_proof(rewritten, old_size)
    with pytest.raises(ProofError):
        verify_consistency(old_size, root_of(honest[:old_size]), size + 1, root_of(rewritten), path)


@given(SIZES, st.data())
def test_a_consistency_proof_of_wrong_length_is_refused(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    path = consistency_proof(hashes, old_size)
    heads = old_size, root_of(hashes[:old_size]), size, root_of(hashes)
    with pytest.raises(ProofError):
        verify_consistency(*heads, (*path, leaf_hash(b"extra")))
    if path:
        with pytest.raises(ProofError):
            verify_consistency(*heads, path[:-1])
        with pytest.raises(ProofError):
            verify_consistency(*heads, ())


def test_a_taller_tree_never_passes_for_one_of_the_stated_size() -> None:
    hashes, above = leaves(4), leaf_hash(b"a subtree above")
    path = (*inclusion_proof(hashes, 3), above)
    with pytest.raises(ProofError, match="more hashes"):
        verify_inclusion(hashes[3], 3, 4, path, node_hash(above, root_of(hashes)))
    old_root, new_root = (node_hash(above, root_of(hashes[:size])) for size in (3, 4))
    with pytest.raises(ProofError, match="more hashes"):
        verify_consistency(3, old_root, 4, new_root, (*consistency_proof(hashes, 3), above))


def test_the_empty_log_is_a_prefix_of_every_log_but_only_with_its_own_root() -> None:
    hashes = leaves(5)
    assert consistency_proof(hashes, 0) == ()
    verify_consistency(0, EMPTY_ROOT, 5, root_of(hashes), ())
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    for new_size, new_root in ((5, root_of(hashes)), (0, hashes[0])):
        with pytest.raises(ProofError):
            verify_consistency(0, hashes[0], new_size, new_root, ())
    with pytest.raises(ProofError, match="empty"):
        verify_consistency(0, EMPTY_ROOT, 5, root_of(hashes), (hashes[0],))


def test_a_log_never_shrinks() -> None:
    hashes = leaves(6)
    with pytest.raises(ProofError, match="not in the log"):
        verify_consistency(6, root_of(hashes), 3, root_of(hashes[:3]), ())


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(LogPositionError, match=r"0 \.\. 2"):
        inclusion_proof(leaves(3), index)


@pytest.mark.parametrize("old_size", [-1, 4])
def test_no_proof_is_made_for_a_size_the_log_never_had(old_size: int) -> None:
    with pytest.raises(LogPositionError, match=r"0 \.\. 3"):
        consistency_proof(leaves(3), old_size)
