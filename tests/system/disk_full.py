"""An agent on a disk of 8 MB: its spool fills, or somebody else fills the disk; over and over."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from edge_agent import spool_start
from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.custody_errors import SpoolError
from edge_agent.line import Line
from edge_agent.poll import Poll
from edge_agent.spool_files import SpoolFiles
from edge_agent.spool_room import Level
from evidence.clock import SteppedClock
from evidence.log.batch import Record, RecordKind
from evidence.log.column import progressed
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.faults.small_disk import fill, free, small_disk
from tests.system.ledger_truth import quietly
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll, world

FIGURE: Final = 50
ROUNDS: Final = 3
DISK_MiB: Final = 8
LIMIT_MiB: Final = 4
NO_LIMIT_MiB: Final = 64
DEVICE: Final = "feeder-1"
POLLS: Final = 20
"""In one commit."""
RAW_BYTES: Final = 600
"""Each answer is noise of this length, so that few of them fill a disk."""
LEFT_BYTES: Final = (0, 4_096, 40_000, 300_000)
MOST_COMMITS: Final = 3_000


class StuckError(Exception):
    """The agent cannot go on."""


class Machine:
    """An agent on a small disk, and a collector that can be reached or not.

    Args:
        disk: The small disk.
        chance: Decides everything.
        limit_MiB: Of the spool.
    """

    def __init__(self, disk: Path, chance: random.Random, limit_MiB: float) -> None:
        self.disk, self.chance = disk, chance
        self.clock, self.network = SteppedClock(START_NS), SteppedClock(0)
        self.site = installed(disk, limit_MiB=limit_MiB)
        self.collector = Collector(agent=KEY.verifier)
        self.kept: dict[int, bytes] = {}
        self.wrong: list[str] = []
        self.agent: Agent
        self.start()

    def start(self) -> None:
        """Starts the agent; its collector cannot be reached yet."""
        lines = {"bus-1": Line([], clock=self.clock)}
        self.agent = open_agent(self.site, KEY, world(self.clock), lines=lines)
        self.link = CollectorLink(self.collector)
        key = COLLECTOR_KEY.verifier
        self.uplink = attach_uplink(self.agent, self.link, key, self.network)

    def restart(self) -> None:
        """Kills it and starts it again; a full disk may keep it from that for the time being.

        Raises:
            StuckError: it does not start although there is room.
        """
        self.agent.spool.close()
        try:
            self.start()
        except SpoolError:
            free(self.disk)
            self._start_with_room()

    def _start_with_room(self) -> None:
        try:
            self.start()
        except SpoolError as wrong:
            raise StuckError(f"it does not start again: {wrong}") from None

    @property
    def stopped(self) -> bool:
        """Whether it has stopped polling."""
        return self.agent._room.level is Level.STOP

    def poll(self) -> int:
        """Polls as often as the agent wants to; how many polls were kept."""
        first, made = self.agent.spool.next_sequence(DEVICE), list[Poll]()
        for _ in range(POLLS):
            thin = self.agent._room.level is Level.THIN
            self.clock.advance((3600 if thin else 60) * S)
            if self.agent._room.wants(DEVICE, self.clock.now_ns()):
                made.append(self._answer(first + len(made)))
        self.agent.keep(made)
        self.agent.close_due(self.clock.now_ns())
        following = self.agent.spool.next_sequence(DEVICE)
        self.kept |= {each.sequence: _raw(each) for each in made if each.sequence < following}
        return following - first

    def _answer(self, number: int) -> Poll:
        made = poll(self.site, self.clock.now_ns(), number, float(number))
        (reading,) = made.readings
        noisy = replace(reading, raw=self.chance.randbytes(RAW_BYTES))
        return replace(made, readings=(noisy,))

    def fill(self, commits: int = MOST_COMMITS) -> None:
        """Polls without a collector, until the agent stops by itself."""
        for _ in range(commits):
            if self.stopped:
                return
            self.poll()
            self.pump(1)
        if commits == MOST_COMMITS:
            self.wrong.append("it never stopped polling")

    def pump(self, times: int) -> None:
        """The agent hears and sends what is there."""
        for _ in range(times):
            self.agent.pump()
            self.network.advance(S)

    def deliver(self) -> bool:
        """Whether everything that is logged has its receipt, and is deleted, after a while."""
        self.link.connect()
        for _ in range(400):
            self.pump(1)
            self.agent.close_batch(self.clock.now_ns())
            if self.uplink.delivered and not self.agent.spool.waiting:
                self.pump(2)
                return True
        return False

    def records(self, kind: RecordKind) -> list[Record]:
        """All that the collector has of a kind."""
        return [r for batch in self.collector.batches() for r in batch.records if r.kind is kind]

    def silences(self) -> list[Record]:
        """What the collector has of times without polls."""
        kinds = (RecordKind.GAP, RecordKind.RESTART)
        return [r for batch in self.collector.batches() for r in batch.records if r.kind in kinds]

    def arrived(self) -> list[tuple[int, bytes]]:
        """The polls that the collector has, by their numbers."""
        streams = [each for batch in self.collector.batches() for each in batch.streams]
        return sorted(
            (number, bytes.fromhex(raw))
            for each in streams
            for number, raw in zip(progressed(each.sequence, each.rows), each.raw, strict=True)
        )

    def complaints(self) -> list[str]:
        """What is wrong, once everything was delivered."""
        there, kept = self.arrived(), sorted(self.kept.items())
        if there != kept:
            lost, more = set(kept) - set(there), len(there) - len(set(kept) & set(there))
            self.wrong.append(f"of {len(kept)} polls {len(lost)} are lost, {more} too many")
        return self.wrong


def _raw(each: Poll) -> bytes:
    return each.readings[0].raw


def _round(machine: Machine, *, somebody_else: bool) -> None:
    """Fills the disk once, and has it emptied again."""
    before = len(machine.silences())
    machine.link.cut()
    if somebody_else:
        machine.fill(machine.chance.randrange(120))
        fill(machine.disk, machine.chance.choice(LEFT_BYTES))
    machine.fill()
    _while_full(machine)
    by_receipts = not somebody_else or machine.chance.random() < 0.5
    if by_receipts and not machine.deliver():
        machine.wrong.append("receipts come, and it does not get on")
    free(machine.disk)
    if not machine.deliver():
        machine.wrong.append("there is room again, and it does not get on")
    if not machine.poll():
        machine.wrong.append("there is room again, and it does not poll")
    machine.deliver()
    _told(machine, machine.silences()[before:])


def _while_full(machine: Machine) -> None:
    for _ in range(machine.chance.randrange(4)):
        machine.pump(2)
        if machine.stopped and machine.poll():
            machine.wrong.append("it stopped, and polls")
        if machine.chance.random() < 0.3:
            machine.restart()


def _told(machine: Machine, silences: Sequence[Record]) -> None:
    """The collector knows from when to when nothing was polled.

    A restart tells it too: what was not said before a kill is part of what it covers.
    """
    if not silences:
        machine.wrong.append("it stopped, and nothing says so")
        return
    end_ms = max(each.until_ms or 0 for each in silences)
    if end_ms < max(each.at_ms for each in silences):
        machine.wrong.append("it polls again, and the gap has no end")


def _warned(machine: Machine) -> None:
    levels = {str(each.facts["level"]) for each in machine.records(RecordKind.SPOOL_LIMIT)}
    if not {"warn", "thin"} <= levels:
        machine.wrong.append(f"it stopped for want of room, and said only {sorted(levels)}")


def played(
    seed: int, folder: Path, limit_MiB: float = LIMIT_MiB, rounds: int = ROUNDS
) -> tuple[Machine, list[str]]:
    """A machine after some rounds, and what is wrong."""
    with small_disk(folder / "disk", DISK_MiB) as disk, quietly():
        machine = Machine(disk, random.Random(seed), limit_MiB)
        try:
            for number in range(rounds):
                _round(machine, somebody_else=(seed + number) % 2 == 1)
            _warned(machine)
            wrong = machine.complaints()
        except StuckError as stuck:
            wrong = [*machine.wrong, str(stuck)]
        finally:
            machine.agent.spool.close()
    return machine, wrong


def play(seed: int, folder: Path) -> Tally:
    """Three times full and emptied again, on one disk."""
    machine, wrong = played(seed, folder)
    assert not wrong, "\n".join(wrong)
    return {"rounds": ROUNDS, "polls": len(machine.kept)}


def _unlimited(seed: int, folder: Path) -> Sequence[str]:
    return played(seed, folder, NO_LIMIT_MiB, 1)[1]


def _without_ballast(seed: int, folder: Path) -> Sequence[str]:
    """Only with even seeds is it the spool that fills the disk, so that nobody else can free it."""
    with replaced(spool_start, "SpoolFiles", lambda directory, _: SpoolFiles(directory, 0)):
        return played(2 * seed, folder, NO_LIMIT_MiB, 1)[1]


DISK_FULL: Final = Campaign(
    name="disk-full-agent",
    rows=(13,),
    fault="the agent's disk of 8 MB is full, by its own spool or by somebody else's file; the "
    "agent is killed and started while it is; then receipts come, or room is made",
    holds="it warns at 80 %, thins at 95 %, stops with a signed gap; it goes on when receipts "
    "come or there is room; of what was acknowledged nothing is lost",
    counted="rounds",
    figure=FIGURE,
    play=play,
    controls=(
        Control(defence="the spool's limit", find=_unlimited),
        Control(defence="the limit and the ballast", find=_without_ballast),
    ),
)
