"""Over many seeds the stated 95 % interval of a stack's CO2 covers the truth in 95 % of them."""

import math
from collections.abc import Callable, Iterable, Sequence

import pytest
from scipy import stats

from calibration.coverage import expand
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from calibration.window import components_of, merge_flow
from tests.stack import plant
from tests.stack.hours import StackHour
from tests.stack.trial import ADJUSTED, TARGETS, WEEKS, Trial, trial, trials, week_hours

CONFIDENCE = 0.999
CHECK, TORTURE = 40, 1000
CAUTIOUS = frozenset({"co2 hour"})
"""Drift that is steady is interpolated rightly; what is stated allows for a jump, and is more."""
Judged = tuple[float, float, float]
How = Callable[[Trial, str], Judged]
"""Of a trial's target: its deviation from the truth, u and U."""


def stated(trial: Trial, target: str) -> Judged:
    """As the product states it."""
    return trial.deviation[target], *_expanded(trial.components[target])


def _expanded(components: Iterable[UncertaintyComponent]) -> tuple[float, float]:
    found = expand(components)
    return found.standard_uncertainty, found.expanded_uncertainty


def without(kept: Callable[[str], bool]) -> How:
    """The same without influences that are not kept."""

    def how(trial: Trial, target: str) -> Judged:
        parts = (part for part in trial.components[target] if kept(part.influence.id))
        return trial.deviation[target], *_expanded(parts)

    return how


def independent(trial: Trial, target: str) -> Judged:
    """As if all that hours have in common were new in each."""
    u = trial.independent[target]
    return trial.deviation[target], u, 1.96 * u


def span_fresh(trial: Trial, target: str) -> Judged:
    """As if what cylinders and checks leave were new in each hour."""
    u = trial.span_fresh[target]
    return trial.deviation[target], u, 1.96 * u


def uncorrected(trial: Trial, target: str) -> Judged:
    """What was shown, with the uncertainty of what was corrected."""
    return trial.uncorrected[target], *_expanded(trial.components[target])


def linear(trial: Trial, target: str) -> Judged:
    """Everything added linearly: as if all deviated together."""
    u = math.fsum(abs(part.contribution) for part in trial.components[target])
    return trial.deviation[target], u, 1.96 * u


CONTROLS: dict[str, tuple[How, tuple[str, ...]]] = {
    "hours independent": (independent, ("month", "year", "co2 year")),
    "reference method's share of K_v left out": (
        without(lambda name: not name.startswith("std:")),
        ("hour", "month", "year"),
    ),
    "drift since the last check left out": (
        without(lambda name: name != f"inst:{plant.CO2}/drift"),
        ("co2 provisional",),
    ),
    "what happened between two checks left out": (
        without(lambda name: "~" not in name),
        ("co2 hour",),
    ),
    "drift not corrected": (uncorrected, ("month", "year", "co2 hour", "co2 year")),
    "span deviations fresh": (span_fresh, ("co2 year",)),
    "all added linearly": (linear, ("hour", "month", "year", "co2 year")),
    "adjusted, and no check after it": (stated, (ADJUSTED,)),
}
CASES = [(name, target) for name, (_, targets) in CONTROLS.items() for target in targets]
WEAK = ("reference method's share of K_v left out", "year")
"""It shows with a thousand seeds, not with those of a check."""


def covered(sample: Sequence[Trial], target: str, how: How = stated) -> int:
    """How many intervals hold the truth."""
    judged = (how(each, target) for each in sample)
    return sum(abs(deviation) <= expanded for deviation, _, expanded in judged)


def sum_of_z2(sample: Sequence[Trial], target: str, how: How = stated) -> float:
    """Sum of squared deviations in units of u."""
    judged = (how(each, target) for each in sample)
    return math.fsum((deviation / u) ** 2 for deviation, u, _ in judged)


def holds(sample: Sequence[Trial], target: str, how: How = stated) -> bool:
    """Whether coverage and sum of z squared both lie within two-sided bounds."""
    low, high = coverage_bounds(len(sample), target)
    least, most = z2_bounds(len(sample), target)
    inside = low <= covered(sample, target, how) <= high
    return inside and least <= sum_of_z2(sample, target, how) <= most


def coverage_bounds(n: int, target: str) -> tuple[float, float]:
    """Two-sided binomial bounds of n intervals of 95 %; no upper one of the cautious."""
    low, high = stats.binom.interval(CONFIDENCE, n, 0.95)
    return float(low), float(n if target in CAUTIOUS else high)


def z2_bounds(n: int, target: str) -> tuple[float, float]:
    """Two-sided chi-squared bounds of n degrees of freedom; no lower one of the cautious."""
    least, most = stats.chi2.interval(CONFIDENCE, n)
    return float(0.0 if target in CAUTIOUS else least), float(most)


@pytest.fixture(scope="module")
def sample() -> list[Trial]:
    return trials(CHECK)


@pytest.mark.parametrize("target", TARGETS)
def test_the_stated_interval_of_a_stack_covers_95_percent(sample: list[Trial], target: str) -> None:
    low, high = coverage_bounds(len(sample), target)
    assert low <= covered(sample, target) <= high


@pytest.mark.parametrize("target", TARGETS)
def test_deviations_of_a_stack_scatter_as_the_standard_uncertainty_says(
    sample: list[Trial], target: str
) -> None:
    least, most = z2_bounds(len(sample), target)
    assert least <= sum_of_z2(sample, target) <= most


@pytest.mark.parametrize(("control", "target"), [each for each in CASES if each != WEAK])
def test_a_wrong_statement_of_a_stack_shows(sample: list[Trial], control: str, target: str) -> None:
    assert not holds(sample, target, CONTROLS[control][0])


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_a_thousand_stacks_are_covered() -> None:
    sample = trials(TORTURE)
    assert [target for target in TARGETS if not holds(sample, target)] == []
    passed = [case for case in CASES if holds(sample, case[1], CONTROLS[case[0]][0])]
    assert passed == []


def whole_year(seed: int) -> list[StackHour]:
    """Every hour of 51 weeks but those of the weekly checks."""
    found = plant.Plant(seed=seed)
    parts = {0: range(19, 24), plant.WEEK: range(18), **dict.fromkeys(range(1, 7), range(24))}
    return [
        hour
        for week in range(WEEKS)
        for day in sorted(parts)
        for hour in week_hours(found, week, day, parts[day])
    ]


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_a_sampled_year_states_what_a_whole_year_states() -> None:
    for seed in range(3):
        hours = whole_year(seed)
        whole = merge_flow([each.mass for each in hours])
        parts = scaled(merge(components_of(whole)), 1.0 / whole.value)
        u, expanded = _expanded(parts)
        true = math.fsum(each.true_t for each in hours)
        sampled = trial(seed)
        assert abs(whole.value / true - 1.0) <= expanded
        assert u == pytest.approx(_expanded(sampled.components["year"])[0], rel=0.08)
        assert whole.value / true - 1.0 == pytest.approx(sampled.deviation["year"], abs=0.5 * u)
