"""The collector as a process: it takes what comes, commits, answers, judges, and can be killed."""

import asyncio
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Final

from collector import opening
from collector.agents import PinnedKey, batch_topic, pin
from collector.answers import Reply
from collector.errors import LedgerError, LedgerRestoredError
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import Ledger, accept_restored, open_ledger
from collector.ledger_read import LEDGER, LedgerReader, read_ledger
from collector.opening import DERIVED
from collector.store import Store
from tests.simulation.book import Book
from tests.simulation.broker import Broker, Session
from tests.simulation.clock import PlantClock
from tests.simulation.machine import Handle, Killed, Machine
from tests.simulation.world import COLLECTOR_KEY, agent_key

NAME: Final = "collector"
RETRY_S: Final = 2.0


class Centre:
    """One machine with a collector on it.

    Attributes:
        statements: Its next life ends at that statement; None for no such end.
        wanted: It is to be running: a dead one is started again after a while.
        restored: Its ledger was replaced by an older copy, which nobody has accepted yet.
    """

    def __init__(self, book: Book, broker: Broker, sites: Mapping[str, str]) -> None:
        self.book, self.world, self.broker, self.sites = book, book.world, broker, sites
        self.rng: Random = self.world.rng("centre")
        self.clock = PlantClock(self.world.loop, self.world.start_ns)
        self.state: Path = self.world.folder / NAME
        self.machine = Machine(self._committed)
        self.statements: int | None = None
        self.full, self.wanted, self.restored = False, True, False
        self.intake: Intake | None = None
        self.judging: Judging | None = None
        self._open: list[Ledger | LedgerReader | Store] = []
        self._session: Session | None = None
        self._inbox: list[tuple[str, bytes]] = []
        self._wake = asyncio.Event()
        self._announce = False
        self._task: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        """Whether there is a process now."""
        return self.intake is not None

    def _committed(self, db: Handle) -> None:
        if db.path.name == LEDGER:
            self.book.ledger_committed(db)

    def start(self) -> None:
        """Begins a life, if it is wanted and there is none."""
        if not self.wanted or self.intake is not None:
            return
        self.machine = Machine(
            self._committed, statements=self.statements, after=self.rng.random() < 0.5
        )
        self.machine.full, self.statements = self.full, None
        try:
            self._begin()
        except Killed:
            self._fell("killed while it was starting")
        except LedgerRestoredError:
            self._refused()
        except LedgerError as wrong:
            self._fell(f"could not start: {wrong.code}")
        except Exception as wrong:  # noqa: BLE001 - whatever it is, it is a finding
            if not self.full:
                self._found()
            self._fell(f"could not start: {type(wrong).__name__}")

    def _begin(self) -> None:
        ledger = open_ledger(self.state, self.machine.connect)
        self._open.append(ledger)
        opening._require_judged(ledger, self.state)
        store = Store(lambda: self.machine.connect(self.state / DERIVED))
        self._open.append(store)
        reader = read_ledger(self.state, self.machine.connect)
        self._open.append(reader)
        self.judging = Judging(reader, store, self.sites)
        agents = pin(
            PinnedKey(agent=each, verifier=agent_key(each).verifier) for each in self.sites
        )
        self.intake = self.world.ways.intake(
            ledger=ledger, agents=agents, signer=COLLECTOR_KEY, clock=self.clock
        )
        self.world.say(f"{NAME}: runs, {len(self.book.order)} leaves")
        self._task = self.world.loop.create_task(self._guarded(self.intake))
        self._connect()

    def _refused(self) -> None:
        """It refuses an older ledger; a person looks at it, and accepts it."""
        self.world.say(f"{NAME}: refuses an older ledger")
        self.world.tally["ledgers refused"] += 1
        if not self.restored:
            self.world.complain("a ledger that is not older was refused")
        self._let_go()
        self.world.loop.call_later(self.rng.uniform(1.0, 60.0), self._accept)

    def _accept(self) -> None:
        if self.restored:
            accept_restored(self.state, "the operator", self.clock.now_ns())
            with opening.emptied_store(self.state):  # as the command does
                pass
            self.restored = False
            self.world.say(f"{NAME}: the operator accepts the older ledger")
        self.start()

    def _connect(self) -> None:
        if self.intake is None or self._session is not None:
            return
        topics = {batch_topic(agent): None for agent in self.sites}
        self._session = self.broker.connect(NAME, self, lambda each: each in topics)
        if self._session is None:
            self.world.loop.call_later(RETRY_S, self._connect)
            return
        self._announce = True
        self._wake.set()

    def heard(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Takes a message from the broker."""
        if not retained:
            self._inbox.append((topic, payload))
            self._wake.set()

    def cut(self, why: str) -> None:
        """The connection is gone; another is made after a while."""
        self.world.say(f"{NAME}: {why}")
        self._session = None
        self.world.loop.call_later(RETRY_S, self._connect)

    async def _guarded(self, intake: Intake) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(self.rng.choice((0.0, 0.0, 0.01, 0.5)))
                self._round(intake)
        except Killed:
            self._fell(f"killed at {self.machine.last[:40]!r}")
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            self._found()

    def _round(self, intake: Intake) -> None:
        """One group: feed what waits, commit it, answer; as the owner thread does."""
        inbox, self._inbox = self._inbox, []
        for topic, payload in inbox:
            try:
                outcome = intake.feed(topic, payload)
            except LedgerError as wrong:
                self.world.say(f"{NAME}: {wrong.code}")
                continue
            self.world.tally[f"fed {type(outcome).__name__}"] += 1
            self.world.say(f"{NAME}: {type(outcome).__name__} on {topic.split('/')[2]}")
        self._publish(intake.flush())
        if self._announce:
            self._announce = False
            self._publish(intake.resume())
        if self.rng.random() < 0.2:
            self.judge()

    def _publish(self, replies: Iterable[Reply]) -> None:
        for reply in replies:
            self.book.published(reply.topic, reply.payload)
            self.broker.publish(self._session, reply.topic, reply.payload, retain=reply.retain)

    def judge(self) -> None:
        """Judges what is new, as the thread beside the intake does; room may lack for it."""
        if self.judging is None or self.full:
            return
        count = self.judging.catch_up()
        self.world.tally["judged"] += count

    def kill(self) -> None:
        """Ends the process at once."""
        if self.intake is not None:
            self._fell("killed")

    def kill_soon(self, statements: int) -> None:
        """Lets the process end at one of its next statements."""
        self.machine.statements = statements

    def fill_disk(self, *, full: bool) -> None:
        """Fills the disk, or frees it."""
        self.full = self.machine.full = full

    def _fell(self, how: str) -> None:
        self.world.say(f"{NAME}: {how}")
        self.world.tally["collector deaths"] += 1
        self._let_go()
        self.world.loop.call_later(self.rng.uniform(0.5, 30.0), self.start)

    def _let_go(self) -> None:
        """Nothing of the process is left but its files."""
        if self._task is not None and self._task is not asyncio.current_task(self.world.loop):
            self._task.cancel()
        if self._session is not None:
            self.broker.leave(self._session)
        self.machine.dead = True
        for each in self._open:
            each.close()
        self._open.clear()
        self._inbox.clear()
        self.intake = self.judging = self._task = self._session = None
        self.machine.bury()

    def stop(self) -> None:
        """Ends the process in good order, everything judged."""
        if self.intake is None:
            return
        self.judge()
        if self._task is not None:
            self._task.cancel()
        if self._session is not None:
            self.broker.leave(self._session)
        for each in reversed(self._open):
            each.close()
        self._open.clear()
        self.intake = self.judging = self._task = self._session = None

    def abandon(self) -> None:
        """Lets go of its files at the end of a simulation."""
        self.wanted = False
        self._let_go()

    def _found(self) -> None:
        self.world.complain(f"{NAME}: {traceback.format_exc()[-1500:]}")
