"""Row 15 for a real agent process: its clock is set by hours and by decades while it runs."""

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from collector.judging import position_of
from collector.ledger_read import read_ledger
from evidence.judging.judgement import Position
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.faketime import FakeTime, library
from tests.system.clock_oracle import complaints, judged
from tests.system.clock_steps import by_stamp
from tests.system.meters import METER
from tests.system.works import Embedded, Terms, Works

STEPS: Final = 3
POLLS: Final = 6
STOPS: Final = 2
LATE_s: Final = 30.0
TERMS: Final = Terms(meters=1)
HOW: Final = ("an hour back", "a day ahead", "1970", "2038", "27 years ahead")


def offset_s(how: str) -> int:
    """What the clock is off by from now on, in whole seconds."""
    now_s = int(time.time())
    return {
        "right": 0,
        "an hour back": -3600,
        "a day ahead": 86_400,
        "1970": 60 - now_s,
        "2038": 2**31 - 1 - now_s,
        "27 years ahead": round(27 * 365.25 * 86_400),
    }[how]


def steps_of(seed: int) -> list[str]:
    """How the clock is set in a round: from one wrong time to the next, or right between."""
    rng = Random(seed)
    wrong = rng.sample(HOW, STEPS - 1)
    return [*wrong[:1], "right", *wrong[1:]]


class SetClock:
    """A works whose agent has a clock of its own."""

    def __init__(self, folder: Path) -> None:
        preload = library()
        assert preload is not None, "libfaketime is not installed"
        broker = Embedded(folder=folder)
        self.works = Works(folder, broker, TERMS)
        self.fake = FakeTime(control=folder / "offset", preload=preload)
        self.fake.set_off_by(0)
        self.works.agent.env = self.fake.env
        self.works.agent.module = "tests.system.undisciplined_agent"
        self.steps: list[int] = []
        self._off_by_s = 0
        broker.start()

    def run(self, steps: Sequence[str]) -> None:
        """Starts all, sets the clock step by step, right in the end, and drains."""
        self.works.collector.start()
        self.works.agent.start()
        self.works.delivered(2)
        for how in (*steps, "right"):
            self._set(offset_s(how))
            self.works.polled(POLLS)
        self.works.delivered(2)
        self.works.drain()

    def _set(self, off_by_s: int) -> None:
        if off_by_s != self._off_by_s:
            self.steps.append((off_by_s - self._off_by_s) * 10**9)
            self._off_by_s = off_by_s
            self.fake.set_off_by(off_by_s)

    def arrivals(self) -> list[tuple[Position, bytes]]:
        """The leaves of the ledger, in their order."""
        with read_ledger(self.works.collector_dir / "state") as ledger:
            return [(position_of(leaf), leaf.leaf) for leaf in ledger.since(0)]

    def served(self, kept: set[int]) -> dict[int, int]:
        """Value -> when it was given; what was asked when the agent was stopped is no loss."""
        served = {
            unit * METER + number: at_ns
            for (unit, number), at_ns in self.works.meters.served.items()
        }
        given_up = [value for value in served if value not in kept]
        assert len(given_up) <= STOPS, f"{given_up} are lost"
        return {value: at_ns for value, at_ns in served.items() if value in kept}


def play(seed: int, folder: Path) -> Tally:
    plant = SetClock(folder)
    try:
        plant.run(steps_of(seed))
        found = judged(plant.arrivals())
        served = plant.served({each.value for each in found.readings})
        wrong = complaints(found, served, plant.steps, LATE_s)
    finally:
        plant.works.close()
    assert not wrong, "\n".join(wrong[:9])
    suspect = len(found.readings) - len(found.verified)
    assert suspect, "the clock was wrong for many polls"
    return {"steps": len(plant.steps), "readings": len(found.readings), "suspect": suspect}


CLOCK_PROCESS: Final = Campaign(
    name="clock-process",
    rows=(15,),
    fault="the clock of a running agent is set an hour back, a day ahead, to 1970, over 2038, and "
    "27 years ahead (libfaketime)",
    holds="nothing is lost, doubled or reordered; every step is one record; what is read under a "
    "wrong clock counts in no hour and is named",
    counted="steps",
    figure=100,
    play=play,
    controls=(
        Control(defence="order by epoch and sequence; stamps as the key instead", find=by_stamp),
    ),
)
