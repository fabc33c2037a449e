"""The network between an agent and its broker parts, crawls and loses packets (row 10)."""

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from carbonmeter.ports import free_port
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.netns import ADDRESSES, Wire, wired
from tests.system.oracle import complaints, kept_in, log_of
from tests.system.ready import listens
from tests.system.works import Terms, Works, until

TERMS: Final = Terms(meters=8)
FAULTS: Final[dict[str, Callable[[Wire], None]]] = {
    "cut": Wire.cut,
    "deaf_agent": lambda wire: wire.deaf("near"),
    "deaf_broker": lambda wire: wire.deaf("far"),
    "lossy": lambda wire: wire.lossy(20),
    "slow": lambda wire: wire.slow("64kbit"),
}
SILENT: Final = ("cut", "deaf_broker")
"""No leaf can come while one of these lasts; a deaf agent is still heard for a while."""
LONG_ROUND: Final = 10
SETTLED_S: Final = 0.3
"""What was under way when the fault began has arrived by then, or does not."""


class PartedWorks(Works):
    """The agent and its meters at one end of a wire; broker and collector at the other."""

    def __init__(self, folder: Path, wire: Wire, terms: Terms = TERMS) -> None:
        self.wire, self.mosquitto = wire, _mosquitto(folder)
        with wire.on("near"):  # the meters' socket
            super().__init__(folder, self.mosquitto, terms)
        self.agent.before = ("ip", "netns", "exec", wire.names["near"])
        self.collector.before = ("ip", "netns", "exec", wire.names["far"])

    def _agent_config(self, collector_line: str) -> str:
        found = super()._agent_config(collector_line)
        return found.replace("[uplink]\n", f'[uplink]\nhost = "{ADDRESSES["far"]}"\n')

    def start(self) -> None:
        """Starts everything; returns when leaves go through."""
        with self.wire.on("far"):
            self.mosquitto.start()
            self.collector.start()
            until(lambda: listens(self), "the collector listens")
        self.agent.start()
        self.delivered(2)


def _mosquitto(folder: Path) -> Mosquitto:
    """A broker on the far end's own loopback and on the wire."""
    program, port = shutil.which("mosquitto", path=SEARCHED), free_port()
    assert program is not None, "mosquitto is not installed"
    more = f"listener {port} {ADDRESSES['far']}\n"
    return Mosquitto(folder=folder, program=program, port=port, more=more)


@contextmanager
def parted_works(folder: Path, module: str = "carbonmeter.cli") -> Iterator[PartedWorks]:
    """A works over a wire, running; ended, and the wire removed, whatever happens."""
    with wired() as wire:
        works = PartedWorks(folder, wire)
        works.agent.module = module
        try:
            works.start()
            yield works
        finally:
            works.close()


def _play(seed: int, folder: Path) -> Tally:
    rng = random.Random(seed)
    longest_s = 40.0 if seed % LONG_ROUND == LONG_ROUND - 1 else 1.0
    tally: Counter[str] = Counter()
    with parted_works(folder) as works:
        for name in rng.sample(sorted(FAULTS), len(FAULTS)):
            FAULTS[name](works.wire)
            tally[f"{name}_leaves"] += _leaves_meanwhile(works, rng.uniform(0.3, 1) * longest_s)
            works.wire.heal()
            works.polled(TERMS.meters)
            tally["faults"] += 1
        works.delivered(1)
        works.drain()
        tally["polls"] = len(works.check())
    return tally


def _leaves_meanwhile(works: PartedWorks, pause_s: float) -> int:
    """How many leaves the ledger got while a fault lasted, and had settled."""
    answers = works.meters.answers
    time.sleep(SETTLED_S)
    before = works.leaves
    time.sleep(pause_s)
    assert works.meters.answers > answers, "polling waits for no network"
    return works.leaves - before


def _closes(tally: Tally) -> None:
    """A leaf that was with the collector already may be committed late; a stream of them not."""
    came = sum(tally.get(f"{name}_leaves", 0) for name in SILENT)
    assert came < tally["faults"] / 5, f"{came} leaves came through a network that was parted"


def _held_in_memory(_seed: int, folder: Path) -> Sequence[str]:
    """What the MQTT client has taken is let go; then the network parts, and the power fails."""
    with parted_works(folder, "tests.system.trusting_agent") as works:
        works.wire.cut()
        works.polled(TERMS.meters * 10)
        works.agent.kill()
        time.sleep(SETTLED_S)
        logs = log_of(works.collector_dir / "state", works.agent_key, works.collector_key)
        kept = [poll for leaves in logs.values() for leaf in leaves for poll in kept_in(leaf)]
        left = works.spool()
        return complaints([*kept, *left.polls], left.counters, works.meters.served)


PARTING: Final = Campaign(
    name="parting",
    rows=(10,),
    fault="the network between agent and broker is cut, deaf in either direction, loses 20 %, "
    "or goes at 64 kbit/s, for up to 1 s, every tenth round for up to 40 s; in any order",
    holds="polling goes on; once the network is whole everything drains, nothing is lost, "
    "doubled or altered",
    counted="faults",
    figure=200,
    play=_play,
    closes=_closes,
    controls=(
        Control(
            defence="the spool keeps a leaf until its receipt; here the MQTT client's memory does",
            find=_held_in_memory,
        ),
    ),
)
