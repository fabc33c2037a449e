"""The u of a gap, held to gaps whose truth is known: it must cover, and a naive one must not."""

import csv
import gzip
import io
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from evidence.statement.hours.estimator import Floats, Plan, interpolation, same_hours
from evidence.statement.hours.punch import LEAST_PLACES, Punched, punch

HOURS, GAP, SERIES = 2000, 12, 400
STEEL_PLANT = Path(__file__).parents[3] / "vectors" / "steel_plant_2018.csv.gz"


def wandering(seed: int, memory: float = 0.95) -> Floats:
    """An hourly series of which each hour keeps `memory` of the one before; sd 1, mean 12."""
    draws = np.random.default_rng(seed).standard_normal(HOURS)
    values = np.empty(HOURS)
    values[0] = draws[0]
    fresh = math.sqrt(1.0 - memory**2)
    for k in range(1, HOURS):
        values[k] = memory * values[k - 1] + fresh * draws[k]
    return values + 12.0


def plan_at(first: int, length: int = GAP) -> Plan:
    found = interpolation(range(first, first + length), first - 1, first + length)
    assert found is not None
    return found


def punched(values: Floats, first: int, length: int = GAP) -> tuple[Punched, float]:
    """What punching says of a gap, and the error that its estimate truly has."""
    truth = values[first : first + length].copy()
    holed = values.copy()
    holed[first : first + length] = np.nan
    plan = plan_at(first, length)
    found = punch(plan, holed)
    assert isinstance(found, Punched)
    return found, float((plan.estimates(holed) - truth).mean())


@lru_cache
def trials() -> tuple[tuple[Punched, float], ...]:
    places = np.random.default_rng(7).integers(20, HOURS - 40, SERIES)
    return tuple(punched(wandering(seed), int(place)) for seed, place in enumerate(places))


def coverage(factors: list[float]) -> float:
    covered = [abs(error) <= 2.0 * u for (_, error), u in zip(trials(), factors, strict=True)]
    return sum(covered) / len(covered)


def test_twice_the_punched_u_covers_95_percent_of_true_gaps() -> None:
    share = coverage([found.rms for found, _ in trials()])
    assert 0.925 < share < 0.98  # 95.4 % +- 2.5 sd of 400 trials


def test_the_punched_u_is_the_scatter_of_the_true_errors() -> None:
    scatter = math.sqrt(math.fsum(error**2 for _, error in trials()) / SERIES)
    mean_u = math.fsum(found.rms for found, _ in trials()) / SERIES
    assert mean_u == pytest.approx(scatter, rel=0.12)


def test_a_u_that_takes_the_hours_for_independent_covers_far_too_little() -> None:
    """The error of one hour over the root of n: what autocorrelation forbids."""
    share = coverage([found.hour_rms / math.sqrt(GAP) for found, _ in trials()])
    assert share < 0.75


def test_a_single_hour_is_known_worse_than_the_mean_of_its_gap() -> None:
    assert all(found.hour_rms > found.rms for found, _ in trials())


def test_gaps_that_overlap_do_not_count_as_independent() -> None:
    found, _ = trials()[0]
    assert found.places == 500
    assert found.apart <= HOURS // (GAP + 2)


def test_no_more_gaps_count_as_independent_than_were_tried() -> None:
    values = np.append(wandering(3), wandering(4))
    values[1000] = np.nan
    found = punch(plan_at(1000, 1), values)
    assert isinstance(found, Punched)
    assert (found.places, found.apart) == (500, 500)


def test_an_unbiased_rule_is_rarely_told_to_be_biased() -> None:
    told = [abs(found.bias) > 2.0 * found.bias_uncertainty for found, _ in trials()]
    assert sum(told) / SERIES < 0.10


def test_a_bias_that_is_there_is_found() -> None:
    values = 12.0 + np.tile([0.0] * 6 + [3.0] * 6, 100)
    only_peaks = np.where(np.arange(1200) % 12 == 5, values, np.nan)
    only_peaks[6::12] = 15.0
    only_peaks[7::12] = 12.0
    plan = interpolation([6], 5, 7)
    assert plan is not None
    found = punch(plan, only_peaks)
    assert isinstance(found, Punched)
    assert found.bias == pytest.approx(-3.0)
    assert found.rms == pytest.approx(3.0)


@pytest.mark.parametrize("places", [LEAST_PLACES - 1, LEAST_PLACES])
def test_fewer_than_30_places_are_too_few(places: int) -> None:
    values = np.concatenate([np.arange(places + 2.0), [np.nan, 5.0]])
    plan = interpolation([places + 2], places + 1, places + 3)
    assert plan is not None
    found = punch(plan, values)
    if places < LEAST_PLACES:
        assert found == places
    else:
        assert isinstance(found, Punched)
        assert found.rms == pytest.approx(0.0, abs=1e-12)


def test_a_gap_with_one_side_is_punched_with_one_side() -> None:
    values = np.concatenate([np.arange(100.0), [np.nan] * 4])
    plan = interpolation(range(100, 104), 99, None)
    assert plan is not None
    assert plan.method == "nearest_hour"
    found = punch(plan, values)
    assert isinstance(found, Punched)
    assert found.bias == pytest.approx(-2.5)  # the slope of 1 an hour, 2.5 h ahead on average


def test_interpolation_has_the_mean_of_its_two_hours() -> None:
    values = np.array([10.0, np.nan, np.nan, np.nan, 20.0])
    plan = interpolation([1, 2, 3], 0, 4)
    assert plan is not None
    assert plan.estimates(values).tolist() == [12.5, 15.0, 17.5]
    assert interpolation([0], None, None) is None


@lru_cache
def steel_plant_kWh() -> Floats:
    """Hours of 2018, from quarters (UCI 851, Sathishkumar V E et al., CC BY 4.0)."""
    with gzip.open(STEEL_PLANT, "rb") as file:
        rows = csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")))
        quarters = np.array([float(row["Usage_kWh"]) for row in rows])
    return np.asarray(quarters.reshape(-1, 4).sum(axis=1), np.float64)


def test_gaps_in_a_real_year_of_a_steel_plant_are_covered() -> None:
    """Every 97th hour of 2018 begins a gap of 6 h, kept out of what its u is found from."""
    values = steel_plant_kWh()
    found = [punched(values, first, 6) for first in range(30, 8700, 97)]
    covered = [abs(error) <= 2.0 * each.rms for each, error in found]
    assert 0.90 < sum(covered) / len(covered) <= 1.0
    scatter = math.sqrt(math.fsum(error**2 for _, error in found) / len(found))
    assert scatter == pytest.approx(found[0][0].rms, rel=0.25)


def test_over_a_day_the_same_hours_serve_a_real_plant_better_than_a_straight_line() -> None:
    values = steel_plant_kWh().copy()
    known = np.ones(len(values), np.bool_)
    first, length = 2400, 12
    known[first : first + length] = False
    values[~known] = np.nan
    daily = same_hours(range(first, first + length), known)
    assert daily is not None
    line, same = punch(plan_at(first, length), values), punch(daily, values)
    assert isinstance(line, Punched)
    assert isinstance(same, Punched)
    assert same.rms < line.rms


def test_a_same_hour_is_looked_for_within_a_week() -> None:
    known = np.zeros(24 * 20, np.bool_)
    known[0] = True
    assert same_hours([24 * 7], known) is not None
    assert same_hours([24 * 8], known) is None
