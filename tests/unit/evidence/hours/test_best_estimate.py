"""Best estimates of gaps: what they carry, what they share, and what too little data costs."""

import math

import msgspec
import numpy as np
import pytest

from calibration.uncertainty import (
    Influence,
    UncertaintyComponent,
    by_dof_source,
    combine,
    influence_id,
)
from evidence.statement.hours.determine import determine
from evidence.statement.hours.gap import gap_name
from evidence.statement.hours.hour import Hour, HourQuality
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.point import PointState
from evidence.statement.hours.settings import Settings
from evidence.statement.hours.stated_uncertainty import with_relative
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import (
    DEFAULTS,
    START,
    Told,
    at,
    determined,
    kinds,
    observed,
    told_at,
)

CLASS = "inst:17/class"


def noisy(hours: int, seed: int = 5) -> list[Told]:
    return [
        float(x) for x in 12.0 + np.random.default_rng(seed).standard_normal(hours).cumsum() / 9
    ]


def part(hour: Hour, influence: str) -> float:
    return next(each.contribution for each in hour.components if each.influence.id == influence)


def test_a_gap_has_one_influence_that_its_hours_share() -> None:
    told = [*noisy(300), *[None] * 5, *noisy(100)]
    found = determined(told, "mrr")
    name = f"substitution:{found.gaps[0].gap}"
    hours = [told_at(found, k) for k in range(300, 305)]
    parts = [part(each, name) for each in hours]
    u = found.gaps[0].standard_uncertainty
    assert u is not None
    assert parts == [u] * 5
    assert found.totals.standard_uncertainty == pytest.approx(5 * u, rel=1e-12)
    assert found.gaps[0].places >= 30


def test_two_gaps_are_independent() -> None:
    told = [*noisy(300), *[None] * 5, *noisy(100), *[None] * 5, *noisy(100)]
    found = determined(told, "mrr")
    us = [5 * (each.standard_uncertainty or 0.0) for each in found.gaps]
    assert found.totals.standard_uncertainty == pytest.approx(math.hypot(*us), rel=1e-12)


def test_what_the_donors_share_with_all_hours_is_carried_through() -> None:
    told = [*noisy(300), *[None] * 5, *noisy(100)]
    hours = with_relative(observed(told), {CLASS: 0.02})
    found = determine(hours, rule_pack("mrr"), DEFAULTS["mrr"])
    gap = [told_at(found, k) for k in range(300, 305)]
    assert [part(each, CLASS) for each in gap] == pytest.approx(
        [0.02 * (each.best_estimate or 0.0) for each in gap], rel=1e-12
    )
    whole = {each.influence.id: each.contribution for each in found.totals.components}
    assert whole[CLASS] == pytest.approx(
        0.02 * (found.totals.best_estimate.value or 0.0), rel=1e-12
    )
    assert "uncertainty_unstated" not in kinds(found)


def test_what_is_new_in_each_donor_is_part_of_what_punching_found() -> None:
    fresh = UncertaintyComponent(influence=Influence(id="fresh:s", shared=False), contribution=0.4)
    hours = [
        msgspec.structs.replace(each, components=(fresh,)) if each.is_measured else each
        for each in observed([*noisy(300), *[None] * 5, *noisy(100)])
    ]
    found = determine(hours, rule_pack("mrr"), DEFAULTS["mrr"])
    assert part(told_at(found, 299), "fresh:s") == 0.4
    (only,) = told_at(found, 302).components
    assert only.influence.id == f"substitution:{found.gaps[0].gap}"


def test_gaps_with_few_places_that_do_not_overlap_have_few_degrees_of_freedom() -> None:
    found = determined([*noisy(70), *[None] * 20, *noisy(20)], "mrr")
    gap = found.gaps[0]
    assert (gap.places >= 30, gap.apart) == (True, 3)
    variance, nu = by_dof_source(told_at(found, 75).components)["punched:s/20h"]
    assert nu == 2.0
    assert variance == pytest.approx((gap.standard_uncertainty or 0.0) ** 2)


