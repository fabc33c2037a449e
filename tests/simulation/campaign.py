"""The simulation as a campaign: rounds of many seeds, each agents, a broker and a collector."""

from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Tally
from tests.simulation.controls import CONTROLS
from tests.simulation.run import simulate


def play(seed: int, folder: Path) -> Tally:
    """The tally of one simulation.

    Raises:
        AssertionError: an invariant did not hold; the text says how to see it again.
    """
    played = simulate(seed, folder)
    assert not played.wrong, "\n".join(
        (
            *played.wrong[:10],
            f"the event log: python -m tests.simulation {seed} --log",
            *played.log[-10:],
        )
    )
    return {"seeds": 1, **played.tally}


SIMULATION: Final = Campaign(
    name="simulation",
    rows=(30,),
    fault="everything at once, by a seed: agents, a broker and a collector in one process, in "
    "virtual time; each killed between any two statements, disks full, clocks set, messages "
    "dropped, doubled, delayed, reordered and corrupted, spools and the ledger copied back, clones",
    holds="at every commit: a receipt covers what is held, and nothing goes without one; at the "
    "end: every committed poll stands in the ledger once for each log, or its loss is told",
    counted="seeds",
    figure=10_000,
    play=play,
    controls=CONTROLS,
)
