"""A talk over a wire: time-outs, noise, echo, floods, late answers, lost lines, in virtual time."""

import asyncio

import pytest

from edge_agent.driver import Reply
from edge_agent.drivers.talk import LONGEST_ANSWER, MOST_UNHEARD, Manners, SharedWire, TalkDriver
from edge_agent.errors import (
    IllegalBlockError,
    UnusableAnswerError,
)
from evidence.clock import SteppedClock
from tests.unit.edge_agent.scripted_wire import (
    LOST,
    Script,
    ScriptedWire,
    apart,
    in_virtual_time,
)
from tests.unit.edge_agent.talking import (
    ASKED,
    CONTENT,
    OTHER,
    READ,
    REFUSED,
    RIGHT,
    SPEED,
    STRANGER,
    TIMEOUT_S,
    driver_on,
    over_rtu,
    said,
    told,
)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param([(0.1, RIGHT)], CONTENT, id="whole"),
        pytest.param(apart(RIGHT, 0.001, 0.1), CONTENT, id="byte by byte"),
        pytest.param([(0.1, RIGHT[:4]), (0.55, RIGHT[4:])], CONTENT, id="silence within"),
        pytest.param([(0.1, b"\xf0\x00\x11" + RIGHT)], CONTENT, id="noise before"),
        pytest.param([(0.01, ASKED), (0.1, RIGHT)], CONTENT, id="echo"),
        pytest.param([(0.01, ASKED[:3]), (0.02, ASKED[3:] + RIGHT)], CONTENT, id="echo in pieces"),
        pytest.param([(0.1, STRANGER), (0.2, RIGHT)], CONTENT, id="another unit before"),
        pytest.param([(0.1, RIGHT + b"\0\xff")], CONTENT, id="noise after"),
        pytest.param([(0.1, OTHER + RIGHT)], "E_ANSWER_TWICE", id="two answers"),
        pytest.param([(0.1, REFUSED)], "E_MODBUS_ILLEGAL_BLOCK", id="refused"),
        pytest.param([(0.1, RIGHT[:-1] + b"\0")], "E_ANSWER", id="checksum"),
        pytest.param([(0.1, RIGHT[:6])], "E_TIMEOUT", id="half"),
        pytest.param([(0.1, STRANGER)], "E_TIMEOUT", id="another unit alone"),
        pytest.param([(0.01, ASKED)], "E_TIMEOUT", id="echo alone"),
        pytest.param([], "E_TIMEOUT", id="silence"),
        pytest.param([(TIMEOUT_S + 0.01, RIGHT)], "E_TIMEOUT", id="too late"),
        pytest.param([(0.1, LOST)], "E_CONNECTION_CLOSED", id="lost"),
        pytest.param([(0.1, RIGHT[:4]), (0.2, LOST)], "E_CONNECTION_CLOSED", id="lost within"),
        pytest.param([(0.1, RIGHT[:4]), (0.1, LOST)], "E_CONNECTION_CLOSED", id="lost at once"),
    ],
)
def test_what_comes_is_the_answer_or_a_coded_error(script: Script, expected: bytes | str) -> None:
    (found,), took_s = told(script)
    assert found == expected
    assert took_s < 2 * TIMEOUT_S


def test_silence_is_given_up_after_the_time_out_and_not_before() -> None:
    assert told([])[1] == pytest.approx(TIMEOUT_S)


def test_a_trickle_of_what_is_no_frame_is_given_up_however_long_it_goes_on() -> None:
    found, took_s = told(apart(bytes(3000), 0.4))
    assert found == ["E_TIMEOUT"]
    assert took_s < TIMEOUT_S + (LONGEST_ANSWER + len(ASKED)) * SPEED.character_s + 0.5


def test_a_flood_of_what_is_no_frame_is_given_up_at_once() -> None:
    found, took_s = told([(0.1 + n / 1000, bytes(64_000)) for n in range(100)])
    assert found == ["E_LINE_FLOODED"]
    assert took_s < 0.3


def test_a_late_answer_is_not_the_next_questions() -> None:
    late = [(TIMEOUT_S + 0.015, OTHER)]
    found, _ = told(late, [(0.1, RIGHT)], times=2)
    assert found == ["E_TIMEOUT", CONTENT]


def test_without_hearing_the_line_out_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_wire: ScriptedWire, _gap_s: float, *, at_most_s: float) -> None:
        del at_most_s

    monkeypatch.setattr(ScriptedWire, "quiet", at_once)
    found, _ = told([(TIMEOUT_S + 0.015, OTHER)], [(0.1, RIGHT)], times=2)
    assert found == ["E_TIMEOUT", OTHER[3:-2]]


