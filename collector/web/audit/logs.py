"""The ends of all logs, each looked at: who signed it, what leads to it, what was receipted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collector.agents import Agents
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.ledger_read import LedgerReader
from collector.outcome import LogState
from evidence.clock import NS_PER_S
from evidence.errors import EvidenceError
from evidence.log import merkle
from evidence.log.checkpoint import open_checkpoint, origin
from evidence.log.key import Keyring, Verifier
from evidence.log.receipt import open_receipt

ON_A_PAGE: Final = 20


class Standing(StrEnum):
    """What is found of a signature; a closed vocabulary."""

    GOOD = "good"
    WRONG = "wrong"
    UNPINNED = "unpinned"
    NONE = "none"


STANDING_MARKS: Final[Mapping[Standing, str]] = {
    Standing.GOOD: "good",
    Standing.WRONG: "bad",
    Standing.UNPINNED: "warn",
    Standing.NONE: "none",
}
"""The class of its mark in `style.css`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An agent's log, and what was found of its end.

    Attributes:
        root: 64 hexadecimal digits.
        signed: Whether its agent's pinned key signed size and root as they are held here.
        receipted: How many leaves the receipt is for; `receipt` is what was found of it.
        receipted_ns: When it was signed, POSIX ns; None where it does not stand.
        note: The agent's signed head; a witness cosigns it.
    """

    agent: str
    site: str
    epoch: str
    size: int
    root: str
    signed: Standing
    receipted: int
    receipt: Standing
    receipted_ns: int | None
    note: str


def log_lines(parts: Parts, sources: Sources, reader: Reader) -> list[LogLine]:
    """The logs of all agents that the reader may see, by agent, the latest epoch of each first.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    ledger, agents = sources.ledger, parts.agents()
    shown = [each for each in ledger.agents() if reader.sees(parts.sites.get(each, ""))]
    return [
        _line(ledger, ledger.state(agent, epoch), parts, agents)
        for agent in shown
        for epoch in reversed(ledger.epochs(agent))
    ]


def _line(ledger: LedgerReader, state: LogState, parts: Parts, agents: Agents) -> LogLine:
    receipt, at_ns = _receipted(ledger, state, parts.collector_key)
    return LogLine(
        agent=state.agent,
        site=parts.sites.get(state.agent, ""),
        epoch=state.epoch,
        size=state.size,
        root=merkle.root(state.frontier).hex(),
        signed=_signed(state, keys_of(agents, state.agent)),
        receipted=state.receipt_size,
        receipt=receipt,
        receipted_ns=at_ns,
        note=state.note.decode(errors="replace"),
    )


def keys_of(agents: Agents, agent: str) -> Keyring:
    """The pinned keys of an agent; none where none is pinned."""
    return {key: one.verifier for key, one in agents.owners.items() if one.agent == agent}


def _signed(state: LogState, keys: Keyring) -> Standing:
    if not keys:
        return Standing.UNPINNED
    try:
        found = open_checkpoint(state.note, keys).checkpoint
        named = origin(state.agent, state.epoch)
    except EvidenceError:
        return Standing.WRONG
    held = (named, state.size, merkle.root(state.frontier))
    return Standing.GOOD if (found.origin, found.size, found.root) == held else Standing.WRONG


def _receipted(ledger: LedgerReader, state: LogState, key: Verifier) -> tuple[Standing, int | None]:
    """Whether the receipt is the collector's, over a head that this log went on from."""
    if not state.receipt:
        return Standing.NONE, None
    try:
        receipt = open_receipt(state.receipt, key)
        named = origin(state.agent, state.epoch)
    except EvidenceError:
        return Standing.WRONG, None
    head = receipt.checkpoint
    held = ledger.held(state.agent, state.epoch, head.size - 1) if head.size else None
    if held is None or (head.origin, head.root) != (named, held.root):
        return Standing.WRONG, None
    return Standing.GOOD, receipt.at_s * NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """Some of the logs: page `page` of `pages`, of `count` in all."""

    rows: Sequence[LogLine]
    count: int
    page: int
    pages: int


def paged(lines: Sequence[LogLine], page: int) -> Paged:
    """A page of logs; the last one where there are fewer. Pure."""
    pages = max(1, -(-len(lines) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * ON_A_PAGE
    rows = lines[first : first + ON_A_PAGE]
    return Paged(rows=rows, count=len(lines), page=page, pages=pages)


def counted(found: Iterable[Standing]) -> Mapping[Standing, int]:
    """How many stand how."""
    told = list(found)
    return {each: told.count(each) for each in Standing}
