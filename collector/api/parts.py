"""What the interface is made of; the composition root hands it over, frozen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from collector.access import TokenFile
from collector.agents import Agents, pin
from collector.alarms.config import AlarmSection
from collector.alarms.course import Open
from collector.api.limits import AsOfSection, RequestSection, StreamSection
from collector.api.pool import SourcePool
from collector.enrolment.registrar import Registrar
from collector.journal import Journal
from collector.originals import Originals
from collector.people.sessions import Sessions
from collector.people.users import UserFile
from collector.record_section import RecordSection
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
        sessions: Who is signed in with a browser.
        journal: Opens the journal, for one request; who opens it closes it.
        originals: Documents of laboratories, byte for byte.
        clock: Says when a statement is made, and what is overdue.
        desk: Counts how long people before the pages take; never a scaled clock.
        sites: Where each agent stands.
        collector_key: The collector's cosignature key, to read the time in receipts.
        software: Name and version that statements carry.
        broker_connected: Whether the receiving side is connected to the broker.
        ledger_writable: Whether a commit would succeed now; see `health.writable`.
        counters: How often what happened while receiving, by (event, code).
        registrar: Who is enrolled, and enrols; None where nobody can be.
        views: What follows the ledger in this process.
        alarms: What is wrong now, and was told.
        alarm_limits: When something is wrong.
        requests: How often somebody may ask.
        streams: How many long answers are sent at a time.
        as_of: How much is judged again for one answer.
        agents: Whose logs are taken: their pinned keys, revoked ones too.
        accept_simulated: Whether batches of a simulated clock count.
        declared: What a configuration says of activity data that only people can tell.
    """

    sources: SourcePool
    tokens: TokenFile
    users: UserFile
    sessions: Sessions
    journal: Callable[[], Journal]
    originals: Originals
    clock: Clock
    desk: Clock
    sites: Mapping[str, str]
    collector_key: Verifier
    software: str
    broker_connected: Callable[[], bool]
    ledger_writable: Callable[[], bool]
    counters: Callable[[], Mapping[tuple[str, str], int]]
    registrar: Registrar | None = None
    views: Sequence[View] = ()
    alarms: Callable[[], Sequence[Open]] = tuple
    alarm_limits: AlarmSection = field(default_factory=AlarmSection)
    requests: RequestSection = field(default_factory=RequestSection)
    streams: StreamSection = field(default_factory=StreamSection)
    as_of: AsOfSection = field(default_factory=AsOfSection)
    agents: Callable[[], Agents] = lambda: pin(())
    accept_simulated: bool = False
    declared: RecordSection = RecordSection()  # noqa: RUF009 - frozen


async def parts_of(request: Request) -> Parts:
    """The parts of the application that answers `request`."""
    parts: Parts = request.app.state.parts
    return parts


Here = Annotated[Parts, Depends(parts_of)]