def test_what_comes_after_an_answer_is_heard_out_before_the_next_question() -> None:
    twice = [(0.1, RIGHT + OTHER[:3]), (0.11, OTHER[3:])]
    found, _ = told(twice, [(0.1, RIGHT)], times=2)
    assert found == [CONTENT, CONTENT]


def test_what_comes_while_nobody_asks_is_nobodys_answer() -> None:
    async def meeting() -> bytes | str:
        wire = ScriptedWire([(0.1, RIGHT)], [(0.1, RIGHT)])
        driver = driver_on(wire)
        await driver.exchange(READ)
        wire.brings(OTHER)
        return await said(driver)

    assert in_virtual_time(meeting()) == CONTENT


def test_a_line_that_never_is_quiet_is_asked_all_the_same() -> None:
    storm = [(n / 100, b"\xff") for n in range(1000)]
    found, took_s = told(storm, [], times=2)
    assert found == ["E_TIMEOUT", "E_TIMEOUT"] or found[0] == "E_ANSWER"
    assert took_s < 20.0


def test_a_line_that_was_lost_is_opened_anew_for_the_next_question() -> None:
    async def meeting() -> tuple[list[bytes | str], int]:
        wire = ScriptedWire([(0.1, LOST)], [(0.1, RIGHT)])
        driver = driver_on(wire)
        return [await said(driver) for _ in range(2)], wire.opened

    assert in_virtual_time(meeting()) == (["E_CONNECTION_CLOSED", CONTENT], 2)


def test_a_line_that_is_lost_between_questions_costs_none() -> None:
    async def meeting() -> list[bytes | str]:
        wire = ScriptedWire([(0.1, RIGHT)], [(0.1, RIGHT)])
        driver = driver_on(wire)
        first = await said(driver)
        wire.brings(LOST)
        return [first, await said(driver)]

    assert in_virtual_time(meeting()) == [CONTENT, CONTENT]


@pytest.mark.parametrize(("scripts", "opened"), [((), 2), (([], [(0.1, b"\xff")]), 1)])
def test_a_line_that_brings_no_byte_is_opened_anew(
    scripts: tuple[Script, ...], opened: int
) -> None:
    async def meeting() -> int:
        wire = ScriptedWire(*scripts)
        driver = driver_on(wire)
        for _ in range(MOST_UNHEARD + 1):
            assert await said(driver) == "E_TIMEOUT"
        return wire.opened

    assert in_virtual_time(meeting()) == opened


def test_a_question_that_is_cancelled_leaves_no_answer_behind() -> None:
    async def meeting() -> bytes | str:
        driver = driver_on(ScriptedWire([(0.11, OTHER)], [(0.1, RIGHT)]))
        asking = asyncio.create_task(driver.exchange(READ))
        await asyncio.sleep(0.1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        return await said(driver)

    assert in_virtual_time(meeting()) == CONTENT


def test_a_refusal_says_how_it_was_refused_and_a_damaged_answer_what_is_wrong() -> None:
    async def meeting(script: Script) -> None:
        await driver_on(ScriptedWire(script)).exchange(READ)

    with pytest.raises(IllegalBlockError) as refused:
        in_virtual_time(meeting([(0.1, REFUSED)]))
    assert (refused.value.exception_code, refused.value.answer) == (2, REFUSED)
    with pytest.raises(UnusableAnswerError) as damaged:
        in_virtual_time(meeting([(0.1, RIGHT[:-1] + b"\0")]))
    assert damaged.value.miss_reason == "checksum"


def test_an_answer_is_stamped_when_it_was_whole_and_holds_its_frames() -> None:
    clock = SteppedClock(0)

    async def meeting() -> Reply:
        wire = ScriptedWire([(0.1, RIGHT[:4]), (0.2, RIGHT[4:])])
        loop = asyncio.get_running_loop()
        for at_s in (0.05, 0.15, 0.25):
            loop.call_later(at_s, clock.advance, 1000)
        manners = Manners(device="meter", ask=over_rtu, speed=SPEED, timeout_s=TIMEOUT_S)
        return await TalkDriver(SharedWire(wire), manners, clock=clock).exchange(READ)

    reply = in_virtual_time(meeting())
    assert (reply.requested_at_ns, reply.answered_at_ns) == (0, 2000)
    assert (reply.raw, reply.content) == (RIGHT, CONTENT)
