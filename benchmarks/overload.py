"""Row 6: demand at 2.5 times what the agent can do: what it still delivers, memory, and its word.

The grid is first searched on which the agent delivers most; then it is asked for 2.5 times
that. What it delivers is compared with its own maximum, measured alternately. Memory is
followed for a minute, and the agent must have named the line that falls behind.
"""

import time
from statistics import median

from benchmarks.figures import Bound, Figure, compared, measured
from benchmarks.processes import rss_kB
from benchmarks.whole_agent import DEVICES, SETTLE_S, Field, Span, field, watched
from benchmarks.works import POINTS, Site, agent_at_work, wait_until

DEMAND, ROUNDS, SPAN_S, LONG_S = 2.5, 5, 12.0, 60.0
SHORTEST_GRID_S = 0.01
SHARE = Bound(goal=0.8, gate=0.6, sense=">=")
GROWTH = Bound(goal=10, gate=20, of="subject")
NAMED = Bound(goal=1, gate=1, sense=">=", of="subject")
CODE = "E_LINE_OVERLOADED"


def measure() -> list[Figure]:
    """The figures of row 6."""
    with field() as here:
        grid_s = here.fastest_grid()
        most = here.agent(grid_s, SPAN_S)
        hard_s = max(DEVICES * POINTS / (DEMAND * most.per_s), SHORTEST_GRID_S)
        rounds = [(here.agent(grid_s, SPAN_S), here.agent(hard_s, SPAN_S)) for _ in range(ROUNDS)]
        growth, named = _a_minute(here, hard_s)
    return [_delivered(rounds, hard_s), growth, named]


def _delivered(rounds: list[tuple[Span, Span]], hard_s: float) -> Figure:
    pairs = [(a.per_s, b.per_s) for a, b in rounds]
    demand = DEVICES * POINTS / hard_s / median(a.per_s for a, _ in rounds)
    name = f"points/s delivered at {demand:.1f} times the capacity"
    return compared(6, name, pairs, unit="/s", against="own maximum", bound=SHARE)


def _a_minute(here: Field, grid_s: float) -> tuple[Figure, Figure]:
    """Growth of memory in a minute, in percent; and how often the cause was named."""
    site = Site(devices=DEVICES, period_s=grid_s, ports=(here.port,))
    with agent_at_work(here.folder, here.broker, site) as agent:
        wait_until(lambda: agent.heard().points > 0, "the agent delivers")
        time.sleep(2 * SETTLE_S)
        before = rss_kB(agent.process)
        after = watched(agent.process, agent.heard, LONG_S).rss_kB
        said = agent.log.read_text().count(CODE)
    grown = 100 * (after - before) / before
    return (
        measured(6, f"growth of memory in {LONG_S:.0f} s", [grown], unit="%", bound=GROWTH),
        measured(6, f"times that {CODE} was said", [float(said)], unit="", bound=NAMED),
    )
