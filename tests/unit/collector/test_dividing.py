"""Hours of other minutes cut polls that stand for some of the period, and no others."""

import msgspec
import pytest

from calibration.indication import MissReason
from evidence.clock import parse_utc
from evidence.errors import PeriodError
from evidence.judging.dividing import require_whole
from evidence.log.batch import Miss, Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import GAS, LINE_1, POWER, stream

PERIOD = parse_utc("2026-03-29T18:30:00Z"), parse_utc("2026-03-30T18:30:00Z")
START_MS, END_MS = (each // 1_000_000 for each in PERIOD)
HOUR_MS = 3_600_000


def hourly(channel: str, *at_ms: int) -> Stream:
    """Polls once an hour, at these instants."""
    bare = stream(channel, 0, len(at_ms))
    head = msgspec.structs.replace(bare.head, period_ms=HOUR_MS)
    return msgspec.structs.replace(bare, head=head, at_ms=progression(list(at_ms)))


def is_cut(polls: Stream) -> bool:
    try:
        require_whole(polls, PERIOD)
    except PeriodError as cut:
        return cut.where == polls.head.channel
    return False


@pytest.mark.parametrize(
    ("channel", "at_ms", "cut"),
    [
        (POWER, END_MS, False),  # it stands for the time behind it
        (POWER, END_MS - 60_000, False),  # within 2 % of its period it is taken for the edge
        (POWER, END_MS - 100_000, True),
        (POWER, START_MS - HOUR_MS, False),
        (POWER, START_MS - HOUR_MS + 100_000, True),
        (GAS, START_MS, False),  # it stands for the time before it
        (GAS, START_MS + 60_000, False),
        (GAS, START_MS + 100_000, True),
        (GAS, END_MS + HOUR_MS, False),
        (GAS, END_MS + HOUR_MS - 100_000, True),
        (LINE_1, START_MS + HOUR_MS, False),  # a register is read at any minute
    ],
)
def test_a_poll_is_cut_where_it_stands_for_some_of_the_period(
    channel: str,
    at_ms: int,
    cut: bool,  # noqa: FBT001 - of a table
) -> None:
    assert is_cut(hourly(channel, at_ms)) is cut


def test_polls_on_both_sides_of_a_period_reach_over_it() -> None:
    assert is_cut(hourly(POWER, START_MS - 5 * HOUR_MS, END_MS + 5 * HOUR_MS))


def test_a_poll_that_was_missed_is_one_of_them() -> None:
    bare = hourly(POWER, END_MS)
    missed = Miss(sequence=9, at_ms=START_MS + HOUR_MS, reason=MissReason.TIMEOUT)
    assert is_cut(msgspec.structs.replace(bare, missed=(missed,)))


def test_polls_that_divide_the_shift_and_streams_without_any_are_not_cut() -> None:
    assert not is_cut(stream(POWER, 0, 100))
    nothing = msgspec.structs.replace(hourly(POWER, END_MS), rows=0)
    assert not is_cut(nothing)
    require_whole(hourly(POWER, START_MS), (PERIOD[0] + 1_800 * 10**9, PERIOD[1]))
