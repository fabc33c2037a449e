"""Defences taken away, one at a time: the same invariants must find what comes of it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from collector.agents import receipt_topic
from collector.answers import Reply
from collector.intake import Intake
from collector.outcome import Admitted, Duplicate, LogState, Outcome, Presented, Refused
from edge_agent.agent import Agent
from edge_agent.outbox import LogView
from edge_agent.poll import Pending, Poll
from edge_agent.uplink import Uplink
from evidence.errors import LeafContentError
from evidence.judging.judge import Judge
from evidence.judging.judgement import Position
from evidence.log import merkle
from evidence.log.envelope import Wanted, decompress, seal
from tests.faults.campaign import Control
from tests.simulation.run import simulate
from tests.simulation.terms import terms_of
from tests.simulation.works import ELSEWHERE
from tests.simulation.world import Ways


class PubackUplink(Uplink):
    """Takes the broker's word for the collector's."""

    def _send(self, sequence: int) -> bool:
        sent = super()._send(sequence)
        if sent and sequence >= self._spool.base:
            self._spool.receipted(sequence + 1, 0)
        return sent


class AnyRoot(bytes):
    """A root that every other one equals."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


class CredulousUplink(Uplink):
    """Trims what a receipt's size says, whatever its root is."""

    def _view(self) -> LogView:
        view = super()._view()
        return LogView(
            agent=view.agent,
            epoch=view.epoch,
            base=view.base,
            size=view.size,
            root_at=lambda _size: AnyRoot(),
            former=view.former,
        )


class TwiceIntake(Intake):
    """Takes what it has already as something new."""

    def _admit(self, presented: Presented) -> Outcome:
        outcome = super()._admit(presented)
        if not isinstance(outcome, Duplicate):
            return outcome
        log = (presented.agent, presented.epoch)
        state: LogState = self._tips.get(log) or self._ledger.state(*log)
        leaf = decompress(presented.frame)
        frontier = merkle.append(state.frontier, merkle.leaf_hash(leaf))
        return Admitted(
            agent=presented.agent,
            epoch=presented.epoch,
            sequence=state.size,
            leaf=leaf,
            frame=presented.frame,
            leaf_hash=merkle.leaf_hash(leaf),
            frontier=frontier,
            root=merkle.root(frontier),
            note=presented.note,
        )


class HastyIntake(Intake):
    """Signs and answers first, and commits then."""

    def flush(self) -> Iterator[Reply]:  # type: ignore[override]
        for log, state in dict(self._tips).items():
            receipt = self._answers._signed(state)
            wanted = Wanted(epoch=log[1], want=state.size, receipt=receipt)
            yield Reply(topic=receipt_topic(log[0]), payload=seal(wanted), retain=True)
        yield from super().flush()


class StrictIntake(Intake):
    """Judges what a leaf says before it takes it."""

    def _admit(self, presented: Presented) -> Outcome:
        outcome = super()._admit(presented)
        if isinstance(outcome, Admitted) and self._is_wrong(outcome):
            error = LeafContentError("leaf", what="it is not as it should be", limit="sound")
            return Refused(error=error, agent=presented.agent, epoch=presented.epoch)
        return outcome

    def _is_wrong(self, admitted: Admitted) -> bool:
        sites = {agent: f"{agent}-works" for agent in self._agents.ids()}
        judge = Judge(sites | {self._agents.ids()[-1]: ELSEWHERE})
        position = Position(
            position=0,
            agent=admitted.agent,
            epoch=admitted.epoch,
            sequence=admitted.sequence,
            received_ns=self._clock.now_ns(),
        )
        faults = judge.judge(admitted.leaf, position).faults
        return any("another site" in fault.message for fault in faults)


def _is_late(each: Pending, last_ms: int) -> bool:
    return isinstance(each, Poll) and each.at_ms <= last_ms


def newest_only(agent: Agent) -> None:
    """A reading's time stamp is its key: what is not later than the last is known already."""
    spool, keep = agent.spool, agent.spool.keep

    def kept(
        pending: Sequence[Pending], *, told: Iterable[str] = (), configuration: str = ""
    ) -> None:
        last_ms = spool.state.stamp_ms
        new = [each for each in pending if not _is_late(each, last_ms)]
        keep(new, told=told, configuration=configuration)

    spool.keep = kept  # type: ignore[method-assign]


def _strict(seed: int, folder: Path) -> Sequence[str]:
    """Only a seed with an agent of another site has leaves that are judged wrong."""
    if not terms_of(seed).foreign_site:
        return ()
    return simulate(seed, folder, Ways(intake=StrictIntake)).wrong


def _control(defence: str, ways: Ways, *also: str) -> Control:
    def find(seed: int, folder: Path) -> Sequence[str]:
        return simulate(seed, folder, ways, also).wrong

    return Control(defence=defence, find=find)


CONTROLS: Final = (
    _control("only the collector's receipt lets a leaf go, no PUBACK", Ways(uplink=PubackUplink)),
    _control("a leaf that is held already is not taken again", Ways(intake=TwiceIntake)),
    _control("a reading is known by its number, not by its time", Ways(prepare=newest_only)),
    Control(defence="what a leaf says is judged after it was taken", find=_strict),
    _control("a receipt is signed after the commit", Ways(intake=HastyIntake)),
    _control(
        "a receipt lets go only a log of its own root",
        Ways(uplink=CredulousUplink),
        "clone",
        "spool copied",
    ),
)
