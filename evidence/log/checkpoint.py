"""Checkpoints (c2sp.org/tlog-checkpoint): a log's name, size and root, signed as a note.

A checkpoint note is the only signature an agent makes; it covers every leaf up to its size.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec

from evidence.errors import CheckpointError, MalformedNoteError, Words
from evidence.log.key import Keyring, SigningKey, Verifier, strict_base64
from evidence.log.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from evidence.log.note import note_body, open_note, sign

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ORIGIN = re.compile(r"carbonmeter/([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([0-9a-f]{32})")
_LINES = "origin, decimal size, base64 root, each on a line that ends in a newline"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of a log at one size.

    Attributes:
        origin: The log's name, one line; ours are made by `origin`.
        size: Number of leaves, 0 to 2^63 - 1.
        root: The Merkle root of these leaves, 32 bytes; of no leaves it is SHA-256 of nothing.
        extensions: Further lines of the signed text, kept as they came; ours has none. A line
            that reads as a second root is refused, so that no two readers can differ.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE:
            raise _wrong("the size is out of range", "大小超出范围", "0 .. 2^63 - 1")
        if len(self.root) != HASH_BYTES:
            raise _wrong("the root is not 32 bytes", "根不是 32 字节", "a SHA-256 root")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise _wrong("no leaves but another root", "无叶却有其他根", "SHA-256 of nothing")
        for line in (self.origin, *self.extensions):
            _require_line(line)
        if any(_is_root(line) for line in self.extensions):
            raise _wrong("there are two roots", "出现两个根", "a text with one root")

    def to_text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return "\n".join((self.origin, str(self.size), root, *self.extensions)) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The checkpoint of a note's text; `to_text` gives the same text back.

        Raises:
            CheckpointError: Fewer than three lines, an empty line, a size with leading
                zeros or over 2^63 - 1, a root that is not base64 of 32 bytes.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise _wrong("lines are missing", "缺少行", _LINES)
        if not _SIZE.fullmatch(lines[1]):
            raise _wrong("the size is not plain decimal", "大小不是十进制数", "like 0 or 42")
        root = strict_base64(lines[2])
        if root is None:
            raise _wrong("the root is not base64", "根不是 base64", "44 characters of base64")
        return cls(origin=lines[0], size=int(lines[1]), root=root, extensions=tuple(lines[3:-1]))


def _require_line(line: str) -> None:
    if not line or "\n" in line:
        raise _wrong("a line is empty or broken", "有空行或断行", "non-empty lines")
    try:
        note_body(line + "\n")
    except MalformedNoteError as refused:
        raise _wrong(*_what(refused), "lines of printable UTF-8") from None


def _what(refused: MalformedNoteError) -> Words:
    what = refused.facts["what"]
    return what if isinstance(what, Words) else Words(str(what), str(what))


def _is_root(line: str) -> bool:
    decoded = strict_base64(line)
    return decoded is not None and len(decoded) == HASH_BYTES


def _wrong(en: str, zh: str, limit: str) -> CheckpointError:
    return CheckpointError("checkpoint", what=Words(en, zh), limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint and the known keys that signed it.

    Attributes:
        checkpoint: The verified head of the log.
        text: The exact text that was signed, which a collector cosigns.
        signed_by: At least one known key. Whether it may speak for `checkpoint.origin` is
            for the caller to compare.
    """

    checkpoint: Checkpoint
    text: str
    signed_by: tuple[Verifier, ...]


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[SigningKey]) -> bytes:
    """The checkpoint as a note signed by each of `signers`.

    Raises:
        KeyAlgorithmError: A key is not an Ed25519 note key.
    """
    return sign(checkpoint.to_text(), signers)


def open_checkpoint(data: bytes, known: Keyring) -> SignedCheckpoint:
    """The checkpoint in a note and the known keys that signed it.

    Raises:
        MalformedNoteError: The bytes are no note.
        UnknownKeyError: No signature is by a known key.
        SignatureError: A known key is named and its signature does not fit.
        CheckpointError: The signed text is not a checkpoint.
    """
    note = open_note(data, known)
    checkpoint = Checkpoint.from_text(note.text)
    return SignedCheckpoint(checkpoint=checkpoint, text=note.text, signed_by=note.signed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose log, and which run of it.

    Attributes:
        agent: The agent's id: 1 to 64 of A-Z a-z 0-9 . _ - , a letter or digit first.
        epoch: The epoch's random id, 32 lower-case hexadecimal digits (128 bit).
    """

    agent: str
    epoch: str


def origin(agent: str, epoch: str) -> str:
    """The origin line `carbonmeter/<agent>/<epoch>` of an agent's log.

    Raises:
        CheckpointError: `agent` or `epoch` does not follow the grammar of `Origin`.
    """
    line = f"carbonmeter/{agent}/{epoch}"
    parse_origin(line)
    return line


def parse_origin(line: str) -> Origin:
    """Agent and epoch of an origin line that `origin` made.

    Raises:
        CheckpointError: The line names no log of ours.
    """
    match = _ORIGIN.fullmatch(line)
    if match is None:
        limit = "carbonmeter/<agent>/<32 hexadecimal digits>"
        raise _wrong("its origin is not an agent's", "origin 不属于任何代理", limit)
    return Origin(agent=match[1], epoch=match[2])
