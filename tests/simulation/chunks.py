"""The sample of seeds that every check plays, in portions."""

from pathlib import Path
from typing import Final

from tests.faults.campaign import sample
from tests.simulation.campaign import SIMULATION

SEEDS: Final = 30
CHUNK: Final = 15


def holds(first: int, folder: Path) -> None:
    """Plays a portion of the seeds; each that fails says how it is seen again."""
    tally = sample(SIMULATION, folder, range(first, first + CHUNK))
    assert tally["seeds"] == CHUNK
    assert tally["leaves"] > 10 * CHUNK
    assert tally["agent deaths"]
    assert tally["collector deaths"]
