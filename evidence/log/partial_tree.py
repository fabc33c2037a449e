"""Some leaves of a log, and the hashes of what is withheld between them, lead to its root.

A run of withheld leaves travels as the roots of the largest subtrees that it fills, so that
it proves how many there are and where, and nothing of what they say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.errors import ProofError, Words
from evidence.log.merkle import HASH_BYTES, MAX_SIZE, node_hash, root_of

_LACKS: Final = Words("a leaf is neither shown nor withheld", "某叶既未给出也未以哈希代替")
_TOO_MUCH: Final = Words("it has leaves or hashes that have no place", "含有无处安放的叶或哈希")
_NOT_SHOWN: Final = Words("a leaf is out of the log", "某叶超出日志范围")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A complete subtree of which only the root is told.

    Attributes:
        first: Sequence of its first leaf.
        count: Number of its leaves, at least 1.
        root: Its root, 32 bytes; of a single leaf the leaf's hash.
    """

    first: int
    count: int
    root: bytes


def withheld(leaf_hashes: Sequence[bytes], shown: Sequence[int]) -> tuple[Withheld, ...]:
    """The subtrees that hold all leaves but the shown ones, in order.

    Args:
        leaf_hashes: Of all leaves of the log.
        shown: Sequences of leaves, increasing.
    """
    return tuple(_withheld(leaf_hashes, shown, 0, len(leaf_hashes)))


def _withheld(
    hashes: Sequence[bytes], shown: Sequence[int], first: int, end: int
) -> Iterator[Withheld]:
    if first == end:
        return
    if not shown:
        yield Withheld(first=first, count=end - first, root=root_of(hashes[first:end]))
    elif end - first > 1:
        middle = first + split(end - first)
        left = [each for each in shown if each < middle]
        yield from _withheld(hashes, left, first, middle)
        yield from _withheld(hashes, shown[len(left) :], middle, end)


def split(size: int) -> int:
    """The largest power of two below `size` >= 2 (RFC 6962, section 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def partial_root(size: int, shown: Mapping[int, bytes], rest: Sequence[Withheld]) -> bytes:
    """The root of a log of `size` >= 1 leaves.

    Args:
        size: Number of leaves, 1 to 2^63 - 1.
        shown: Hashes of the leaves that are shown, by sequence, in increasing order.
        rest: The subtrees of all others, in order.

    Raises:
        ProofError: They are not what makes up such a log. It takes no more steps than there
            are leaves and subtrees, times 64.
    """
    if not 1 <= size <= MAX_SIZE or any(not 0 <= each < size for each in shown):
        raise _fails(_NOT_SHOWN)
    walk = _Walk(leaves=list(shown.items())[::-1], subtrees=list(rest)[::-1])
    root = walk.root(0, size)
    if walk.leaves or walk.subtrees:
        raise _fails(_TOO_MUCH)
    return root


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What is not used yet, the next one last."""

    leaves: list[tuple[int, bytes]]
    subtrees: list[Withheld]

    def root(self, first: int, count: int) -> bytes:
        """The root of a subtree, in order from left to right; 63 deep at the most."""
        if self.subtrees and self.subtrees[-1].first == first:
            found = self.subtrees[-1]
            if found.count == count and len(found.root) == HASH_BYTES:
                self.subtrees.pop()
                return found.root
        if count == 1:
            return self._leaf(first)
        left = split(count)
        return node_hash(self.root(first, left), self.root(first + left, count - left))

    def _leaf(self, sequence: int) -> bytes:
        if not self.leaves or self.leaves[-1][0] != sequence:
            raise _fails(_LACKS)
        return self.leaves.pop()[1]


def _fails(what: Words) -> ProofError:
    return ProofError("log", proof="inclusion", what=what)
