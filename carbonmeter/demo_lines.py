"""Product lines of the demo: boundaries as a plant's engineer would save them on the first day."""

from pathlib import Path
from typing import Final

from carbonmeter.demo_config import SITE
from collector.activity.author import AtMachine
from collector.boundaries.saving import save
from collector.config import load_config
from collector.journal import open_journal
from collector.people.administration import at_this_machine
from evidence.clock import Clock
from evidence.statement.boundary.content import Boundary, BoundaryTerm

ENGINEER: Final = "Q. Wang"
REASON: Final = "as drawn in the plan of the works, 2026"
_KIND: Final = ("gate to gate", "门到门")
_ROLLING: Final = ("Rolling line", "轧制线")
_UTILITIES: Final = ("Utilities", "公用工程")


def _boundary(name: str, words: tuple[str, str], line: tuple[str, str], *channels: str) -> Boundary:
    return Boundary(
        id=f"{SITE}/{name}",
        name=words[0],
        name_zh=words[1],
        line=line[0],
        line_zh=line[1],
        kind=_KIND[0],
        kind_zh=_KIND[1],
        terms=tuple(BoundaryTerm(channel=f"{SITE}/{each}") for each in channels),
    )


BOUNDARIES: Final = (
    _boundary(
        "rolling-electricity",
        ("Rolling line, gate to gate: electricity", "轧制线（门到门）：电力"),
        _ROLLING,
        "rolling-mill/active_energy_import",
        "furnace/active_energy_import",
    ),
    _boundary(
        "utilities-electricity",
        ("Utilities: electricity", "公用工程：电力"),
        _UTILITIES,
        "compressors/active_energy_import",
    ),
    _boundary(
        "utilities-water",
        ("Utilities: cooling water", "公用工程：冷却水"),
        _UTILITIES,
        "cooling-water/volume_positive",
    ),
)


def save_lines(config: Path, clock: Clock) -> None:
    """Saves the demo's boundaries, beside the running collector.

    Their channels are read from the first minute on, so nothing is held against them here.

    Args:
        config: The collector's configuration.
        clock: The demo's.
    """
    told = load_config(config)
    by = AtMachine(doer=at_this_machine(ENGINEER))
    with open_journal(told.state_dir, told.collector.id, clock) as journal:
        for each in BOUNDARIES:
            save(journal, by, each, REASON, None)
