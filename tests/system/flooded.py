"""A fork bomb of clients, and one agent that publishes without end: the others are served.

Fault matrix row 29. The flood, the broker and the collector are processes; the other agents
run here, so that the time from a leaf to its receipt is measured on one clock.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.launcher import MODULE, environment
from tests.system.bad_line import mosquitto
from tests.system.delivery import PINNED, House, Terms
from tests.system.senders import Sender
from tests.system.works import DEADLINE_S, ROOT, until
from tests.unit.collector.agent_log import AgentLog, key_of

AGENTS: Final = 5
EVERY_S: Final = 0.2
"""Each of the others logs a leaf so often: the flood is a hundred times that, twice over."""
RATE_HZ: Final = 500
CONNECTIONS: Final = 2000
LEAF_BYTES: Final = 4 * 1024 * 1024
"""What the flooding agent signed: small on the wire, and as much work as a leaf can be."""
SERVED_S: Final = 6.0
MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how long it is quiet, then flooded, and how many connections there are."""

    quiet_s: float = 20.0
    flooded_s: float = 20.0
    connections: int = CONNECTIONS


@dataclass(slots=True, kw_only=True)
class Paced:
    """Logs a leaf now and then, and measures how long it waits for its receipt.

    Attributes:
        took_s: Of the leaves that were logged in the present phase.
    """

    took_s: list[float] = field(default_factory=list)
    _next_s: dict[str, float] = field(default_factory=dict)
    _open: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _phase_s: float = 0.0

    def phase(self) -> list[float]:
        """Begins a phase; what the last one measured."""
        ended, self.took_s, self._phase_s = self.took_s, [], time.monotonic()
        return ended

    def oldest_s(self) -> Mapping[str, float]:
        """How long each sender's oldest leaf waits, where one does."""
        now_s = time.monotonic()
        return {name: now_s - waiting[0][1] for name, waiting in self._open.items() if waiting}

    def step(self, house: House, sender: Sender) -> None:
        """One step of one sender."""
        waiting, now_s = self._open.setdefault(sender.name, []), time.monotonic()
        while waiting and waiting[0][0] <= sender.agent.spool.base:
            _, logged_s = waiting.pop(0)
            if logged_s >= self._phase_s:
                self.took_s.append(now_s - logged_s)
        if now_s >= self._next_s.get(sender.name, 0.0):
            self._next_s[sender.name] = now_s + EVERY_S
            sender.log(1, 1, house.meters)
            waiting.append((sender.agent.spool.size, time.monotonic()))
        sender.pump()


@contextmanager
def standing(folder: Path, undefended: str = "") -> Iterator[tuple[House, Paced, Path]]:
    """Everything runs but the flood, whose messages are in the folder."""
    broker = mosquitto(folder)
    broker.start()
    house = House(folder, Terms(agents=AGENTS, agent_port=broker.port, collector_port=broker.port))
    messages = _messages(house)
    collector = house.command()
    collector.module, collector.env = MODULE, environment(undefended=undefended)
    paced = Paced()
    try:
        collector.start()
        until(house.listens, "the collector is there")
        house.send(partial(paced.step, house))
        until(lambda: len(paced.took_s) >= 2 * AGENTS, "the first leaves are receipted")
        yield house, paced, messages
    finally:
        house.stop()
        if collector.process is not None:
            collector.process.kill()
            collector.process.wait(10)
        broker.kill()


def _messages(house: House) -> Path:
    """What is sent without end: a signed leaf, and what nobody signed, on one agent's topic."""
    flooding = AgentLog(agent="flood", key=key_of("flood"))
    flooding.grow([bytes(LEAF_BYTES)])
    with house.toml.open("a") as config:
        config.write(PINNED.format(name="flood", key=flooding.key.verifier.to_text()))
    folder = house.folder / "flood"
    folder.mkdir()
    topic = flooding.topic.encode() + b"\n"
    (folder / "signed").write_bytes(topic + flooding.message(0))
    (folder / "junk").write_bytes(topic + b"junk" * 64)
    return folder


@contextmanager
def flooding(port: int, connections: int, messages: Path) -> Iterator[None]:
    """The flood, from its first message to its end."""
    words = [str(port), str(connections), str(RATE_HZ), str(messages)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.flood", *words], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline().decode()
        assert said == f"{connections} connections, 2 floods\n", said or "it ended"
        yield
        assert process.poll() is None, "the flood ended by itself"
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: a quiet while, then a flood, in which everybody else is served."""
    del seed  # nothing is drawn: the flood is the same each time
    with standing(folder) as (house, paced, messages):
        paced.phase()
        time.sleep(size.quiet_s)
        quiet_s = paced.phase()
        with flooding(house.terms.agent_port, size.connections, messages):
            paced.phase()
            assert not (found := unserved(paced, size.flooded_s)), found
            flooded_s = paced.phase()
        house.pause()
        house.delivered()
    assert not (wrong := house.wrong()), "\n".join(wrong[:10])
    return {
        "floods": 1,
        "connections": size.connections,
        "leaves": len(flooded_s),
        "quiet_p99_ms": p99_ms(quiet_s),
        "flooded_p99_ms": p99_ms(flooded_s),
    }


def unserved(paced: Paced, seconds: float) -> Sequence[str]:
    """Whose leaves waited too long, as soon as one did; nothing if none did in that time."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        late = {name: s for name, s in paced.oldest_s().items() if s > SERVED_S}
        if late:
            return [f"{name} waits for {s:.1f} s" for name, s in late.items()]
        time.sleep(0.05)
    return [] if paced.took_s else ["nobody was served at all"]


def p99_ms(took_s: Sequence[float]) -> int:
    """The 99th percentile."""
    return round(MS * sorted(took_s)[int(0.99 * (len(took_s) - 1))])


def _starved(_seed: int, folder: Path) -> Sequence[str]:
    """Who is not served where all wait in one queue."""
    with (
        standing(folder, "queue_for_all") as (house, paced, messages),
        flooding(house.terms.agent_port, 10, messages),
    ):
        return unserved(paced, DEADLINE_S)


def _less_than_twice(tally: Mapping[str, int]) -> None:
    quiet, flooded = tally["quiet_p99_ms"], tally["flooded_p99_ms"]
    assert flooded < 2 * quiet, f"p99 from leaf to receipt, summed: {quiet} ms, {flooded} ms"


FLOOD = Campaign(
    name="flood",
    rows=(29,),
    fault="2,000 connections; one agent sends 1,000 messages a second, half of them signed",
    holds="the others are served, p99 from leaf to receipt less than twice the undisturbed",
    counted="floods",
    figure=10,
    play=play,
    closes=_less_than_twice,
    controls=(Control(defence="a line for each agent", find=_starved),),
)
