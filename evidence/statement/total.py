"""A sum of activity data of any periods, with what their uncertainties have in common. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import msgspec

from calibration.basis import WEAKEST_FIRST, UncertaintyBasis
from calibration.errors import UnitMismatchError
from calibration.unit import UNITS, conversion_factor
from evidence.clock import parse_utc
from evidence.errors import CountedTwiceError, PeriodError, Words
from evidence.statement.activity import combined
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData
from evidence.statement.double_count import DoubleCount, double_counts
from evidence.statement.entered.share import entered_share
from evidence.statement.overlap import do_overlap, require_apart


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of factor*value over activity data.

    Args:
        unit: that of the first term; the others are converted.
        value, uncorrected_value: in `unit`.
        uncertainty: of `value`; what influences have in common is added with its sign.
        u_basis: the weakest of the terms.
        common_influences: those that act on more than one term.
        digests: of the statements it was made of.
        entered_share: what people entered of the |factor*value|, 0 to 1.
    """

    unit: str
    value: float
    uncorrected_value: float
    uncertainty: StatedUncertainty
    u_basis: UncertaintyBasis
    common_influences: tuple[str, ...]
    digests: tuple[str, ...]
    entered_share: float = 0.0


def total(
    data: Sequence[ActivityData],
    factors: Sequence[float] | None = None,
    *,
    allowed: Collection[str] = (),
) -> Total:
    """The sum of factor*value over activity data; at least one.

    Args:
        data: as they were stated; of units of one kind and one reference state.
        factors: exact numbers other than 0, such as 1 and -1 for a difference; else all 1.
        allowed: groups of which several channels may be added up.

    Raises:
        PeriodError: there is none, the uncertainty of one of them is unknown, or periods of one
            channel overlap and both have something new in each reading, whatever the factors.
        CountedTwiceError: two periods of one channel overlap, or channels of one group that is
            not allowed are added.
        UnitMismatchError: kinds of units or reference conditions differ.
        InfluenceConflictError: one influence is described in two ways.
    """
    if not data:
        what = Words("there is nothing to add up", "没有可相加的数据")
        raise PeriodError("total", what=what, limit=Words("one statement", "至少一条陈述"))
    factors = [1.0] * len(data) if factors is None else factors
    _require_once(data, factors, allowed)
    require_apart(data)
    factors = in_one_unit(data, factors)
    pairs = list(zip(data, factors, strict=True))
    return Total(
        unit=data[0].unit,
        value=math.fsum(factor * each.value for each, factor in pairs),
        uncorrected_value=math.fsum(factor * each.uncorrected_value for each, factor in pairs),
        uncertainty=combined(data, factors),
        u_basis=weakest(data),
        common_influences=common_influences(data),
        digests=tuple(each.digest for each in data),
        entered_share=entered_share(data, factors),
    )


def in_one_unit(
    data: Sequence[ActivityData], factors: Sequence[float], unit: str = ""
) -> list[float]:
    """The factors with which data as they were stated add up in one unit.

    A meter that counts in W.h and one that counts in kW.h are one quantity.

    Args:
        data: at least one.
        factors: of each.
        unit: UCUM, of their kind; else that of the first.

    Raises:
        UnitMismatchError: their units are of different kinds, or their reference states differ.
    """
    for each in data[1:]:
        _require_one_kind(each, data[0])
    one = unit or data[0].unit
    return [
        factor if each.unit == one else factor * conversion_factor(each.unit, one)
        for each, factor in zip(data, factors, strict=True)
    ]


def _require_one_kind(datum: ActivityData, first: ActivityData) -> None:
    if kind_of(datum) != kind_of(first):
        found, expected = (f"{each.unit} {conditions(each)}".rstrip() for each in (datum, first))
        raise UnitMismatchError(datum.channel, found=found, expected=expected)


def kind_of(datum: ActivityData) -> tuple[str, str]:
    """What data that can be added up have in common: the kind of unit, and the state of a gas."""
    known = UNITS.get(datum.unit)
    return datum.unit if known is None else known.dimension, conditions(datum)


def conditions(datum: ActivityData) -> str:
    """The reference state of a gas in words; empty where there is none."""
    stated = datum.measurand.reference_conditions
    if stated is None:
        return ""
    state_of_gas = "wet" if stated.wet else "dry"
    return f"at {stated.temperature_K} K, {stated.pressure_Pa} Pa, {state_of_gas}"


def weakest(data: Sequence[ActivityData]) -> UncertaintyBasis:
    """The weakest basis of the uncertainties of these data; at least one."""
    return next(basis for basis in WEAKEST_FIRST if any(each.u_basis == basis for each in data))


def common_influences(data: Sequence[ActivityData]) -> tuple[str, ...]:
    """The influences that act on more than one datum."""
    counts = Counter(part.influence for datum in data for part in datum.components)
    return tuple(sorted(influence for influence, count in counts.items() if count > 1))


def _require_once(
    data: Sequence[ActivityData], factors: Sequence[float], allowed: Collection[str]
) -> None:
    pairs = list(zip(data, factors, strict=True))
    for channel, periods in _by_channel_and_sign(pairs).items():
        if do_overlap(periods):
            what = Words("its periods overlap", "其时段重叠")
            raise CountedTwiceError(channel[0], what=what)
    for found in _in_groups(pairs):
        if found.group not in allowed:
            names = ", ".join(found.channels)
            what = Words(f"{names} measure the same thing", f"{names} 测量同一对象")
            raise CountedTwiceError(found.group, what=what)


def _in_groups(pairs: Sequence[tuple[ActivityData, float]]) -> tuple[DoubleCount, ...]:
    """What is counted twice by groups; of rows that differ in their period only, one is asked."""
    once = {(each.channel, f > 0.0, each.double_count_groups or ()): (each, f) for each, f in pairs}
    return double_counts(*zip(*once.values(), strict=True))


def _by_channel_and_sign(
    pairs: Sequence[tuple[ActivityData, float]],
) -> dict[tuple[str, bool], list[tuple[int, int]]]:
    """The periods, UTC ns, of each channel that are added, and those that are subtracted."""
    found: dict[tuple[str, bool], list[tuple[int, int]]] = defaultdict(list)
    for each, factor in pairs:
        period = parse_utc(each.period.start), parse_utc(each.period.end)
        found[each.channel, factor > 0.0].append(period)
    return found
