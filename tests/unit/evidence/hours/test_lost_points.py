"""Points that a valid hour lacks: their u must cover the mean of all, a naive one must not."""

import math

import numpy as np
import pytest

from evidence.statement.hours.averaging import Slots, averaged, gathered
from evidence.statement.hours.estimator import Floats
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.lost_points import LostPoints, whole_of, with_lost_points
from evidence.statement.hours.observed import in_a_row
from evidence.statement.hours.point import Point
from tests.unit.evidence.hours.series import at

RULE = rule_pack("hj75").pack.valid_hour
HOURS, LOST = 300, 12


def minutes(seed: int) -> Floats:
    draws = np.random.default_rng(seed).standard_normal(HOURS * 60)
    values = np.empty(HOURS * 60)
    values[0] = draws[0]
    for k in range(1, len(values)):
        values[k] = 0.97 * values[k - 1] + draws[k]
    return 50.0 + values.reshape(HOURS, 60)


def slots_of(values: Floats, lost: int) -> dict[int, Slots]:
    """Every third hour lacks its last minutes."""
    points = [
        Point(at_ns=at(hour) + slot * 60_000_000_000, value=float(value))
        for hour, row in enumerate(values)
        for slot, value in enumerate(row)
        if hour % 3 or slot < 60 - lost
    ]
    return dict(gathered(points))


def test_the_u_of_lost_minutes_covers_the_mean_of_all_and_the_naive_one_does_not() -> None:
    covered, naive, partial = 0, 0, 0
    for seed in range(4):
        values = minutes(seed)
        slots = slots_of(values, LOST)
        hours = in_a_row(averaged(start, slots[start], RULE) for start in slots)
        found = with_lost_points(hours, slots, 60, "s")
        assert found.unpunched == 0
        for k in range(0, HOURS, 3):
            part = found.components[k]
            assert part is not None
            error = abs((hours[k].value or 0.0) - float(values[k].mean()))
            kept = values[k, : 60 - LOST]
            independent = float(kept.std(ddof=1)) * math.sqrt(1 / len(kept) - 1 / 60)
            covered += error <= 2.0 * part.contribution
            naive += error <= 2.0 * independent
            partial += 1
    assert 0.92 < covered / partial < 0.98
    assert naive / partial < 0.75


def test_an_hour_with_all_its_points_has_no_such_part() -> None:
    slots = slots_of(minutes(1), LOST)
    hours = in_a_row(averaged(start, slots[start], RULE) for start in slots)
    found = with_lost_points(hours, slots, 60, "s").components
    assert [each is None for each in found[:3]] == [False, True, True]


def test_lost_points_are_new_in_each_hour() -> None:
    slots = slots_of(minutes(1), LOST)
    hours = in_a_row(averaged(start, slots[start], RULE) for start in slots)
    part = with_lost_points(hours, slots, 60, "boiler 1").components[0]
    assert part is not None
    assert (part.influence.id, part.influence.shared) == ("substitution:boiler%201.points", False)


def test_with_too_few_whole_hours_the_range_of_the_others_bounds_the_lost_points() -> None:
    slots = {at(0): slots_of(minutes(1), LOST)[at(0)]}
    hours = in_a_row(averaged(start, slots[start], RULE) for start in slots)
    found = with_lost_points(hours, slots, 60, "s")
    values = [each.value or 0.0 for each in slots[at(0)].values()]
    mean = math.fsum(values) / len(values)
    reach = max(max(values) - mean, mean - min(values))
    part = found.components[0]
    assert part is not None
    assert part.contribution == pytest.approx(LOST / 60 * reach / math.sqrt(3.0))
    assert (part.influence.id, found.unpunched) == ("substitution:s.points.conservative", 1)


def test_29_whole_hours_are_too_few() -> None:
    whole = whole_of(slots_of(minutes(1), 0), 60)
    assert len(whole) == HOURS
    assert LostPoints(whole[:29], 60).standard_uncertainty(range(48), range(48, 60)) is None
    assert LostPoints(whole[:30], 60).standard_uncertainty(range(48), range(48, 60)) is not None
