"""The agents: how far their logs are held, when they were last heard, what they said."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from collector.api.answer import json_answer
from collector.api.listing import PagedAsked, page_of, paged
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.schema import list_of
from collector.api.security import Asker
from collector.api.stamp import stamp
from collector.outcome import LogState
from evidence.clock import NS_PER_S, utc_text
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, ClockState, Record, RecordKind, decode
from evidence.log.receipt import open_receipt

MAX_RECORDS: Final = 50
MAX_COUNTED: Final = 100_000
SEARCHED: Final = 8  # leaves back from the end, past documents
router: Final = APIRouter(prefix="/api/v1/agents", tags=["agents"])


class EpochHeld(msgspec.Struct, frozen=True, kw_only=True):
    """One of an agent's logs.

    Args:
        size: leaves that are held; `receipted` of them are covered by a receipt.
        last_seen: when the last leaf was committed.
        last_receipt: when the last receipt was signed; null if none was.
    """

    epoch: str
    size: int
    receipted: int
    last_seen: str | None
    last_receipt: str | None


class AgentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent said of itself: a restart, a gap, a step of its clock."""

    kind: RecordKind
    at: str | None
    until: str | None
    channel: str
    facts: Mapping[str, str | int | float]


class AgentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as it is known here.

    Args:
        site: empty for one that is not in the configuration any more.
        epochs: its logs, in order of their first leaf's arrival.
        last_seen, last_receipt: of all epochs.
        software, clock: of its last batch; null before the first.
        read_until: when that was closed, by its clock: what was read later still waits there.
        records: its last 50, latest first; `record_counts` counts these by kind.
        quarantined: streams and documents of it that were found wrong.
        branches: contradicting histories under its key that nobody looked at yet.
    """

    id: str
    site: str
    epochs: tuple[EpochHeld, ...]
    last_seen: str | None
    last_receipt: str | None
    software: str | None
    clock: ClockState | None
    read_until: str | None
    records: tuple[AgentRecord, ...]
    record_counts: Mapping[str, int]
    quarantined: int
    branches: int


@router.get("", **paged(list_of(AgentSeen), "Agents, by id."))
def agent_list(
    request: Request, asked: Annotated[PagedAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """All agents that are configured here or of whom anything is held."""
    with parts.sources.lease() as sources:
        faults = Counter(place.agent for place, _ in sources.store.lookup.faults(MAX_COUNTED))
        open_ones = (branch for branch in sources.ledger.branches() if branch.is_open)
        branches = Counter(branch.agent for branch in open_ones)
        seen = (
            ((agent,), agent)
            for agent in sorted({*parts.sites, *sources.ledger.agents()})
            if reader.sees(parts.sites.get(agent, ""))
        )
        page = page_of(request, asked, tuple[str], seen)
        found = [
            agent_seen(sources, parts, agent, (faults[agent], branches[agent]))
            for agent in page.rows
        ]
    return json_answer(request, found, page.headers)


def agent_seen(
    sources: Sources, parts: Parts, agent: str, wrong: tuple[int, int] = (0, 0)
) -> AgentSeen:
    """An agent as it is known; `wrong` counts what was quarantined and its branches."""
    epochs = tuple(
        _held(sources, parts, sources.ledger.state(agent, epoch))
        for epoch in sources.ledger.epochs(agent)
    )
    last = _last_batch(sources, agent, epochs[-1]) if epochs else None
    records = [_record(each) for each in sources.store.lookup.records(agent, MAX_RECORDS)]
    return AgentSeen(
        id=agent,
        site=parts.sites.get(agent, ""),
        epochs=epochs,
        last_seen=max((each.last_seen for each in epochs if each.last_seen), default=None),
        last_receipt=max((each.last_receipt for each in epochs if each.last_receipt), default=None),
        software=None if last is None else last.software,
        clock=None if last is None else last.clock,
        read_until=None if last is None else stamp(last.closed_ms),
        records=tuple(records),
        record_counts=dict(Counter(each.kind.value for each in records)),
        quarantined=wrong[0],
        branches=wrong[1],
    )


def _held(sources: Sources, parts: Parts, log: LogState) -> EpochHeld:
    last = sources.ledger.leaf(log.agent, log.epoch, log.size - 1) if log.size else None
    return EpochHeld(
        epoch=log.epoch,
        size=log.size,
        receipted=log.receipt_size,
        last_seen=None if last is None else utc_text(last.received_ns // NS_PER_S * NS_PER_S),
        last_receipt=_receipt_time(log, parts),
    )


def _receipt_time(log: LogState, parts: Parts) -> str | None:
    """When the receipt was signed, after its signature was checked."""
    if not log.receipt:
        return None
    try:
        return utc_text(open_receipt(log.receipt, parts.collector_key).at_s * NS_PER_S)
    except EvidenceError:
        return None  # signed with an earlier key of this collector


def _last_batch(sources: Sources, agent: str, held: EpochHeld) -> Batch | None:
    for sequence in range(held.size - 1, max(held.size - 1 - SEARCHED, -1), -1):
        try:
            leaf = decode(sources.ledger.leaf(agent, held.epoch, sequence).leaf)
        except EvidenceError:
            continue  # a leaf that cannot be read is named in the quarantine
        if isinstance(leaf, Batch):
            return leaf
    return None


def _record(record: Record) -> AgentRecord:
    return AgentRecord(
        kind=record.kind,
        at=stamp(record.at_ms),
        until=stamp(record.until_ms),
        channel=record.channel,
        facts=record.facts,
    )
