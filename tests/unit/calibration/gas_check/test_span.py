"""The correction between two checks: printed figures, sensitivities, the sign of influences."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.gas_check.check import GasCheck
from calibration.gas_check.errors import SpanPairError
from calibration.gas_check.gas import CheckGas
from calibration.gas_check.settled import SettledMean, settled_mean
from calibration.gas_check.span import GasPair, SpanCorrection, correction_at, pairs_of
from calibration.uncertainty import combine, merge, scaled
from tests.unit.calibration.gas_check.minutes import HJ75, NITROGEN, SPAN, USUAL, found

replace = msgspec.structs.replace
DAY_NS = 86_400 * 10**9
CYLINDER = replace(SPAN, value=20.0, standard_uncertainty=0.1)


def check(gas: CheckGas, shown: float, end_ns: int, u: float = 0.01, **more: object) -> GasCheck:
    settled = SettledMean(
        mean=shown,
        count=9,
        standard_deviation=3 * u,
        correlation=0.0,
        standard_uncertainty=u,
        degrees_of_freedom=8.0,
        halves=0.0,
    )
    plain: dict[str, object] = {
        "analyser": "CO2-1",
        "point": gas.point,
        "measuring_range": "",
        "start_ns": end_ns - 10**9,
        "end_ns": end_ns,
        "unit": "%",
        "settled": settled,
        "gas": gas,
        "reference": gas.value,
        "reference_standard_uncertainty": gas.standard_uncertainty,
        "deviation": shown - gas.value,
        "percent_of_span": 0.0,
        "outcome": "pass",
        "findings": (),
        "response_time_s": None,
        "criteria": (),
        "limits": HJ75.used,
        **more,
    }
    return GasCheck(**plain)  # type: ignore[arg-type]


def pair(zero: float, span: float, at_ns: int, cylinder: CheckGas = CYLINDER) -> GasPair:
    return GasPair(zero=check(NITROGEN, zero, at_ns), span=check(cylinder, span, at_ns))


BEFORE, AFTER = pair(0.02, 19.98, 0), pair(0.30, 20.60, DAY_NS)


def corrected(reading: float, share: float) -> float:
    return correction_at([BEFORE, AFTER], int(share * DAY_NS)).corrected(reading).value


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 12.404810), (0.5, 12.160954), (1.0 - 1e-12, 11.921182)]
)
def test_the_drift_correction_of_method_7e_gives_the_figures_of_the_example(
    share: float, value: float
) -> None:
    """Zero 0.02 -> 0.30, span 19.98 -> 20.60, reference 20.0, reading 12.40."""
    assert corrected(12.40, share) == pytest.approx(value, abs=1e-6)


def test_at_the_second_check_its_own_figures_hold() -> None:
    found_at = correction_at([BEFORE, AFTER], DAY_NS)
    assert (found_at.before, found_at.after) == (AFTER, None)
    assert found_at.corrected(12.40).value == pytest.approx(11.921182, abs=1e-6)


def components(reading: float, share: float) -> dict[str, float]:
    made = correction_at([BEFORE, AFTER], int(share * DAY_NS)).corrected(reading)
    return {part.influence.id: part.contribution for part in made.components}


def test_each_check_and_each_cylinder_is_one_influence_with_its_sign() -> None:
    """At the middle of the time: Z = 0.16, S = 20.29, part 12.24/20.13, slope 20/20.13."""
    parts, part, slope = components(12.40, 0.5), 12.24 / 20.13, 20.0 / 20.13
    assert parts["crm:GBW(E)060166/C-7"] == pytest.approx(part * 0.1)
    assert parts["crm:GBW(E)060999/N-1"] == pytest.approx((1.0 - part) * 0.005)
    assert parts[BEFORE.span.influence] == pytest.approx(-slope * part * 0.5 * 0.01)
    assert parts[AFTER.zero.influence] == pytest.approx(-slope * (1.0 - part) * 0.5 * 0.01)
    bridge = [name for name in parts if "~" in name]
    assert len(bridge) == 1
    assert parts[bridge[0]] == pytest.approx(0.5 * (11.921182 - 12.404810), abs=1e-6)
    assert len(parts) == 7


def test_a_cylinder_that_both_checks_used_does_not_average_down() -> None:
    other = replace(CYLINDER, cylinder="C-8")
    changed = SpanCorrection(before=BEFORE, after=pair(0.30, 20.60, DAY_NS, other), share=0.5)
    alike = components(12.40, 0.5)["crm:GBW(E)060166/C-7"]
    parts = {part.influence.id: part.contribution for part in changed.corrected(12.40).components}
    assert parts["crm:GBW(E)060166/C-7"] == pytest.approx(alike / 2.0)
    assert parts["crm:GBW(E)060166/C-8"] == pytest.approx(alike / 2.0)


def test_the_difference_of_two_readings_of_one_hour_keeps_hardly_any_of_the_correction() -> None:
    at = correction_at([BEFORE, AFTER], DAY_NS // 2)
    one, other = at.corrected(12.40), at.corrected(12.41)
    assert combine(merge(one.components, scaled(other.components, -1.0))) < 0.002 * combine(
        one.components
    )


def test_no_bridge_at_a_check_and_none_where_nothing_follows() -> None:
    assert not [name for name in components(12.40, 0.0) if "~" in name]
    held = correction_at([BEFORE], 5 * DAY_NS)
    assert held.after is None
    assert held.corrected(12.40).value == pytest.approx(12.404810, abs=1e-6)
    assert len(held.corrected(12.40).components) == 4


@given(st.floats(0.0, 20.0), st.floats(0.0, 1.0))
def test_sensitivities_are_those_of_small_changes(reading: float, share: float) -> None:
    def value(
        zero: float = 0.02, span: float = 19.98, held: float = 20.0, y: float = reading
    ) -> float:
        first = pair(zero, span, 0, replace(CYLINDER, value=held))
        return SpanCorrection(before=first, after=AFTER, share=share).corrected(y).value

    made = SpanCorrection(before=BEFORE, after=AFTER, share=share).corrected(reading)
    parts = {part.influence.id: part.contribution for part in made.components}
    step = 1e-6
    for name, u, high, low in (
        (BEFORE.zero.influence, 0.01, value(zero=0.02 + step), value(zero=0.02 - step)),
        (BEFORE.span.influence, 0.01, value(span=19.98 + step), value(span=19.98 - step)),
    ):
        assert parts[name] == pytest.approx(u * (high - low) / (2 * step), abs=1e-8)
    rise = (value(y=reading + step) - value(y=reading - step)) / (2 * step)
    assert made.slope == pytest.approx(rise, rel=1e-6)


def test_a_pair_must_belong_together_and_lead_to_a_scale() -> None:
    with pytest.raises(SpanPairError, match="span above zero"):
        pair(5.0, 4.0, 0)
    with pytest.raises(SpanPairError, match="one analyser and range"):
        GasPair(zero=BEFORE.zero, span=replace(BEFORE.span, measuring_range="low"))
    with pytest.raises(SpanPairError, match="not valid"):
        GasPair(zero=BEFORE.zero, span=replace(BEFORE.span, settled=None))
    with pytest.raises(SpanPairError, match="before the instant"):
        correction_at([AFTER], 0)


def test_checks_that_are_not_valid_make_no_pair_and_failed_ones_do() -> None:
    zero, span = found(USUAL)
    assert [each.id for each in pairs_of([span, zero])] == [span.id]
    assert pairs_of([zero, replace(span, outcome="not_valid")]) == ()
    assert len(pairs_of([zero, replace(span, outcome="out_of_control")])) == 1
    assert pairs_of([zero, span], measuring_range="low") == ()
    assert pairs_of([zero, span], most_apart_ns=0) == ()


def test_a_mean_of_independent_readings_has_s_over_root_n() -> None:
    made = settled_mean([1.0, -1.0] * 8, 0.0)
    assert (made.mean, made.correlation) == (0.0, 0.0)
    assert made.standard_uncertainty == pytest.approx(math.sqrt(16 / 15) / 4)
    assert made.degrees_of_freedom == 15.0


def test_readings_that_follow_each_other_count_for_fewer() -> None:
    """An AR(1) series with r = 0.8: u of the mean is about three times s/sqrt(n)."""
    random = np.random.default_rng(20260301)
    ratios = []
    for _ in range(60):
        values = [0.0]
        for noise in random.standard_normal(400):
            values.append(0.8 * values[-1] + float(noise))
        made = settled_mean(values, 0.0)
        ratios.append(made.standard_uncertainty * math.sqrt(401) / made.standard_deviation)
    assert sum(ratios) / len(ratios) == pytest.approx(3.0, rel=0.06)


@pytest.mark.parametrize("n", [3, 5, 30])
def test_a_correlation_that_is_known_gives_the_scatter_of_short_means_too(n: int) -> None:
    """r = 0.8: u of 1,500 means against how much they really scatter."""
    random = np.random.default_rng(7)
    means, squares = [], []
    for _ in range(1500):
        last = float(random.standard_normal()) / 0.6
        values = []
        for noise in random.standard_normal(n):
            last = 0.8 * last + float(noise)
            values.append(last)
        made = settled_mean(values, 0.0, 0.8)
        means.append(made.mean)
        squares.append(made.standard_uncertainty**2)
    assert math.sqrt(float(np.mean(squares))) == pytest.approx(float(np.std(means)), rel=0.08)


def test_readings_that_do_not_scatter_still_have_the_resolutions_uncertainty() -> None:
    made = settled_mean([16.2] * 5, 0.1)
    assert made.standard_uncertainty == pytest.approx(0.1 / math.sqrt(12))
    assert settled_mean([16.2] * 5, 0.0).halves == 0.0
