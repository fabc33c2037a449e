"""Readings under a clock that is wrong are kept and named, and stand in no hour."""

import msgspec

from calibration.indication import Quality
from evidence.clock import NS_PER_S
from evidence.judging.judgement import Judgement
from evidence.log.batch import ClockState, Stream
from evidence.log.column import progression
from evidence.statement.day import completeness_of, days_of
from tests.unit.collector.api.plant import (
    GAS,
    LINE_1,
    LINE_2,
    PERIOD_MS,
    START_NS,
    batch,
    shown,
    stream,
)
from tests.unit.collector.judged import HOUR_NS, Judged, changed

DAY_MS = 86_400_000
YEARS_MS = 27 * 365 * DAY_MS
START_s = START_NS // NS_PER_S


def under(judged: Judged, clock: ClockState, *streams: Stream) -> Judgement:
    """What a batch of a clock in this state gives."""
    leaf = batch(judged.log, streams)
    return judged.give(changed(leaf, {"clock": msgspec.to_builtins(clock)}))


def moved(channel: str, first: int, rows: int, by_ms: int) -> Stream:
    """Polls whose stamps are off."""
    found = stream(channel, first, rows)
    stamps = [round(START_NS / 1e6) + n * PERIOD_MS + by_ms for n in range(first, first + rows)]
    return msgspec.structs.replace(found, at_ms=progression(stamps))


def clock(**known: object) -> ClockState:
    return msgspec.structs.replace(ClockState(standard_uncertainty_s=0.02), **known)


def test_a_stamp_before_the_receipt_that_came_before_it_is_suspect() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 3))
    known = clock(opened_after_s=START_s + 2 * PERIOD_MS // 1000)
    found = under(judged, known, moved(LINE_1, 3, 2, -DAY_MS), stream(LINE_2, 3, 2))
    assert [(each.subject, each.code) for each in found.faults] == [
        (f"clock {LINE_1}", "E_TIME_SUSPECT")
    ]
    assert "2 of 2 polls" in found.faults[0].message
    judged.batch(stream(LINE_1, 5, 4))
    assert judged.total(LINE_1, 0, 2) == shown(LINE_1, 8) - shown(LINE_1, 0)
    assert {start_ns for _, start_ns in judged.windows} == {START_NS, START_NS + HOUR_NS}


def test_1970_stands_in_no_hour_even_without_any_receipt() -> None:
    judged = Judged()
    found = judged.batch(moved(LINE_1, 0, 3, -START_NS // 1_000_000))
    assert [each.code for each in found.faults] == ["E_TIME_SUSPECT"]
    judged.batch(stream(LINE_1, 0, 5))
    assert judged.hour(LINE_1, 0).tally.present == 4
    assert len(judged.windows) == 1


def test_an_hour_lacks_as_many_polls_as_were_suspect_in_it_and_says_why() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 2))
    under(judged, clock(), moved(LINE_1, 2, 4, YEARS_MS))
    judged.batch(stream(LINE_1, 6, 3))
    first, second = judged.hour(LINE_1, 0), judged.hour(LINE_1, 1)
    assert (first.tally.present, dict(first.tally.missed)) == (1, {"clock_suspect": 3})
    assert (second.tally.present, dict(second.tally.missed)) == (3, {"clock_suspect": 1})
    found = completeness_of(days_of([first, second]), (START_NS, START_NS + 2 * HOUR_NS))
    assert dict(found.missing) == {"clock_suspect": 4}
    assert found.ratio == 0.5


def test_an_hour_of_amounts_lacks_them_too() -> None:
    judged = Judged()
    judged.batch(stream(GAS, 1, 2))
    under(judged, clock(), moved(GAS, 3, 1, YEARS_MS))
    judged.batch(stream(GAS, 4, 2))
    tally = judged.hour(GAS, 0).tally
    assert (tally.present, dict(tally.missed)) == (3, {"clock_suspect": 1})


def test_what_the_agent_itself_does_not_vouch_for_is_named_too() -> None:
    judged = Judged()
    leaf = changed(
        batch(judged.log, [stream(LINE_1, 0, 5)]), {"streams.0.quality": "clock_suspect"}
    )
    found = judged.give(leaf)
    assert [each.subject for each in found.faults] == [f"clock {LINE_1}"]
    assert (found.windows, len(found.streams)) == ([], 1)


def test_hours_of_a_clock_that_is_long_left_alone_count_and_say_so() -> None:
    judged = Judged()
    known = clock(bound_s=90.0, standard_uncertainty_s=52.0)
    assert under(judged, known, stream(LINE_1, 0, 5)).faults == []
    window = judged.hour(LINE_1, 0)
    assert dict(window.tally.qualities) == {Quality.CLOCK_UNSYNCHRONISED.value: 4}
    (part,) = [each for each in window.components if each.influence.id.startswith("clock:")]
    hourly = [(shown(LINE_1, n + 1) - shown(LINE_1, n)) * 4 for n in (0, 3)]
    assert abs(part.contribution) == abs(hourly[1] - hourly[0]) * 52.0 / 3600


def test_a_suspect_reading_hides_none_that_come_after_it() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 2))
    under(judged, clock(), moved(LINE_1, 2, 2, YEARS_MS))
    judged.batch(stream(LINE_1, 4, 1))
    (row,) = judged.store.lookup.channels()
    assert (row.last_ms, row.last_quality) == (START_NS // 1_000_000 + 4 * PERIOD_MS, "good")


def test_a_judge_that_starts_in_between_places_suspect_polls_alike() -> None:
    whole, again = Judged(), Judged()
    for judged in (whole, again):
        judged.batch(stream(LINE_1, 0, 2))
        under(judged, clock(), moved(LINE_1, 2, 2, YEARS_MS))
    rest = Judged()
    for leaf in again.log.leaves:
        rest.give(leaf)
    whole.batch(stream(LINE_1, 4, 5))
    rest.batch(stream(LINE_1, 4, 5))
    assert rest.windows == whole.windows
