"""Replies become indications and misses: every channel of a device is in each poll once."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from calibration.indication import MissReason, Quality
from device_profiles.identity import ObjectsRequest
from device_profiles.plan import ReadRequest
from device_profiles.registers import wire_bytes
from edge_agent.cycle import PolledDevice, by_device, poll_of, unpolled
from edge_agent.driver import Reply
from edge_agent.errors import AgentError, AnswerTimeoutError, IllegalBlockError, NotPolledError
from edge_agent.line import Outcome
from edge_agent.poll import Lacking, Noted, pending_bytes, read_pending
from edge_agent.tick import Tick
from evidence.log.batch import Record, RecordKind
from tests.unit.edge_agent.site import START_NS, device, installed

CHANNELS = ("active_energy_import", "active_energy_export", "power_factor")
ENERGY, FACTOR = ReadRequest(function=3, address=0x5000, count=8), 0x5B3A
TICK = Tick(sequence=7, at_ns=START_NS + 1_999_999)


@pytest.fixture
def feeder(tmp_path: Path) -> PolledDevice:
    return installed(tmp_path, device(channels=CHANNELS)).devices["feeder-1"]


def reply(*words: int, at_ns: int = START_NS + 5_600_000) -> Reply:
    return Reply(content=wire_bytes(words), raw=b"", requested_at_ns=START_NS, answered_at_ns=at_ns)


def outcome(request: ReadRequest | ObjectsRequest, answer: Reply | AgentError) -> Outcome:
    return Outcome(device="feeder-1", planned=request, request=request, answer=answer)


def factor(word: int) -> Outcome:
    return outcome(ReadRequest(function=3, address=FACTOR, count=1), reply(word))


def test_an_answer_is_stamped_when_it_came_in_whole_milliseconds(feeder: PolledDevice) -> None:
    both = reply(0, 0, 0, 12345, 0, 0, 0, 7)
    found = poll_of(feeder, [outcome(ENERGY, both), factor(990)], TICK)
    assert found.lacking == ()
    assert [(r.channel, r.number) for r in found.readings] == [(0, 123.45), (1, 0.07), (2, 0.99)]
    assert {r.at_ms for r in found.readings} == {START_NS // 1_000_000 + 5}
    assert found.readings[0].raw == bytes([0, 0, 0, 0, 0, 0, 0x30, 0x39])
    assert (found.sequence, found.at_ms) == (7, START_NS // 1_000_000 + 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (AnswerTimeoutError("feeder-1", timeout_s=1.0), MissReason.TIMEOUT),
        (NotPolledError("feeder-1", reason="resting"), MissReason.NOT_POLLED),
        (IllegalBlockError("feeder-1", answer=b"", exception_code=2), MissReason.EXCEPTION),
        (reply(1, 2), MissReason.GARBAGE),
    ],
)
def test_a_read_that_failed_misses_its_channels_with_its_reason(
    feeder: PolledDevice, answer: Reply | AgentError, reason: MissReason
) -> None:
    found = poll_of(feeder, [outcome(ENERGY, answer)], TICK)
    expected = {0: reason, 1: reason, 2: MissReason.NOT_POLLED}
    assert {each.channel: each.reason for each in found.lacking} == expected
    assert found.readings == ()


def test_an_answer_whose_own_time_is_another_is_kept_and_its_stamp_is_suspect(
    feeder: PolledDevice,
) -> None:
    both = replace(reply(0, 0, 0, 12345, 0, 0, 0, 7), off_time=True)
    found = poll_of(feeder, [outcome(ENERGY, both), factor(990)], TICK)
    suspect, good = Quality.CLOCK_SUSPECT, Quality.GOOD
    assert [(r.number, r.quality) for r in found.readings] == [
        (123.45, suspect),
        (0.07, suspect),
        (0.99, good),
    ]


def test_no_value_and_an_implausible_one_are_told_apart(feeder: PolledDevice) -> None:
    none = reply(0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0, 0, 0, 7)
    found = poll_of(feeder, [outcome(ENERGY, none), factor(2000)], TICK)
    assert {each.channel: each.reason for each in found.lacking} == {
        0: MissReason.SENTINEL,
        2: MissReason.OUT_OF_RANGE,
    }
    assert [each.channel for each in found.readings] == [1]
    assert [(each.raw.hex(), each.number) for each in found.lacking] == [
        ("ffffffffffffffff", None),
        ("07d0", None),
    ]


def test_a_block_that_was_halved_still_gives_its_channels(feeder: PolledDevice) -> None:
    halves = (
        outcome(ReadRequest(function=3, address=0x5000, count=4), reply(0, 0, 0, 5)),
        outcome(
            ReadRequest(function=3, address=0x5004, count=4),
            IllegalBlockError("feeder-1", answer=b"", exception_code=2),
        ),
    )
    found = poll_of(feeder, [*halves, factor(1)], TICK)
    assert [each.channel for each in found.readings] == [0, 2]
    assert [(e.channel, e.reason) for e in found.lacking] == [(1, MissReason.EXCEPTION)]


@pytest.mark.parametrize(
    "said", [AnswerTimeoutError("feeder-1", timeout_s=1.0), reply(1, 2)], ids=["silent", "answers"]
)
def test_who_the_device_is_brings_no_channel_and_takes_none(
    feeder: PolledDevice, said: Reply | AgentError
) -> None:
    silent = AnswerTimeoutError("feeder-1", timeout_s=1.0)
    asked = [outcome(ENERGY, silent), outcome(ObjectsRequest(code=3), said), factor(990)]
    found = poll_of(feeder, asked, TICK)
    assert [each.reason for each in found.lacking] == [MissReason.TIMEOUT, MissReason.TIMEOUT]
    assert [each.number for each in found.readings] == [0.99]


def test_outcomes_of_other_devices_are_not_ours(feeder: PolledDevice) -> None:
    other = Outcome(device="feeder-2", planned=ENERGY, request=ENERGY, answer=reply(*range(8)))
    own = factor(990)
    assert by_device([other, own, other]) == {"feeder-2": [other, other], "feeder-1": [own]}
    assert poll_of(feeder, (), TICK) == unpolled(feeder, TICK)


def test_a_stamp_before_the_last_one_is_suspect(feeder: PolledDevice) -> None:
    floor_ms = START_NS // 1_000_000 + 6
    tick = Tick(sequence=0, at_ns=START_NS, floor_ms=floor_ms)
    found = poll_of(feeder, [factor(1)], tick)
    assert [each.quality for each in found.readings] == [Quality.CLOCK_SUSPECT]


def test_what_is_stored_comes_back_and_other_bytes_do_not(feeder: PolledDevice) -> None:
    found = poll_of(feeder, [factor(990)], TICK)
    record = Noted(record=Record(kind=RecordKind.GAP, at_ms=1, facts={"cause": "x", "n": 1}))
    for pending in (found, record):
        assert read_pending(pending_bytes(pending)) == pending
    assert read_pending(b"\x81\xa4type\xa4poll") is None
    assert read_pending(b"") is None
    assert isinstance(found.lacking[0], Lacking)
