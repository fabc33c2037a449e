"""Merkle trees of RFC 6962 section 2 (RFC 9162 section 2.1), SHA-256.

A log is known by its size and root. An agent keeps only the frontier (the roots of the
complete subtrees, at most 64 of them); proofs are made from the leaf hashes.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Literal, Self

import msgspec

from evidence.errors import FrontierError, LogPositionError, ProofError, Words
from evidence.log.parts import parts_hash

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()

_Proof = Literal["inclusion", "consistency"]
_FRONTIER_TEXT = re.compile(r"(0|[1-9][0-9]{0,18}):((?:[0-9a-f]{64})*)")
_TOO_LONG = Words("it has more hashes than the path", "哈希数多于路径长度")
_TOO_SHORT = Words("it has fewer hashes than the path", "哈希数少于路径长度")
_OTHER_ROOT = Words("it leads to another root", "导出的根不同")
_NOT_EMPTY = Words("it must be empty for these sizes", "对于这些大小，证明必须为空")
_NOT_A_HASH = Words("a hash in it is not 32 bytes", "其中某个哈希不是 32 字节")
_NOT_IN_LOG = Words("the position or size is not in the log", "位置或大小不在日志范围内")


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf's exact bytes, 32 bytes: SHA-256(0x00 || leaf).

    Of a leaf of version 2, which begins with its kind and a blind, the hash over its parts:
    see `evidence.log.parts.parts_hash`.
    """
    over_parts = parts_hash(leaf)
    if over_parts is not None:
        return over_parts
    digest = hashlib.sha256(b"\x00")
    digest.update(leaf)
    return digest.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees, 32 bytes: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The edge of a growing tree: all that is needed to append and to state the root.

    Attributes:
        size: Number of leaves, 0 to 2^63 - 1.
        hashes: Roots of the complete subtrees, largest first; one per 1-bit of `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE:
            raise _damaged("its size is out of range", "大小超出范围")
        if len(self.hashes) != self.size.bit_count():
            raise _damaged("its number of hashes does not fit its size", "哈希数与大小不符")
        if any(len(part) != HASH_BYTES for part in self.hashes):
            raise _damaged("a hash is not 32 bytes", "某个哈希不是 32 字节")

    def to_hex(self) -> str:
        """The frontier on one line, `size:hashes`, for storage."""
        return f"{self.size}:{b''.join(self.hashes).hex()}"

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """The frontier that `to_hex` wrote.

        Raises:
            FrontierError: The text was cut or altered so that it fits no tree.
        """
        match = _FRONTIER_TEXT.fullmatch(text)
        if match is None:
            raise _damaged(
                "it is not `size:hashes` in hexadecimal", "不是 `size:hashes` 十六进制格式"
            )
        joined = bytes.fromhex(match[2])
        hashes = (joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))
        return cls(size=int(match[1]), hashes=tuple(hashes))


def _damaged(en: str, zh: str) -> FrontierError:
    return FrontierError("frontier", what=Words(en, zh))


def append(frontier: Frontier, leaf: bytes) -> Frontier:
    """The frontier after one more leaf hash (32 bytes, from `leaf_hash`).

    Costs one node hash per trailing 1-bit of the size: O(log n), 1 on average.

    Raises:
        FrontierError: `leaf` is not 32 bytes, or the log is full.
    """
    hashes, node, size = list(frontier.hashes), leaf, frontier.size
    while size & 1:
        node = node_hash(hashes.pop(), node)
        size >>= 1
    return Frontier(size=frontier.size + 1, hashes=(*hashes, node))


def root(frontier: Frontier) -> bytes:
    """The root of the tree behind the frontier, 32 bytes (RFC 6962 section 2.1)."""
    if not frontier.hashes:
        return EMPTY_ROOT
    *larger, node = frontier.hashes
    for left in reversed(larger):
        node = node_hash(left, node)
    return node


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes, 32 bytes (RFC 6962 section 2.1)."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY_ROOT


def _parents(level: Sequence[bytes]) -> list[bytes]:
    """The next level up; a last node without a neighbour moves up as it is."""
    sha256 = hashlib.sha256
    pairs = zip(level[::2], level[1::2], strict=False)
    parents = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) & 1:
        parents.append(level[-1])
    return parents


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of leaf `index` in the tree over all of `leaf_hashes`.

    RFC 6962 section 2.1.1; the hash nearest the leaf comes first.

    Raises:
        LogPositionError: `index` is not in 0 .. len(leaf_hashes) - 1.
    """
    size = len(leaf_hashes)
    _require_position("index", index, 0, size - 1)
    level, path = list(leaf_hashes), []
    while len(level) > 1:
        if (neighbour := index ^ 1) < len(level):
            path.append(level[neighbour])
        level, index = _parents(level), index >> 1
    return tuple(path)


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """The proof that the first `old_size` leaves are a prefix of all of `leaf_hashes`.

    RFC 6962 section 2.1.2; empty for an old size of 0 or of the whole tree.

    Raises:
        LogPositionError: `old_size` is not in 0 .. len(leaf_hashes).
    """
    low, high = 0, len(leaf_hashes)
    _require_position("old_size", old_size, 0, high)
    path: list[bytes] = []
    while low < old_size < high:
        split = low + _power_of_two_below(high - low)
        if old_size <= split:
            path.append(root_of(leaf_hashes[split:high]))
            high = split
        else:
            path.append(root_of(leaf_hashes[low:split]))
            low = split
    if low > 0:
        path.append(root_of(leaf_hashes[low:high]))
    return tuple(reversed(path))


def _power_of_two_below(size: int) -> int:
    """The largest power of two smaller than `size` (>= 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _require_position(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        limit = f"{least} .. {most}"
        raise LogPositionError("log", name=name, value=value, limit=limit)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> None:
    """Returns if the leaf with this hash stands at `index` in the tree of `size` and root.

    Steps as in RFC 9162 section 2.1.3.2.

    Raises:
        ProofError: It does not, or the proof is too long, too short or not made of hashes.
    """
    _require_hashes("inclusion", (leaf, root_hash, *path))
    if not 0 <= index < size <= MAX_SIZE:
        raise _fails("inclusion", _NOT_IN_LOG)
    place, last, node = index, size - 1, leaf
    for hash_beside in path:
        if last == 0:
            raise _fails("inclusion", _TOO_LONG)
        if place & 1 or place == last:
            node = node_hash(hash_beside, node)
            place, last = _up_to_right_child(place, last)
        else:
            node = node_hash(node, hash_beside)
        place, last = place >> 1, last >> 1
    _require_arrival("inclusion", last, node == root_hash)


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Returns if the tree of `old_size` is a prefix of the tree of `new_size`.

    Steps as in RFC 9162 section 2.1.4.2; sizes 0 and equal sizes need an empty proof.

    Raises:
        ProofError: It is not, or the proof is too long, too short or not made of hashes.
    """
    _require_hashes("consistency", (old_root, new_root, *path))
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise _fails("consistency", _NOT_IN_LOG)
    if old_size in (0, new_size):
        _require_trivial(old_size, old_root, new_size, new_root, path)
        return
    # A complete old tree is itself the first node of the path, so it is left out of it.
    nodes = (old_root, *path) if old_size.bit_count() == 1 else tuple(path)
    if not nodes:
        raise _fails("consistency", _TOO_SHORT)
    last, old_node, new_node = _climb(old_size - 1, new_size - 1, nodes)
    _require_arrival("consistency", last, (old_node, new_node) == (old_root, new_root))


def _climb(place: int, last: int, nodes: Sequence[bytes]) -> tuple[int, bytes, bytes]:
    """What is left of `last`, the old root and the new root that the nodes lead to."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old_node = new_node = nodes[0]
    for hash_beside in nodes[1:]:
        if last == 0:
            raise _fails("consistency", _TOO_LONG)
        if place & 1 or place == last:
            old_node = node_hash(hash_beside, old_node)
            new_node = node_hash(hash_beside, new_node)
            place, last = _up_to_right_child(place, last)
        else:
            new_node = node_hash(new_node, hash_beside)
        place, last = place >> 1, last >> 1
    return last, old_node, new_node


def _up_to_right_child(place: int, last: int) -> tuple[int, int]:
    """The nearest ancestor that is a right child: levels where the node stood alone."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _require_trivial(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    if path:
        raise _fails("consistency", _NOT_EMPTY)
    if old_size == new_size and old_root != new_root:
        raise _fails("consistency", _OTHER_ROOT)
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise _fails("consistency", _OTHER_ROOT)


def _require_arrival(proof: _Proof, last: int, roots_equal: bool) -> None:  # noqa: FBT001 - one private fact
    if last != 0:
        raise _fails(proof, _TOO_SHORT)
    if not roots_equal:
        raise _fails(proof, _OTHER_ROOT)


def _require_hashes(proof: _Proof, hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise _fails(proof, _NOT_A_HASH)


def _fails(proof: _Proof, what: Words) -> ProofError:
    return ProofError("log", proof=proof, what=what)
