"""Hours that begin at other minutes than those of UTC: the same readings, cut elsewhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.fold import RegisterChannel, RegisterFold, feed_register
from calibration.grid import (
    FINEST_NS,
    edge_name,
    grid_of,
    hour_end,
    hour_start,
    nearest_edge,
)
from calibration.increment import NS_PER_HOUR, Missed, RegisterTraits
from calibration.window import RegisterWindow
from tests.unit.calibration.examples import (
    CLOCK,
    MINUTE_NS,
    START_NS,
    UNCORRECTED,
    always,
    reading,
)

INSTANTS = st.integers(0, 10**19)
GRIDS = st.sampled_from([n * FINEST_NS for n in range(4)])
MINUTES = 60 * 4


@given(INSTANTS, GRIDS)
def test_an_instant_lies_in_one_hour_of_a_grid(at_ns: int, grid_ns: int) -> None:
    start = hour_start(at_ns, grid_ns)
    assert start <= at_ns < start + NS_PER_HOUR
    assert grid_of(start) == grid_ns
    assert hour_end(at_ns, grid_ns) - start in {0, NS_PER_HOUR}
    assert hour_end(start, grid_ns) == start


@given(st.integers(400_000, 600_000), GRIDS, st.integers(-20, 20))
def test_an_edge_is_the_nearest_one_within_minutes_of_it(
    hours: int, grid_ns: int, off: int
) -> None:
    edge = hours * NS_PER_HOUR + grid_ns
    assert nearest_edge(edge + off * MINUTE_NS, grid_ns) == edge


def test_edges_of_different_grids_have_different_names() -> None:
    edges = [500_000 * NS_PER_HOUR + n * FINEST_NS for n in range(8)]
    assert [edge_name(each) for each in edges[::4]] == ["500000", "500001"]
    assert len({edge_name(each) for each in edges}) == len(edges)


def hours_of(registers: dict[int, float], grid_ns: int) -> list[RegisterWindow]:
    """The hours of a register that stands at values at minutes; others were missed."""
    channel = RegisterChannel(
        channel="m",
        timeline=always(UNCORRECTED),
        clock=replace(CLOCK, grid_ns=grid_ns),
        traits=RegisterTraits(resolution=0.1, rollover=1e6, rated_rate=1e5),
    )
    readings = [
        reading(minute, value, 0.1 / math.sqrt(12.0)) for minute, value in registers.items()
    ]
    missed = [
        Missed(at_ns=START_NS + minute * MINUTE_NS, reason="timeout")
        for minute in range(max(registers))
        if minute not in registers
    ]
    return feed_register(RegisterFold(), channel, readings, missed)[1]


@given(GRIDS, st.lists(st.floats(0.0, 9.0), min_size=MINUTES, max_size=MINUTES))
def test_an_hour_is_what_the_register_grew_by_from_edge_to_edge(
    grid_ns: int, grown: list[float]
) -> None:
    stands = {minute: math.fsum(grown[:minute]) for minute in range(MINUTES + 1)}
    first = grid_ns // MINUTE_NS
    found = {each.start_ns: each for each in hours_of(stands, grid_ns)}
    for hour in range(3):
        edge = first + 60 * hour
        window = found[START_NS + edge * MINUTE_NS]
        assert window.end_ns - window.start_ns == NS_PER_HOUR
        assert window.value == pytest.approx(stands[edge + 60] - stands[edge], abs=1e-9)
        assert window.opening.value == stands[edge]
        assert window.tally.present == 60


def test_an_edge_that_nobody_read_lies_between_its_neighbours_and_has_its_own_name() -> None:
    stands = {minute: 2.0 * minute for minute in range(MINUTES + 1) if not 80 <= minute <= 130}
    half = hours_of(stands, 2 * FINEST_NS)
    full = hours_of(stands, 0)
    at_half, at_full = (
        [each.closing for each in hours if not each.closing.polled] for hours in (half, full)
    )
    assert [each.value for each in at_half] == [2.0 * 90]
    assert [each.value for each in at_full] == [2.0 * 120]
    assert at_half[0].key != at_full[0].key
    assert at_half[0].key.startswith("s79~s131~")


def test_polls_are_missed_in_the_hour_of_the_grid_that_they_lie_in() -> None:
    stands = {minute: 2.0 * minute for minute in range(MINUTES + 1) if not 80 <= minute <= 130}
    missed = [each.tally.missed.get("timeout", 0) for each in hours_of(stands, 2 * FINEST_NS)]
    assert missed == [0, 11, 40, 0]
