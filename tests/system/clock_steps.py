"""Row 15 in virtual time: a clock that is set 400 times an hour, by seconds and by decades."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from edge_agent.timekeeper import Timekeeper
from evidence.clock import parse_utc
from evidence.judging.bounds import ALL_TIME, StampBounds, stamp_bounds
from evidence.log.batch import ClockState
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.clock_oracle import BoundsOf, Judged, complaints, judged, order
from tests.system.clock_plant import HOUR_S, ClockPlant
from tests.unit.edge_agent.site import START_NS

DAY_S: Final = 24 * HOUR_S
YEAR_S: Final = 365.25 * DAY_S
STEPS_PER_HOUR: Final = 400
WILD_HOURS: Final = 1
EPOCH_s: Final = -START_NS / 1e9
ROLLOVER_s: Final = (parse_utc("2038-01-19T03:14:08Z") - START_NS) / 1e9
OFFSETS_s: Final = (-HOUR_S, DAY_S, EPOCH_s, ROLLOVER_s - HOUR_S, 27 * YEAR_S)
Start = Callable[[Random], float]


def offset_s(rng: Random) -> float:
    """What the clock is off by next: right half of the time."""
    how = rng.random()
    if how < 0.5:
        return 0.0
    if how < 0.75:
        return rng.choice(OFFSETS_s)
    return rng.choice((-1.0, 0.6, -0.6, rng.uniform(-90.0, 90.0), rng.uniform(-3.0, 3.0)))


def first_offset_s(rng: Random) -> float:
    """What it is off by when the agent starts; nothing else could tell it a smaller one yet."""
    return rng.choice((0.0, 0.0, *OFFSETS_s[1:]))


async def wild(plant: ClockPlant, rng: Random, seconds: int, *, offline: float) -> None:
    """Steps at distinct seconds; for a share of the time the link is down."""
    steps = set(rng.sample(range(60, seconds), seconds * STEPS_PER_HOUR // HOUR_S))
    cut_until = -1
    for second in range(seconds):
        if second in steps:
            plant.set_clock(offset_s(rng))
        if rng.random() < offline / 300 and cut_until < second:
            plant.link.cut()
            cut_until = second + rng.randint(30, 600)
        elif second == cut_until:
            plant.link.connect()
        await plant.after()
    plant.link.connect()


async def calm(plant: ClockPlant, seconds: int) -> None:
    """The clock is right again, and stays so."""
    plant.set_clock(0.0)
    for _ in range(seconds):
        await plant.after()
    await plant.delivered()


def wild_then_calm(
    seed: int,
    folder: Path,
    *,
    first: Start = first_offset_s,
    offline: float = 0.3,
    seconds: int = HOUR_S // 2,
) -> ClockPlant:
    """A plant after so many wild seconds, and as many calm ones."""
    rng = Random(seed)

    async def run() -> ClockPlant:
        plant = ClockPlant(folder, offset_s=first(rng))
        await wild(plant, rng, seconds, offline=offline)
        await calm(plant, seconds)
        await plant.agent.stop()
        return plant

    return asyncio.run(run())


def found(plant: ClockPlant, bounds_of: BoundsOf = stamp_bounds) -> tuple[Judged, list[str]]:
    """What the collector makes of a plant's ledger, and what is wrong with that."""
    seen = judged(plant.collector.arrivals, bounds_of)
    return seen, complaints(seen, plant.meter.served, plant.steps)


def play(seed: int, folder: Path) -> Tally:
    plant = wild_then_calm(seed, folder, seconds=WILD_HOURS * HOUR_S)
    seen, wrong = found(plant)
    assert not wrong, "\n".join(wrong[:9])
    assert len(seen.windows) >= WILD_HOURS, "hours were closed"
    return {
        "steps": len(plant.steps),
        "readings": len(seen.readings),
        "suspect": len(seen.readings) - len(seen.verified),
        "hours": len(seen.windows),
    }


def by_stamp(seed: int, folder: Path) -> Sequence[str]:
    """A consumer that keeps one value for each stamp, and reads them in that order."""
    plant = wild_then_calm(seed, folder)
    rows = {each.at_ns: each for each in judged(plant.collector.arrivals).readings}
    return order([rows[at_ns] for at_ns in sorted(rows)], plant.meter.served)


def _unwatched(seed: int, folder: Path) -> Sequence[str]:
    with replaced(Timekeeper, "suspect", property(lambda _: False)):
        return found(wild_then_calm(seed, folder))[1]


def _without_lower_bound(seed: int, folder: Path) -> Sequence[str]:
    def bounds_of(clock: ClockState, received_ns: int) -> StampBounds:
        return msgspec.structs.replace(stamp_bounds(clock, received_ns), earliest_ns=0)

    return found(wild_then_calm(seed, folder, first=lambda _: EPOCH_s, offline=0.0), bounds_of)[1]


def _without_bounds(seed: int, folder: Path) -> Sequence[str]:
    plant = wild_then_calm(seed, folder, first=lambda _: 27 * YEAR_S, offline=0.0)
    return found(plant, lambda _, __: ALL_TIME)[1]


CLOCK_STEPS: Final = Campaign(
    name="clock-steps",
    rows=(15,),
    fault="the agent's clock is set 400 times an hour in virtual time, by fractions of a second "
    "up to 27 years, to 1970 and over 2038, while the link comes and goes",
    holds="nothing is lost, doubled or reordered; every step above 1 s is one record; a reading "
    "whose stamp is off by more than stated counts in no hour and is named; hours join, and "
    "hold what the register grew by",
    counted="steps",
    figure=9_600,
    play=play,
    controls=(
        Control(defence="order by epoch and sequence; stamps as the key instead", find=by_stamp),
        Control(defence="the agent marks what it reads after a step", find=_unwatched),
        Control(defence="the receipt as a lower bound of a stamp", find=_without_lower_bound),
        Control(defence="the receipts as bounds of a stamp", find=_without_bounds),
    ),
)
