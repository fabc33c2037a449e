"""The collector's disk is full: nothing is receipted that is not held, and questions are answered.

Fault matrix row 14. Ledger, derived data and head lie on a small disk; somebody else fills it,
or the agents do. Meanwhile agents send, people ask, and the collector is killed and started.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from collector.activity.acts import Acts, Known
from collector.answers import Reply
from collector.api import health
from collector.api.parts import Parts
from collector.errors import LedgerError, LedgerFullError
from collector.intake import Intake
from collector.journal_anchor import journal_kept_open
from collector.ledger_check import first_damage
from collector.ledger_read import read_ledger
from evidence.log.envelope import Wanted, seal, unseal_wanted
from evidence.log.note import parse_note
from evidence.log.receipt import cosign, open_receipt
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.faults.small_disk import fill, free, free_bytes, small_disk
from tests.system.ledger_truth import quietly
from tests.unit.collector.agent_log import EPOCH, SIGNER, AgentLog, agents_of, noise
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    MILL,
    Asked,
    Plant,
    batch,
    served,
    stream,
)
from tests.unit.collector.intake_bench import Bench

FIGURE: Final = 50
ROUNDS: Final = 3
DISK_MiB: Final = 32
LEFT_BYTES: Final = (0, 4_096, 40_000, 300_000)
POLLS: Final = 8
S: Final = 1_000_000_000
DAY: Final = "start=2026-03-29T16:00:00Z&end=2026-03-29T{hour:02d}:00:00Z"
KEPT: Final = f"/api/v1/activity-data?channel={LINE_1}&" + DAY.format(hour=17)
READS: Final = (
    KEPT,
    f"/api/v1/readings?channel={LINE_1}&start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z",
    "/api/v1/channels",
    "/api/v1/agents",
    "/api/v1/heads?agent=gw-1&epoch=" + EPOCH,
    "/api/v1/quarantine",
    "/api/v1/alarms",
    "/api/v1/journal",
    "/api/v1/journal/head",
    "/healthz",
    "/metrics",
)
Made = type[Intake]


@dataclass
class Agent:
    """An agent that keeps what has no receipt."""

    log: AgentLog
    channels: tuple[str, ...]
    next_poll: int = 0
    receipted: int = 0
    following: int = 0
    wrong: list[str] = field(default_factory=list)

    def grow(self) -> None:
        """Logs one more batch."""
        streams = [stream(each, self.next_poll, POLLS) for each in self.channels]
        self.log.leaves.append(batch(self.log, streams))
        self.next_poll += POLLS

    def hear(self, wanted: Wanted) -> None:
        """What the agent makes of an answer: it deletes what a receipt covers."""
        if wanted.receipt:
            checkpoint = open_receipt(wanted.receipt, SIGNER.verifier).checkpoint
            if checkpoint.root != self.log.root(checkpoint.size):
                self.wrong.append(f"a receipt of {self.log.agent} is for another log")
            self.receipted = max(self.receipted, checkpoint.size)
        self.following = max(wanted.want, self.receipted)


class Machine:
    """A collector on a small disk, its agents, and people who ask.

    Args:
        disk: The small disk.
        chance: Decides everything.
        made: What kind of intake it has.
        anchored: Whether it holds its journal open.
    """

    def __init__(self, disk: Path, chance: Random, made: Made, *, anchored: bool) -> None:
        self.disk, self.chance, self.made, self.anchored = disk, chance, made, anchored
        self.open = ExitStack()
        self.wrong: list[str] = []
        self.refused = self.asked = self.without_room = 0
        self.plant = Plant(disk / "state")
        self._intake()
        self.agents = {
            "gw-1": Agent(log=self.plant.gw1, channels=(LINE_1, LINE_2)),
            "gw-2": Agent(log=self.plant.gw2, channels=(MILL,)),
        }
        self.plant.log_profile()
        for agent in self.agents.values():
            agent.receipted = agent.following = len(agent.log.leaves)
        self.parts, self.people = self._people()
        self.exchange(6)
        self.judged()
        self.ask(full=False)

    def _intake(self) -> None:
        bench: Bench = self.plant.bench
        bench.intake = self.made(
            ledger=self.plant.ledger,
            agents=agents_of(self.plant.gw1, self.plant.gw2),
            signer=SIGNER,
            clock=bench.clock,
        )

    def _people(self) -> tuple[Parts, Asked]:
        """The interface, and the journal held open as the service does."""
        parts = self.plant.parts()
        with parts.journal():
            pass  # made at the start
        if self.anchored:
            self.open.enter_context(journal_kept_open(self.plant.folder, "plant-3"))
        return parts, served(parts)

    def exchange(self, rounds: int, extra_bytes: int = 0) -> None:
        """Agents log, send what has no receipt, and hear the answers."""
        for _ in range(rounds):
            self.plant.bench.clock.advance(2 * S)
            for agent in self.agents.values():
                if extra_bytes:
                    number = len(agent.log.leaves)
                    agent.log.leaves.append(noise(number, extra_bytes // 32))
                else:
                    agent.grow()
            self.send()

    def send(self) -> None:
        """Everything that has no receipt, a window at a time, and the answers."""
        for agent in self.agents.values():
            end = min(len(agent.log.leaves), agent.following + 8)
            for sequence in range(agent.following, end):
                self.plant.bench.intake.feed(agent.log.topic, agent.log.message(sequence))
        self._heard(self.plant.bench.intake.flush())

    def _heard(self, replies: Sequence[Reply]) -> None:
        held = self.held()
        for reply in replies:
            name = reply.topic.split("/")[2]
            wanted = unseal_wanted(reply.payload)
            if wanted.cause:
                self.refused += 1
                if wanted.cause != LedgerFullError.code:
                    self.wrong.append(f"{name} is told {wanted.cause}")
            self.agents[name].hear(wanted)
            if self.agents[name].receipted > held[name]:
                self.wrong.append(
                    f"{name}: a receipt for {self.agents[name].receipted}, {held[name]} are held"
                )

    def held(self) -> dict[str, int]:
        """How many leaves of each agent somebody else finds in the ledger."""
        with read_ledger(self.plant.folder, _beside) as ledger:
            return {
                name: ledger.state(name, each.log.epoch).size for name, each in self.agents.items()
            }

    def judged(self) -> None:
        """The judge goes on as far as it can; what fails is begun again, as its thread does."""
        with suppress(sqlite3.Error, LedgerError):
            self.plant.judging.catch_up()

    def ask(self, *, full: bool) -> None:
        """Everything that was answered before is answered now; what is new may have no room."""
        for path in READS:
            answer = self.people.get(path)
            self.asked += 1
            if answer.status_code != 200:
                self.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
        hour = 17 + self.chance.randrange(1, 6)
        path = KEPT.partition("start=")[0] + DAY.format(hour=hour)
        answer = self.people.get(path)
        said = (answer.status_code, answer.json().get("code") if answer.status_code != 200 else "")
        if said not in ((200, ""), *([(507, "E_STORE_FULL")] if full else [])):
            self.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
        self.without_room += answer.status_code == 507
        ready = self.people.get("/readyz").json()["ledger_writable"]
        if ready == full:
            self.wrong.append(f"the disk is {'full' if full else 'roomy'}, writable is {ready}")

    def restart(self) -> None:
        """Kills the collector and starts it; a full disk may keep it from that."""
        self.open.close()
        self.people.app.state.acts.close()
        self.parts.sources.close()
        self.plant.close()
        try:
            self._start()
        except (LedgerError, sqlite3.OperationalError):
            self.plant.close()
            free(self.disk)
            self._start()

    def _start(self) -> None:
        before = self.plant
        self.plant = Plant(before.folder, gw1=before.gw1, gw2=before.gw2)
        self._intake()
        self.parts, self.people = self._people()

    def complaints(self) -> list[str]:
        """What is wrong, once there was room again."""
        for _ in range(60):
            self.send()
            if all(each.receipted == len(each.log.leaves) for each in self.agents.values()):
                break
        self.plant.judging.catch_up()
        damage = first_damage(self.plant.ledger)
        found = [*self.wrong, *([] if damage is None else [str(damage)])]
        for name, agent in self.agents.items():
            found += agent.wrong
            held = [each.leaf for each in self.plant.ledger.leaves(name, agent.log.epoch)]
            if held != agent.log.leaves:
                found.append(f"{name}: {len(agent.log.leaves)} leaves, {len(held)} are held")
        judged = self.plant.store.cursor()
        if judged != self.plant.ledger.head().size:
            found.append(f"{judged} of {self.plant.ledger.head().size} leaves are judged")
        return found

    def close(self) -> None:
        self.open.close()
        self.people.app.state.acts.close()
        self.parts.sources.close()
        self.plant.close()


def _beside(path: Path) -> sqlite3.Connection:
    """One more connection to a file that this process has open."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def _round(machine: Machine, *, somebody_else: bool) -> None:
    """The disk is full once, and has room again."""
    if somebody_else:
        machine.exchange(machine.chance.randrange(3))
        fill(machine.disk, machine.chance.choice(LEFT_BYTES))
        _until_refused(machine, 0)
    else:
        fill(machine.disk, 2_000_000)
        _until_refused(machine, 30_000)
    fill(machine.disk, 0)
    for _ in range(machine.chance.randrange(1, 4)):
        machine.exchange(1)
        machine.judged()
        machine.ask(full=True)
    if machine.chance.random() < 0.3:
        machine.restart()
    free(machine.disk)
    machine.exchange(2)
    machine.judged()
    machine.ask(full=free_bytes(machine.disk) < 0)


