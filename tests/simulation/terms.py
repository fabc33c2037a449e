"""What a seed decides beforehand: how large the works is, and which faults it knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.simulation.broker import Habits

OFTEN: Final = 0.4
SELDOM: Final = 0.2
FAULTS: Final[dict[str, float]] = {
    "agent killed": OFTEN,
    "agent killed at a statement": OFTEN,
    "agent stopped": OFTEN,
    "agent's disk full": OFTEN,
    "clock set": OFTEN,
    "certificate comes": OFTEN,
    "meter misbehaves": OFTEN,
    "collector killed": OFTEN,
    "collector killed at a statement": OFTEN,
    "collector's disk full": SELDOM,
    "broker restarted": OFTEN,
    "broker forgets": OFTEN,
    "partition": OFTEN,
    "spool copied": SELDOM,
    "clone": SELDOM,
    "ledger copied": SELDOM,
}
"""How often a seed knows a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One simulation's size and faults.

    Attributes:
        meters: Of each agent.
        period_s: Between polls.
        lasts_s: How long there are faults.
        faults: Which ones, with their weights.
        pause_s: Mean time between two.
        foreign_site: The collector knows the last agent under another site.
    """

    meters: tuple[int, ...]
    period_s: float
    lasts_s: float
    before_hour_s: float
    max_age_s: float
    readings: int
    faults: dict[str, float]
    pause_s: float
    habits: Habits
    foreign_site: bool


def terms_of(seed: int, also: Iterable[str] = ()) -> Terms:
    """What the seed decides; some faults may be demanded beside it."""
    rng = Random(f"{seed} terms")
    period_s = rng.choice((1.0, 2.0, 5.0, 10.0, 30.0, 60.0))
    lasts_s = max(45.0, period_s * rng.randint(15, 40))
    known = {name: rng.uniform(0.2, 1.0) for name, share in FAULTS.items() if rng.random() < share}
    known |= dict.fromkeys(also, 1.0)
    return Terms(
        meters=tuple(rng.choice((1, 1, 2)) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))),
        period_s=period_s,
        lasts_s=lasts_s,
        before_hour_s=rng.uniform(0.0, lasts_s),
        max_age_s=period_s * rng.uniform(1.0, 8.0),
        readings=rng.randint(1, 6),
        faults=known,
        pause_s=lasts_s / rng.randint(4, 16),
        habits=_habits(rng),
        foreign_site=rng.random() < 0.1,
    )


def _habits(rng: Random) -> Habits:
    def share(most: float) -> float:
        return rng.uniform(0.0, most) if rng.random() < OFTEN else 0.0

    return Habits(
        drop=share(0.3),
        duplicate=share(0.3),
        reorder=share(0.3),
        corrupt=share(0.05),
        slow=share(0.2),
        slow_s=rng.choice((1.0, 5.0, 20.0)),
    )
