from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulators.instrument import InstrumentSpec, RegisterState, advance, draw_instrument
from simulators.process import HOUR_NS, ConstantProcess, DailyPattern, seeded_process
from simulators.register import REMEMBERED_STEPS, Register

MINUTE_NS = 60_000_000_000
OPENING = RegisterState(at_ns=90_000_000_000, total=1000.0)
TRUTH = replace(
    draw_instrument(InstrumentSpec(), 0, ConstantProcess(value=23.0), np.random.default_rng(0)),
    relative_error=(0.001, 1e-3),
)
PROCESS = seeded_process(
    DailyPattern(base=30.0, daily_amplitude=10.0, slow_amplitude=10.0), np.random.default_rng(2)
)


def fresh() -> Register:
    return Register(OPENING, TRUTH, PROCESS, MINUTE_NS)


@given(instants=st.lists(st.integers(0, 3 * HOUR_NS), min_size=1, max_size=20))
def test_a_total_depends_on_the_instant_and_not_on_earlier_readings(instants: list[int]) -> None:
    much_read = fresh()
    totals = [much_read.total_at(at) for at in instants]
    assert totals == [fresh().total_at(at) for at in instants]


def test_totals_never_fall() -> None:
    register = fresh()
    totals = [register.total_at(second * 1_000_000_000) for second in range(0, 7200, 7)]
    assert totals == sorted(totals)
    assert totals[-1] > totals[0]


def test_before_the_opening_the_opening_total_is_shown() -> None:
    assert fresh().total_at(0) == 1000.0
    assert fresh().total_at(OPENING.at_ns) == 1000.0


def test_an_instant_older_than_what_is_remembered_is_counted_from_the_opening() -> None:
    register = fresh()
    early_ns = 10 * MINUTE_NS + 1
    register.total_at((REMEMBERED_STEPS + 100) * MINUTE_NS)
    assert register.total_at(early_ns) == fresh().total_at(early_ns)


def test_the_total_is_that_of_the_pure_steps() -> None:
    at_ns = 2 * HOUR_NS + 17
    expected = advance(OPENING, TRUTH, PROCESS, at_ns, MINUTE_NS).total
    assert fresh().total_at(at_ns) == expected
