"""A machine with an agent on it: it is started, stopped, killed, copied and set back."""

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from edge_agent import service
from edge_agent.agent import Agent
from edge_agent.assembly import World as AgentWorld
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.custody_errors import SpoolError
from edge_agent.line import Line, Station
from edge_agent.spool_room import Ballast
from tests.simulation.book import Book
from tests.simulation.broker import Broker
from tests.simulation.clock import PlantClock
from tests.simulation.link import SimulatedLink
from tests.simulation.machine import Handle, Killed, Machine
from tests.simulation.meters import Meter, MeterDriver
from tests.simulation.site import installation
from tests.simulation.witness import Witness
from tests.simulation.world import COLLECTOR_KEY, agent_key

SPOOL: Final = "spool.sqlite"
LINE: Final = "bus"
Work = Coroutine[Any, Any, None]


class FullableBallast(Ballast):
    """A ballast on a disk that can be full by order; it takes no room of the real one."""

    def __init__(self, path: Path, machine: Machine) -> None:
        super().__init__(path)
        self._machine = machine

    def take(self) -> bool:
        return not self._machine.full

    def disk_free_bytes(self) -> int:
        return 0 if self._machine.full else super().disk_free_bytes()


class Gateway:
    """One machine; its life is a process on its state directory.

    Attributes:
        statements: Its next life ends at that statement; None for no such end.
        full: Its disk is full.
        certified: Units whose certificates have come.
        wanted: It is to be running: a dead one is started again after a while.
    """

    def __init__(
        self,
        name: str,
        agent: str,
        book: Book,
        broker: Broker,
        meters: Sequence[Meter],
        terms: dict[str, float],
    ) -> None:
        self.name, self.agent_id, self.book, self.world = name, agent, book, book.world
        self.broker, self.meters, self.terms = broker, meters, terms
        self.folder = self.world.folder / name
        self.rng: Random = self.world.rng(f"gateway {name}")
        drift_ppm = self.rng.randint(-100, 100)
        self.clock = PlantClock(self.world.loop, self.world.start_ns, drift_ppm)
        self.clock.step(self.rng.randint(-400, 400) * 1_000_000)
        self.witness = Witness(book=book, name=name, agent=agent)
        self.machine = Machine(self._committed)
        self.agent: Agent | None = None
        self.link: SimulatedLink | None = None
        self.certified: tuple[int, ...] = ()
        self.statements: int | None = None
        self.full, self.wanted = False, True
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def state(self) -> Path:
        """Its state directory."""
        return self.folder / "state"

    @property
    def runs(self) -> bool:
        """Whether there is a process now."""
        return self.agent is not None

    @property
    def connector(self) -> Callable[[Path], Handle] | None:
        """How files are opened, where not plainly: a place for a VFS that loses power."""
        return None

    def _committed(self, db: Handle) -> None:
        for digest in self.witness.seen(db, self.clock.offset_ns):
            self.world.say(f"{self.name}: {digest}")

    def keeps(self, value: int) -> bool:
        """Whether a value that a meter gave was committed."""
        return value in self.book.shown

    def start(self) -> None:
        """Begins a life, if it is wanted and there is none."""
        if not self.wanted or self.agent is not None:
            return
        self.machine = Machine(
            self._committed,
            self.connector,
            statements=self.statements,
            after=self.rng.random() < 0.5,
        )
        self.machine.full, self.statements = self.full, None
        self.witness.offset_ns = self.clock.offset_ns
        try:
            self.agent = self._opened()
        except Killed:
            self._fell("killed while it was starting")
        except SpoolError as wrong:
            self._fell(f"could not start: {wrong.code}")
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            self._found()
        else:
            self._run(self.agent)

    def _opened(self) -> Agent:
        units = tuple(each.unit for each in self.meters)
        found = installation(self.folder, self.agent_id, units, self.certified, **self.terms)
        stations = [
            Station(name=f"meter-{m.unit}", driver=MeterDriver(m, self)) for m in self.meters
        ]
        world = AgentWorld(
            clock=self.clock, entropy=self.rng.randbytes, connect=self.machine.connect
        )
        lines = {LINE: Line(stations, clock=self.clock)}
        return open_agent(found, agent_key(self.agent_id), world, lines)

    def _run(self, agent: Agent) -> None:
        self.witness.offset_ns = self.clock.offset_ns  # its start told what it found, once
        agent.spool.files.ballast = FullableBallast(self.state / "spool.ballast", self.machine)
        self.world.ways.prepare(agent)
        wake, kept, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.link = SimulatedLink(self.world, self.broker, self.agent_id)
        uplink = attach_uplink(agent, self.link, COLLECTOR_KEY.verifier, self.clock)
        uplink.__class__ = self.world.ways.uplink
        spool = agent.spool
        self.world.say(f"{self.name}: runs, epoch {spool.epoch[:8]}, {spool.base}/{spool.size}")
        self.link.start(wake.set)
        works: tuple[Callable[[], Work], ...] = (
            lambda: service._poll_line(agent, LINE, kept, stop),
            lambda: service._close_batches(agent, kept, wake, stop),
            lambda: service._deliver(agent, wake, stop),
        )
        self._tasks = [self.world.loop.create_task(self._guarded(each)) for each in works]

    async def _guarded(self, work: Callable[[], Work]) -> None:
        """Does a task's work; what ends it ends the process."""
        try:
            await work()
        except Killed:
            self._fell(f"killed at {self.machine.last[:40]!r}")
        except SpoolError as wrong:
            self._fell(f"ended: {wrong.code}")
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            self._found()

    def kill(self) -> None:
        """Ends the process at once, wherever it waits."""
        if self.agent is not None:
            self._fell("killed")

    def kill_soon(self, statements: int) -> None:
        """Lets the process end at one of its next statements."""
        self.machine.statements = statements

    def fill_disk(self, *, full: bool) -> None:
        """Fills the disk, or frees it."""
        self.full = self.machine.full = full

    async def stop(self) -> None:
        """Ends the process as SIGTERM does."""
        agent, link = self.agent, self.link
        if agent is None or link is None:
            return
        self._end_tasks()
        try:
            agent.close_batch(self.clock.now_ns())
            agent.pump()
            link.stop()
            await agent.stop()
        except Killed:
            self._fell("killed while it was stopping")
        except SpoolError as wrong:
            self._fell(f"could not stop: {wrong.code}")
        else:
            self.world.say(f"{self.name}: stopped")
            self.agent = self.link = None

    def stop_polling(self) -> None:
        """Nothing new is read from now on."""
        if self._tasks:
            self._tasks[0].cancel()

    def is_drained(self) -> bool:
        """Whether all that was read has its receipt; what is pending is logged first."""
        if self.agent is None or self.agent.uplink is None:
            return False
        self.agent.close_batch(self.clock.now_ns())
        return self.agent.uplink.delivered

    def standing(self) -> str:
        """Where its log stands, for a complaint."""
        if self.agent is None:
            return f"{self.name}: not running"
        spool, uplink = self.agent.spool, self.agent.uplink
        trouble = "" if uplink is None or uplink.trouble is None else uplink.trouble.say("en")
        return f"{self.name}: {spool.epoch[:8]} {spool.base}/{spool.size} {trouble}"

    def abandon(self) -> None:
        """Lets go of its files at the end of a simulation."""
        if self.agent is not None:
            self.agent.spool.files.unlock()
        self.agent = None
        self.wanted = False
        self.machine.bury()

    def _end_tasks(self) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task(self.world.loop):
                task.cancel()
        self._tasks = []

    def _fell(self, how: str) -> None:
        """The process is gone; the machine starts it again after a while."""
        self.world.say(f"{self.name}: {how}")
        self.world.tally["agent deaths"] += 1
        self._end_tasks()
        if self.link is not None:
            self.link.stop()
        if self.agent is not None:
            self.agent.spool.files.unlock()
        self.agent = self.link = None
        self.machine.bury()
        self.world.loop.call_later(self.rng.uniform(0.5, 30.0), self.start)

    def _found(self) -> None:
        self.world.complain(f"{self.name}: {traceback.format_exc()[-1500:]}")
