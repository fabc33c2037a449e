"""A line that cannot keep up is named, with figures, and not more often than is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.load_watch import FIRST_NS, PACE_NS, LineOverloadedError, LoadWatch, Round

S = 1_000_000_000
BEGIN = Round(polled=0, skipped=0, now_ns=0, cpu_ns=0)


def said(
    rounds: int, *, polled: int, skipped: int, core: float = 0.5, step_ns: int = S
) -> list[LineOverloadedError]:
    """What a watch says of rounds that are all alike."""
    watch = LoadWatch("bus-1", BEGIN)
    ends = range(step_ns, (rounds + 1) * step_ns, step_ns)
    done = [
        Round(polled=polled, skipped=skipped, now_ns=end, cpu_ns=round(core * end)) for end in ends
    ]
    return [found for each in done if (found := watch.after(each)) is not None]


def test_a_line_at_two_and_a_half_times_its_capacity_is_named_with_both_rates() -> None:
    found, *_ = said(600, polled=40, skipped=60, step_ns=S // 10)
    assert found.code == "E_LINE_OVERLOADED"
    assert found.where == "bus-1"
    assert found.facts["demanded"] == "1000"
    assert found.facts["achieved"] == "400"
    assert found.facts["skipped"] == 60 * 50
    assert "bus-1: 1000 polls/s are demanded and 400 were done" in found.say("en")


def test_a_line_that_stays_overloaded_says_so_once_a_minute() -> None:
    assert len(said(5 + 60 * 3, polled=1, skipped=1)) == 1 + 3


def test_a_line_that_keeps_up_says_nothing_nor_does_one_lost_tick() -> None:
    assert said(300, polled=10, skipped=0) == []
    watch = LoadWatch("bus-1", BEGIN)
    hiccup = Round(polled=5, skipped=5, now_ns=S, cpu_ns=0)
    rest = Round(polled=1000, skipped=0, now_ns=FIRST_NS + S, cpu_ns=0)
    assert [watch.after(hiccup), watch.after(rest)] == [None, None]


@pytest.mark.parametrize(
    ("core", "words"), [(0.97, "its processor is the limit"), (0.2, "the line is the limit")]
)
def test_the_limit_is_the_agent_where_its_core_is_full_and_else_the_line(
    core: float, words: str
) -> None:
    found, *_ = said(10, polled=1, skipped=3, core=core)
    assert words in found.say("en")
    assert f"{100.0 * core:.0f} %" in found.say("zh")


def test_a_line_that_recovers_is_silent_and_named_again_when_it_falls_behind_again() -> None:
    watch = LoadWatch("bus-1", BEGIN)
    ends = (FIRST_NS, FIRST_NS + PACE_NS, FIRST_NS + 2 * PACE_NS)
    skipped = (9, 0, 9)
    found = [
        watch.after(Round(polled=9, skipped=gone, now_ns=end, cpu_ns=0))
        for end, gone in zip(ends, skipped, strict=True)
    ]
    assert [each is not None for each in found] == [True, False, True]


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1, max_size=50))
def test_what_is_said_to_be_skipped_was_skipped(rounds: list[tuple[int, int]]) -> None:
    watch, told = LoadWatch("bus-1", BEGIN), 0
    for n, (polled, skipped) in enumerate(rounds, start=1):
        found = watch.after(Round(polled=polled, skipped=skipped, now_ns=n * S, cpu_ns=0))
        told += 0 if found is None else int(str(found.facts["skipped"]))
    assert told <= sum(skipped for _, skipped in rounds)
