"""Lives that end by kill -9 while batches flow: what all campaigns of kills have in common."""

import random
import shutil
import time
import traceback
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from carbonmeter.ports import free_port
from collector.ledger_read import read_ledger
from evidence.errors import CodedError
from evidence.log.batch import Batch, decode
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Tally
from tests.faults.crash_points import Point
from tests.system.ready import listens
from tests.system.works import BrokerProcess, Command, Terms, Works, until

NS_PER_MS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000
FLOW: Final = Terms(meters=2, period_s=0.04, readings=1)
"""Each poll makes a batch: twenty-five a second, as far as the machine is able to."""
LAUNCHER: Final = "tests.faults.crashing"
ON_THE_WAY_S: Final = 0.02
LEAST_PER_S: Final = 10
BACK_WITHIN_MS: Final = 10_000
CONTROL_WAIT_S: Final = 3


def mosquitto_program() -> str:
    """The mosquitto of this machine."""
    found = shutil.which("mosquitto", path=SEARCHED)
    assert found is not None, "mosquitto is not installed"
    return found


def mosquitto(folder: Path) -> Mosquitto:
    """One that keeps nothing on disk, not started."""
    return Mosquitto(folder=folder, program=mosquitto_program(), port=free_port())


@contextmanager
def flowing(folder: Path, broker: BrokerProcess, terms: Terms = FLOW) -> Iterator[Works]:
    """A works in which nothing runs yet, and whose processes end whatever happens."""
    works = Works(folder, broker, terms)
    try:
        yield works
    finally:
        works.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """From a start to a kill; UTC ns."""

    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """When a batch was closed by the agent, and when it was committed by the collector; UTC ns."""

    closed_ns: int
    received_ns: int


class Mortal(Protocol):
    """A process that is started and killed."""

    def start(self) -> None: ...

    def kill(self) -> None: ...


def _nothing() -> None:
    """Not aimed: the instant is as good as any."""


@dataclass(slots=True, kw_only=True)
class Lives:
    """What was killed in a works, and when.

    Attributes:
        works: Where.
        rng: Decides instants.
        ended: Lives, in order.
        tally: What was counted.
    """

    works: Works
    rng: random.Random
    ended: list[Life] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def kill(self, mortal: Mortal, flow_s: float, aimed: Callable[[], None] = _nothing) -> None:
        """A life in which leaves were delivered for up to `flow_s`; then it is killed."""
        start_ns, before = time.time_ns(), self.works.leaves
        mortal.start()
        self.arrived(before + 1)
        time.sleep(self.rng.uniform(0, flow_s))
        aimed()
        self.end(mortal, start_ns)

    def end(self, mortal: Mortal, start_ns: int) -> None:
        """Kills what was started at an instant."""
        self._ended(start_ns)
        mortal.kill()

    def arrived(self, leaves: int) -> None:
        """Waits until the ledger holds so many leaves; what was started must live."""
        self.works.until(lambda: self.works.leaves >= leaves, f"{leaves} leaves were delivered")

    def after_an_answer(self) -> None:
        """A moment after a meter has answered: that is what a batch begins with."""
        before = self.works.meters.answers
        while self.works.meters.answers == before:
            time.sleep(0.0005)
        time.sleep(self.rng.uniform(0, ON_THE_WAY_S))

    def crash(self, command: Command, point: Point, passes: int) -> None:
        """A life that ends at the n-th pass of a point."""
        log, start_ns = self.works.folder / "crashes", time.time_ns()
        log.unlink(missing_ok=True)
        command.env |= {"CRASH_AT": f"{point.name}:{passes}", "CRASH_LOG": str(log)}
        command.start()
        command.died()
        self._ended(start_ns)
        del command.env["CRASH_AT"]
        assert log.read_text().splitlines() == [point.name]
        self.tally[f"at {point.name}"] += 1

    def _ended(self, start_ns: int) -> None:
        self.ended.append(Life(start_ns=start_ns, end_ns=time.time_ns()))
        self.tally["kills"] += 1

    def reckoned(self) -> Tally:
        """The tally, with what the ledger says of the flow around the kills."""
        passages = passages_of(self.works)
        self.tally["leaves"] += len(passages)
        return dict(self.tally | flow(self.ended, passages) | returns(self.ended, passages))


