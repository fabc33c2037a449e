"""Minutes that a window's hour lacks: u from courses must cover the mean of all minutes."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from calibration.course import coarser
from calibration.mean import MeanWindow
from calibration.window import FlowWindow
from evidence.statement.hours.averaging import averaged, gathered
from evidence.statement.hours.determine import determine
from evidence.statement.hours.estimator import Floats
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.lost_parts import with_lost_parts
from evidence.statement.hours.lost_points import with_lost_points
from evidence.statement.hours.observed import in_a_row
from evidence.statement.hours.of_windows import observed_hours
from evidence.statement.hours.point import Point
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import DEFAULTS, at
from tests.unit.evidence.hours.test_of_windows import window

RULE: Final = rule_pack("hj75").pack.valid_hour
MINUTE_NS: Final = 60_000_000_000
Lost = npt.NDArray[np.bool_]


def minutes(seed: int, hours: int, memory: float = 0.97) -> Floats:
    """A series in which each minute remembers the one before."""
    draws = np.random.default_rng(seed).standard_normal(hours * 60)
    values = np.empty(hours * 60)
    values[0] = draws[0] / math.sqrt(1.0 - memory**2)
    for k in range(1, len(values)):
        values[k] = memory * values[k - 1] + draws[k]
    return 50.0 + values.reshape(hours, 60)


def blocks(seed: int, hours: int, least: int = 5, most: int = 15) -> Lost:
    """Every third hour lacks a block of minutes anywhere."""
    rng, lost = np.random.default_rng(seed), np.zeros((hours, 60), np.bool_)
    for hour in range(0, hours, 3):
        length = int(rng.integers(least, most + 1))
        first = int(rng.integers(0, 61 - length))
        lost[hour, first : first + length] = True
    return lost


def made(values: Floats, lost: Lost, unit: str = "Cel") -> list[FlowWindow | MeanWindow]:
    """The windows that the collector makes of the minutes that are there."""
    return [
        window(
            {minute: float(row[minute]) for minute in range(60) if not gone[minute]},
            {minute: "timeout" for minute in range(60) if gone[minute]},
            unit,
            hour=hour,
        )
        for hour, (row, gone) in enumerate(zip(values, lost, strict=True))
    ]


def from_points(values: Floats, lost: Lost) -> list[float]:
    """The u that the minutes themselves give."""
    points = [
        Point(at_ns=at(hour) + minute * MINUTE_NS, value=float(values[hour, minute]))
        for hour, minute in zip(*np.nonzero(~lost), strict=True)
    ]
    slots = dict(gathered(points))
    hours = in_a_row(averaged(start, slots[start], RULE) for start in slots)
    return us(with_lost_points(hours, slots, 60, "s").components)


def us(components: Sequence[object]) -> list[float]:
    return [getattr(each, "contribution", 0.0) for each in components]


def within_two_u(values: Floats, lost: Lost, unit: str) -> tuple[int, int, int, int]:
    """Partial hours; how many true errors lie within 2u by courses, and by the two controls.

    The first takes the minutes as a random sample; the second is what is new in the hour without
    the part of the lost minutes: the readings' own and what samples leave open.
    """
    windows = made(values, lost, unit)
    hours = observed_hours(windows, RULE)
    found = with_lost_parts(hours, windows, "s")
    assert (found.unpunched, found.unknown) == (0, 0)
    partial = np.flatnonzero(lost.any(axis=1))
    shown = np.array([each.value or 0.0 for each in hours])[partial]
    error = np.abs(shown - values.mean(axis=1)[partial])
    share = lost[partial].mean(axis=1)
    scatter = np.array([values[n, ~lost[n]].std(ddof=1) for n in partial])
    new = [
        math.hypot(*(e.contribution for e in hours[n].components if not e.influence.shared))
        for n in partial
    ]
    every = (
        np.array(us(found.components))[partial],
        scatter * np.sqrt(share / (60 * (1.0 - share))),
        np.array(new),
    )
    covered, sampled, without = (int((error <= 2.0 * u).sum()) for u in every)
    return len(partial), covered, sampled, without


@pytest.mark.parametrize("unit", ["Cel", "t/h"])
def test_the_u_of_lost_minutes_covers_the_true_mean_and_without_it_nothing_does(
    unit: str,
) -> None:
    counts = [within_two_u(minutes(seed, 300), blocks(seed + 100, 300), unit) for seed in range(5)]
    partial, covered, sampled, without = np.sum(counts, axis=0).tolist()
    assert partial == 500
    low, high = (float(stats.binom.ppf(p, partial, 0.954)) for p in (0.005, 0.995))
    assert low <= covered <= high
    assert sampled < 0.6 * partial
    assert without < 0.6 * partial


@pytest.mark.parametrize("memory", [0.9, 0.97, 0.99])
def test_u_from_courses_is_that_from_the_minutes_themselves(memory: float) -> None:
    values, lost = minutes(7, 300, memory), blocks(8, 300)
    windows = made(values, lost)
    by_parts = us(with_lost_parts(observed_hours(windows, RULE), windows, "s").components)
    by_points = from_points(values, lost)
    assert [each > 0.0 for each in by_parts] == [each > 0.0 for each in by_points]
    ratios = [one / other for one, other in zip(by_parts, by_points, strict=True) if other > 0.0]
    assert len(ratios) == 100
    assert 0.85 < min(ratios) < max(ratios) < 1.05


def test_minutes_at_the_edge_of_a_part_count_as_many_as_they_are() -> None:
    """Seven minutes from the third on are more than the one part that they fill."""
    values, lost = minutes(9, 300), np.zeros((300, 60), np.bool_)
    lost[::3, 3:10] = True
    windows = made(values, lost)
    found = with_lost_parts(observed_hours(windows, RULE), windows, "s").components[0]
    assert us([found])[0] == pytest.approx(from_points(values, lost)[0], rel=0.1)


def test_what_scatters_from_minute_to_minute_is_in_the_sampling_component() -> None:
    """The limit: courses do not see it. With `sampling` the whole u still covers the error."""
    values = minutes(3, 300, 0.0)
    lost = np.zeros((300, 60), np.bool_)
    lost[::3, 4::4] = True
    windows = made(values, lost)
    hours = observed_hours(windows, RULE)
    parts = us(with_lost_parts(hours, windows, "s").components)
    truth = from_points(values, lost)[0]
    assert parts[0] < 0.5 * truth
    sampling = [
        each.contribution
        for each in hours[0].components
        if each.influence.id.startswith("sampling:")
    ]
    assert math.hypot(parts[0], *sampling) > truth


def test_an_hour_with_all_its_slots_has_no_such_part_and_it_is_new_in_each_hour() -> None:
    windows = made(minutes(1, 120), blocks(2, 120))
    found = with_lost_parts(observed_hours(windows, RULE), windows, "boiler 1").components
    assert [each is None for each in found[:4]] == [False, True, True, False]
    assert found[0] is not None
    influence = found[0].influence
    assert (influence.id, influence.shared) == ("substitution:boiler%201.points", False)
    assert influence.evaluation == "A"


def test_with_29_whole_hours_the_range_of_them_bounds_the_lost_minutes() -> None:
    lost = np.zeros((31, 60), np.bool_)
    lost[0, 45:] = True
    windows = made(minutes(1, 31), lost)
    enough = with_lost_parts(observed_hours(windows, RULE), windows, "s")
    assert (enough.unpunched, enough.unknown) == (0, 0)
    few = observed_hours(windows[:30], RULE)
    found = with_lost_parts(few, windows[:30], "s")
    assert (found.unpunched, found.unknown) == (1, 0)
    part = found.components[0]
    assert part is not None
    assert part.influence.id == "substitution:s.points.conservative"
    reach = max(abs(x - (few[0].value or 0.0)) for each in windows[1:30] for x in each.course)
    assert part.contribution == pytest.approx(0.25 * reach / math.sqrt(3.0))
    assert part.contribution > us(enough.components)[0]


def without_course(windows: Sequence[FlowWindow | MeanWindow]) -> list[FlowWindow | MeanWindow]:
    return [msgspec.structs.replace(each, course=()) for each in windows]


def findings(windows: Sequence[FlowWindow | MeanWindow]) -> dict[FindingKind, str]:
    hours = observed_hours(windows, RULE)
    lost = with_lost_parts(hours, windows, "s")
    told = determine(hours, rule_pack("hj75"), DEFAULTS["hj75"], lost)
    return {each.kind: each.found for each in told.findings}


def test_findings_tell_in_how_many_hours_it_is_not_known() -> None:
    windows = made(minutes(1, 60), blocks(2, 60))
    kinds = {FindingKind.NO_WHOLE_HOUR, FindingKind.FEW_WHOLE_HOURS}
    assert not kinds & findings(windows).keys()
    few, none = findings(windows[:30]), findings(without_course(windows))
    assert (few[FindingKind.FEW_WHOLE_HOURS], none[FindingKind.NO_WHOLE_HOUR]) == ("10", "20")
    assert FindingKind.NO_WHOLE_HOUR not in few


def test_only_hours_that_were_measured_teach_and_those_before_the_period_get_no_part() -> None:
    values, lost = minutes(1, 120), blocks(2, 120)
    values[60:] = 50.0
    windows = made(values, lost)
    still = {at(hour): Standing.OUT_OF_CONTROL for hour in range(60, 120)}
    hours = observed_hours(windows, RULE, still)
    found = with_lost_parts(hours, windows, "s", at(30))
    alone = with_lost_parts(hours[:60], windows[:60], "s")
    assert found.components[30:60] == alone.components[30:60]
    assert found.components[:30] == (None,) * 30
    assert found.components[60:] == (None,) * 60


def test_courses_in_more_parts_teach_of_an_hour_with_fewer_slots() -> None:
    """A computed channel whose slow input was exchanged: twelve parts before, four since."""
    whole = made(minutes(5, 40), np.zeros((40, 60), np.bool_))
    slow = window({0: 50.0, 1: 51.0, 2: 52.0}, {3: "timeout"}, "Cel", hour=40, period_s=900)
    windows = [*whole, slow]
    rule = rule_pack("mrr").pack.valid_hour
    hours = observed_hours(windows, msgspec.structs.replace(rule, share=(3, 4)))
    part = with_lost_parts(hours, windows, "s").components[40]
    fours = np.array([coarser(each.course, 4) for each in whole])
    rms = np.sqrt(((fours[:, :3].mean(axis=1) - fours.mean(axis=1)) ** 2).mean())
    assert us([part])[0] == pytest.approx(float(rms))
    fewer = [msgspec.structs.replace(each, course=coarser(each.course, 2)) for each in whole]
    assert with_lost_parts(hours, [*fewer, slow], "s").unknown == 1


def test_an_hour_of_one_minute_in_each_quarter_rests_on_four_parts() -> None:
    values, lost = minutes(6, 90), np.zeros((90, 60), np.bool_)
    lost[::3] = True
    lost[::3, ::15] = False
    windows = made(values, lost)
    hours = observed_hours(windows, rule_pack("part75").pack.valid_hour)
    found = us(with_lost_parts(hours, windows, "s").components)
    whole = values[np.arange(90) % 3 > 0].reshape(60, 12, 5).mean(axis=2)
    rms = np.sqrt(((whole[:, ::3].mean(axis=1) - whole.mean(axis=1)) ** 2).mean())
    assert found[0] == pytest.approx(float(rms))
