"""Two weeks of a stack whose hours lack minutes: what that adds to u, and where nobody knows."""

import math

import msgspec
import numpy as np
import pytest

from calibration.slots import SlotState
from calibration.window import FlowWindow
from evidence.statement.hours.finding import FindingKind
from evidence.statement.monitoring.monitored import Monitored
from tests.unit.evidence.monitoring.fortnight import (
    DAY_NS,
    DAYS,
    HOUR_NS,
    START_NS,
    WHOLE,
    checks,
    hour,
    hours,
    told,
)

POINTS = "substitution:works%2Fstack-1%2Fco2.points"
PARTIAL = SlotState.VALID * 30 + SlotState.LOST * 15 + SlotState.VALID * 15
LACKING = range(40, 24 * DAYS, 7)
"""Hours that lack the minutes from 30 to 44."""


def restless(number: int) -> FlowWindow:
    """A whole hour whose twelve parts wander by 1 t/h."""
    wandering = np.cumsum(np.random.default_rng(number).standard_normal(12))
    course = 10.0 + (wandering - wandering.mean()) / wandering.std()
    return msgspec.structs.replace(hour(number, states=WHOLE), course=tuple(course.tolist()))


def fortnight(first: int = 0) -> list[FlowWindow]:
    numbers = range(24 * DAYS)
    return hours({n: hour(n, states=PARTIAL) if n in LACKING else restless(n) for n in numbers})[
        first:
    ]


def parts(found: Monitored) -> dict[int, float]:
    """The part of the lost minutes, by number of the hour."""
    return {
        (each.start_ns - START_NS) // HOUR_NS: part.contribution
        for each in found.determination.hours
        for part in each.components
        if part.influence.id == POINTS
    }


def kinds(found: Monitored) -> dict[FindingKind, str]:
    return {each.kind: each.found for each in found.determination.findings}


def test_the_minutes_that_an_hour_lacks_are_a_part_of_its_u() -> None:
    windows = fortnight()
    found = told(windows, checks())
    taught = np.array([each.course for each in windows[2:] if each.course])
    rest = [0, 1, 2, 3, 4, 5, 9, 10, 11]
    u = math.sqrt(float(((taught[:, rest].mean(axis=1) - taught.mean(axis=1)) ** 2).mean()))
    assert parts(found) == dict.fromkeys(LACKING, pytest.approx(u))
    assert 0.1 < u < 0.5
    assert not {FindingKind.NO_WHOLE_HOUR, FindingKind.FEW_WHOLE_HOURS} & kinds(found).keys()


def test_what_hours_lack_adds_in_quadrature_over_the_period() -> None:
    found = told(fortnight(), checks())
    (whole,) = (
        each for each in found.determination.totals.components if each.influence.id == POINTS
    )
    assert whole.contribution == pytest.approx(math.hypot(*parts(found).values()))


def test_hours_before_the_period_teach_and_are_not_counted() -> None:
    span = (START_NS + 10 * DAY_NS, START_NS + 14 * DAY_NS)
    found = told(fortnight(), checks(), span=span)
    assert parts(found).keys() == {n for n in LACKING if n >= 240}
    assert parts(found)[243] == pytest.approx(parts(told(fortnight(), checks()))[243])


def test_windows_without_courses_leave_it_unknown_and_a_finding_says_so() -> None:
    bare = [msgspec.structs.replace(each, course=()) for each in fortnight()]
    found = told(bare, checks())
    assert parts(found) == {}
    assert kinds(found)[FindingKind.NO_WHOLE_HOUR] == str(len(LACKING))


def test_a_day_of_courses_gives_a_cautious_part_and_a_finding() -> None:
    span = (START_NS + 13 * DAY_NS, START_NS + 14 * DAY_NS)
    found = told(fortnight(13 * 24), checks(), span=span)
    lacking = [n for n in LACKING if n >= 13 * 24]
    assert kinds(found)[FindingKind.FEW_WHOLE_HOURS] == str(len(lacking))
    assert parts(found) == {}
    cautious = [
        part.contribution
        for each in found.determination.hours
        for part in each.components
        if part.influence.id == f"{POINTS}.conservative"
    ]
    assert len(cautious) == len(lacking)
    assert min(cautious) > 0.2