def passages_of(works: Works) -> list[Passage]:
    """When each batch of the ledger was closed and committed, in the order of the ledger."""
    with read_ledger(works.collector_dir / "state") as ledger:
        leaves = [(decode(leaf.leaf), leaf.received_ns) for leaf in ledger.since(0)]
    return [
        Passage(closed_ns=batch.closed_ms * NS_PER_MS, received_ns=received_ns)
        for batch, received_ns in leaves
        if isinstance(batch, Batch)
    ]


def flow(lives: Iterable[Life], passages: Sequence[Passage]) -> Counter[str]:
    """How many batches were closed in how many ms before the kills, and how many were under way.

    The last second of a life counts, as far as leaves were delivered in it already.
    """
    found: Counter[str] = Counter()
    for life in lives:
        since_ns = _first_received(life, passages)
        if since_ns is None or since_ns >= life.end_ns:
            continue
        since_ns = max(since_ns, life.end_ns - NS_PER_S)
        closed = [each for each in passages if since_ns < each.closed_ns <= life.end_ns]
        found["flow_batches"] += len(closed)
        found["flow_ms"] += (life.end_ns - since_ns) // NS_PER_MS
        found["kills_in_flow"] += 1
        found["kills_with_batches_under_way"] += any(
            each.closed_ns <= life.end_ns < each.received_ns for each in passages
        )
    return found


def returns(lives: Iterable[Life], passages: Sequence[Passage]) -> Counter[str]:
    """How long it took from each start to the next leaf, of the lives that came so far."""
    found: Counter[str] = Counter()
    for life in lives:
        since_ns = _first_received(life, passages)
        if since_ns is None or since_ns > life.end_ns:
            continue
        took_ms = (since_ns - life.start_ns) // NS_PER_MS
        found["starts"] += 1
        found["starts_over_10_s"] += took_ms > BACK_WITHIN_MS
        found["most_ms_to_the_next_leaf"] = max(found["most_ms_to_the_next_leaf"], took_ms)
    return found


def _first_received(life: Life, passages: Sequence[Passage]) -> int | None:
    """When the first leaf was committed after a start."""
    instants = [each.received_ns for each in passages]
    at = bisect_right(instants, life.start_ns)
    return instants[at] if at < len(instants) else None


def require_flow(tally: Tally) -> None:
    """The kills fell into a flow of batches, and the flow came back in time."""
    tally = Counter(tally)  # what never happened is 0
    wanted = LEAST_PER_S * tally["flow_ms"] // 1000
    assert tally["flow_batches"] >= wanted > 0, f"{tally['flow_batches']}, {wanted} are wanted"
    assert tally["kills_with_batches_under_way"] > 0, tally
    # generous: a machine that does other things too holds up a start now and then
    assert 100 * tally["starts_over_10_s"] <= tally["starts"], tally


def require_each(points: Iterable[Point], tally: Tally, least: int = 5) -> None:
    """Each point was hit so often."""
    rare = [point.name for point in points if tally.get(f"at {point.name}", 0) < least]
    assert not rare, f"hit less than {least} times: {rare}"


def found_wrong(works: Works, live: Callable[[], None]) -> Sequence[str]:
    """What the oracle finds after something was lived through with a defence off."""
    try:
        live()
        works.rest_delivered(CONTROL_WAIT_S)
        works.check()
    except (AssertionError, CodedError) as wrong:
        where = traceback.extract_tb(wrong.__traceback__)[-1]
        return [str(wrong) or f"{where.name}: {where.line}"]
    return []


def begun(works: Works, seed: int) -> Lives:
    """A works through which leaves flow; the collector listened before the agent spoke."""
    lives = Lives(works=works, rng=random.Random(seed))
    works.broker.start()
    works.collector.start()
    until(lambda: listens(works), "the collector listens")
    works.agent.start()
    lives.arrived(1)
    return lives
