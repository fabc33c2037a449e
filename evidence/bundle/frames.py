"""Leaves, withheld subtrees and proofs of a bundle, as bytes one behind the other."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from evidence.bundle.errors import BundleError
from evidence.errors import Words
from evidence.log.batch import MAX_LEAF_BYTES
from evidence.log.merkle import HASH_BYTES
from evidence.log.partial_tree import Withheld

_FRAME: Final = struct.Struct(">IQQI")
_SUBTREE: Final = struct.Struct(">QQ32s")
_SIZE: Final = struct.Struct(">Q")
_PROOF: Final = struct.Struct(">QI")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLeaf:
    """A leaf of the bundle.

    Attributes:
        log: Number of its log in the manifest.
        sequence: Its place there.
        received_ns: When the collector says that it committed it, POSIX ns.
        data: Its exact bytes.
    """

    log: int
    sequence: int
    received_ns: int
    data: bytes


def frame(leaf: ShownLeaf) -> bytes:
    """A leaf with what is said of it: log (4 bytes), sequence (8), received (8), length (4)."""
    head = _FRAME.pack(leaf.log, leaf.sequence, leaf.received_ns, len(leaf.data))
    return head + leaf.data


def framed(data: bytes, name: str) -> Iterator[ShownLeaf]:
    """The leaves in a member's bytes, in order of admission.

    Raises:
        BundleError: the bytes end within one, or one is longer than a leaf can be.
    """
    at = 0
    while at < len(data):
        end = at + _FRAME.size
        if end > len(data):
            raise _cut(name)
        log, sequence, received_ns, length = _FRAME.unpack_from(data, at)
        at = end + length
        if at > len(data) or length > MAX_LEAF_BYTES:
            raise _cut(name)
        yield ShownLeaf(log=log, sequence=sequence, received_ns=received_ns, data=data[end:at])


def _cut(name: str) -> BundleError:
    return BundleError(name, what=Words("a leaf in it is cut off", "其中某叶被截断"))


def tree_bytes(size: int, rest: Iterable[Withheld]) -> bytes:
    """A log's size (8 bytes), and its withheld subtrees: first (8), count (8), root (32)."""
    parts = (_SUBTREE.pack(each.first, each.count, each.root) for each in rest)
    return _SIZE.pack(size) + b"".join(parts)


def tree_of(data: bytes, name: str) -> tuple[int, tuple[Withheld, ...]]:
    """Size and withheld subtrees in a member's bytes.

    Raises:
        BundleError: its length cannot be.
    """
    if len(data) < _SIZE.size or (len(data) - _SIZE.size) % _SUBTREE.size:
        raise _length(name)
    (size,) = _SIZE.unpack_from(data)
    parts = _SUBTREE.iter_unpack(data[_SIZE.size :])
    return size, tuple(Withheld(first=one[0], count=one[1], root=one[2]) for one in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a log's head goes on from its first `size` leaves (RFC 6962, section 2.1.2)."""

    size: int
    hashes: tuple[bytes, ...]


def proofs_bytes(proofs: Iterable[Proof]) -> bytes:
    """Proofs, each as size (8 bytes), number of hashes (4), hashes (32 each)."""
    return b"".join(
        _PROOF.pack(each.size, len(each.hashes)) + b"".join(each.hashes) for each in proofs
    )


def proofs_of(data: bytes, name: str) -> tuple[Proof, ...]:
    """The proofs in a member's bytes.

    Raises:
        BundleError: the bytes end within one.
    """
    found: list[Proof] = []
    at = 0
    while at < len(data):
        start = at + _PROOF.size
        if start > len(data):
            raise _length(name)
        size, count = _PROOF.unpack_from(data, at)
        at = start + count * HASH_BYTES
        if at > len(data):
            raise _length(name)
        cut = range(start, at, HASH_BYTES)
        found.append(Proof(size=size, hashes=tuple(data[n : n + HASH_BYTES] for n in cut)))
    return tuple(found)


def _length(name: str) -> BundleError:
    return BundleError(name, what=Words("its length cannot be", "其长度不可能"))
