"""An hour keeps what its rate did in it, if nearly all of it is there; nothing else does."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.course import MOST_PARTS, coarser, course_of, parts_at, parts_of
from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.flow_fold import FlowFold, feed_flow
from calibration.function import Floats
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR
from calibration.indication import Quality
from calibration.mean import MeanWindow, mean_window
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.slots import slots_of
from calibration.window import FlowWindow, Grounds, Window, merge_flow
from tests.unit.calibration.examples import START_NS

POWER = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
    unit="kW",
    subject="line 1",
    accumulation=Accumulation.RATE,
)
ENERGY = msgspec.structs.replace(
    POWER,
    kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
    unit="kW.h",
    accumulation=Accumulation.INTERVAL,
)
TEMPERATURE = msgspec.structs.replace(
    POWER, kind_of_quantity=KindOfQuantity.TEMPERATURE, unit="Cel"
)


def channel(expected: int = 60, measurand: Measurand = POWER) -> FlowChannel:
    clock = ChannelClock(agent="gw-1", period_ns=NS_PER_HOUR // expected)
    return FlowChannel(channel="p", measurand=measurand, clock=clock)


def rows(of: FlowChannel, value: Floats, polls: Sequence[int] | None = None) -> FlowRows:
    """Rows at these polls of the hour; an interval's amount comes at its end."""
    at = np.arange(len(value)) if polls is None else np.asarray(polls)
    late = of.measurand.accumulation == Accumulation.INTERVAL
    return FlowRows(
        at_ns=START_NS + (at + late).astype(np.int64) * of.clock.period_ns,
        indication=value - 0.5,
        value=value,
        contributions={},
        fresh=np.zeros(len(value)),
        qualities=(Quality.GOOD,) * len(value),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION),
    )


def flow(
    value: Floats, polls: Sequence[int] | None = None, of: FlowChannel | None = None
) -> FlowWindow:
    one = of or channel()
    return flow_window(one, START_NS, [rows(one, value, polls)], [])


@pytest.mark.parametrize(
    ("kind", "unit", "factor"),
    [
        (KindOfQuantity.ACTIVE_POWER, "kW", 1.0),
        (KindOfQuantity.MASS_FLOW, "t/h", 1.0),
        (KindOfQuantity.MASS_FLOW, "kg/s", 3600.0),
    ],
)
def test_the_course_of_a_rate_is_its_five_minute_means_in_its_amount_an_hour(
    kind: KindOfQuantity, unit: str, factor: float
) -> None:
    value = np.random.default_rng(1).uniform(20.0, 40.0, 60)
    measurand = msgspec.structs.replace(POWER, kind_of_quantity=kind, unit=unit)
    window = flow(value, of=channel(measurand=measurand))
    expected = factor * value.reshape(12, 5).mean(axis=1)
    assert window.course == pytest.approx(expected.tolist(), rel=1e-14)
    assert np.mean(window.course) == pytest.approx(window.value, rel=1e-14)


@pytest.mark.parametrize("expected", [1, 2, 4, 6, 12, 60, 360, 3600])
@pytest.mark.parametrize("measurand", [POWER, ENERGY])
def test_an_hour_has_as_many_parts_as_polls_and_twelve_at_most(
    expected: int, measurand: Measurand
) -> None:
    value = np.random.default_rng(2).uniform(20.0, 40.0, expected)
    window = flow(value, of=channel(expected, measurand))
    parts = min(12, expected)
    means = value.reshape(parts, -1).mean(axis=1)
    per_hour = means if measurand is POWER else means * expected
    assert window.course == pytest.approx(per_hour.tolist(), rel=1e-13)


def test_the_course_of_a_mean_is_in_the_unit_of_the_mean() -> None:
    value = np.random.default_rng(3).uniform(140.0, 160.0, 60)
    of = channel(measurand=TEMPERATURE)
    window = mean_window(of, START_NS, [rows(of, value)], [])
    assert window.course == pytest.approx(value.reshape(12, 5).mean(axis=1).tolist(), rel=1e-14)
    assert np.mean(window.course) == pytest.approx(window.value or 0.0, rel=1e-14)


