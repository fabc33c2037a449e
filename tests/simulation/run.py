"""One simulation from its seed: faults for a while, then all is healed, drained and checked."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.simulation.broker import Habits
from tests.simulation.centre import Centre
from tests.simulation.faults import ALL, end_clone
from tests.simulation.gateway import Gateway
from tests.simulation.invariants import check
from tests.simulation.loop import VirtualLoop
from tests.simulation.terms import Terms, terms_of
from tests.simulation.works import Works, works_of
from tests.simulation.world import START_NS, Ways, World

DRAIN_S: Final = 300.0
LONG_DRAIN_S: Final = 4000.0
"""Where a clone took connections over: whoever lost one leaves the other alone for long."""
_LOGGERS: Final = ("carbonmeter", "collector", "edge_agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a simulation.

    Attributes:
        digest: SHA-256 over the event log.
        log: Its lines.
        wrong: What an invariant found.
        tally: What happened how often.
    """

    digest: str
    log: tuple[str, ...]
    wrong: tuple[str, ...]
    tally: Counter[str]


def simulate(seed: int, folder: Path, ways: Ways | None = None, also: Iterable[str] = ()) -> Played:
    """What comes of a seed, on an empty folder; the same each time.

    Args:
        seed: Decides everything.
        folder: For the state directories.
        ways: Parts of the product that a control replaces.
        also: Faults that happen whether the seed knows them or not.
    """
    loop = VirtualLoop()
    terms = terms_of(seed, also)
    try:
        with _quiet():
            world = loop.run_until_complete(_played(seed, folder, terms, ways or Ways(), loop))
    finally:
        loop.close()
    return Played(
        digest=world.digest,
        log=tuple(world.lines),
        wrong=tuple(world.complaints),
        tally=world.tally,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the product's log lines: thousands of faults are expected here."""
    before = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


async def _played(seed: int, folder: Path, terms: Terms, ways: Ways, loop: VirtualLoop) -> World:
    start_ns = START_NS - round(terms.before_hour_s * 1e9)
    world = World(seed=seed, folder=folder, loop=loop, start_ns=start_ns, ways=ways)
    works = works_of(world, terms)
    world.say(f"seed {seed}: {', '.join(terms.faults) or 'no fault'}; {terms.habits}")
    play = loop.create_task(_play(works))
    wrong = loop.create_task(world.wrong.wait())
    await asyncio.wait({play, wrong}, return_when=asyncio.FIRST_COMPLETED)
    for task in asyncio.all_tasks(loop) - {asyncio.current_task(loop)}:
        task.cancel()
    for machine in works.machines:
        machine.abandon()
    works.centre.abandon()
    if play.done() and not play.cancelled():
        play.result()
    return world


async def _play(works: Works) -> None:
    works.centre.start()
    for machine in works.gateways:
        machine.start()
    await _trouble(works)
    _heal(works)
    await _drain(works)
    if not works.world.complaints:
        await _end(works)
        check(works)


async def _trouble(works: Works) -> None:
    """Lets faults happen until their time is over."""
    loop, rng, terms = works.world.loop, works.rng, works.terms
    while loop.time() < terms.lasts_s:
        await asyncio.sleep(rng.expovariate(1.0 / terms.pause_s))
        if terms.faults and loop.time() < terms.lasts_s:
            (name,) = rng.choices(list(terms.faults), list(terms.faults.values()))
            works.world.tally[name] += 1
            await ALL[name](works, rng)


def _heal(works: Works) -> None:
    """Ends every fault; what is dead is started again by itself."""
    works.world.say("everything is healed")
    for each in list(works.clones):
        end_clone(works, each)
    works.broker.up, works.broker.habits = True, Habits()
    works.broker.deaf.clear()
    works.broker.mute.clear()
    for meter in works.meters:
        meter.mood = "good"
    processes: tuple[Gateway | Centre, ...] = (*works.gateways, works.centre)
    for process in processes:
        process.fill_disk(full=False)
        process.statements = process.machine.statements = None


async def _drain(works: Works) -> None:
    """Polls on for a little, then waits until every leaf has its receipt."""
    loop = works.world.loop
    while not (works.centre.runs and all(machine.runs for machine in works.gateways)):
        await asyncio.sleep(1.0)
    await asyncio.sleep(3 * works.terms.period_s)
    for machine in works.gateways:
        machine.stop_polling()
    end_s = loop.time() + (LONG_DRAIN_S if works.world.tally["clones"] else DRAIN_S)
    while not all(machine.is_drained() for machine in works.gateways):
        if loop.time() > end_s:
            works.world.complain(f"not drained: {[each.standing() for each in works.gateways]}")
            return
        await asyncio.sleep(1.0)


async def _end(works: Works) -> None:
    """Ends all processes in good order."""
    for machine in works.gateways:
        await machine.stop()
    works.centre.stop()
