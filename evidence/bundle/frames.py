"""Leaves, withheld subtrees and proofs of a bundle, as bytes one behind the other."""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from evidence.bundle.errors import BundleError
from evidence.errors import Words
from evidence.log.batch import MAX_LEAF_BYTES, Leaf, decode
from evidence.log.in_parts import decode_partly
from evidence.log.merkle import HASH_BYTES, leaf_hash
from evidence.log.partial_tree import Withheld
from evidence.log.parts import KINDS, MAX_PARTS, Opened, Part, PartlyShown

_FRAME_1: Final = struct.Struct(">IQQI")
_FRAME: Final = struct.Struct(">IQQBI")
_OPENED: Final = struct.Struct(">32sI")
_MOST_FRAMED: Final = MAX_LEAF_BYTES + MAX_PARTS * (_OPENED.size + 1)
_WITHHELD, _SHOWN = b"\0", b"\1"
_FORMS: Final = ("", *KINDS)
"""How a leaf is shown, by number: whole, or in parts as one of a kind."""
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
        data: Its exact bytes, or what is shown of them.
    """

    log: int
    sequence: int
    received_ns: int
    data: bytes | PartlyShown

    @property
    def digest(self) -> bytes:
        """Its hash, 32 bytes."""
        return leaf_hash(self.data) if isinstance(self.data, bytes) else self.data.digest

    @property
    def withheld(self) -> int:
        """How many of its parts are withheld."""
        return 0 if isinstance(self.data, bytes) else self.data.withheld

    def leaf(self) -> Leaf:
        """The batch or document, without what is withheld.

        Raises:
            LeafError, LeafContentError: it is none.
        """
        return decode(self.data) if isinstance(self.data, bytes) else decode_partly(self.data)


def frame(leaf: ShownLeaf) -> bytes:
    """A leaf with what is said of it: log, sequence, received, form, length (4, 8, 8, 1, 4 bytes).

    The form is 0 of the exact bytes, 1 of the parts of a batch, 2 of those of a document, 3 of
    those of a journal's entry.
    """
    if isinstance(leaf.data, bytes):
        form, data = 0, leaf.data
    else:
        form, data = _FORMS.index(leaf.data.kind), b"".join(map(_part, leaf.data.parts))
    return _FRAME.pack(leaf.log, leaf.sequence, leaf.received_ns, form, len(data)) + data


def _part(part: Part) -> bytes:
    """A part: 0 and the commitment; or 1, salt, length (4 bytes) and line."""
    if isinstance(part, bytes):
        return _WITHHELD + part
    return _SHOWN + _OPENED.pack(part.salt, len(part.line)) + part.line


def framed(data: bytes, name: str) -> Iterator[ShownLeaf]:
    """The leaves in a member's bytes, in order of admission; version 2.

    Raises:
        BundleError: the bytes end within one, one is longer than a leaf can be, or it is shown
            in no form that is known.
    """
    at = 0
    while at < len(data):
        end = at + _FRAME.size
        if end > len(data):
            raise _cut(name)
        log, sequence, received_ns, form, length = _FRAME.unpack_from(data, at)
        at = end + length
        most = _MOST_FRAMED if form else MAX_LEAF_BYTES
        if at > len(data) or length > most or form >= len(_FORMS):
            raise _cut(name)
        body = data[end:at]
        shown = PartlyShown(kind=_FORMS[form], parts=tuple(_parts(body, name))) if form else body
        yield ShownLeaf(log=log, sequence=sequence, received_ns=received_ns, data=shown)


def _parts(data: bytes, name: str) -> Iterator[Part]:
    at = 0
    while at < len(data):
        mark, at = data[at : at + 1], at + 1
        if mark == _WITHHELD and at + HASH_BYTES <= len(data):
            at += HASH_BYTES
            yield data[at - HASH_BYTES : at]
        elif mark == _SHOWN and at + _OPENED.size <= len(data):
            salt, length = _OPENED.unpack_from(data, at)
            begin = at + _OPENED.size
            at = begin + length
            if at > len(data):
                raise _cut(name)
            yield Opened(salt=salt, line=data[begin:at])
        else:
            raise _cut(name)


def framed_1(data: bytes, name: str) -> Iterator[ShownLeaf]:
    """The leaves in a member's bytes, in order of admission; version 1: all are whole.

    Raises:
        BundleError: the bytes end within one, or one is longer than a leaf can be.
    """
    at = 0
    while at < len(data):
        end = at + _FRAME_1.size
        if end > len(data):
            raise _cut(name)
        log, sequence, received_ns, length = _FRAME_1.unpack_from(data, at)
        at = end + length
        if at > len(data) or length > MAX_LEAF_BYTES:
            raise _cut(name)
        yield ShownLeaf(log=log, sequence=sequence, received_ns=received_ns, data=data[end:at])


FRAMED: Final[Mapping[int, Callable[[bytes, str], Iterator[ShownLeaf]]]] = {1: framed_1, 2: framed}
"""How the leaves of a bundle are read, by its version."""


def _cut(name: str) -> BundleError:
    what = Words("a leaf in it is cut off, or is in no known form", "其中某叶被截断或形式未知")
    return BundleError(name, what=what)


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
