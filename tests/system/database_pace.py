"""How long a leaf waits for its receipt, with and without the view in a database that misbehaves.

Fault matrix row 8, its second half: a view shall cost those who send nothing.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.meddler import Way
from tests.system.database_faults import SERVED_S
from tests.system.database_house import Standing, served, standing

WAYS: Final = (Way.FINE, Way.HALF_OPEN, Way.FAILS, Way.SLOW, Way.NARROW, Way.LIES)
MOST: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how long each way lasts."""

    each_s: float = 5.0


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: the same load with and without the view, side by side, on the same two cores."""
    del seed  # nothing is drawn
    for name in ("with", "without"):
        (folder / name).mkdir()
    with (
        standing(folder / "with") as shown,
        standing(folder / "without", shown=False) as plain,
    ):
        for works in (shown, plain):
            works.paced.phase()
        for way in WAYS:
            shown.meddler.way = way
            _pass((shown, plain), size.each_s)
        held, free = shown.paced.phase(), plain.paced.phase()
        shown.meddler.way = Way.FINE
        for works in (shown, plain):
            works.house.pause()
            works.house.delivered()
    return {
        "rounds": 1,
        "leaves_with": len(held),
        "leaves_without": len(free),
        "p50_with_ms": quantile_ms(held, 0.5),
        "p50_without_ms": quantile_ms(free, 0.5),
        "p99_with_ms": quantile_ms(held, 0.99),
        "p99_without_ms": quantile_ms(free, 0.99),
    }


def _pass(some: Sequence[Standing], seconds: float) -> None:
    """Lets time pass; everybody is served."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        for works in some:
            served(works.paced, SERVED_S)
        time.sleep(0.02)


def quantile_ms(took_s: Sequence[float], share: float) -> int:
    """Milliseconds that such a share of the leaves waited at most."""
    return round(1000 * sorted(took_s)[int(share * (len(took_s) - 1))])


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
            _pass([works], 10.0)
        except AssertionError as late:
            return [str(late)]
        slow_ms = quantile_ms(works.paced.phase(), 0.99)
        works.meddler.way = Way.FINE
        works.house.delivered()
        works.paced.phase()
        _pass([works], 5.0)
        fine_ms = quantile_ms(works.paced.phase(), 0.99)
    return [] if slow_ms <= MOST * fine_ms else [f"p99 {slow_ms} ms, {fine_ms} ms undisturbed"]


DATABASE_PACE = Campaign(
    name="database-pace",
    rows=(8,),
    fault="the database behind the view is half-open, fails, is slow, takes only small bodies and "
    "lies, in turn, while three agents send; beside it the same without a view, on the same cores",
    holds="the time from leaf to receipt is within 20 % of that without (p99, summed over rounds)",
    counted="rounds",
    figure=10,
    play=play,
    closes=_within,
    controls=(Control(defence="receipts wait for no view", find=_waited_for),),
)
