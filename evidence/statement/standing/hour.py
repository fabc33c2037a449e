"""What is said of one hour, and of many: the state, since when, because of which test."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from calibration.monitoring.record import TestKind
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.scheme import Policy, SchemeUsed
from evidence.statement.standing.standing import Standing

Because = Literal[
    "passed",
    "failed",
    "aborted",
    "expired",
    "operating_hours",
    "start_up",
    "no_test",
    "no_validity",
]
WORST_LAST: Final = (
    Standing.IN_CONTROL,
    Standing.GRACE,
    Standing.NO_TEST,
    Standing.OVERDUE,
    Standing.OUT_OF_CONTROL,
)
"""A test that failed, or does not hold any more, is told before one that was never made."""


class HourStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How an analyser stood in an hour.

    An hour in which a test fell has the state of its end, since `since_ns`: an analyser that failed
    and passed within it is in control from that instant on, and only minutes after it count.

    Args:
        standing: the worst of all kinds of test.
        because: why; "operating_hours" and "start_up" are graces, "no_validity" is a test that
            states no time where the scheme has none either.
        kind: of the test that decides; None where the scheme asks for none and none was made.
        since_ns: from which instant that holds; None where it always did.
        test: that decides; None where there is none.
        policy: by which a failed test was counted.
        suspect: a later test that throws doubt on this hour, by `retro_to_last_good`.
    """

    standing: Standing
    because: Because
    policy: Policy
    kind: TestKind | None = None
    since_ns: int | None = None
    test: QaTest | None = None
    suspect: QaTest | None = None


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """The states of an analyser's hours, and what they were derived from.

    Args:
        analyser: its id.
        scheme: the file of validity times.
        policy: that was chosen.
        as_known_at_ns: only tests recorded by then were counted; None for all.
        by_hour: start of the hour, POSIX ns -> its state.
    """

    analyser: str
    scheme: SchemeUsed
    policy: Policy
    as_known_at_ns: int | None
    by_hour: Mapping[int, HourStanding]


class HourChange(msgspec.Struct, frozen=True, kw_only=True):
    """An hour that a new state of knowledge gave another state.

    Args:
        start_ns: of the hour.
        before, after: None where that state of knowledge did not cover the hour.
    """

    start_ns: int
    before: HourStanding | None
    after: HourStanding | None


def changed_hours(before: Standings, after: Standings) -> tuple[HourChange, ...]:
    """The hours that differ between two states of knowledge, in order of time.

    An hour whose state is the same for another reason, or since another instant, differs too.
    """
    hours = sorted({*before.by_hour, *after.by_hour})
    pairs = ((hour, before.by_hour.get(hour), after.by_hour.get(hour)) for hour in hours)
    return tuple(
        HourChange(start_ns=hour, before=one, after=other)
        for hour, one, other in pairs
        if one != other
    )


def worst(found: list[HourStanding]) -> HourStanding:
    """The one that decides: the worst, and of equals the one that has held longest.

    Of good ones the latest is told, since it is the one that the hour rests on.
    """
    severity = max(WORST_LAST.index(each.standing) for each in found)
    alike = [each for each in found if WORST_LAST.index(each.standing) == severity]
    since = [(each.since_ns or 0, k) for k, each in enumerate(alike)]
    chosen = max(since) if severity == 0 else min(since)
    return alike[chosen[1]]