def test_a_part_with_half_of_its_polls_is_there_and_one_with_less_takes_the_course_away() -> None:
    two, three = ([n for n in range(60) if n not in lost] for lost in ((5, 6), (5, 6, 7)))
    assert flow(np.array(two, np.float64), two).course[:3] == pytest.approx([2.0, 8.0, 12.0])
    assert flow(np.array(three, np.float64), three).course == ()
    half = [n for n in range(12) if n not in (2, 3)]
    of = channel(24)
    assert len(flow(np.ones(22), [n for n in range(24) if n not in (2, 5)], of).course) == 12
    assert flow(np.ones(10), half, of).course == ()


def test_an_hour_of_misses_has_no_course() -> None:
    assert flow(np.zeros(0)).course == ()
    assert course_of(np.zeros(0), np.zeros(0, np.int64), 0) == ()


def test_a_day_has_no_course() -> None:
    first = flow(np.full(60, 30.0))
    second = msgspec.structs.replace(
        first, start_ns=first.end_ns, end_ns=first.end_ns + NS_PER_HOUR
    )
    assert merge_flow([first, second]).course == merge_flow([first]).course == ()


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(0, 3600), max_size=12),
    expected=st.sampled_from([4, 7, 60, 90, 3600]),
    measurand=st.sampled_from([POWER, ENERGY]),
)
def test_the_course_is_the_same_to_the_last_bit_however_the_rows_came(
    seed: int, cuts: list[int], expected: int, measurand: Measurand
) -> None:
    rng, of = np.random.default_rng(seed), channel(expected, measurand)
    polls = np.flatnonzero(rng.random(expected + 1) < 0.95)
    every = rows(of, rng.uniform(0.1, 40.0, len(polls)), polls.tolist())
    edges = [0, *sorted(cut % (len(polls) + 1) for cut in cuts), len(polls)]
    fold, made = FlowFold(), list[FlowWindow]()
    for start, end in pairwise(edges):
        index = np.arange(len(polls))
        fold, more = feed_flow(fold, of, every.taken((index >= start) & (index < end)))
        made += more
    _, at_once = feed_flow(FlowFold(), of, every)
    assert [each.course for each in made] == [each.course for each in at_once]


@given(expected=st.integers(1, 4000))
def test_every_part_of_an_hour_has_polls_and_they_are_in_order(expected: int) -> None:
    slots = slots_of(expected)
    at = parts_at(np.arange(slots), slots)
    assert np.unique(at).tolist() == list(range(parts_of(slots)))
    assert (np.diff(at) >= 0).all()
    whole = course_of(np.ones(expected), np.arange(expected) * slots // expected, expected)
    assert whole == (1.0,) * min(MOST_PARTS, expected)


def test_a_course_in_fewer_parts_has_the_means_of_those_in_each() -> None:
    course = tuple(float(n) for n in range(12))
    assert coarser(course, 12) == course
    assert coarser(course, 4) == (1.0, 4.0, 7.0, 10.0)
    assert coarser(course, 1) == (5.5,)
    assert coarser(course, 5) == (1.0, 3.5, 6.0, 8.5, 10.5)


@pytest.mark.parametrize("measurand", [POWER, TEMPERATURE])
def test_a_window_of_before_has_no_course_and_is_read_all_the_same(measurand: Measurand) -> None:
    of = channel(measurand=measurand)
    closing = flow_window if measurand is POWER else mean_window
    made = closing(of, START_NS, [rows(of, np.linspace(20.0, 40.0, 60))], [])
    assert len(made.course) == 12
    packed = msgspec.msgpack.encode(made)
    kind = Window if measurand is POWER else MeanWindow
    assert msgspec.msgpack.decode(packed, type=kind) == made
    before = msgspec.msgpack.decode(packed)
    del before["course"]
    found = msgspec.msgpack.decode(msgspec.msgpack.encode(before), type=kind)
    assert found == msgspec.structs.replace(made, course=())
