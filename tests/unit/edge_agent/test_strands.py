"""Strands: every row of every poll once, a channel's in order, in parts that a leaf holds."""

from collections.abc import Sequence
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from calibration.indication import MissReason
from edge_agent.poll import Lacking, Poll, Reading
from edge_agent.strands import MISSES_A_READING, Strand, halves_of, parts_of, strands_of
from evidence.log.column import MAX_ROWS


def reading(channel: int) -> Reading:
    return Reading(channel=channel, at_ms=1, raw=b"\0", number=1.0)


def miss(channel: int) -> Lacking:
    return Lacking(channel=channel, at_ms=1, reason=MissReason.TIMEOUT)


@st.composite
def polls(draw: st.DrawFn) -> list[Poll]:
    """Polls of two setups, whose three channels answer, are lacking, or are not there."""
    made = []
    for sequence in range(draw(st.integers(0, 12))):
        outcome = draw(st.lists(st.sampled_from("rm-"), min_size=3, max_size=3))
        made.append(
            Poll(
                device="d",
                setup=draw(st.sampled_from((b"one", b"two"))),
                sequence=sequence,
                at_ms=1,
                readings=tuple(reading(c) for c, what in enumerate(outcome) if what == "r"),
                lacking=tuple(miss(c) for c, what in enumerate(outcome) if what == "m"),
            )
        )
    return made


def told(strands: Sequence[Strand]) -> list[tuple[bytes, int, int, bool]]:
    """(setup, channel, poll, whether it was read) of every row, in order."""
    return [
        (*strand.key, sequence, isinstance(what, Reading))
        for strand in strands
        for sequence, what in strand.rows
    ]


def many(*sizes: int) -> list[Strand]:
    """Strands of so many readings."""
    return [
        Strand((b"s", place), [(n, reading(place)) for n in range(size)])
        for place, size in enumerate(sizes)
    ]


@given(polls())
def test_every_row_is_told_once_and_a_channel_s_in_order(made: list[Poll]) -> None:
    found = strands_of(made)
    expected = [
        (poll.setup, what.channel, poll.sequence, isinstance(what, Reading))
        for poll in made
        for what in chain[Reading | Lacking](poll.readings, poll.lacking)
    ]
    assert sorted(told(found)) == sorted(expected)
    assert len({strand.key for strand in found}) == len(found)
    for strand in found:
        numbers = [sequence for sequence, _ in strand.rows]
        assert numbers == sorted(numbers)


@given(st.lists(st.integers(1, 2_500), max_size=6))
def test_parts_hold_a_thousand_readings_and_all_of_them(sizes: list[int]) -> None:
    whole = many(*sizes)
    parts = parts_of(whole)
    assert [row for part in parts for row in told(part)] == told(whole)
    held = [sum(len(strand.rows) for strand in part) for part in parts]
    assert held[:-1] == [MAX_ROWS] * (len(held) - 1)
    assert all(0 < each <= MAX_ROWS for each in held)


def test_misses_weigh_a_quarter() -> None:
    gone = Strand((b"s", 0), [(n, miss(0)) for n in range(MISSES_A_READING * MAX_ROWS + 1)])
    assert [len(strand.rows) for part in parts_of([gone]) for strand in part] == [4_000, 1]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_halves_are_the_whole_and_neither_is_empty(sizes: list[int]) -> None:
    whole = many(*sizes, 1)
    first, second = halves_of(whole)
    assert told(first) + told(second) == told(whole)
    assert abs(len(told(first)) - len(told(second))) <= 1
    assert first
    assert second
