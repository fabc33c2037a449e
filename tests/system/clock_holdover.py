"""Row 16: the time server is lost for 30 days; in virtual time, with the kernel's own rules."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from calibration.indication import Quality
from calibration.window import RegisterWindow
from evidence.clock import NS_PER_S
from evidence.clock_kernel import Discipline
from evidence.judging import bounds
from evidence.log.batch import Record, RecordKind
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.clock_oracle import Judged, judged
from tests.system.clock_plant import HALF_HOUR_S, HOUR_S, ClockPlant, power_kW
from tests.unit.edge_agent.site import START_NS

PERIOD_S: Final = HALF_HOUR_S
DAYS: Final = 30
KEPT_HOURS: Final = 6
LEAST_u_s: Final = 0.05
LIMIT_s: Final = 0.02 * HOUR_S
KERNEL_MOST_s: Final = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A time server that is lost.

    Attributes:
        bound_s: What it said at the last update, of how far off the clock was.
        drift_ppm: As the site has configured it.
        lost_s: When that was, since the start.
    """

    bound_s: float
    drift_ppm: float
    lost_s: int

    def kernel(self, second: int) -> Discipline:
        """What the kernel says: kept with an update a poll; then its bound ages to 16 s."""
        aged_s = self.bound_s + 500e-6 * max(0, second - self.lost_s)
        return Discipline(synchronised=aged_s < KERNEL_MOST_s, bound_s=min(aged_s, KERNEL_MOST_s))

    def bound_at_s(self, second: float) -> float:
        """By hand: what was known, and the drift since."""
        return self.bound_s + self.drift_ppm * 1e-6 * max(0.0, second - self.lost_s)

    def flagged_s(self) -> float:
        """By hand: when the bound exceeds 2 % of an hour, since the start."""
        return self.lost_s + (LIMIT_s - self.bound_s) / (self.drift_ppm * 1e-6)

    @property
    def held_s(self) -> float:
        """When the kernel gives the clock up, since the start."""
        return self.lost_s + (KERNEL_MOST_s - self.bound_s) / 500e-6


def loss_of(seed: int) -> Loss:
    """A loss that is decided by its seed; every one is flagged within the 30 days."""
    rng = Random(seed)
    return Loss(
        bound_s=round(rng.uniform(0.001, 2.0), 6),
        drift_ppm=rng.choice((35.0, 50.0, 80.0, 100.0)),
        lost_s=rng.randrange(0, KEPT_HOURS * HOUR_S, PERIOD_S),
    )


def fast(seed: int) -> Loss:
    """The same of a clock so bad that two days tell."""
    return replace(loss_of(seed), drift_ppm=1000.0)


def days_after(loss: Loss, folder: Path, drift_ppm: float, days: int = DAYS) -> Judged:
    """What the collector makes of these days; the agent is told `drift_ppm`."""

    async def run() -> Judged:
        clock = f"drift_ppm = {drift_ppm}\nstandard_uncertainty_s = {LEAST_u_s}"
        plant = ClockPlant(
            folder,
            period_s=PERIOD_S,
            kept_s=PERIOD_S,
            clock=clock,
            discipline=loss.kernel(0),
        )
        for second in range(PERIOD_S, days * 24 * HOUR_S + 1, PERIOD_S):
            plant.clock.disciplined(loss.kernel(second))
            await plant.after(PERIOD_S)
        await plant.delivered()
        await plant.agent.stop()
        return judged(plant.collector.arrivals)

    return asyncio.run(run())


def complaints(found: Judged, loss: Loss, days: int = DAYS) -> list[str]:
    """What differs from what was computed by hand."""
    wrong = _standings(found.records, loss) + _first_flagged(found, loss)
    for window in found.windows[1:]:  # the first one begins within its hour
        wrong += _hour(window, loss)
    hours = days * 24 - 1
    return wrong + ([] if len(found.windows) >= hours else [f"{len(found.windows)} of {hours}"])


def _standings(records: Sequence[Record], loss: Loss) -> list[str]:
    changes = [each for each in records if each.kind == RecordKind.CLOCK_STATE]
    due = [("holdover", loss.held_s), ("unsynchronised", loss.flagged_s())]
    stated = [str(each.facts["standing"]) for each in changes]
    if stated != [standing for standing, _ in due]:
        return [f"the clock was said to be {stated}"]
    seconds = [each.at_ms / 1000 - START_NS / NS_PER_S for each in changes]
    return [
        f"{standing} was said at {said_s} s, it was due at {due_s:.0f} s"
        for said_s, (standing, due_s) in zip(seconds, due, strict=True)
        if not 0 <= said_s - due_s <= PERIOD_S
    ]


def _first_flagged(found: Judged, loss: Loss) -> list[str]:
    flagged = [each for each in found.readings if each.quality == Quality.CLOCK_UNSYNCHRONISED]
    if not flagged:
        return ["no reading is flagged"]
    first_s = (flagged[0].at_ns - START_NS) / NS_PER_S
    after = [each for each in found.readings if each.sequence >= flagged[0].sequence]
    wrong = [] if len(after) == len(flagged) else ["some readings after it are not flagged"]
    if abs(first_s - loss.flagged_s()) > PERIOD_S:
        wrong.append(f"flagged from {first_s} s, due at {loss.flagged_s():.0f} s")
    return wrong


def _hour(window: RegisterWindow, loss: Loss) -> list[str]:
    """u of the clock's share: how much the load changed in the hour, times u of the clock."""
    second = (window.end_ns - START_NS) / NS_PER_S
    least, most = (  # one clock state holds for the two readings of a batch
        max(LEAST_u_s, loss.bound_at_s(second + apart_s) / math.sqrt(3.0))
        for apart_s in (-PERIOD_S, PERIOD_S)
    )
    (stated,) = [
        abs(part.contribution) for part in window.components if part.influence.id == "clock:line-1"
    ]
    first = round(second) // HALF_HOUR_S - 2
    change_kW = abs(power_kW(first + 1) - power_kW(first))
    low, high = (change_kW * u_s / HOUR_S for u_s in (least, most))
    if low * (1 - 1e-9) <= stated <= high * (1 + 1e-9):
        return []
    return [f"hour to {second} s: clock's share {stated} kWh, by hand {low} to {high}"]


def play(seed: int, folder: Path) -> Tally:
    loss = loss_of(seed)
    found = days_after(loss, folder, loss.drift_ppm)
    wrong = complaints(found, loss)
    assert not wrong, "\n".join(wrong[:9])
    return {"days": DAYS, "hours": len(found.windows)}


def _without_drift(seed: int, folder: Path) -> Sequence[str]:
    loss = fast(seed)
    return complaints(days_after(loss, folder, 0.0, 2), loss, 2)


def _without_limit(seed: int, folder: Path) -> Sequence[str]:
    loss = fast(seed)
    with replaced(bounds, "MAX_BOUND_s", math.inf):
        return complaints(days_after(loss, folder, loss.drift_ppm, 2), loss, 2)


CLOCK_HOLDOVER: Final = Campaign(
    name="clock-holdover",
    rows=(16,),
    fault="the time server is lost for 30 days, in virtual time",
    holds="the agent says when its clock is left alone, and when it may be off by 2 % of an hour, "
    "each within a poll of the instant computed by hand; from then on every reading is flagged; "
    "the clock's share in each hour's uncertainty grows as computed by hand",
    counted="days",
    figure=30,
    play=play,
    controls=(
        Control(defence="the drift of a clock that is left alone", find=_without_drift),
        Control(defence="the limit of 2 % of an hour", find=_without_limit),
    ),
)
