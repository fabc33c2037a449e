"""The parts of a leaf of version 2, which are hashed one by one, each under a salt of its own.

Such a leaf is one JSON object in lines. Its first line names its kind and a secret number, the
blind; each further line is a part. A part is bound by SHA-256 over its salt and its bytes, and
the leaf's hash is over these commitments: who gets salt and line can check a part, who gets the
commitment alone learns nothing of it, and everybody knows how many parts there are. Pure.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.errors import LeafError, Words

HASH_BYTES: Final = 32
BLIND_BYTES: Final = 32
MAX_PARTS: Final = 8192
"""Lines after the first: what hashing a foreign leaf costs has a limit."""
KINDS: Final = ("batch/2", "document/2", "journal/2")
_FIRST: Final = re.compile(
    rb'\{"carbonmeter":"(batch/2|document/2|journal/2)","blind":"([0-9a-f]{64})",\n'
)
_LEAF: Final = b"\x02"
"""Unlike 0x00 before a leaf of version 1 and 0x01 before two nodes (RFC 6962, section 2.1)."""
_SALT: Final = b"carbonmeter/salt/1\n"
_BLIND: Final = b"carbonmeter/blind/1\n"
_NUMBERS: Final = tuple(number.to_bytes(4) for number in range(MAX_PARTS + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A leaf of version 2, cut at its line feeds.

    Attributes:
        kind: One of `KINDS`.
        blind: 32 bytes that nobody can guess; whoever has them can open every part.
        lines: The parts, without line feeds.
    """

    kind: str
    blind: bytes
    lines: list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A part that is shown: its salt, 32 bytes, and its line."""

    salt: bytes
    line: bytes


Part = Opened | bytes
"""A part that is shown, or the commitment, 32 bytes, of one that is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartlyShown:
    """A leaf of which some parts are withheld.

    Attributes:
        kind: One of `KINDS`.
        parts: In the order of its lines.
    """

    kind: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> bytes:
        """The hash of the whole leaf, 32 bytes; it follows from what is shown of it."""
        return _digest(self.kind, self.commitments)

    @property
    def commitments(self) -> list[bytes]:
        """The commitments of all parts, 32 bytes each."""
        return [_commitment_of(each) for each in self.parts]

    @property
    def lines(self) -> list[bytes | None]:
        """The lines; None where one is withheld."""
        return [each.line if isinstance(each, Opened) else None for each in self.parts]

    @property
    def withheld(self) -> int:
        """How many parts are not shown."""
        return sum(isinstance(each, bytes) for each in self.parts)


def parted(leaf: bytes) -> Parted | None:
    """The parts of a leaf of version 2; None of any other bytes.

    What follows the first line is not looked at but for its number of lines, which is at most
    8,192; bytes with more lines are no leaf of version 2.
    """
    first = _FIRST.match(leaf)
    if first is None:
        return None
    kind, blind = first.groups()
    lines = _cut(leaf, first.end())
    if len(lines) > MAX_PARTS:
        return None
    return Parted(kind=kind.decode(), blind=bytes.fromhex(blind.decode()), lines=lines)


def lines_of(kind: str, leaf: bytes) -> memoryview | None:
    """What stands behind the first line of a leaf of one kind; None of any other bytes.

    Args:
        kind: one of `KINDS`.
        leaf: any bytes.
    """
    first = _FIRST.match(leaf)
    return memoryview(leaf)[first.end() :] if first and first[1] == kind.encode() else None


def _cut(leaf: bytes, begin: int) -> list[bytes]:
    """The lines from `begin` on, as far as there are not too many; `split` looks at each byte."""
    lines: list[bytes] = []
    while (end := leaf.find(b"\n", begin)) >= 0 and len(lines) <= MAX_PARTS:
        lines.append(leaf[begin:end])
        begin = end + 1
    return [*lines, leaf[begin:]]


def first_line(kind: str, blind: bytes) -> bytes:
    """The line before the parts, with its line feed.

    Args:
        kind: one of `KINDS`.
        blind: 32 bytes that nobody can guess.
    """
    return f'{{"carbonmeter":"{kind}","blind":"{blind.hex()}",\n'.encode()


def parts_hash(leaf: bytes) -> bytes | None:
    """The hash of a leaf of version 2, 32 bytes; None of any other bytes.

    SHA-256(0x02 || kind || 0x0A || number of parts (4 bytes) || commitments).
    """
    if not leaf.startswith(b'{"carbonmeter":"'):
        return None
    found = parted(leaf)
    if found is None:
        return None
    pairs = zip(_salts(found), found.lines, strict=True)
    return _digest(found.kind, [hashlib.sha256(salt + line).digest() for salt, line in pairs])


def partly_shown(leaf: Parted, shows: Callable[[int], bool]) -> PartlyShown:
    """A leaf of which only some parts are shown.

    Args:
        leaf: cut at its line feeds.
        shows: whether a part is shown, by its number; the first is 1.
    """
    opened = (
        Opened(salt=salt, line=line) for salt, line in zip(_salts(leaf), leaf.lines, strict=True)
    )
    return PartlyShown(
        kind=leaf.kind,
        parts=tuple(
            each if shows(number) else _commitment_of(each) for number, each in enumerate(opened, 1)
        ),
    )


def blind_of(seed: bytes, sequence: int) -> bytes:
    """The blind of one leaf of several that share a seed, 32 bytes.

    Args:
        seed: 32 bytes that nobody can guess, and that are not kept.
        sequence: the leaf's place in its log; with one seed each place has one leaf.
    """
    return hashlib.sha256(_BLIND + seed + sequence.to_bytes(8)).digest()


def require_lines(leaf: PartlyShown) -> None:
    """Returns if what is shown of a leaf can be lines of one.

    Raises:
        LeafError: it has too many parts, or a line feed is within one.
    """
    if len(leaf.parts) > MAX_PARTS:
        what = Words(f"it has more than {MAX_PARTS} parts", f"部分数超过 {MAX_PARTS}")
        raise LeafError("leaf", what=what)
    for number, line in enumerate(leaf.lines, 1):
        if line is not None and b"\n" in line:
            what = Words(f"a line feed is within part {number}", f"第 {number} 部分内含换行符")
            raise LeafError("leaf", what=what)


def _salts(leaf: Parted) -> list[bytes]:
    """The parts' salts: SHA-256("carbonmeter/salt/1" || 0x0A || blind || number (4 bytes))."""
    common = _SALT + leaf.blind
    numbers = _NUMBERS[1 : len(leaf.lines) + 1]
    return [hashlib.sha256(common + number).digest() for number in numbers]


def _commitment_of(part: Part) -> bytes:
    """SHA-256(salt || line)."""
    return part if isinstance(part, bytes) else hashlib.sha256(part.salt + part.line).digest()


def _digest(kind: str, commitments: Sequence[bytes]) -> bytes:
    head = _LEAF + kind.encode() + b"\n" + len(commitments).to_bytes(4)
    return hashlib.sha256(head + b"".join(commitments)).digest()
