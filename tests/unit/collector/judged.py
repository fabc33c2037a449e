"""A judge on its own, with agents' logs to speak to it: leaves in, judgements out."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from calibration.window import FlowWindow, RegisterWindow, Window
from collector.store import Store
from evidence.judging.judge import Judge
from evidence.judging.judgement import Judgement, Position
from evidence.judging.library import Library
from evidence.log.batch import ClockState, Record, RecordKind, Stream, document, encode
from tests.unit.collector.agent_log import OTHER_EPOCH, AgentLog, key_of
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    PERIOD_MS,
    SITES,
    START_NS,
    Kind,
    batch,
)

HOUR_NS = 3_600_000_000_000
RECEIVED_NS = START_NS + 30 * 24 * HOUR_NS


def log_of(agent: str = "gw-1", epoch: str = "") -> AgentLog:
    """An agent's empty log."""
    log = AgentLog(agent=agent, key=key_of(agent))
    return AgentLog(agent=agent, key=key_of(agent), epoch=OTHER_EPOCH) if epoch else log


def known() -> dict[str, Library]:
    """The profile of the plant's meters, logged by both agents before."""
    leaf = document(("gw-1", OTHER_EPOCH, 0), *FILES[-1])
    return dict.fromkeys(SITES, Library().with_document(leaf))


@dataclass(slots=True, kw_only=True)
class Judged:
    """A judge, and the position of the next leaf it is given.

    Attributes:
        windows: The current window of each channel and hour.
        store: What the judgements are kept in.
    """

    judge: Judge = field(default_factory=lambda: Judge(SITES, known()))
    log: AgentLog = field(default_factory=log_of)
    position: int = 0
    received_ns: int = RECEIVED_NS
    windows: dict[tuple[str, int], Window] = field(default_factory=dict)
    given: list[tuple[bytes, Position]] = field(default_factory=list)
    store: Store = field(default_factory=lambda: Store(lambda: sqlite3.connect(":memory:")))

    def __del__(self) -> None:
        self.store.close()

    def give(self, leaf: bytes, log: AgentLog | None = None) -> Judgement:
        """What the next leaf of a log gives."""
        log = log or self.log
        where = Position(
            position=self.position,
            agent=log.agent,
            epoch=log.epoch,
            sequence=len(log.leaves),
            received_ns=self.received_ns,
        )
        log.leaves.append(leaf)
        self.given.append((leaf, where))
        self.position += 1
        judgement = self.judge.judge(leaf, where)
        with self.store.transaction():
            self.store.keep(judgement, where)
        self.windows |= {(each.channel, each.start_ns): each for each in judgement.windows}
        return judgement

    def batch(
        self, *streams: Stream, records: Sequence[Record] = (), log: AgentLog | None = None
    ) -> Judgement:
        return self.give(batch(log or self.log, streams, records), log)

    def file(self, kind: Kind, name: str, data: bytes, log: AgentLog | None = None) -> Judgement:
        log = log or self.log
        place = (log.agent, log.epoch, len(log.leaves))
        return self.give(encode(document(place, kind, name, data)), log)

    def files(self) -> "Judged":
        """Logs the certificates and confirmations of the first agent."""
        for kind, name, data in FILES:
            assert not self.file(kind, name, data).faults
        return self

    def again(self) -> "Judged":
        """The same leaves under all documents and exchanges that are known by now."""
        found = Judged(judge=Judge(SITES, self.judge.libraries, faulty=frozenset()))
        for at, record in self.store.lookup.noted_exchanges():
            found.judge.recall(record, at)
        for leaf, where in self.given:
            judgement = found.judge.judge(leaf, where)
            found.windows |= {(each.channel, each.start_ns): each for each in judgement.windows}
        return found

    def total(self, channel: str, from_hour: int = 0, to_hour: int = 10**6) -> float:
        """The sum of a channel's hours [from, to), counted from the start."""
        hours = range(from_hour, to_hour)
        return sum(
            window.value
            for (name, start_ns), window in self.windows.items()
            if name == channel and (start_ns - START_NS) // HOUR_NS in hours
        )

    def hour(self, channel: str, hour: int) -> Window:
        return self.windows[channel, START_NS + hour * HOUR_NS]


def changed(leaf: bytes, change: Mapping[str, object]) -> bytes:
    """A leaf with some of its fields exchanged, in version 1; dots lead into what is inside."""
    found = msgspec.json.decode(leaf)
    found["carbonmeter"] = found["carbonmeter"].replace("/2", "/1")
    found.pop("blind", None)
    for path, value in change.items():
        inner, *rest = reversed([int(part) if part.isdigit() else part for part in path.split(".")])
        at = found
        for part in reversed(rest):
            at = at[part]
        at[inner] = value
    return msgspec.json.encode(found)


def simulated(leaf: bytes) -> bytes:
    """A batch whose stamps are a simulated clock's."""
    clock = msgspec.to_builtins(ClockState(standard_uncertainty_s=0.02, simulated=True))
    return changed(leaf, {"clock": clock})


def exchange(
    at_poll: float,
    facts: Mapping[str, str | float],
    *,
    channel: str = LINE_1,
    serials: tuple[str, str] = ("S-1", "S-2"),
) -> Record:
    """The record of a meter exchanged at a poll's instant; closing and opening are facts."""
    return Record(
        kind=RecordKind.EXCHANGE,
        at_ms=START_NS // 1_000_000 + round(at_poll * PERIOD_MS),
        channel=channel,
        facts={"old_serial": serials[0], "new_serial": serials[1], **facts},
    )


def registers(judgement: Judgement) -> list[RegisterWindow]:
    return [each for each in judgement.windows if isinstance(each, RegisterWindow)]


def flows(judgement: Judgement) -> list[FlowWindow]:
    return [each for each in judgement.windows if isinstance(each, FlowWindow)]