def _until_refused(machine: Machine, extra_bytes: int) -> None:
    """Agents send until nothing can be committed."""
    before = machine.refused
    for _ in range(400):
        if machine.refused > before:
            return
        machine.exchange(1, extra_bytes)
    machine.wrong.append("the disk is full, and no agent is told")


def played(
    seed: int, folder: Path, made: Made = Intake, rounds: int = ROUNDS, *, anchored: bool = True
) -> tuple[Machine, list[str]]:
    """A machine after some rounds, and what is wrong."""
    with small_disk(folder / "disk", DISK_MiB) as disk, quietly(), _little_is_enough():
        machine = Machine(disk, Random(seed), made, anchored=anchored)
        try:
            for number in range(rounds):
                _round(machine, somebody_else=(seed + number) % 2 == 1)
            wrong = machine.complaints()
        finally:
            machine.close()
    return machine, wrong


@contextmanager
def _little_is_enough() -> Iterator[None]:
    """On a disk of 32 MB, 64 KB of room are enough to be ready."""
    with replaced(health, "LEAST_FREE_BYTES", 65_536):
        yield


def play(seed: int, folder: Path) -> Tally:
    """Three times full and roomy again, on one disk."""
    machine, wrong = played(seed, folder)
    assert not wrong, "\n".join(wrong)
    leaves = sum(len(each.log.leaves) for each in machine.agents.values())
    return {
        "rounds": ROUNDS,
        "leaves": leaves,
        "answers": machine.asked,
        "refusals": machine.refused,
        "statements without room": machine.without_room,
    }


