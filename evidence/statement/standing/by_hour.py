"""The quality-assurance state of an analyser for each hour, as known at an instant (pure).

Nothing that was recorded is ever altered: a test that becomes known late gives past hours another
state under a later `as_known_at_ns`, and under the earlier one they keep theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import msgspec

from calibration.monitoring.record import TestKind
from evidence.errors import Words
from evidence.statement.standing.course import Rules, course
from evidence.statement.standing.errors import AnalyserError, HoursError
from evidence.statement.standing.hour import HourStanding, Standings, worst
from evidence.statement.standing.operation import ALWAYS, Operation
from evidence.statement.standing.qa_test import QaTest, as_known
from evidence.statement.standing.retro import SuspectSpan, suspect_spans
from evidence.statement.standing.scheme import Policy, Scheme, SchemeUsed, Validity
from evidence.statement.standing.standing import Standing

_FULL = Words("ascending, at full hours of UTC", "升序，且为 UTC 整点")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How an analyser is used.

    Attributes:
        kinds: Of test that it must have; None: those that the scheme requires. A kind that was
            made counts anyhow.
        ranges: Of a dual-range analyser: start of an hour -> the ranges it was, or may have been,
            measured in, one at least; the analyser must be in order in each of them. A test that
            belongs to another range does not count for the hour. None: all tests count.
    """

    kinds: frozenset[TestKind] | None = None
    ranges: Mapping[int, frozenset[str]] | None = None


AS_SCHEME: Final = Use()


def standing_by_hour(
    tests: Iterable[QaTest],
    hours: Sequence[int],
    scheme: Scheme,
    policy: Policy | None = None,
    operating: Operation = ALWAYS,
    as_known_at_ns: int | None = None,
    use: Use = AS_SCHEME,
) -> Mapping[int, HourStanding]:
    """The state of each hour, the worst that any kind of test gives it.

    Args:
        tests: Of one analyser, all versions of all records, in any order.
        hours: Starts, ascending, at full hours of UTC; POSIX ns.
        scheme: With the validity times.
        policy: From when a failed test counts; None: the scheme's own.
        operating: When the stack ran.
        as_known_at_ns: Only what was recorded by then counts; None for all.
        use: Which tests the analyser must have, and which range its hours were measured in.

    Raises:
        AnalyserError: the tests are of several analysers.
        HoursError: the hours do not ascend, or are not full.
        RecordConflictError: a record has two contents.
    """
    known = as_known(tests, as_known_at_ns)
    _require_one_analyser(known)
    _require_hours(hours, operating)
    rules = Rules(scheme=scheme, policy=policy or scheme.failed.policy, operation=operating)
    kinds, ranges = use.kinds, use.ranges
    if ranges is None:
        return dict(zip(hours, _alone(known, hours, kinds, rules), strict=True))
    found: dict[int, list[HourStanding]] = {hour: [] for hour in hours}
    for name in sorted({each for hour in hours for each in ranges[hour]}):
        own = [hour for hour in hours if name in ranges[hour]]
        of_range = [each for each in known if each.measuring_range in {"", name}]
        for hour, each in zip(own, _alone(of_range, own, kinds, rules), strict=True):
            found[hour].append(each)
    return {hour: worst(some) for hour, some in found.items()}


def standings(
    tests: Sequence[QaTest],
    hours: Sequence[int],
    scheme: tuple[Scheme, SchemeUsed],
    policy: Policy | None = None,
    operating: Operation = ALWAYS,
    as_known_at_ns: int | None = None,
    use: Use = AS_SCHEME,
) -> Standings:
    """As `standing_by_hour`, with the scheme's digest, the policy and the state of knowledge."""
    by_hour = standing_by_hour(tests, hours, scheme[0], policy, operating, as_known_at_ns, use)
    return Standings(
        analyser=tests[0].analyser if tests else "",
        scheme=scheme[1],
        policy=policy or scheme[0].failed.policy,
        as_known_at_ns=as_known_at_ns,
        by_hour=by_hour,
    )


def _alone(
    tests: Sequence[QaTest], hours: Sequence[int], kinds: frozenset[TestKind] | None, rules: Rules
) -> Iterator[HourStanding]:
    """The states of hours, all tests counting for all of them."""
    courses = [
        course([each for each in tests if each.kind == validity.kind], hours, validity, rules)
        for validity in _asked(tests, kinds, rules.scheme)
    ]
    if not courses:
        return iter([_nothing(rules)] * len(hours))
    found = (worst(list(each)) for each in zip(*courses, strict=True))
    spans = suspect_spans(tests, rules) if rules.policy == "retro_to_last_good" else ()
    return (_doubted(each, hour, spans) for hour, each in zip(hours, found, strict=True))


def _asked(
    tests: Sequence[QaTest], kinds: frozenset[TestKind] | None, scheme: Scheme
) -> list[Validity]:
    made = {each.kind for each in tests}
    return [
        each
        for each in scheme.validity
        if each.kind in made or (each.required if kinds is None else each.kind in kinds)
    ]


def _nothing(rules: Rules) -> HourStanding:
    return HourStanding(standing=Standing.NO_TEST, because="no_test", policy=rules.policy)


def _doubted(found: HourStanding, hour: int, spans: Sequence[SuspectSpan]) -> HourStanding:
    """The hour with the first failed test that throws doubt on it."""
    failed = next((each.failed for each in spans if each.covers(hour)), None)
    return found if failed is None else msgspec.structs.replace(found, suspect=failed)


def _require_one_analyser(tests: Iterable[QaTest]) -> None:
    names = sorted({each.analyser for each in tests})
    if len(names) > 1:
        raise AnalyserError("tests", found=", ".join(names)[:200])


def _require_hours(hours: Sequence[int], operating: Operation) -> None:
    for hour in hours:
        if operating.hour_of(hour) != hour:
            raise HoursError("hours", value=hour, limit=_FULL)
    for one, other in pairwise(hours):
        if other <= one:
            raise HoursError("hours", value=other, limit=_FULL)
