"""What was missing or not good: from when until when, and why."""

from calibration.increment import NS_PER_HOUR
from collector.web.instrument.asked import Period, Step
from collector.web.instrument.course import Point
from collector.web.instrument.spells import LATE_NS, Seen, Spell, spells
from evidence.log.batch import Record, RecordKind

MINUTE = 60 * 10**9
HOUR = NS_PER_HOUR


def reading(minute: int, quality: str = "good") -> Point:
    at = minute * MINUTE
    return Point(start_ns=at, end_ns=at, value=1.0, qualities={quality: 1}, present=1)


def missed(minute: int, reason: str = "timeout") -> Point:
    return Point(start_ns=minute * MINUTE, end_ns=minute * MINUTE, missing={reason: 1})


def hour(number: int, qualities: dict[str, int], missing: dict[str, int]) -> Point:
    return Point(
        start_ns=number * HOUR,
        end_ns=(number + 1) * HOUR,
        value=1.0,
        qualities=qualities,
        expected=60,
        present=60 - sum(missing.values()),
        missing=missing,
    )


def of_minutes(
    points: list[Point], until: int, *records: Record, now: int | None = None
) -> list[Spell]:
    period = Period(start_ns=0, end_ns=until * MINUTE, step=Step.READING)
    last_ns = max((each.start_ns for each in points if each.value is not None), default=0)
    now_ns = (until if now is None else now) * MINUTE
    seen = Seen(first_ns=0, period_ns=MINUTE, last_ns=last_ns, now_ns=now_ns)
    return spells(points, period, seen, records)


def told(found: list[Spell]) -> list[tuple[str, float, float, int]]:
    return [(each.code, each.start_ns / MINUTE, each.end_ns / MINUTE, each.polls) for each in found]


def test_misses_in_a_row_of_one_cause_are_one() -> None:
    points = [reading(0), missed(1), missed(2), missed(3, "checksum"), reading(4), missed(5)]
    assert told(of_minutes([*points, reading(6)], 7)) == [
        ("timeout", 1, 3, 2),
        ("checksum", 3, 4, 1),
        ("timeout", 5, 6, 1),
    ]


def test_readings_that_are_not_good_say_how() -> None:
    points = [reading(0), reading(1, "overdue"), reading(2, "overdue"), reading(3)]
    (found,) = of_minutes(points, 4)
    assert (found.kind, found.code, found.polls) == ("quality", "overdue", 2)


def test_of_a_time_between_readings_nothing_was_received() -> None:
    points = [reading(0), reading(1), reading(10), reading(11)]
    assert told(of_minutes(points, 12)) == [("not_received", 2, 10, 8)]


def test_a_poll_that_comes_a_little_late_is_not_missing() -> None:
    late = Point(start_ns=MINUTE + MINUTE // 3, end_ns=MINUTE + MINUTE // 3, value=1.0, present=1)
    assert of_minutes([reading(0), late, reading(2)], 3) == []


def test_what_may_still_be_on_its_way_is_not_missing_but_silence_is() -> None:
    points = [reading(each) for each in range(5)]
    soon = 5 + LATE_NS // MINUTE - 1
    assert of_minutes(points, 600, now=soon) == []
    assert told(of_minutes(points, 600, now=120)) == [("not_received", 5, 120, 115)]
    assert told(of_minutes(points, 60, now=120)) == [("not_received", 5, 60, 55)]


def test_before_the_first_hour_nothing_is_missing() -> None:
    period = Period(start_ns=0, end_ns=10 * HOUR, step=Step.HOUR)
    seen = Seen(first_ns=4 * HOUR, period_ns=MINUTE, last_ns=7 * HOUR, now_ns=7 * HOUR + MINUTE)
    points = [hour(4, {"good": 60}, {}), hour(6, {"good": 55}, {"timeout": 5})]
    found = [
        (each.code, each.start_ns // HOUR, each.end_ns // HOUR, each.polls)
        for each in spells(points, period, seen)
    ]
    assert found == [("not_received", 5, 6, 60), ("timeout", 6, 7, 5)]


def test_the_hour_that_is_not_closed_yet_is_not_missing_though_the_channel_fell_silent() -> None:
    period = Period(start_ns=0, end_ns=10 * HOUR, step=Step.HOUR)
    last_ns = 2 * HOUR + 30 * MINUTE
    seen = Seen(first_ns=0, period_ns=MINUTE, last_ns=last_ns, now_ns=9 * HOUR)
    points = [hour(each, {"good": 60}, {}) for each in range(2)]
    (found,) = spells(points, period, seen)
    assert (found.start_ns, found.end_ns) == (3 * HOUR, 9 * HOUR)


def test_what_the_agent_said_of_the_time_stands_beside_it() -> None:
    restart = Record(kind=RecordKind.RESTART, at_ms=120_000, until_ms=540_000)
    later = Record(kind=RecordKind.CLOCK_STEP, at_ms=3_000_000, facts={"step_ms": 5})
    points = [reading(0), reading(1), reading(10), reading(60)]
    first, second = of_minutes(points, 61, restart, restart, later)
    assert first.said == (restart,)
    assert second.said == (later,)