def test_gaps_of_one_length_are_judged_by_the_same_places_and_count_once() -> None:
    found = determined([*noisy(70), None, *noisy(70), None, *noisy(70)], "mrr")
    variance, nu = by_dof_source(found.totals.components)["punched:s/1h"]
    assert nu == found.gaps[0].apart - 1
    assert variance == pytest.approx((found.totals.standard_uncertainty or 0.0) ** 2)


def test_too_few_places_make_u_conservative_and_are_told() -> None:
    found = determined([10.0, 14.0, 11.0, None, 11.0], "mrr")
    gap = found.gaps[0]
    assert (gap.places, gap.bias, gap.hour_uncertainty) == (1, None, None)
    assert gap.standard_uncertainty == pytest.approx(3.0 / math.sqrt(3.0))
    text = next(each for each in found.findings if each.kind.value == "few_places")
    assert "1 places" in text.say("en")
    assert "1 处" in text.say("zh")


def test_without_a_measured_hour_there_is_no_best_estimate() -> None:
    found = determined([None, PointState.FAULT], "part75")
    assert [each.best_estimate for each in found.hours] == [None, None]
    assert [each.quality for each in found.hours] == [HourQuality.NONE] * 2
    assert (found.gaps[0].method, found.totals.best_estimate.without) == ("none", 2)
    assert "no_estimate" in kinds(found)


def test_the_rule_is_on_the_safe_side_and_the_best_estimate_is_not() -> None:
    told = [*noisy(300), *[None] * 30, *noisy(100)]
    found = determined(told, "hj75", DEFAULTS["hj75"])
    hour = told_at(found, 310)
    assert hour.compliance == max(x for x in told[:300] if isinstance(x, float))
    around = [x for x in (told[299], told[330]) if isinstance(x, float)]
    assert min(around) <= (hour.best_estimate or 0.0) <= max(around)
    complied, best = found.totals.compliance.value, found.totals.best_estimate.value
    assert complied is not None
    assert best is not None
    assert complied > best


@pytest.mark.parametrize(
    ("standing", "quality"),
    [
        (Standing.GRACE, HourQuality.GRACE),
        (Standing.NO_TEST, HourQuality.NO_TEST),
        (Standing.IN_CONTROL, HourQuality.WHOLE),
    ],
)
def test_the_quality_of_an_hour_says_how_its_analyser_stood(
    standing: Standing, quality: HourQuality
) -> None:
    found = determined([12.0, 12.0], "mrr", standing={at(0): standing})
    assert (found.hours[0].quality, found.hours[0].standing) == (quality, standing)


def test_a_daily_profile_serves_the_best_estimate_where_it_is_asked_for() -> None:
    day = [float(10 + 5 * (k % 24 > 7)) for k in range(24 * 20)]
    told: list[Told] = [*day]
    told[200:206] = [None] * 6
    settings: Settings = msgspec.structs.replace(DEFAULTS["mrr"], estimator="same_hours")
    found = determined(told, "mrr", settings)
    assert found.gaps[0].method == "same_hours"
    assert [told_at(found, k).best_estimate for k in range(200, 206)] == day[200:206]
    assert found.gaps[0].standard_uncertainty == pytest.approx(0.0, abs=1e-12)


def test_the_name_of_a_gap_follows_the_grammar_of_influences() -> None:
    name = gap_name("boiler 1/co2:wet", START)
    assert influence_id(f"substitution:{name}") == (
        "substitution:boiler%201%2Fco2%3Awet.20260101T000000Z"
    )


def test_an_operating_share_weighs_an_hour_of_a_rate() -> None:
    found = determined([10.0, None, 10.0], "hj75")
    assert found.totals.best_estimate.value == pytest.approx(30.0)
    assert combine(found.totals.components) == found.totals.standard_uncertainty
