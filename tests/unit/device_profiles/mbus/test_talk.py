"""Talks with a slave: several telegrams, noise, echo, other devices, wrong sums, silence."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from device_profiles.conversation import Conversation
from device_profiles.errors import LimitError
from device_profiles.formats import NotAvailable
from device_profiles.mbus.ask import MOST_OVERHEARD, read, read_selected
from device_profiles.mbus.frame import LongFrame, encode
from device_profiles.mbus.selection import SecondaryAddress
from device_profiles.mbus.variable import telegrams
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireForeignError,
    WireRefusedError,
    WireValueError,
)
from tests.unit.device_profiles.line import Device, Line, SilenceError
from tests.unit.device_profiles.mbus.samples import FRAMES, HEADER, SELECT, Bus, slave

MEANT = SecondaryAddress(identification="12345678", manufacturer="ABC", version=1, medium=4)
TALKS: list[Callable[[], Conversation]] = [lambda: read(5), lambda: read_selected(MEANT)]
MANY = 70


def _values(answer: bytes) -> list[object]:
    return [record.value for each in telegrams(answer) for record in each.records]


def _rsp(address: int, information: int, data: bytes) -> bytes:
    return encode(LongFrame(control=8, address=address, information=information, data=data))


def _after_reset(reply: bytes) -> Device:
    """A device that acknowledges whatever is no REQ_UD2, and then says `reply`."""
    return lambda sent: reply if sent[1:2] in {b"\x5b", b"\x7b"} else b"\xe5"


@pytest.mark.parametrize("talk", TALKS, ids=["primary", "secondary"])
@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_all_telegrams_of_a_device_are_read(
    talk: Callable[[], Conversation], piece_bytes: int
) -> None:
    device = slave(count=MANY)
    assert len(device.telegrams) == 3
    line = Line(device=Bus(device), piece_bytes=piece_bytes)
    answer = line.hold(talk())
    assert _values(answer) == [1000 * number for number in range(MANY)]
    found = list(telegrams(answer))
    assert [each.more_follows for each in found] == [True, True, False]
    assert [each.header.access for each in found] == [250, 251, 252]
    assert [sent[1] for sent in line.sent[1:]] == [0x7B, 0x5B, 0x7B]


def test_the_first_frames_of_a_talk_are_the_published_ones() -> None:
    line = Line(device=Bus(slave(address=254)))
    line.hold(read(254))
    assert line.sent[0] == FRAMES["B7"]
    selecting = Line(device=lambda _: b"")
    named = SecondaryAddress(identification="03575845", manufacturer="AMT", version=0x34, medium=4)
    with pytest.raises(SilenceError):
        selecting.hold(read_selected(named))
    assert selecting.sent == [SELECT]


@pytest.mark.parametrize("talk", TALKS, ids=["primary", "secondary"])
@pytest.mark.parametrize("noise", [b"", b"\xff\x00\x13", b"\x68\x68", b"\x10"])
def test_echo_and_noise_are_listened_past(talk: Callable[[], Conversation], noise: bytes) -> None:
    bus = Bus(slave(count=MANY))
    noisy = Line(device=lambda sent: sent + noise + bytes(4) + bus(sent), piece_bytes=1)
    assert len(_values(noisy.hold(talk()))) == MANY


def test_frames_of_another_device_are_listened_past() -> None:
    bus = Bus(slave())
    other = FRAMES["B1"] + _rsp(7, 0x70, b"\x08")
    line = Line(device=lambda sent: other + bus(sent), piece_bytes=1)
    assert _values(line.hold(read(5))) == [0, 1000, 2000]


def test_a_talk_that_hears_only_others_is_given_up() -> None:
    line = Line(device=_after_reset(FRAMES["B1"] * (MOST_OVERHEARD + 1)))
    with pytest.raises(WireForeignError) as caught:
        line.hold(read(5))
    assert caught.value.miss_reason == "foreign_reply"


def test_of_several_devices_the_selected_one_is_read() -> None:
    others = [
        slave(6, replace(HEADER, identification="12345679"), count=1),
        slave(7, replace(HEADER, manufacturer="ABD"), count=1),
    ]
    bus = Bus(*others, slave(count=2))
    assert _values(Line(device=bus).hold(read_selected(MEANT))) == [0, 1000]
    assert [state.is_selected for state in bus.states] == [False, False, True]
    last = SecondaryAddress(identification="FFFFFFF9")
    answer = Line(device=bus).hold(read_selected(last))
    assert next(telegrams(answer)).header.identification == "12345679"
    assert [state.is_selected for state in bus.states] == [True, False, False]


def test_an_answer_of_a_device_that_is_not_meant_is_not_taken() -> None:
    wrong = Line(device=_after_reset(FRAMES["B2"]))
    with pytest.raises(SilenceError):
        wrong.hold(read_selected(MEANT))


def test_a_selection_no_device_answers_is_silence() -> None:
    with pytest.raises(SilenceError):
        Line(device=Bus(slave())).hold(read_selected(SecondaryAddress(identification="00000000")))


@pytest.mark.parametrize("at", [4, 7, 20, -3, -2])
def test_a_wrong_sum_ends_the_talk(at: int) -> None:
    reply = bytearray(FRAMES["B1"])
    reply[at] ^= 0x01
    with pytest.raises(WireChecksumError):
        Line(device=_after_reset(bytes(reply)), piece_bytes=1).hold(read(1))


def test_an_error_reply_is_a_refusal() -> None:
    with pytest.raises(WireRefusedError) as caught:
        Line(device=_after_reset(_rsp(5, 0x70, b"\x08"))).hold(read(5))
    assert "busy" in caught.value.say("en")
    assert caught.value.miss_reason == "exception"


def test_the_fixed_data_structure_is_refused_by_name() -> None:
    reply = _rsp(5, 0x73, bytes.fromhex("78563412 0A 00 E9 7E 01000000 35010000"))
    with pytest.raises(WireForeignError):
        Line(device=_after_reset(reply)).hold(read(5))


def test_encrypted_records_are_never_read_as_values() -> None:
    encrypted = bytes.fromhex("78563412 4324 01 04 FA 00 2005") + bytes(16)
    with pytest.raises(WireValueError):
        Line(device=_after_reset(_rsp(5, 0x72, encrypted))).hold(read(5))


def test_a_truncated_answer_is_silence_not_a_value() -> None:
    with pytest.raises(SilenceError):
        Line(device=_after_reset(FRAMES["B1"][:-1])).hold(read(1))


def test_a_device_that_never_ends_is_read_up_to_the_bound() -> None:
    count = iter(range(1000))

    def endless(sent: bytes) -> bytes:
        if sent[1:2] not in {b"\x5b", b"\x7b"}:
            return b"\xe5"
        header = bytes.fromhex("78563412 4304 01 04 FA 00 0000")
        return _rsp(5, 0x72, header + bytes((1, 6, next(count))) + b"\x1f")

    found = list(telegrams(Line(device=endless).hold(read(5, most_telegrams=4))))
    assert len(found) == 4
    assert found[-1].more_follows


def test_a_device_that_repeats_its_telegram_is_read_once() -> None:
    reply = _rsp(5, 0x72, bytes.fromhex("78563412 4304 01 04 FA 00 0000 01 06 05 1F"))
    line = Line(device=_after_reset(reply))
    assert _values(line.hold(read(5))) == [5000]
    assert len(line.sent) == 3


@pytest.mark.parametrize("address", [-1, 251, 253, 255, 256])
def test_an_address_that_no_device_has_is_refused(address: int) -> None:
    with pytest.raises(LimitError):
        next(read(address))


@pytest.mark.parametrize("digits", ["1234567", "1234567G", "abcdefab", ""])
def test_an_identification_that_is_none_is_refused(digits: str) -> None:
    with pytest.raises(FitError):
        next(read_selected(SecondaryAddress(identification=digits)))


def test_a_request_with_the_same_count_bit_gets_the_same_telegram() -> None:
    bus = Bus(slave(count=MANY))
    assert bus(bytes.fromhex("1040054516")) == b"\xe5"
    first = bus(bytes.fromhex("107B058016"))
    assert bus(bytes.fromhex("107B058016")) == first
    assert bus(bytes.fromhex("105B056016")) != first


def test_a_slave_keeps_silent_where_it_is_not_meant() -> None:
    bus = Bus(slave())
    for unmeant in ("1040064616", "105BFD5816", "1040FF3F16", "1040054517", "E5"):
        assert bus(bytes.fromhex(unmeant)) == b""
    assert bus(FRAMES["B1"]) == b""


def test_a_value_that_a_device_does_not_have_is_not_a_number() -> None:
    reply = _rsp(5, 0x72, bytes.fromhex("78563412 4304 01 04 FA 00 0000 01 86 15 05 3A 2B EB FF"))
    found = _values(Line(device=_after_reset(reply)).hold(read(5)))
    assert found == [NotAvailable(), NotAvailable(reason="digits")]


@pytest.mark.parametrize("answer", [b"", b"\x68", b"\xe5", FRAMES["B1"] + b"\x00", FRAMES["B6"]])
def test_bytes_that_are_no_answer_are_refused(answer: bytes) -> None:
    with pytest.raises(WireError):
        list(telegrams(answer))
