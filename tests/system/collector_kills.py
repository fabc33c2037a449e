"""kill -9 of a collector, at random and at named points, while batches flow (row 2)."""

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.crash_points import COLLECTOR, point_of
from tests.system.kills import (
    LAUNCHER,
    Lives,
    begun,
    flowing,
    found_wrong,
    mosquitto,
    require_each,
    require_flow,
)
from tests.system.works import BrokerProcess, Embedded, Works, looked_into, until

KILLS: Final = 8
FLOW_S: Final = 0.6


def play_at_random(seed: int, folder: Path, kills: int = KILLS) -> Tally:
    """A round: two kills of three just after a commit, the rest at random instants."""
    with flowing(folder, _broker(seed, folder)) as works:
        lives = _begun(works, seed)
        lives.end(works.collector, time.time_ns())
        for number in range(kills):
            if number % 3:
                lives.kill(works.collector, FLOW_S, partial(_after_a_commit, works))
            else:
                lives.kill(works.collector, FLOW_S)
            _tell_unheard(lives)
        return _whole(lives)


def play_at_points(seed: int, folder: Path, kills: int = KILLS) -> Tally:
    """A round: the next named points, one after the other."""
    with flowing(folder, mosquitto(folder)) as works:
        lives = _begun(works, seed)
        works.collector.kill()
        for number in range(kills):
            point = COLLECTOR[(seed * kills + number) % len(COLLECTOR)]
            lives.crash(works.collector, point, lives.rng.randint(1, point.most))
            _tell_unheard(lives)
        return _whole(lives)


def _broker(seed: int, folder: Path) -> BrokerProcess:
    return Embedded(folder=folder) if seed % 2 else mosquitto(folder)


def _begun(works: Works, seed: int) -> Lives:
    """A works whose agent now and then states a wrong result, or says something twice."""
    works.agent.module = works.collector.module = LAUNCHER
    works.agent.env["DEFENCE_OFF"] = "streams-sound,messages-once"
    return begun(works, seed)


def _after_a_commit(works: Works) -> None:
    """Returns as soon as the ledger has one leaf more; nothing is held open then."""
    query = "SELECT max(position) FROM leaves"
    with looked_into(works.collector_dir / "state" / "ledger.db") as db:
        before = db.execute(query).fetchall()
        while db.execute(query).fetchall() == before:
            time.sleep(0.0001)


def _tell_unheard(lives: Lives) -> None:
    """Counts a death between the ledger's commit and the receipt's arrival at the agent.

    A dead collector signs nothing: what the agent has no receipt for some polls later, it was
    not told.
    """
    works = lives.works
    held = works.held()
    works.polled(4 * works.terms.meters)
    lives.tally["kills_after_commit_and_before_receipt"] += held > works.receipted()


def _whole(lives: Lives) -> Tally:
    works = lives.works
    works.collector.start()
    works.delivered(1)
    works.drain()
    lives.tally["polls"] += len(works.check())
    lives.tally["streams_set_aside"] += _set_aside(works)
    return lives.reckoned()


def _set_aside(works: Works) -> int:
    """How many streams the judge found wrong, once it has judged everything."""
    path, leaves = works.collector_dir / "state" / "derived.sqlite", works.leaves
    until(lambda: _number(path, "SELECT next FROM cursor") == leaves, "everything is judged")
    return _number(path, "SELECT count(*) FROM fault")


def _number(path: Path, query: str) -> int:
    with looked_into(path) as db:
        ((found,),) = db.execute(query).fetchall()
    return int(found)


def closes_at_random(tally: Tally) -> None:
    """In a flow, and often enough between commit and receipt."""
    require_flow(tally)
    _require_unheard(tally)


def closes_at_points(tally: Tally) -> None:
    """As at random, and every point often enough."""
    closes_at_random(tally)
    require_each(COLLECTOR, tally)


def _require_unheard(tally: Tally) -> None:
    unheard = tally.get("kills_after_commit_and_before_receipt", 0)
    assert 3 * unheard >= tally["kills"], f"{unheard} of {tally['kills']}"
    assert tally.get("streams_set_aside", 0) > 0, "no stream was wrong"


def _without(defence: str, seed: int, folder: Path) -> Sequence[str]:
    """What is found once leaves have flowed through a collector with a defence off."""
    with flowing(folder, mosquitto(folder)) as works:
        works.collector.env["DEFENCE_OFF"] = defence

        def live() -> None:
            _begun(works, seed)
            works.polled(120)

        return found_wrong(works, live)


def _receipt_first(seed: int, folder: Path) -> Sequence[str]:
    """A death soon after a receipt was published; the next life has all defences."""
    with flowing(folder, mosquitto(folder)) as works:
        works.collector.env["DEFENCE_OFF"] = "commit-before-receipt"

        def live() -> None:
            lives = _begun(works, seed)
            works.collector.kill()
            lives.crash(works.collector, point_of("collector", "published"), 8)
            del works.collector.env["DEFENCE_OFF"]
            works.collector.start()
            works.polled(60)

        return found_wrong(works, live)


_HOLDS: Final = (
    "no receipt without its leaf; every leaf is in the ledger once, in order; wrong streams are "
    "set aside and hold up nothing; one epoch"
)
KILLED_COLLECTOR: Final = Campaign(
    name="killed-collector",
    rows=(2,),
    fault="kill -9 of the collector at random instants and just after a commit, under load",
    holds=_HOLDS,
    counted="kills",
    figure=1000,
    play=play_at_random,
    closes=closes_at_random,
    controls=(
        Control(
            defence="a leaf that is sent again is known by its place",
            find=partial(_without, "dedupe"),
        ),
        Control(
            defence="admission does not judge content",
            find=partial(_without, "content-after-commit"),
        ),
    ),
)
CRASHED_COLLECTOR: Final = Campaign(
    name="crashed-collector",
    rows=(2,),
    fault=f"the collector dies at each of {len(COLLECTOR)} named points of its path, under load",
    holds=_HOLDS,
    counted="kills",
    figure=10 * len(COLLECTOR),
    play=play_at_points,
    closes=closes_at_points,
    controls=(
        Control(
            defence="the commit comes before the receipt",
            find=_receipt_first,
        ),
    ),
)
