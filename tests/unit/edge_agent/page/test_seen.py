"""What is remembered of a device: its last poll, the last reading of each channel, and why not."""

from calibration.indication import MissReason
from edge_agent.errors import AnswerTimeoutError, NotPolledError
from edge_agent.line import Outcome
from edge_agent.load_watch import PACE_NS, LineOverloadedError
from edge_agent.poll import Lacking, Poll, Reading
from edge_agent.seen import DeviceSeen, LastSeen, after, said

TIMEOUT = AnswerTimeoutError("m", timeout_s=1.0)


def poll(at_ms: int, *numbers: float | None) -> Poll:
    return Poll(
        device="m",
        setup=b"",
        sequence=at_ms,
        at_ms=at_ms,
        readings=tuple(
            Reading(channel=place, at_ms=at_ms, raw=b"\0\1", number=number)
            for place, number in enumerate(numbers)
            if number is not None
        ),
        lacking=tuple(
            Lacking(channel=place, at_ms=at_ms, reason=MissReason.TIMEOUT)
            for place, number in enumerate(numbers)
            if number is None
        ),
    )


def test_a_channel_keeps_its_last_reading_for_as_long_as_it_gives_none() -> None:
    seen = after(None, poll(1, 10.0, 20.0), None)
    for at_ms in (2, 3, 4):
        seen = after(seen, poll(at_ms, 11.0 + at_ms, None), TIMEOUT)
    assert {place: each.number for place, each in seen.kept.items()} == {1: 20.0}
    assert seen.lacking_since_ms == 2
    assert seen.poll == poll(4, 15.0, None)
    seen = after(seen, poll(5, None, None), TIMEOUT)
    assert {place: each.number for place, each in seen.kept.items()} == {0: 15.0, 1: 20.0}
    assert seen.lacking_since_ms == 2


def test_a_device_that_answers_again_has_nothing_against_it() -> None:
    seen = after(after(None, poll(1, None), TIMEOUT), poll(2, 1.0), None)
    assert seen == DeviceSeen(stored=seen.stored)


def test_why_a_device_failed_stands_while_it_is_left_alone() -> None:
    seen = after(None, poll(1, None), TIMEOUT)
    seen = after(seen, poll(2, None), NotPolledError("m", reason="resting"))
    assert seen.said == said(TIMEOUT)
    first = after(None, poll(1, None), NotPolledError("m", reason="no time"))
    assert first.said is not None
    assert first.said.code == NotPolledError.code


def test_of_several_errors_the_one_that_says_most_is_kept() -> None:
    seen = LastSeen()
    errors = (NotPolledError("m", reason="it failed earlier in this cycle"), TIMEOUT)
    outcomes = [Outcome(device="m", planned=n, request=n, answer=e) for n, e in enumerate(errors)]
    seen.take(poll(1, None), outcomes)
    found = seen.device("m")
    assert found is not None
    assert found.said == said(TIMEOUT)
    assert seen.device("n") is None


def test_what_an_error_said_has_both_languages_and_neither_code_nor_place_twice() -> None:
    told = said(TIMEOUT)
    assert (told.code, told.where) == (AnswerTimeoutError.code, "m")
    assert told.en != told.zh
    assert f"{told.code} {told.where}: {told.en}" == TIMEOUT.say("en")


def test_a_line_fell_behind_until_it_has_not_said_so_for_two_minutes() -> None:
    seen = LastSeen()
    facts = {name: 1 for name in ("demanded", "achieved", "seconds", "skipped", "core", "remedy")}
    seen.fell_behind("bus-1", LineOverloadedError("bus-1", **facts), 5)
    assert seen.overload("bus-1", 2 * PACE_NS) is not None
    assert seen.overload("bus-1", 5 + 2 * PACE_NS) is None
    assert seen.overload("bus-2", 6) is None
