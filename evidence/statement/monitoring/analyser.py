"""How a plan's analyser stood in each hour of a period, and by which tests (pure)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import msgspec

from calibration.gas_check.check import GasCheck
from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import PlannedAnalyser
from calibration.monitoring.record import TestKind, TestRecord
from calibration.register import CalibrationRegister
from evidence.clock import utc_text
from evidence.statement.monitoring.ranged import RangesSeen
from evidence.statement.monitoring.responses import ResponseTimes, response_times
from evidence.statement.standing.by_hour import Use, standings
from evidence.statement.standing.from_register import tests_of_register
from evidence.statement.standing.hour import HourStanding, Standings
from evidence.statement.standing.operation import Operation
from evidence.statement.standing.qa_test import QaTest, as_known
from evidence.statement.standing.scheme import Scheme, SchemeUsed
from evidence.statement.standing.standing import Standing

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """Hours in a row that stood alike.

    Args:
        start, end: RFC 3339 in UTC.
        standing, because: of the hours, and why.
        record: of the test that decides; None where there is none.
    """

    start: str
    end: str
    standing: Standing
    because: str
    record: str | None


class AnalyserQuality(msgspec.Struct, frozen=True, kw_only=True):
    """The quality assurance of an analyser in a period.

    Args:
        channel, serial: of the analyser.
        scheme: by which its tests count; `policy`: from when a failed one does.
        hours: of the period by standing.
        tests: completed in the period, by kind and outcome, as "daily_check/failed".
        failed: records of those that did not pass, with their details.
        spells: hours that were not in control.
        ranges: hours of the period by the range that they were measured in, of a dual-range
            analyser; "high+low" where it changed, or nothing tells.
        response_times: noted in the checks of the period.
    """

    channel: str
    serial: str
    scheme: SchemeUsed
    policy: str
    hours: Mapping[str, int]
    tests: Mapping[str, int]
    failed: tuple[QaTest, ...]
    spells: tuple[Spell, ...]
    ranges: Mapping[str, int] = {}
    response_times: tuple[ResponseTimes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCheck:
    """A zero or span check, and since when it is known, UTC ns."""

    check: GasCheck
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedAnalyser:
    """An analyser with all that is known of its tests.

    Attributes:
        planned: As the plan says.
        serial: Of the instrument that shows the channel.
        checks: Zero and span checks, in order of time.
        tests: Those, and all others; `analyser` is the channel.
        scheme: That the plan names.
        ranges: What tells the range it measured in; None where it has one.
    """

    __test__ = False  # none of pytest's

    planned: PlannedAnalyser
    serial: str
    checks: tuple[KnownCheck, ...]
    tests: tuple[QaTest, ...]
    scheme: tuple[Scheme, SchemeUsed]
    ranges: RangesSeen | None = None

    def ranges_of(self, hour: int) -> frozenset[str]:
        """The ranges that an hour may have been measured in; that of no name where it has one."""
        return frozenset({""}) if self.ranges is None else self.ranges.of_hour(hour)


def all_tests(
    planned: PlannedAnalyser,
    serial: str,
    check_tests: Iterable[QaTest],
    register: CalibrationRegister,
) -> tuple[QaTest, ...]:
    """Checks, records of tests, and confirmations of an analyser, as tests of its channel."""
    recorded = (qa_test_of_record(each) for each in register.tests if _is_of(each, planned, serial))
    found = (*check_tests, *recorded, *tests_of_register(register, serial))
    return tuple(msgspec.structs.replace(each, analyser=planned.channel) for each in found)


def _is_of(record: TestRecord, planned: PlannedAnalyser, serial: str) -> bool:
    return record.channel == planned.channel and record.serial == serial


def qa_test_of_record(record: TestRecord) -> QaTest:
    """A test as somebody recorded it."""
    return QaTest(
        analyser=record.channel,
        kind=record.test,
        at_ns=_ns(record.at),
        outcome=record.outcome,
        recorded_ns=_ns(record.recorded_at),
        record=record.id,
        detail=record.detail or record.document,
        measuring_range=record.measuring_range,
        detected_ns=None if record.detected_at is None else _ns(record.detected_at),
        valid_until_ns=None if record.valid_until is None else _ns(record.valid_until),
        quarters=record.quarters,
        relative_error=record.relative_error,
        standard_uncertainty=record.standard_uncertainty,
    )


def standings_of(
    analyser: TestedAnalyser, hours: Sequence[int], operation: Operation, as_known_at_ns: int | None
) -> Standings:
    """How an analyser stood in each hour, as known at an instant.

    Args:
        analyser: With its tests.
        hours: Starts, ascending, at full hours of UTC.
        operation: When the plant ran.
        as_known_at_ns: Only what was recorded by then counts; None for all.
    """
    return standings(
        analyser.tests,
        hours,
        analyser.scheme,
        analyser.planned.policy,
        operation,
        as_known_at_ns,
        _use(analyser, hours),
    )


def _use(analyser: TestedAnalyser, hours: Sequence[int]) -> Use:
    kinds: frozenset[TestKind] | None = frozenset(analyser.planned.kinds) or None
    if analyser.ranges is None:
        return Use(kinds=kinds)
    return Use(kinds=kinds, ranges={hour: analyser.ranges_of(hour) for hour in hours})


def quality_of(
    analyser: TestedAnalyser, found: Standings, span: tuple[int, int]
) -> AnalyserQuality:
    """What is told of an analyser's quality assurance in a period [start, end), UTC ns."""
    start, end = span
    inside = {hour: each for hour, each in found.by_hour.items() if start <= hour < end}
    known = as_known(analyser.tests, found.as_known_at_ns)
    made = [each for each in known if start <= each.at_ns < end]
    return AnalyserQuality(
        channel=analyser.planned.channel,
        serial=analyser.serial,
        scheme=found.scheme,
        policy=found.policy,
        hours=dict(sorted(Counter(each.standing.value for each in inside.values()).items())),
        tests=dict(sorted(Counter(f"{each.kind}/{each.outcome}" for each in made).items())),
        failed=tuple(each for each in made if not each.passed),
        spells=tuple(_spells(inside)),
        ranges=_by_range(analyser, inside),
        response_times=response_times(_checks(analyser, found.as_known_at_ns, span)),
    )


def _by_range(analyser: TestedAnalyser, hours: Iterable[int]) -> Mapping[str, int]:
    if analyser.ranges is None:
        return {}
    found = Counter("+".join(sorted(analyser.ranges_of(hour))) for hour in hours)
    return dict(sorted(found.items()))


def _checks(
    analyser: TestedAnalyser, as_known_at_ns: int | None, span: tuple[int, int]
) -> Iterator[GasCheck]:
    """The checks that ended within a period, as known at an instant."""
    for each in analyser.checks:
        known = as_known_at_ns is None or each.since_ns <= as_known_at_ns
        if known and span[0] <= each.check.end_ns < span[1]:
            yield each.check


def _spells(by_hour: Mapping[int, HourStanding]) -> Iterator[Spell]:
    for (standing, because, record), some in groupby(sorted(by_hour), lambda at: _why(by_hour[at])):
        hours = list(some)
        if standing != Standing.IN_CONTROL:
            yield Spell(
                start=utc_text(hours[0]),
                end=utc_text(hours[-1] + NS_PER_HOUR),
                standing=standing,
                because=because,
                record=record,
            )


def _why(each: HourStanding) -> tuple[Standing, str, str | None]:
    return each.standing, each.because, None if each.test is None else each.test.record


def _ns(at: dt.datetime) -> int:
    return (at - _EPOCH) // dt.timedelta(microseconds=1) * 1000
