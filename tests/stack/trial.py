"""One seed of a stack's year: deviations from the truth, and the components that are stated."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from msgspec.structs import replace

from calibration.uncertainty import UncertaintyComponent, combine, merge, scaled
from calibration.window import components_of, merge_flow
from tests.stack import plant
from tests.stack.hours import StackHour, checked, stack_hour

Components = tuple[UncertaintyComponent, ...]
TARGETS: Final = ("hour", "month", "year", "co2 provisional", "co2 hour", "co2 year")
ADJUSTED: Final = "co2 provisional, adjusted"
"""Not stated rightly: it is not told to the correction that the analyser was adjusted."""
MASS: Final = ("hour", "month", "year")
WEEKS: Final = 51
EVERY: Final = 8
MONTH: Final = range(32, 36)
"""The weeks of the month that is judged: four in a row."""
HOURS: Final = tuple(range(0, 24, 3))
LAST_HOUR: Final = 17
"""Of a day with a check: the last whole hour before it."""
SPAN: Final = ("crm:", "span:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Deviation and components of each target, relative to its value.

    Attributes:
        independent: u if what hours have in common were new in each hour.
        span_fresh: the same of what cylinders and checks leave, and of nothing else.
        uncorrected: the deviation if nothing were corrected for drift.
    """

    deviation: dict[str, float]
    components: dict[str, Components]
    independent: dict[str, float]
    span_fresh: dict[str, float]
    uncorrected: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """A sum or mean of hours: its value, truth, components, and the components of each hour."""

    value: float
    true: float
    raw: float
    components: Components
    each: tuple[Components, ...]


def trial(seed: int) -> Trial:
    """Weeks of a year, one day of each: the month's four, and every eighth one besides."""
    found = plant.Plant(seed=seed)
    rng = np.random.default_rng([20260301, seed])
    weeks = sorted({*range(0, WEEKS, EVERY), *MONTH})
    hours = {week: week_hours(found, week, int(rng.integers(1, plant.WEEK))) for week in weeks}
    year = [each for week in range(0, WEEKS, EVERY) for each in hours[week]]
    month = [each for week in MONTH for each in hours[week]]
    one = month[int(rng.integers(len(month)))]
    targets = {
        "hour": _mass([one]),
        "month": _mass(month),
        "year": _mass(year),
        "co2 provisional": _co2([provisional(found, _week(found, adjusted=False))]),
        ADJUSTED: _co2([provisional(found, _week(found, adjusted=True))]),
        "co2 hour": _co2([one]),
        "co2 year": _co2(year),
    }
    return Trial(
        deviation=_of(targets, lambda it: it.value / it.true - 1.0),
        components={name: scaled(it.components, 1.0 / it.value) for name, it in targets.items()},
        independent=_of(targets, lambda it: _new_in_each(it, ("",)) / it.value),
        span_fresh=_of(targets, lambda it: _new_in_each(it, SPAN) / it.value),
        uncorrected=_of(targets, lambda it: it.raw / it.true - 1.0),
    )


def week_hours(
    found: plant.Plant, week: int, day: int, hours: Sequence[int] = HOURS
) -> list[StackHour]:
    """Hours of one day between two checks, 1 to 6 days after the first one."""
    first = first_day(week)
    known = checked(found, (first, first + plant.WEEK))
    made = (stack_hour(found, first + day, hour, known) for hour in hours)
    return [each for each in made if each is not None]


def provisional(found: plant.Plant, week: int) -> StackHour:
    """The last hour of a week, as it is stated before the check that ends the week."""
    first = first_day(week)
    made = stack_hour(found, first + plant.WEEK, LAST_HOUR, checked(found, (first,)))
    assert made is not None
    return made


def _week(found: plant.Plant, *, adjusted: bool) -> int:
    """The first week in which the analyser was adjusted, or was not."""
    candidates: tuple[int, ...] = (*MONTH, MONTH[-1] + 1)
    return next(
        week
        for week in candidates
        if bool(found.adjusted(first_day(week), first_day(week + 1))) == adjusted
    )


def first_day(week: int) -> int:
    """The day with the check that begins a week."""
    return plant.FIRST_CHECK_DAY + week * plant.WEEK


def _of(targets: dict[str, _Target], figure: Callable[[_Target], float]) -> dict[str, float]:
    return {name: figure(each) for name, each in targets.items()}


def _mass(hours: Sequence[StackHour]) -> _Target:
    """Tonnes of these hours, merged as the product merges them."""
    whole = merge_flow([each.mass for each in hours])
    return _Target(
        value=whole.value,
        true=math.fsum(each.true_t for each in hours),
        raw=math.fsum(each.mass.value * _raw(each) for each in hours),
        components=components_of(whole),
        each=tuple(components_of(each.mass) for each in hours),
    )


def _raw(hour: StackHour) -> float:
    """What the analyser showed by what was made of it; the mass is in proportion."""
    assert hour.co2.uncorrected is not None
    assert hour.co2.value is not None
    return hour.co2.uncorrected / hour.co2.value


def _co2(hours: Sequence[StackHour]) -> _Target:
    """The mean CO2 fraction of these hours, each counting alike."""
    share = 1.0 / len(hours)
    each = tuple(scaled(_without_dof(one.co2.components), share) for one in hours)
    return _Target(
        value=share * math.fsum(one.co2.value or 0.0 for one in hours),
        true=share * math.fsum(one.true_co2 for one in hours),
        raw=share * math.fsum(one.co2.uncorrected or 0.0 for one in hours),
        components=merge(*each),
        each=each,
    )


def _without_dof(components: Components) -> Components:
    """Samples of two hours have different degrees of freedom; here they decide nothing."""
    return tuple(
        UncertaintyComponent(
            influence=replace(part.influence, degrees_of_freedom=None),
            contribution=part.contribution,
        )
        if part.influence.id.startswith("sampling:")
        else part
        for part in components
    )


def _new_in_each(target: _Target, kinds: tuple[str, ...]) -> float:
    """u if influences of these kinds deviated anew in each hour."""
    rest = (part for part in target.components if not part.influence.id.startswith(kinds))
    apart = [
        part.contribution
        for hour in target.each
        for part in hour
        if part.influence.id.startswith(kinds)
    ]
    return math.hypot(combine(rest), *apart)


def trials(seeds: int, processes: int = 2) -> list[Trial]:
    """Trials of the seeds 0, 1, 2, ..."""
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(partial(trial), range(seeds), chunksize=5))
