"""Talks over a wire that change its speed, are of several protocols, or share it."""

from collections.abc import Hashable
from functools import partial

import pytest

from device_profiles.conversation import Conversation, Say, Whole
from device_profiles.dlt645.answer import request_for, value_reply
from device_profiles.dlt645.ask import read_item
from device_profiles.dlt645.frame import decode, encode
from device_profiles.modbus import ask
from edge_agent.drivers.talk import Manners, SharedWire, TalkDriver
from edge_agent.errors import (
    AnswerTimeoutError,
    ConnectionClosedError,
    NoIdentificationError,
)
from evidence.clock import SteppedClock
from tests.unit.edge_agent.scripted_wire import (
    Script,
    ScriptedWire,
    in_virtual_time,
)
from tests.unit.edge_agent.talking import (
    METER,
    READ,
    SPEED,
    STRANGER,
    TIMEOUT_S,
    UNIT,
    driver_on,
    said,
)


def faster(request: Hashable) -> Conversation:
    """A talk that goes on at 9600 bit/s once its first words are understood."""
    del request
    first = yield Say(sends=b"HELLO", cut=line_end, speed_bit_s=38_400)
    second = yield Say(sends=b"MORE", cut=line_end)
    return first + second


def line_end(received: bytes) -> Whole | None:
    end = received.find(b"\n") + 1
    return Whole(frame=received[:end], rest=received[end:]) if end else None


def test_a_speed_that_is_agreed_holds_once_the_words_have_left_and_to_the_end_of_the_talk() -> None:
    async def meeting() -> tuple[list[bytes], list[tuple[float, int]]]:
        wire = ScriptedWire([(0.1, b"yes\n")], [(0.1, b"then\n")], [], [])
        driver = driver_on(wire, faster)
        content = (await driver.exchange(READ)).content
        with pytest.raises(AnswerTimeoutError):
            await driver.exchange(READ)
        return [content], wire.speeds

    content, speeds = in_virtual_time(meeting())
    assert content == [b"yes\nthen\n"]
    assert [bit_s for _, bit_s in speeds] == [9600, 38_400, 9600, 38_400]
    assert speeds[1][0] == pytest.approx(6 * SPEED.character_s)
    assert speeds[2][0] == pytest.approx(0.2)


def meters_say(di: int) -> bytes:
    asked = request_for(METER, decode(next(read_item(METER, di)).sends))
    assert asked is not None
    return encode(value_reply(METER, asked, b"\x01\x02\x03\x04"))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ([(0.1, meters_say(0x00010000))], b"\x34\x35\x36\x37"),
        ([(0.1, b"\xfe" * 30 + meters_say(0x00010000))], b"\x34\x35\x36\x37"),
        ([(0.1, meters_say(0x00020000))], "E_ANSWER"),
        ([(n / 1000, bytes([0x68]) * 60_000) for n in range(50)], "E_LINE_FLOODED"),
    ],
    ids=["right", "preamble", "another item", "flood"],
)
def test_a_talk_of_another_protocol_is_held_in_the_same_way(
    script: Script, expected: bytes | str
) -> None:
    async def meeting() -> bytes | str:
        driver = driver_on(ScriptedWire(script), lambda _request: read_item(METER, 0x00010000))
        return await said(driver)

    assert in_virtual_time(meeting()) == expected


def test_open_and_close_are_the_lines_and_identification_is_nobodys() -> None:
    async def meeting() -> list[bool]:
        wire = ScriptedWire()
        driver, found = driver_on(wire), []
        await driver.open()
        found.append(wire.is_open)
        with pytest.raises(NoIdentificationError):
            await driver.identify()
        await driver.close()
        found.append(wire.is_open)
        return found

    assert in_virtual_time(meeting()) == [True, False]


def test_two_devices_on_a_wire_share_what_is_known_of_it() -> None:
    async def meeting() -> list[bytes | str]:
        wire = ScriptedWire([(TIMEOUT_S + 0.01, STRANGER)], [(0.1, STRANGER)])
        shared, clock = SharedWire(wire), SteppedClock(0)
        found = []
        for unit in (UNIT, UNIT + 1):
            manners = Manners(
                device=str(unit),
                ask=partial(_of_unit, unit),
                speed=SPEED,
                timeout_s=TIMEOUT_S,
            )
            found.append(await said(TalkDriver(shared, manners, clock=clock)))
        assert wire.sent[1][0] > TIMEOUT_S + 0.01
        return found

    assert in_virtual_time(meeting()) == ["E_TIMEOUT", STRANGER[3:-2]]


def _of_unit(unit: int, _request: Hashable) -> Conversation:
    return ask.read(ask.RTU, unit, READ, "meter")


def test_a_closed_wire_says_so_to_whoever_waits_for_it() -> None:
    async def meeting() -> None:
        wire = ScriptedWire()
        await wire.open(SPEED)
        await wire.close()
        await wire.take(10.0)

    with pytest.raises(ConnectionClosedError):
        in_virtual_time(meeting())
