"""`carbonmeter evidence witness --journal`: follows a journal, and through it the ledger.

Every new entry is hashed here to the head that the collector signed; that each of the ledger's
heads which they name goes on from the one before, the collector has to prove.
"""

import argparse
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from carbonmeter.witness_asking import AnswerError, answered
from carbonmeter.witness_state import alone, remembered, token_in, witness_key, write
from evidence.clock import SystemClock
from evidence.errors import Words
from evidence.log.checkpoint import Checkpoint
from evidence.log.entry import decode_entry, origin_of
from evidence.log.following import (
    NO_LEAVES,
    Followed,
    LedgerHead,
    Shown,
    decode_followed,
    followed,
    grown,
    ledger_heads,
    require_ledger_goes_on,
)
from evidence.log.key import Keyring, keyring, parse_verifier
from evidence.log.merkle import HASH_BYTES, Frontier
from evidence.log.witness import ForkError, opened

PORTION: Final = 1000
T = TypeVar("T")


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's head, as a collector shows it."""

    checkpoint: str


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, as a collector shows it."""

    position: int
    leaf_hash: str
    leaf: str | None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some entries."""

    entries: tuple[_Row, ...]


class _Proof(msgspec.Struct, frozen=True, kw_only=True):
    """That the ledger goes on."""

    proof: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A collector that is asked."""

    address: str
    token: str

    def ask(self, path: str, kind: type[T], **query: int) -> T:
        """The answer to a question."""
        address = f"{self.address.rstrip('/')}{path}?{urllib.parse.urlencode(query)}"
        data = answered(address, self.token, SystemClock())
        try:
            return msgspec.json.decode(data, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
            raise AnswerError(address, what=Words(str(cause), str(cause))) from cause

    def entries(self, first: int, size: int) -> list[Shown]:
        """All entries from `first` to a head of `size`, in their order."""
        found: list[Shown] = []
        while (at := first + len(found)) < size:
            limit = min(PORTION, size - at)
            page = self.ask("/api/v1/journal", _Page, first=at, limit=limit)
            if [each.position for each in page.entries] != list(range(at, at + limit)):
                what = Words(f"entries {at} to {at + limit - 1} are not there", "缺少记录")
                raise AnswerError("journal", what=what)
            found += map(_shown, page.entries)
        return found

    def proof(self, old: LedgerHead, new: LedgerHead) -> list[bytes]:
        """What the collector says that one head of its ledger goes on from another by."""
        path = "/api/v1/ledger/consistency"
        return [_hash(each) for each in self.ask(path, _Proof, old=old.size, new=new.size).proof]


def journal_witnessed(arguments: argparse.Namespace) -> Path:
    """The file of the cosigned note, once journal and ledger were found to go on.

    Raises:
        ForkError: one of them does not; what was shown is kept beside it.
        LaggingError: the journal is shorter than it was.
        AnswerError: the collector cannot be asked.
        EvidenceError: a key, a file or an answer cannot be used.
    """
    name: str = arguments.journal
    state: Path = arguments.state
    known = keyring([parse_verifier(arguments.journal_key, "--journal-key")])
    source = _Source(address=arguments.source, token=token_in(arguments.token_file))
    with alone(state, f"{name}-journal.lock"):
        kept = state / f"{name}-journal.json"
        data = remembered(kept)
        before = None if data is None else decode_followed(data, str(kept))
        after = _gone_on(source, before, (origin_of(name), known), kept, arguments.key)
        write(kept, msgspec.json.encode(after))
        note = kept.with_suffix(".note")
        write(note, after.cosigned.encode())
    return note


def _gone_on(
    source: _Source, before: Followed | None, of: tuple[str, Keyring], kept: Path, key: Path
) -> Followed:
    named, known = of
    shown = source.ask("/api/v1/journal/head", _Head)
    head = opened(shown.checkpoint, known, named)
    edge = Frontier() if before is None else Frontier.from_hex(before.frontier)
    rows = source.entries(edge.size, head.size)
    fork = kept.with_suffix(f".fork-{head.size}.json")
    try:
        after = grown(edge, rows, head, str(fork))
        ledger = _ledger_gone_on(source, before, rows, (head, str(fork)))
    except ForkError as wrong:
        write(fork, _evidence(shown.checkpoint, rows, before, wrong))
        raise
    return followed(shown.checkpoint, after, ledger, witness_key(key), SystemClock().now_ns())


def _ledger_gone_on(
    source: _Source, before: Followed | None, rows: list[Shown], of: tuple[Checkpoint, str]
) -> LedgerHead:
    """The last of the ledger's heads that the new entries name, each proven to go on."""
    (head, fork), last = of, NO_LEAVES if before is None else before.ledger()
    entries = [decode_entry(each.leaf, head.origin) for each in rows if each.leaf is not None]
    for new in ledger_heads(last, entries, head.origin, fork):
        require_ledger_goes_on(last, new, source.proof(last, new), head.origin, fork)
        last = new
    return last


def _evidence(note: str, rows: list[Shown], before: Followed | None, wrong: ForkError) -> bytes:
    """What was shown, and what was remembered: together they contradict each other."""
    entries = [
        {
            "leaf_hash": each.leaf_hash.hex(),
            "leaf": each.leaf and each.leaf.decode(errors="replace"),
        }
        for each in rows
    ]
    found = {"why": str(wrong), "checkpoint": note, "entries": entries, "remembered": before}
    return msgspec.json.encode(found)


def _shown(row: _Row) -> Shown:
    leaf = None if row.leaf is None else row.leaf.encode()  # it came as UTF-8
    return Shown(leaf_hash=_hash(row.leaf_hash), leaf=leaf)


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES:
        what = Words("a hash is not 64 hexadecimal digits", "某哈希不是 64 位十六进制")
        raise AnswerError("journal", what=what)
    return found
