"""The hour of a temperature has a mean; what is shared stays, what is new averages out."""

import math

import numpy as np
import pytest

from calibration.basis import UncertaintyBasis
from calibration.flow import FlowChannel, FlowRows
from calibration.flow_fold import FlowFold, feed_hours
from calibration.function import Floats
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.mean import MeanWindow, mean_window
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.uncertainty import Influence
from calibration.window import Grounds
from tests.unit.calibration.examples import CLOCK, MINUTE_NS, START_NS

TEMPERATURE = Measurand(
    kind_of_quantity=KindOfQuantity.TEMPERATURE,
    unit="Cel",
    subject="stack",
    accumulation=Accumulation.RATE,
)
CHANNEL = FlowChannel(channel="t", measurand=TEMPERATURE, clock=CLOCK)
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("T-1",))
DRIFT = Influence(id="inst:T-1/drift")


def rows(value: Floats, first_minute: int = 0, fresh: float = 0.0) -> FlowRows:
    n = len(value)
    return FlowRows(
        at_ns=START_NS + (first_minute + np.arange(n, dtype=np.int64)) * MINUTE_NS,
        indication=value - 0.5,
        value=value,
        contributions={DRIFT: np.full(n, -0.4)},
        fresh=np.full(n, fresh),
        qualities=(Quality.GOOD,) * n,
        grounds=GROUNDS,
    )


def parts(window: MeanWindow) -> dict[str, float]:
    return {each.influence.id: each.contribution for each in window.components}


def test_an_hour_s_mean_keeps_what_is_shared_and_averages_what_is_new() -> None:
    window = mean_window(CHANNEL, START_NS, [rows(np.full(60, 150.0), fresh=0.6)], [])
    assert (window.value, window.uncorrected, window.unit) == (150.0, 149.5, "Cel")
    assert parts(window) == {
        "inst:T-1/drift": pytest.approx(-0.4),
        "fresh:t": pytest.approx(0.6 / math.sqrt(60.0)),
    }


def test_a_mean_over_half_of_an_hour_says_how_much_it_stands_for() -> None:
    missed = [Missed(at_ns=START_NS + n * MINUTE_NS, reason="calibrating") for n in range(30, 60)]
    window = mean_window(CHANNEL, START_NS, [rows(np.arange(30.0))], missed)
    assert window.value == pytest.approx(14.5)
    assert (window.tally.expected, window.tally.present) == (60, 30)
    assert window.tally.missed == {"calibrating": 30}
    assert window.tally.states == "v" * 30 + "c" * 30


def test_what_the_samples_leave_open_follows_from_their_scatter() -> None:
    rng = np.random.default_rng(5)
    shown = 150.0 + rng.normal(0.0, 2.0, 60)
    window = mean_window(CHANNEL, START_NS, [rows(shown)], [])
    pairs = (shown[::2] - shown[1::2]) ** 2
    assert parts(window)["sampling:t"] == pytest.approx(math.sqrt(pairs.mean() / 2.0 / 60.0))


def test_an_hour_of_misses_has_no_mean() -> None:
    whole = rows(np.full(60, 150.0))
    gone = [Missed(at_ns=START_NS + n * MINUTE_NS, reason="timeout") for n in range(60, 121)]
    fold, _ = feed_hours(FlowFold(), CHANNEL, whole, [], mean_window)
    _, hours = feed_hours(fold, CHANNEL, rows(np.zeros(0)), gone, mean_window)
    assert [each.value for each in hours] == [150.0, None]
    assert (hours[1].components, hours[1].tally.present) == ((), 0)
    assert [each.tally.states for each in hours] == ["v" * 60, "l" * 60]
    assert hours[1].start_ns == START_NS + NS_PER_HOUR
