"""A channel whose polls become more or less frequent: what is counted of its hours."""

import msgspec
import pytest

from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import GAS, POWER, calibrated, showing, stream
from tests.unit.collector.judged import HOUR_NS, Judged
from tests.unit.collector.test_channel import START_MS, gone


def every(channel: str, minutes: int, first_min: int, count: int, value: float) -> Stream:
    """Readings of one value, each so many minutes."""
    bare = stream(channel, first_min, count)
    at_ms = [START_MS + 60_000 * (first_min + minutes * number) for number in range(count)]
    head = msgspec.structs.replace(bare.head, period_ms=60_000 * minutes)
    part = msgspec.structs.replace(bare, head=head, at_ms=progression(at_ms))
    steady = showing(part, *(value for _ in range(count)))
    return calibrated(steady) if channel == POWER else steady


@pytest.mark.parametrize(("before", "after"), [(15, 60), (60, 15), (15, 1), (1, 15), (30, 20)])
@pytest.mark.parametrize("at_min", [120, 150])
def test_a_rate_whose_polls_become_more_or_less_frequent_is_no_other_rate(
    before: int, after: int, at_min: int
) -> None:
    """Each reading stands for a poll's period: none for that of the polls that follow."""
    judged = Judged().files()
    judged.batch(every(POWER, before, 0, -(-at_min // before), 40_000.0))
    judged.batch(every(POWER, after, at_min, -(-(300 - at_min) // after), 40_000.0))
    require_one_rate(judged, POWER, is_whole=at_min % 60 == 0 or before == 60)


@pytest.mark.parametrize(("before", "after"), [(15, 60), (60, 15), (15, 5), (5, 15), (30, 20)])
@pytest.mark.parametrize("at_min", [120, 150])
def test_amounts_whose_intervals_become_longer_or_shorter_are_counted_once(
    before: int, after: int, at_min: int
) -> None:
    """What is read at the hour for all of it holds what was read at each quarter."""
    judged = Judged().files()
    ends = [range(before, at_min + 1, before), range(at_min // after * after + after, 301, after)]
    for minutes, part in zip((before, after), ends, strict=True):
        amounts = every(GAS, minutes, part.start, len(part), 2.0 * minutes)
        judged.batch(amounts)
    require_one_rate(judged, GAS, is_whole=at_min % 60 == 0)


def require_one_rate(judged: Judged, channel: str, *, is_whole: bool) -> None:
    """Returns if no hour of four comes to more than it should, and the third lacks what it says."""
    hours = [judged.hour(channel, number) for number in range(4)]
    whole = hours[0].uncorrected
    assert [each.uncorrected for each in (hours[1], hours[3])] == pytest.approx([whole, whole])
    mixed = hours[2]
    told = mixed.tally.present / mixed.tally.expected
    assert mixed.uncorrected == pytest.approx(told * whole)
    assert (told == 1.0) is is_whole


def test_polls_that_change_while_nothing_is_read_are_told_by_what_they_were() -> None:
    judged = Judged().files()
    judged.batch(every(POWER, 15, 0, 8, 40_000.0))
    silent = gone(POWER, 8)
    head = msgspec.structs.replace(silent.head, period_ms=HOUR_NS // 1_000_000)
    judged.batch(msgspec.structs.replace(silent, head=head))
    judged.batch(every(POWER, 60, 180, 3, 40_000.0))
    hours = [judged.hour(POWER, number) for number in range(5)]
    assert [each.uncorrected for each in hours] == pytest.approx(
        [hours[0].uncorrected * share for share in (1, 1, 0, 1, 1)]
    )
