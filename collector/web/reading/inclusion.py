"""That a leaf stands in its log, step by step (RFC 9162, section 2.1.3.2). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.errors import ProofError
from evidence.log.merkle import inclusion_proof, node_hash, verify_inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from a leaf up to the root.

    Attributes:
        beside: The hash beside, 32 bytes.
        is_left: Whether it stands on the left.
        node: What both give together, 32 bytes.
    """

    beside: bytes
    is_left: bool
    node: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That a leaf stands at its place in a log.

    Attributes:
        steps: From the leaf up.
        root: To which they must lead: the one that the agent signed, 32 bytes.
        holds: Whether they do.
    """

    steps: Sequence[Step]
    root: bytes
    holds: bool


def inclusion(hashes: Sequence[bytes], index: int, root: bytes) -> Inclusion:
    """The way from a leaf to the root of its log.

    Args:
        hashes: Of all leaves of the log, in their order.
        index: Of the leaf, within them.
        root: That was signed over all of them.

    Raises:
        LogPositionError: there is no such leaf.
    """
    path = inclusion_proof(hashes, index)
    steps = list(walk(hashes[index], index, len(hashes), path))
    try:
        verify_inclusion(hashes[index], index, len(hashes), path, root)
    except ProofError:
        return Inclusion(steps=steps, root=root, holds=False)
    return Inclusion(steps=steps, root=root, holds=True)


def walk(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> Iterator[Step]:
    """What the hashes of a path give, one after the other.

    Args:
        leaf: Hash of the leaf.
        index: Where it stands.
        size: Of the log.
        path: The one nearest to the leaf first.
    """
    place, last, node = index, size - 1, leaf
    for beside in path:
        is_left = bool(place & 1) or place == last
        node = node_hash(beside, node) if is_left else node_hash(node, beside)
        yield Step(beside=beside, is_left=is_left, node=node)
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
