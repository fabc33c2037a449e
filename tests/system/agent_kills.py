"""kill -9 of an agent, at random and at named points, while batches flow (row 1)."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.crash_points import AGENT, point_of
from tests.system.kills import (
    LAUNCHER,
    begun,
    flowing,
    found_wrong,
    mosquitto,
    require_each,
    require_flow,
)

KILLS: Final = 10
FLOW_S: Final = 1.0


def play(seed: int, folder: Path, kills: int = KILLS) -> Tally:
    """A round: every other kill at the next named point, the rest at random instants."""
    with flowing(folder, mosquitto(folder)) as works:
        works.agent.module = LAUNCHER
        lives = begun(works, seed)
        lives.end(works.agent, time.time_ns())
        for number in range(kills):
            if number % 2:
                point = AGENT[(seed * kills + number) // 2 % len(AGENT)]
                lives.crash(works.agent, point, lives.rng.randint(1, point.most))
            else:
                lives.kill(works.agent, FLOW_S, lives.after_an_answer)
            left = works.spool()
            works.committed.update(left.polls)
            lives.tally["kills_with_leaves_without_a_receipt"] += left.size > left.base
        works.agent.start()
        works.delivered(4)
        works.drain()
        lives.tally["polls"] += len(works.check())
        return lives.reckoned()


def closes(tally: Tally) -> None:
    """In a flow, and every point often enough."""
    require_flow(tally)
    require_each(AGENT, tally)
    under_way = tally.get("kills_with_leaves_without_a_receipt", 0)
    assert 3 * under_way >= tally["kills"], f"{under_way} of {tally['kills']}"


def _in_two_commits(seed: int, folder: Path) -> Sequence[str]:
    """Three lives end after commits that follow each other: one lies between the two."""
    with flowing(folder, mosquitto(folder)) as works:
        works.agent.module = LAUNCHER
        works.agent.env["DEFENCE_OFF"] = "one-transaction"

        def live() -> None:
            lives = begun(works, seed)
            works.agent.kill()
            for passes in (10, 11, 12):
                lives.crash(works.agent, point_of("agent", "head-written"), passes)
            works.agent.start()
            works.delivered(4)

        return found_wrong(works, live)


def _by_stamp(seed: int, folder: Path) -> Sequence[str]:
    with flowing(folder, mosquitto(folder)) as works:
        works.collector.module = LAUNCHER
        works.collector.env["DEFENCE_OFF"] = "place-is-the-key"

        def live() -> None:
            begun(works, seed)
            works.polled(20)
            works.agent.kill()
            works.agent.start()
            works.delivered(4)

        return found_wrong(works, live)


KILLED_AGENT: Final = Campaign(
    name="killed-agent",
    rows=(1,),
    fault="kill -9 of the agent, half at random, half at named points of its path, under load",
    holds="every poll that was committed is in the ledger once, in order, as it was answered; "
    "no number is left out or used twice; one epoch",
    counted="kills",
    figure=1000,
    play=play,
    closes=closes,
    controls=(
        Control(defence="a batch and the removal of its polls in one commit", find=_in_two_commits),
        Control(defence="the place in the log, not the time stamp, as the key", find=_by_stamp),
    ),
)
