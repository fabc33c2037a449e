"""Gateways and a centre in one process, in stepped time: the real agent, spool, intake, ledger.

A meter's answer n is unit * 10^9 + n, as in `meters`, so that the value says which one it is.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from collector.agents import PinnedKey, pin
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import Ledger
from collector.opening import open_reader, open_store, open_witnessed_ledger
from edge_agent.agent import Agent
from edge_agent.assembly import World, attach_uplink
from edge_agent.connected import keyed_agent
from edge_agent.cycle import PolledDevice, poll_of
from edge_agent.driver import Reply
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Outcome
from edge_agent.poll import Poll
from edge_agent.tick import Tick
from edge_agent.uplink import Uplink
from evidence.clock import SteppedClock
from evidence.load import write_signing_key
from evidence.log.key import Algorithm, SigningKey, Verifier, generate
from tests.faults.memory_broker import MemoryBroker, MemoryLink
from tests.system.meters import METER
from tests.unit.edge_agent.site import START_NS, device, write_site

S = 1_000_000_000
PERIOD_S = 10
UNITS = (1, 2)
CENTRE: SigningKey = generate("collector", b"c" * 32, Algorithm.COSIGNATURE_V1)
KEY: SigningKey = generate("line-1", b"k" * 32)


@dataclass(slots=True)
class Counters:
    """Meters that every gateway may ask; no two answers are the same.

    Attributes:
        served: (unit, n) -> when it was answered, UTC ns.
    """

    served: dict[tuple[int, int], int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)

    def answer(self, unit: int, at_ns: int) -> int:
        number = self.last.get(unit, 0) + 1
        self.last[unit] = number
        self.served[unit, number] = at_ns
        return unit * METER + number


class Estate:
    """Clock, meters, broker, centre and gateways."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng = folder, Random(seed)
        self.clock, self.counters = SteppedClock(START_NS), Counters()
        self.broker = MemoryBroker(self.clock)
        self.gateways: list[Gateway] = []
        self.centre = Centre(folder / "centre", self)

    def entropy(self, n: int) -> bytes:
        return self.rng.randbytes(n)

    def gateway(self, name: str = "line-1", key: SigningKey = KEY) -> "Gateway":
        """One more gateway, not started; it has the agent id line-1 whatever its name."""
        made = Gateway(self.folder / name, self, key)
        self.gateways.append(made)
        return made

    def pass_time(self, seconds: float, step_s: float = 0.5) -> None:
        """Lets everything that runs do what is due."""
        for _ in range(round(seconds / step_s)):
            self.step()
            self.clock.advance(round(step_s * S))

    def step(self) -> None:
        for gateway in self.gateways:
            gateway.pump()
        self.broker.settle()
        for gateway in self.gateways:
            gateway.pump()

    def until(self, true: Callable[[], bool], what: str, seconds: float = 600.0) -> None:
        """Lets time pass until something is true."""
        for _ in range(round(seconds * 2)):
            if true():
                return
            self.pass_time(0.5)
        raise AssertionError(f"in {seconds} virtual s: not {what}")

    def close(self) -> None:
        for gateway in self.gateways:
            gateway.stop()
        self.centre.stop()


