"""The zero and span checks that a plan's analyser made, as tests (pure)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.gas_check.check import GasCheck, checks_in
from calibration.gas_check.gas import CheckGas, GasPoint
from calibration.gas_check.rules import CheckLimits, CheckReading, Scheduled
from calibration.monitoring.checks import check_rules
from calibration.monitoring.plan import CheckTime, ConnectedGas, GasChecks, PlannedAnalyser
from evidence.statement.standing.from_gas_check import qa_test_of_gas_checks
from evidence.statement.standing.qa_test import QaTest

_NS_PER_S: Final = 1_000_000_000
_S_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an analyser showed in a check, or just before it.

    Attributes:
        reading: In the unit of the checks.
        received_ns: When this house learnt of it.
    """

    reading: CheckReading
    received_ns: int


def gas_checks(
    analyser: PlannedAnalyser,
    shown: Sequence[Shown],
    gases: tuple[CheckGas, ...],
    limits: CheckLimits,
    utc_offset_s: int,
    heard_ns: int | None = None,
) -> tuple[GasCheck, ...]:
    """The zero and span checks of an analyser that have ended, in order of time; none without any.

    Args:
        analyser: Of the plan.
        shown: In order of time.
        gases: That were connected.
        limits: The file that the plan names.
        utc_offset_s: Of the plant's clock, by which the schedule goes.
        heard_ns: Until when anything was heard of the analyser, UTC: a check that ends later still
            runs. None: nothing more will be heard.
    """
    if analyser.checks is None or not shown:
        return ()
    span = shown[0].reading.at_ns, shown[-1].reading.at_ns
    schedule = [
        each
        for planned in analyser.checks.schedule
        for each in scheduled(planned, span, utc_offset_s)
    ]
    readings = [each.reading for each in shown]
    return checks_in(readings, gases, check_rules(analyser), limits, schedule, heard_ns)


def scheduled(planned: CheckTime, span: tuple[int, int], utc_offset_s: int) -> Iterator[Scheduled]:
    """The checks of a schedule that begin within a span of time, both ends included.

    Whole days are counted from 1970-01-01 by the plant's clock.
    """
    every = planned.every_h * 3600
    at_s = planned.at.hour * 3600 + planned.at.minute * 60 + planned.at.second - utc_offset_s
    first = -(-(span[0] // _NS_PER_S - at_s) // every)
    start_s = at_s + first * every
    while start_s * _NS_PER_S <= span[1]:
        yield Scheduled(
            point=planned.point, start_ns=start_s * _NS_PER_S, duration_s=planned.duration_s
        )
        start_s += every


def check_tests(
    analyser: PlannedAnalyser, checks: Sequence[GasCheck], shown: Sequence[Shown]
) -> tuple[QaTest, ...]:
    """One test for each occasion: the checks of a range that lie close together.

    An occasion that lacks a gas of the plan renews nothing; it counts where it failed.
    """
    if analyser.checks is None:
        return ()
    tests = (
        (some, qa_test_of_gas_checks(some, _all_known(some, shown), analyser.checks.kind))
        for some in occasions(checks, analyser.checks)
    )
    gases = analyser.checks.gases
    return tuple(
        test
        for some, test in tests
        if test.outcome == "failed" or _points(gases, some) <= {each.point for each in some}
    )


def _points(gases: Iterable[ConnectedGas], some: Sequence[GasCheck]) -> set[GasPoint]:
    """Which gases an occasion must have: those that the plan names for its range."""
    name = some[0].measuring_range
    return {each.point for each in gases if each.measuring_range in {"", name}}


def occasions(checks: Sequence[GasCheck], told: GasChecks) -> Iterator[list[GasCheck]]:
    """Checks in order of time, those of one occasion together.

    The same gas twice is two occasions: the second time shows how the analyser was left.
    """
    some: list[GasCheck] = []
    for each in sorted(checks, key=lambda check: (check.measuring_range, check.start_ns)):
        if some and not _belongs(each, some, told):
            yield some
            some = []
        some.append(each)
    if some:
        yield some


def _belongs(check: GasCheck, some: Sequence[GasCheck], told: GasChecks) -> bool:
    near = check.start_ns - some[-1].end_ns <= told.occasion_s * 1e9
    points = {each.point for each in some}
    return near and check.measuring_range == some[-1].measuring_range and check.point not in points


def known_since(check: GasCheck, shown: Sequence[Shown]) -> int:
    """When the last reading of a check was received, UTC ns; not before it ended.

    Args:
        check: Found in them.
        shown: In order of time.
    """
    place = bisect_right(shown, check.end_ns, key=lambda each: each.reading.at_ns) - 1
    return max(check.end_ns, shown[max(place, 0)].received_ns)


def _all_known(some: Sequence[GasCheck], shown: Sequence[Shown]) -> int:
    return known_since(max(some, key=lambda each: each.end_ns), shown)
