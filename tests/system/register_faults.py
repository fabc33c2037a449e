"""Registers that roll over, are reset, spike or jump: each a finding of its own, never energy."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from calibration import increment
from calibration.increment import FindingKind, RegisterReading, RegisterTraits, Step
from calibration.window import RegisterWindow
from evidence.log.batch import Stream
from tests.faults.campaign import Campaign, Control, Tally
from tests.unit.collector.api.plant import MILL, showing, stream
from tests.unit.collector.judged import Judged, log_of

POLLS: Final = 200
APART: Final = 5
"""Polls between two events: what one did is settled before the next."""
LARGEST_GROWTH: Final = 20.0
RATED: Final = 4 * LARGEST_GROWTH
ROLLOVER: Final = 10_000.0
RELATIVE: Final = 1e-9


@dataclass(slots=True, kw_only=True)
class History:
    """What a register showed poll by poll, what grew meanwhile, and what happened to it."""

    shown: list[float]
    growth: float = 0.0
    events: Counter[str] = field(default_factory=Counter)


def history(rng: random.Random) -> History:
    """A register's history with one event in every few polls."""
    made = History(shown=[float(rng.randint(0, int(ROLLOVER) - 1))])
    for poll in range(1, POLLS):
        event = rng.choice(("", "reset", "spike", "jump")) if poll % APART == 0 else ""
        _go_on(made, event if poll < POLLS - APART else "", rng)
    return made


def _go_on(made: History, event: str, rng: random.Random) -> None:
    grown = float(rng.randint(0, int(LARGEST_GROWTH)))
    last = made.shown[-1]
    if made.events["pending spike"]:  # the spike is over: the register stands where it would be
        made.events["pending spike"] = 0
        last = made.shown[-2]
    elsewhere = last + rng.randint(1000, 3000)
    if event == "reset" and 600.0 < last < 0.9 * ROLLOVER:  # else it looks like a rollover
        made.shown.append(0.0)
    elif event == "jump" and elsewhere < 0.8 * ROLLOVER:
        made.shown.append(elsewhere)
    elif event == "spike" and elsewhere < 0.8 * ROLLOVER:
        made.events["pending spike"] = 1
        made.shown.append(elsewhere)
        made.events["spike"] += 1
        return
    else:
        made.growth += grown
        made.shown.append((last + grown) % ROLLOVER)
        made.events["rollover"] += made.shown[-1] < last
        return
    made.events[event] += 1


def judged_total(made: History) -> tuple[float, Counter[str]]:
    """What the collector states of the history: the total, and the findings by kind."""
    judged, log = Judged(), log_of("gw-2")
    for first in range(0, POLLS, 10):
        judged.batch(_part(made, first), log=log)
    judged.batch(_after(made), log=log)
    windows = [each for each in judged.windows.values() if isinstance(each, RegisterWindow)]
    kinds = Counter(finding.kind.value for window in windows for finding in window.findings)
    return sum(each.uncorrected for each in windows), kinds


def _part(made: History, first: int) -> Stream:
    bare = stream(MILL, first, min(10, POLLS - first))
    head = msgspec.structs.replace(bare.head, rated_rate=RATED, rollover=ROLLOVER)
    shown = made.shown[first : first + bare.rows]
    return showing(msgspec.structs.replace(bare, head=head), *shown)


def _after(made: History) -> Stream:
    """Eight polls at which the register stands still: they close the last hours."""
    bare = stream(MILL, POLLS, 8)
    head = msgspec.structs.replace(bare.head, rated_rate=RATED, rollover=ROLLOVER)
    return showing(msgspec.structs.replace(bare, head=head), *[made.shown[-1]] * 8)


def wrong_with(made: History) -> list[str]:
    """Where the collector's statement differs from what the register did."""
    total, kinds = judged_total(made)
    wrong = [
        f"{made.events[kind]} times {kind}, {kinds[kind]} found"
        for kind in (each.value for each in FindingKind)
        if kinds[kind] != made.events[kind]
    ]
    if abs(total - made.growth) > RELATIVE * made.growth:
        wrong.append(f"{total} is stated where {made.growth} grew")
    return wrong


def play(seed: int, folder: Path) -> Tally:
    """Two hundred polls of one register, with an event in every few of them."""
    del folder
    made = history(random.Random(seed))
    wrong = wrong_with(made)
    assert not wrong, "\n".join(wrong)
    told = {kind: count for kind, count in made.events.items() if count}
    return {"events": sum(told.values()), **told}


def without_the_sieve(seed: int, folder: Path) -> Sequence[str]:
    """What is stated where every reading is taken to follow the one before."""
    del folder
    real = increment.step_between
    increment.step_between = _any_step
    try:
        return wrong_with(history(random.Random(seed)))
    finally:
        increment.step_between = real


def _any_step(
    opening: RegisterReading, closing: RegisterReading, traits: RegisterTraits
) -> Step | None:
    del traits
    return Step(opening=opening, closing=closing, increment=closing.value - opening.value)


MISBEHAVING_REGISTERS: Final = Campaign(
    name="misbehaving-registers",
    rows=(25,),
    fault="a register rolls over, is reset to 0, spikes, or jumps",
    holds="each is a finding of its own kind; the total is what grew, and nothing else",
    counted="events",
    figure=10_000,
    play=play,
    controls=(Control(defence="the sieve over a register's readings", find=without_the_sieve),),
)
