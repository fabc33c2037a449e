"""Latency, reorder, duplicates, loss, changed bytes: what a bad line does to messages.

Fault matrix row 11. Many small leaves, several agents, a proxy before and behind the broker.
"""

import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from carbonmeter.ports import free_port
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.proxy import Faults, Proxy
from tests.faults.undefended import Patch, take_again, take_what_is_not_signed
from tests.system.delivery import House, Terms, hurried
from tests.system.works import until

AGENTS: Final = 12
LEAVES: Final = 200
FACTOR: Final = 10.0
"""Of the uplinks' clock: 10 s of silence are 1 s here."""
WITHIN_S: Final = 120.0


def mosquitto(folder: Path, more: str = "", anonymous: str = "true") -> Mosquitto:
    """A broker on a folder of its own, not started."""
    program = shutil.which("mosquitto", path=SEARCHED)
    assert program is not None, "mosquitto is not installed"
    place = folder / "broker"
    place.mkdir()
    return Mosquitto(
        folder=place, program=program, port=free_port(), more=more, anonymous=anonymous
    )


@dataclass(slots=True, kw_only=True)
class Lines:
    """The proxies: before the broker and behind it."""

    agents: Proxy
    collector: Proxy

    @property
    def happened(self) -> Counter[str]:
        return self.agents.happened + self.collector.happened


@contextmanager
def housed(folder: Path, seed: int, agents: int) -> Iterator[tuple[House, Lines]]:
    """A running collector, and agents that are not started, each behind a proxy."""
    broker = mosquitto(folder)
    broker.start()
    lines = Lines(agents=Proxy(broker.port, seed), collector=Proxy(broker.port, seed + 1))
    terms = Terms(
        agents=agents,
        agent_port=lines.agents.port,
        collector_port=lines.collector.port,
        factor=FACTOR,
    )
    with hurried():
        house = House(folder, terms)
        try:
            receiver = house.collect().receiver
            until(lambda: receiver.health().connected, "the collector is connected")
            yield house, lines
        finally:
            house.stop()
            lines.agents.close()
            lines.collector.close()
            broker.kill()


def faults(rng: random.Random) -> Faults:
    """A bad way, of another kind each time."""
    return Faults(
        delay_s=rng.choice([0.0, 0.01, 0.03]),
        cut=rng.choice([0.0, 0.0, 0.005]),
        flip=rng.choice([0.0, 0.01, 0.03]),
        keep=rng.choice([0.0, 0.03]),
        double=rng.uniform(0, 0.2),
        late=rng.uniform(0, 0.2),
        late_s=rng.choice([0.02, 0.2, 0.4]),
        spoil=rng.uniform(0, 0.03),
    )


def play(seed: int, folder: Path, agents: int = AGENTS, leaves: int = LEAVES) -> Tally:
    """A round: leaves through two bad lines, one of them held and cut now and then."""
    rng = random.Random(seed)
    with housed(folder, seed, agents) as (house, lines):
        house.log(leaves)
        lines.agents.up, lines.agents.down = faults(rng), faults(rng)
        lines.collector.up, lines.collector.down = faults(rng), faults(rng)
        house.send()
        with meanwhile(_interruptions(lines, rng)):
            house.delivered(within_s=WITHIN_S)
        happened, passed = lines.happened, sum(s.agent.spool.size for s in house.senders)
        house.stop()
        found = house.wrong()
    assert not found, "\n".join(found[:10])
    return {**happened, "messages": passed}


def _interruptions(lines: Lines, rng: random.Random) -> Callable[[threading.Event], None]:
    """Now and then, connections are cut, or one way is silent for a while."""

    def interrupt(stopping: threading.Event) -> None:
        while not stopping.wait(rng.uniform(0.5, 2.0)):
            proxy = rng.choice([lines.agents, lines.collector])
            if rng.random() < 0.5:
                proxy.cut()
                proxy.happened["cut_all"] += 1
                continue
            proxy.hold(rng.choice(["up", "down"]))
            proxy.happened["held"] += 1
            stopping.wait(rng.choice([0.3, 1.0, 4.0]))
            proxy.hold()

    return interrupt


@contextmanager
def meanwhile(what: Callable[[threading.Event], None]) -> Iterator[None]:
    """Something goes on in a thread of its own until the end."""
    stopping = threading.Event()
    thread = threading.Thread(target=what, args=(stopping,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)


def without(take_away: Callable[[Patch], None], up: Faults) -> Callable[[int, Path], Sequence[str]]:
    """What the oracle finds after a plain round in which one defence is away."""

    def find(seed: int, folder: Path) -> Sequence[str]:
        with pytest.MonkeyPatch.context() as patch, housed(folder, seed, 2) as (house, lines):
            take_away(patch.setattr)
            house.log(20)
            lines.agents.up = up
            house.send()
            house.delivered(within_s=WITHIN_S)
            house.stop()
            return house.wrong()

    return find


def _all_kinds(tally: Mapping[str, int]) -> None:
    """Every kind of fault was met."""
    kinds = ("cut", "flip", "keep", "double", "late", "spoil", "held", "cut_all")
    missing = [kind for kind in kinds if not tally.get(kind)]
    assert not missing, f"never happened: {missing}"


BAD_LINE = Campaign(
    name="bad-line",
    rows=(11,),
    fault="delay, reorder, duplicate, lose, change bytes, cut and half-open, on both sides",
    holds="every leaf is in the ledger once and unchanged; a signature or a hash refuses others",
    counted="messages",
    figure=100_000,
    play=play,
    closes=_all_kinds,
    controls=(
        Control(
            defence="the signed root is compared with what came",
            find=without(take_what_is_not_signed, Faults(spoil=0.3)),
        ),
        Control(
            defence="a leaf that is held is known again",
            find=without(take_again, Faults(double=0.3)),
        ),
    ),
)