class EagerIntake(Intake):
    """An intake that signs what it was given, and does not wait for the commit."""

    def _flushed(self) -> list[Reply]:
        last = {(one.agent, one.epoch): one for one in self._pending.values()}
        replies = super()._flushed()
        eager = []
        for one in last.values():
            receipt = cosign(parse_note(one.note).text, SIGNER, self._clock.now_ns())
            wanted = Wanted(epoch=one.epoch, want=one.sequence + 1, receipt=receipt)
            topic = f"carbonmeter/v1/{one.agent}/receipt"
            eager.append(Reply(topic=topic, payload=seal(wanted), retain=True))
        return [*replies, *eager]


def _eager(seed: int, folder: Path) -> Sequence[str]:
    return played(seed, folder, EagerIntake, 1)[1]


def _blind(seed: int, folder: Path) -> Sequence[str]:
    with replaced(health, "writable", lambda *_: True), _plant_asks_health():
        return played(seed, folder, Intake, 1)[1]


def _closed(seed: int, folder: Path) -> Sequence[str]:
    """Nobody holds the journal open: neither the service, nor who asked it last."""
    known = Acts.known

    def known_and_closed(acts: Acts) -> Known:
        try:
            return known(acts)
        finally:
            acts.close()

    with replaced(Acts, "known", known_and_closed):
        return played(seed, folder, Intake, 1, anchored=False)[1]


@contextmanager
def _plant_asks_health() -> Iterator[None]:
    from tests.unit.collector.api import plant  # noqa: PLC0415 - whose name is replaced

    with replaced(plant, "writable", health.writable):
        yield


COLLECTOR_DISK_FULL: Final = Campaign(
    name="disk-full-collector",
    rows=(14,),
    fault="the collector's disk of 32 MB is full, by its own ledger or by somebody else's file; "
    "agents go on sending, people asking; the collector is killed and started while it is",
    holds="nothing is receipted that is not held, and agents are told E_LEDGER_FULL; all that was "
    "answered before is answered, readiness says no, a new statement is refused with 507; once "
    "there is room every leaf arrives once and is judged",
    counted="rounds",
    figure=FIGURE,
    play=play,
    controls=(
        Control(defence="a receipt waits for the commit", find=_eager),
        Control(defence="readiness looks at the disk", find=_blind),
        Control(defence="the journal is held open", find=_closed),
    ),
)
