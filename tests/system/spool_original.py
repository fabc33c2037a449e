"""A spool of 200 polls as a kill leaves it, made once in a process; and agents that start on it."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from edge_agent.agent import Agent
from edge_agent.assembly import open_agent
from edge_agent.installation import Installation
from edge_agent.line import Line
from edge_agent.spool import Spool
from evidence.clock import SteppedClock
from tests.system.ledger_truth import quietly
from tests.system.oracle import Kept
from tests.system.spool_truth import Truth, opening, shown_by
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, world

POLLS: Final = 200
LEAVES: Final = 30
RECEIPTED: Final = 9
VARIANTS: Final = ("in the WAL", "in the database", "closed", "new epoch")
NOW_NS: Final = START_NS + 3600 * S


def limit_MiB(variant: str) -> float:
    """The spool's limit; with a small one the WAL is taken over often."""
    return 1 if variant == "in the database" else 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A spool as it was before anything was changed.

    Attributes:
        files: Name -> content, as a kill leaves them.
        epoch, size: Of its log.
        leaves: (epoch, sequence) -> every leaf that was ever given out.
        due: Polls without a receipt: what must be sent, or be missed by a gap.
    """

    files: dict[str, bytes]
    epoch: str
    size: int
    leaves: dict[tuple[str, int], bytes]
    due: tuple[Kept, ...]


def started(site: Installation) -> Agent:
    """An agent as it starts, on no line."""
    clock = SteppedClock(NOW_NS)
    return open_agent(site, KEY, world(clock), lines={"bus-1": Line([], clock=clock)})


@cache
def original(variant: str) -> Original:
    """A spool of 200 polls and some 30 leaves, nine of them receipted."""
    with tempfile.TemporaryDirectory() as place, quietly():
        folder = Path(place)
        site = installed(folder, limit_MiB=limit_MiB(variant))
        spool = started(site).spool
        truth = _filled(spool, Truth(site=site), variant)
        due = (*truth.logged(spool), *shown_by(spool))
        if variant == "closed":
            spool.close()
        files = {
            path.name: path.read_bytes()
            for path in (folder / "state").iterdir()
            if path.name.startswith("spool.") and path.name != "spool.ballast"
        }
        found = Original(
            files=files, epoch=spool.epoch, size=spool.size, leaves=truth.given, due=due
        )
        if variant != "closed":
            spool.close()
    return found


def _filled(spool: Spool, truth: Truth, variant: str) -> Truth:
    for _ in range(LEAVES):
        for _ in range(3):
            truth.keep(spool, 2)
        truth.close(spool)
    truth.receipt(spool, RECEIPTED)
    spool.flush()
    if variant == "new epoch":
        spool.open_epoch(opening("ef" * 16))
        truth.see(spool)
    while truth.kept < POLLS:
        truth.keep(spool, 4)
    return truth
