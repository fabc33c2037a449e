"""How long a leaf waits for its receipt, with and without the view in a database that misbehaves.

Fault matrix row 8, its second half: a view shall cost those who send nothing.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.meddler import Way
from tests.system.database_faults import SERVED_S
from tests.system.database_house import Standing, meanwhile, standing
from tests.system.flooded import p99_ms

WAYS: Final = (Way.FINE, Way.HALF_OPEN, Way.FAILS, Way.SLOW, Way.NARROW, Way.LIES)
MOST: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how long leaves are measured, with and without the view."""

    each_s: float = 30.0


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: the same load with and without the view; which comes first is drawn."""
    took: dict[bool, list[float]] = {}
    for shown in (True, False) if seed % 2 else (False, True):
        place = folder / str(shown)
        place.mkdir()
        took[shown] = _measured(place, size.each_s, shown=shown)
    return {
        "rounds": 1,
        "leaves_with": len(took[True]),
        "leaves_without": len(took[False]),
        "p99_with_ms": p99_ms(took[True]),
        "p99_without_ms": p99_ms(took[False]),
    }


def _measured(folder: Path, seconds: float, *, shown: bool) -> list[float]:
    """Seconds that leaves waited while the database misbehaves in one way after the other."""
    with standing(folder, shown=shown) as works:
        works.paced.phase()
        for way, end_s in zip(cycle(WAYS), _parts(seconds), strict=False):
            works.meddler.way = way
            _pass(works, end_s)
        works.meddler.way = Way.FINE
        took = works.paced.phase()
        works.house.pause()
        works.house.delivered()
    return took


def _parts(seconds: float) -> Sequence[float]:
    """When each way ends, seconds from now."""
    now_s, each_s = time.monotonic(), seconds / len(WAYS)
    return [now_s + each_s * (n + 1) for n in range(len(WAYS))]


def _pass(works: Standing, end_s: float) -> None:
    for _ in meanwhile(works.paced, SERVED_S, max(0.0, end_s - time.monotonic())):
        pass


def _within(tally: Mapping[str, int]) -> None:
    held, free = tally["p99_with_ms"], tally["p99_without_ms"]
    assert held <= MOST * free, f"p99 from leaf to receipt, summed: {held} ms with, {free} without"


def _waited_for(seed: int, folder: Path) -> Sequence[str]:
    """What waits where the database is asked before a receipt is signed."""
    del seed
    with standing(folder, "wait_for_the_database") as works:
        works.meddler.way = Way.SLOW
        works.paced.phase()
        try:
            _pass(works, time.monotonic() + 10.0)
        except AssertionError as late:
            return [str(late)]
        slow_ms = p99_ms(works.paced.phase())
        works.meddler.way = Way.FINE
        works.house.delivered()
        works.paced.phase()
        _pass(works, time.monotonic() + 5.0)
        fine_ms = p99_ms(works.paced.phase())
    return [] if slow_ms <= MOST * fine_ms else [f"p99 {slow_ms} ms, {fine_ms} ms undisturbed"]


DATABASE_PACE = Campaign(
    name="database-pace",
    rows=(8,),
    fault="the database behind the view is half-open, fails, is slow, takes only small bodies and "
    "lies, in turn, while three agents send; and the same without a view",
    holds="the time from leaf to receipt stays within 20 % (p99, summed over all rounds)",
    counted="rounds",
    figure=10,
    play=play,
    closes=_within,
    controls=(Control(defence="receipts wait for no view", find=_waited_for),),
)