class Gateway:
    """An agent on a folder; what was kept in its spool is noted.

    Attributes:
        told: What its log said since the beginning.
    """

    def __init__(self, folder: Path, estate: Estate, key: SigningKey) -> None:
        self.folder, self.estate = folder, estate
        devices = "".join(device(f"meter-{unit}", unit, period_s=PERIOD_S) for unit in UNITS)
        write_site(folder, devices)
        self.state = folder / "state"
        if not (self.state / "agent.key").exists():
            self.state.mkdir(mode=0o700, exist_ok=True)
            write_signing_key(self.state / "agent.key", key)
        self.installation: Installation = load_installation(folder / "agent.toml")
        self.agent: Agent | None = None
        self._uplink: Uplink | None = None
        self._link: MemoryLink | None = None
        self.told: list[str] = []

    @property
    def running(self) -> Agent:
        assert self.agent is not None
        return self.agent

    @property
    def uplink(self) -> Uplink:
        assert self._uplink is not None
        return self._uplink

    @property
    def link(self) -> MemoryLink:
        assert self._link is not None
        return self._link

    def start(self) -> None:
        estate = self.estate
        with self.heard():
            world = World(clock=estate.clock, entropy=estate.entropy)
            self.agent = keyed_agent(self.installation, world)
        self._link = MemoryLink(estate.broker, "line-1")
        self._uplink = attach_uplink(self.agent, self._link, CENTRE.verifier, estate.clock)

    def poll(self, times: int = 1, *, each_s: float = PERIOD_S) -> None:
        """Polls both meters, and lets time pass; the answers come from `counters`."""
        for _ in range(times):
            now_ns = self.estate.clock.now_ns()
            self.running.keep([self._poll(unit, now_ns) for unit in UNITS])
            self.estate.pass_time(each_s)

    def log(self, leaves: int, *, each_s: float = PERIOD_S) -> None:
        """Polls and closes a batch, so many times."""
        for _ in range(leaves):
            self.poll(self.estate.rng.randint(1, 3), each_s=each_s)
            self.close_batch()

    def close_batch(self) -> None:
        self.running.close_batch(self.estate.clock.now_ns())

    def _poll(self, unit: int, now_ns: int) -> Poll:
        found = self.installation.devices[f"meter-{unit}"]
        shown = self.estate.counters.answer(unit, now_ns)
        sequence = self.running.spool.next_sequence(found.name)
        floor_ms = self.running.spool.state.stamp_ms
        tick = Tick(sequence=sequence, at_ns=now_ns, floor_ms=floor_ms)
        return poll_of(found, (outcome(found, shown, now_ns),), tick)

    def pump(self) -> None:
        if self.agent is not None:
            with self.heard():
                self.link.tick()
                self.agent.pump()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Takes down what the agent logs inside."""
        lines = _Lines(self.told)
        logger = logging.getLogger("carbonmeter.agent")
        logger.addHandler(lines)
        try:
            yield
        finally:
            logger.removeHandler(lines)

    @property
    def delivered(self) -> bool:
        return self.uplink.delivered and not self.running.spool.waiting

    def deliver(self, seconds: float = 600.0) -> None:
        """Lets time pass until everything has its receipt."""
        self.close_batch()
        self.estate.until(lambda: self.delivered, "all receipted", seconds)

    def stop(self) -> None:
        if self.agent is not None:
            self.link.stop()
            self.close_batch()
            self.agent.spool.flush()
            self.agent.spool.close()
        self.agent = None

    def kill(self) -> None:
        """As a kill leaves it: what was committed is there, and nothing more."""
        self.link.stop()
        self.running.spool.close()
        self.agent = None

    def backup(self, to: Path, *, head: bool = True) -> None:
        """Copies the state directory; the spool is not being written just then."""
        shutil.copytree(self.state, to, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
        if not head:
            (to / "spool.head").unlink()

    def restore(self, copy: Path, *, head: bool) -> None:
        """Puts a copy of the spool back over what is there."""
        for name in ("spool.sqlite", "spool.sqlite-wal", "spool.sqlite-shm"):
            (self.state / name).unlink(missing_ok=True)
        names = ["spool.sqlite", "spool.sqlite-wal", *(["spool.head"] if head else [])]
        for name in names:
            if (copy / name).exists():
                shutil.copy(copy / name, self.state / name)


class _Lines(logging.Handler):
    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())


def outcome(found: PolledDevice, shown: int, at_ns: int) -> Outcome:
    """What comes of asking a device whose register holds `shown`."""
    raw = shown.to_bytes(8, "big")
    reply = Reply(content=raw, raw=raw, requested_at_ns=at_ns, answered_at_ns=at_ns)
    read = found.asks[0].wholes[0]
    return Outcome(device=found.name, planned=read, request=read, answer=reply)


class Centre:
    """A collector on a folder: intake, ledger, and the data derived from it."""

    def __init__(self, state: Path, estate: Estate) -> None:
        self.state, self.estate = state, estate
        self.pinned: list[PinnedKey] = []
        self._ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        assert self._ledger is not None
        return self._ledger

    def pin(self, *keys: Verifier, revoked: Sequence[Verifier] = ()) -> None:
        """The keys of the configuration; they count from the next start on."""
        self.pinned = [
            PinnedKey(agent="line-1", verifier=key, revoked=key in revoked) for key in keys
        ]

    def start(self) -> None:
        self._ledger = open_witnessed_ledger(self.state)
        intake = Intake(
            ledger=self._ledger,
            agents=pin(self.pinned),
            signer=CENTRE,
            clock=self.estate.clock,
        )
        self.estate.broker.intake = intake
        self.estate.broker.say(intake.resume())

    @property
    def intake(self) -> Intake:
        assert self.estate.broker.intake is not None
        return self.estate.broker.intake

    def judge(self) -> None:
        """Derives what follows from the ledger."""
        store, reader = open_store(self.state), open_reader(self.state)
        try:
            Judging(reader, store, {"line-1": "works"}, accept_simulated=True).catch_up()
        finally:
            store.close()
            reader.close()

    def stop(self) -> None:
        self.estate.broker.intake = None
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = None
