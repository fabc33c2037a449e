"""kill -9 of an agent while it salvages a damaged spool and opens a new epoch (row 1).

The damage makes the spool unsound without touching a row of what was read: so everything that
was committed must come out of it, each once, whichever step a kill interrupts.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.crash_points import RELOG, SALVAGE, Point, point_of
from tests.system.kills import LAUNCHER, Lives, flowing, mosquitto, require_each
from tests.system.oracle import Kept, Spooled, complaints, kept_in, log_of
from tests.system.works import Terms, Works, looked_into, until

TERMS: Final = Terms(meters=2, period_s=0.03, readings=1)
LEAVES: Final = 140
"""More than two portions in which leaves are logged again."""
JUMP: Final = 1_000_000
"""The numbers of polls go on above any that can have been given, which are small here."""


def play(seed: int, folder: Path, leaves: int = LEAVES, every: int = 1) -> Tally:
    """A round: a spool is filled and damaged; its salvage dies at each of the points in turn."""
    with flowing(folder, mosquitto(folder), TERMS) as works:
        lives = Lives(works=works, rng=random.Random(seed))
        before = _damaged(works, leaves)
        for point in (*SALVAGE, *RELOG)[seed % every :: every]:
            most = 1 if every > 1 else point.most
            lives.crash(works.agent, point, lives.rng.randint(1, most))
        _healed(works)
        works.drain()
        found = salvage_complaints(works, before)
        assert not found, "\n".join(found[:20])
        lives.tally["polls_salvaged"] += len(before.polls)
        return dict(lives.tally)


def _damaged(works: Works, leaves: int) -> Spooled:
    """What a spool held before it was damaged; nobody has heard of it yet."""
    works.agent.module = LAUNCHER
    works.broker.start()
    works.agent.start()
    spool = works.agent_dir / "state" / "spool.sqlite"
    until(lambda: _logged(spool) >= leaves, "leaves are logged")
    works.agent.kill()
    before = works.spool()
    damage(works)
    return before


def damage(works: Works) -> None:
    """Makes the spool of a dead agent unsound; what was read is untouched."""
    db = sqlite3.connect(works.agent_dir / "state" / "spool.sqlite", isolation_level=None)
    db.execute("UPDATE log SET crc = crc + 1")
    db.close()


def _logged(spool: Path) -> int:
    try:
        with looked_into(spool) as db:
            ((found,),) = db.execute("SELECT count(*) FROM leaf").fetchall()
    except sqlite3.OperationalError:  # it is not made yet
        return 0
    return int(found)


def _healed(works: Works) -> None:
    works.collector.start()
    works.agent.start()
    works.delivered(4)


def salvage_complaints(works: Works, before: Spooled) -> list[str]:
    """What is wrong with a ledger whose agent had a damaged spool; nothing if all is well."""
    logs = log_of(works.collector_dir / "state", works.agent_key, works.collector_key)
    if len(logs) != 1:
        return [f"{len(logs)} epochs, and only one was ever spoken of"]
    ((_, leaves),) = logs.items()
    kept, left = [each for leaf in leaves for each in kept_in(leaf)], works.spool()
    found = [f"committed and lost: {each}" for each in sorted_out(before.polls, kept)]
    found += [f"{left.size - left.base} leaves are without a receipt"] * (left.base != left.size)
    renumbered: list[Kept] = []
    for device, following in left.counters.items():
        mine = [each for each in kept if each.device == device]
        found += _jumps(mine, following)
        renumbered += renumbered_from_0(mine)
    counters = {device: _count(renumbered, device) for device in left.counters}
    return found + complaints(renumbered, counters, works.meters.served)


def sorted_out(committed: Sequence[Kept], kept: Sequence[Kept]) -> Iterator[Kept]:
    """What was committed and is not kept."""
    there = set(kept)
    return (each for each in committed if each not in there)


def renumbered_from_0(mine: Sequence[Kept]) -> Iterator[Kept]:
    """The polls of a device, those above the one jump numbered on from those below it."""
    first = next((each.sequence for each in mine if each.sequence >= JUMP), 0)
    below = sum(each.sequence < JUMP for each in mine)
    for each in mine:
        number = each.sequence if each.sequence < JUMP else each.sequence - first + below
        yield replace(each, sequence=number)


def _jumps(mine: Sequence[Kept], following: int) -> Iterator[str]:
    """One jump, and the spool's counter follows the last number."""
    jumps = [b.sequence for a, b in pairwise(mine) if b.sequence - a.sequence > 1]
    if len(jumps) != 1 or jumps[0] < JUMP:
        yield f"numbers jump to {jumps}"
    if mine and mine[-1].sequence + 1 != following:
        yield f"after {mine[-1].sequence} comes {following}"


def _count(kept: Sequence[Kept], device: str) -> int:
    return sum(each.device == device for each in kept)


def _relogged_in_two_commits(seed: int, folder: Path) -> Sequence[str]:
    """The second commit after the start is the one of the first portion."""
    with flowing(folder, mosquitto(folder), TERMS) as works:
        works.agent.env["DEFENCE_OFF"] = "moved-at-once"
        lives = Lives(works=works, rng=random.Random(seed))
        before = _damaged(works, 20)
        lives.crash(works.agent, point_of("agent", "head-written"), 2)
        _healed(works)
        works.drain()
        return salvage_complaints(works, before)


def closes(tally: Tally) -> None:
    """Every point often enough."""
    require_each(POINTS, tally)


POINTS: Final[tuple[Point, ...]] = (*SALVAGE, *RELOG)
KILLED_SALVAGE: Final = Campaign(
    name="killed-salvage",
    rows=(1, 17),
    fault="a damaged spool; the agent dies at each of the named points of its salvage, of the "
    "opening of a new epoch, and of logging again what has no receipt",
    holds="every poll that was committed is in the ledger once, in order, as it was answered; the "
    "collector hears of one epoch only",
    counted="kills",
    figure=10 * len(POINTS),
    play=play,
    closes=closes,
    controls=(
        Control(
            defence="a leaf is logged again and its old row removed in one commit",
            find=_relogged_in_two_commits,
        ),
    ),
)
