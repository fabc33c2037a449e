"""The database behind the view is down, refuses, fails, hangs, lies; receipts go on.

Fault matrix row 8. Broker, collector and database are processes; agents run here. Whatever the
database does, every leaf gets its receipt; the cursor waits, the collector stays ready and says
what is wrong; afterwards each reading is in the database once, to the last digit.
"""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.meddler import BLOCKING, Way
from tests.faults.stopping import stopped
from tests.system.command import until
from tests.system.database_house import Standing, meanwhile, shown_by, standing

SERVED_S: Final = 6.0
"""Nobody waits longer for a receipt: three times what two busy cores need at their worst."""
FOUND_S: Final = 60.0
PROCESS: Final = ("stands still", "is killed", "is killed and wiped")
"""What befalls the database itself."""
KINDS: Final = (*(way for way in Way if way is not Way.FINE), *PROCESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how many faults, and how long each lasts at least."""

    faults: int = 6
    each_s: float = 3.0


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: faults one after the other, drawn by the seed; each kind comes by in turn."""
    rng = random.Random(seed)
    first = seed * size.faults
    kinds = [KINDS[n % len(KINDS)] for n in range(first, first + size.faults)]
    with standing(folder) as works:
        until(works.is_shown, "the database shows the first leaves")
        found_ms = [_suffered(works, kind, size.each_s + rng.random()) for kind in kinds]
        works.house.pause()
        works.house.delivered()
        senders = works.house.senders
        leaves = sum(each.agent.spool.size for each in senders)
        polls = sum(each.agent.spool.next_sequence(each.device) for each in senders)
        healed_ms = _healed(works)
        shown = len(shown_by(works.influxd))
        assert shown == polls, f"{polls} polls were logged, {shown} are shown"
        wrong = _ended(works)
    assert not wrong, "\n".join(wrong[:10])
    return {
        "faults": len(kinds),
        "leaves": leaves,
        "points": shown,
        "most_ms_to_the_alarm": max(found_ms),
        "most_ms_to_heal": healed_ms,
        **dict.fromkeys(map(str, kinds), 1),
    }


def _suffered(works: Standing, kind: str, seconds: float) -> int:
    """Milliseconds until the collector said what is wrong; everybody is served meanwhile."""
    until(lambda: works.ready() == (200, ()), "nothing is wrong yet, or any more")
    if kind in PROCESS:
        return _befallen(works, kind, seconds)
    works.meddler.way = Way(kind)
    try:
        return _endured(works, seconds, alarm=kind in BLOCKING)
    finally:
        works.meddler.way = Way.FINE


def _befallen(works: Standing, kind: str, seconds: float) -> int:
    influxd = works.influxd
    if kind == "stands still":
        assert influxd.process is not None
        with stopped(influxd.process):
            return _endured(works, seconds, alarm=True)
    (influxd.wipe if "wiped" in kind else influxd.kill)()
    try:
        return _endured(works, seconds, alarm=True)
    finally:
        influxd.start()


def _endured(works: Standing, seconds: float, *, alarm: bool) -> int:
    """Waits out a fault; where there is an `alarm`, at least until it is given."""
    found_s: float | None = None
    lag = 0
    for passed_s in meanwhile(works.paced, SERVED_S, FOUND_S):
        status, degraded = works.ready()
        assert status == 200, f"the collector is not ready: {status} {degraded}"
        if found_s is None and any(each.startswith("influx E_") for each in degraded):
            found_s, lag = passed_s, works.lag()
        over = passed_s >= seconds
        if over and not alarm:
            return 0
        if over and found_s is not None and works.lag() > lag:
            return round(1000 * found_s)  # it is named, and the cursor waits
    raise AssertionError(f"in {FOUND_S:.0f} s no alarm, or the cursor went on")


def _healed(works: Standing) -> int:
    """Milliseconds until the view is abreast, content, and like the ledger."""
    began_s = time.monotonic()
    until(works.is_judged, "all is judged")
    until(lambda: works.is_shown() and works.lag() == 0, "the database is like the ledger")
    until(lambda: works.ready() == (200, ()), "nothing is wrong any more")
    return round(1000 * (time.monotonic() - began_s))


def _ended(works: Standing) -> Sequence[str]:
    """What is wrong with the ledger once the collector has ended."""
    assert works.collector.end() == 0, works.collector.said()
    works.house.stop()
    return works.house.wrong()


def _believed(seed: int, folder: Path) -> Sequence[str]:
    """What is lost where every answer is taken for 204, and nothing is compared."""
    del seed
    with standing(folder, "believe_the_database") as works:
        works.meddler.way = Way.FAILS
        until(lambda: works.meddler.done[Way.FAILS] > 1, "the database failed at writes")
        works.meddler.way = Way.FINE
        works.house.pause()
        works.house.delivered()
        until(lambda: works.lag() == 0, "all is taken for written")
        return [] if works.is_shown() else ["readings are not in the database, and nobody says so"]


def _waited_for(seed: int, folder: Path) -> Sequence[str]:
    """Who is not served where what is committed is shown before it is receipted."""
    del seed
    with suppress(AssertionError), standing(folder, "wait_for_the_database") as works:
        works.meddler.way = Way.HALF_OPEN
        try:
            for _ in meanwhile(works.paced, SERVED_S, 4 * SERVED_S):
                pass
        except AssertionError as late:
            return [str(late)]
    return []


DATABASE_FAULTS = Campaign(
    name="database-down",
    rows=(8,),
    fault="the database behind the view is gone, killed, wiped or stands still; refuses with 400 "
    "or 413, fails with 500 or 503, is slow, half-open, trickles, babbles, lies, or its answers "
    "are lost; for 3 s and until it is named",
    holds="every leaf gets its receipt within 6 s, the collector stays ready and names what is "
    "wrong within 60 s, the cursor waits; afterwards each reading is in the database once, to "
    "the last digit",
    counted="faults",
    figure=140,
    play=play,
    controls=(
        Control(defence="answers are heeded, and hours are compared", find=_believed),
        Control(defence="receipts wait for no view", find=_waited_for),
    ),
)
