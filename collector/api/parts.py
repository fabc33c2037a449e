"""What the interface is made of; the composition root hands it over, frozen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from collector.access import TokenFile
from collector.api.pool import SourcePool
from collector.journal import Journal
from collector.people.users import UserFile
from collector.views.seen import View
from evidence.clock import Clock
from evidence.log.key import Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the interface needs of the rest of the collector.

    Attributes:
        sources: Connections to the derived store and the ledger.
        tokens: The tokens that were issued; read anew for each request.
        users: The people that tokens may belong to; read anew for each of their requests.
        journal: Opens the journal, for one request; who opens it closes it.
        clock: Says when a statement is made, and what is overdue.
        sites: Where each agent stands.
        collector_key: The collector's cosignature key, to read the time in receipts.
        software: Name and version that statements carry.
        broker_connected: Whether the receiving side is connected to the broker.
        ledger_writable: Whether a commit would succeed now; see `health.writable`.
        counters: How often what happened while receiving, by (event, code).
        views: What follows the ledger in this process.
    """

    sources: SourcePool
    tokens: TokenFile
    users: UserFile
    journal: Callable[[], Journal]
    clock: Clock
    sites: Mapping[str, str]
    collector_key: Verifier
    software: str
    broker_connected: Callable[[], bool]
    ledger_writable: Callable[[], bool]
    counters: Callable[[], Mapping[tuple[str, str], int]]
    views: Sequence[View] = ()


async def parts_of(request: Request) -> Parts:
    """The parts of the application that answers `request`."""
    parts: Parts = request.app.state.parts
    return parts


Here = Annotated[Parts, Depends(parts_of)]
