"""Talks with a meter: speeds, echo, noise, parity, refusals, wrong checks, silence."""

from dataclasses import replace

import pytest

from device_profiles.errors import LimitError
from device_profiles.iec62056.ask import BREAK, MOST_OVERHEARD, read_item, readout
from device_profiles.iec62056.frame import Block, Command, Identification, Repeat, encode
from device_profiles.iec62056.parity import SEVEN_BITS, masked
from device_profiles.iec62056.readout import data_sets
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireForeignError,
    WireFormError,
    WireRefusedError,
)
from tests.unit.device_profiles.iec62056.samples import MESSAGES, METER, Head, even_parity
from tests.unit.device_profiles.line import Device, Line, SilenceError

DATA = METER.lines + b"!\r\n"
IDENTIFICATION = encode(METER.identification)
QUESTION = encode(Command(code="P0", data=b"()"))


def _scripted(*replies: bytes) -> Device:
    """A device that answers each message that it hears with the next of `replies`."""
    left = list(replies)
    return lambda _: left.pop(0) if left else b""


@pytest.mark.parametrize("piece_bytes", [1, 5, 10_000])
@pytest.mark.parametrize("echoes", [False, True])
@pytest.mark.parametrize("noise", [b"", b"\xff\x00\x7f", b"/\x00", b"\x02\x02"])
def test_a_whole_readout_is_read(piece_bytes: int, echoes: bool, noise: bytes) -> None:  # noqa: FBT001
    head = Head(noise=noise, echoes=echoes)
    line = Line(device=head, piece_bytes=piece_bytes)
    assert line.hold(readout("12345678")) == DATA
    assert line.sent == [MESSAGES["I7"], MESSAGES["I9"]]


def test_both_sides_change_speed_after_the_option() -> None:
    head = Head()
    line = Line(device=head)
    line.hold(readout())
    assert line.sent[0] == MESSAGES["I6"]
    assert line.speeds == [300, 9600]
    assert head.heard_at == [300, 300]
    assert head.sent_at == [300, 9600]
    assert head.session.speed_bit_s == 300


@pytest.mark.parametrize(
    ("baud", "speed"), [("0", 300), ("1", 600), ("2", 1200), ("3", 2400), ("4", 4800), ("6", 19200)]
)
def test_the_speed_is_the_one_the_meter_names(baud: str, speed: int) -> None:
    meter = replace(METER, identification=replace(METER.identification, baud=baud))
    line = Line(device=Head(meter))
    assert line.hold(readout()) == DATA
    assert line.speeds[-1] == speed


def test_a_meter_of_another_mode_is_refused_by_name() -> None:
    other = encode(Identification(manufacturer="ABC", baud="A"))
    with pytest.raises(WireFormError) as caught:
        Line(device=_scripted(other)).hold(readout())
    assert "mode C" in caught.value.say("en")


def test_a_meter_with_another_address_keeps_silent() -> None:
    with pytest.raises(SilenceError):
        Line(device=Head()).hold(readout("87654321"))
    assert Line(device=Head()).hold(readout("0012345678")) == DATA


@pytest.mark.parametrize("piece_bytes", [1, 10_000])
def test_a_line_that_passes_parity_is_read_with_a_mask(piece_bytes: int) -> None:
    head = Head()

    def gateway(sent: bytes) -> bytes:
        assert sent == even_parity(masked(sent, SEVEN_BITS))
        return even_parity(head(masked(sent, SEVEN_BITS)))

    line = Line(device=gateway, piece_bytes=piece_bytes)
    assert line.hold(readout("12345678", mask=SEVEN_BITS)) == DATA
    strict = Line(device=lambda sent: even_parity(Head()(sent)), piece_bytes=piece_bytes)
    with pytest.raises((SilenceError, WireError)):
        strict.hold(readout("12345678"))


@pytest.mark.parametrize("echoes", [False, True])
@pytest.mark.parametrize("piece_bytes", [1, 10_000])
def test_one_item_is_read_in_programming_mode_and_the_talk_is_closed(
    echoes: bool,  # noqa: FBT001
    piece_bytes: int,
) -> None:
    head = Head(echoes=echoes)
    line = Line(device=head, piece_bytes=piece_bytes)
    assert line.hold(read_item("1.8.0", "12345678")) == b"1.8.0(001234.567*kWh)"
    assert line.sent[1] == MESSAGES["I10"]
    assert line.sent[-1] == BREAK == MESSAGES["I3"]
    assert (head.session.stage, head.session.speed_bit_s) == ("idle", 300)


def test_an_item_that_the_meter_does_not_have_is_refused_after_the_break() -> None:
    head = Head()
    with pytest.raises(WireRefusedError) as caught:
        Line(device=head).hold(read_item("99.9.9"))
    assert "ER01" in caught.value.say("en")
    assert head.session.stage == "idle"


@pytest.mark.parametrize("last", [encode(Repeat()), BREAK, encode(Block(data=b"(ERROR)"))])
def test_a_meter_that_will_not_is_a_refusal(last: bytes) -> None:
    with pytest.raises(WireRefusedError):
        Line(device=_scripted(IDENTIFICATION, last)).hold(readout())
    with pytest.raises(WireRefusedError):
        Line(device=_scripted(IDENTIFICATION, QUESTION, last)).hold(read_item("1.8.0"))


def test_an_answer_about_another_item_is_foreign() -> None:
    other = encode(Block(data=b"2.8.0(1*kWh)"))
    with pytest.raises(WireForeignError):
        Line(device=_scripted(IDENTIFICATION, QUESTION, other)).hold(read_item("1.8.0"))
    bare = encode(Block(data=b"(1*kWh)"))
    line = Line(device=_scripted(IDENTIFICATION, QUESTION, bare))
    assert line.hold(read_item("1.8.0")) == b"(1*kWh)"


@pytest.mark.parametrize("piece_bytes", [1, 10_000])
def test_a_wrong_block_check_ends_the_talk(piece_bytes: int) -> None:
    broken = MESSAGES["I4"].replace(b"00800.123", b"00800.124")
    with pytest.raises(WireChecksumError) as caught:
        Line(device=_scripted(IDENTIFICATION, broken), piece_bytes=piece_bytes).hold(readout())
    assert caught.value.miss_reason == "checksum"
    device = _scripted(IDENTIFICATION, QUESTION, broken)
    with pytest.raises(WireChecksumError):
        Line(device=device, piece_bytes=piece_bytes).hold(read_item("1.8.0"))


def test_a_truncated_block_is_silence_not_a_value() -> None:
    with pytest.raises(SilenceError):
        Line(device=_scripted(IDENTIFICATION, MESSAGES["I4"][:-1])).hold(readout())


def test_a_talk_that_hears_only_others_is_given_up() -> None:
    device = _scripted(IDENTIFICATION, QUESTION * (MOST_OVERHEARD + 1))
    with pytest.raises(WireForeignError):
        Line(device=device).hold(readout())


@pytest.mark.parametrize("address", ["a/b", "x" * 33, "12!", "电表", "1\r\n"])
def test_an_address_that_cannot_be_sent_is_refused(address: str) -> None:
    with pytest.raises(LimitError):
        next(readout(address))


@pytest.mark.parametrize("identifier", ["", "1.8.0()", "x" * 33, "码", "1\r"])
def test_an_identifier_that_cannot_be_sent_is_refused(identifier: str) -> None:
    with pytest.raises(LimitError):
        next(read_item(identifier))


def test_the_data_of_a_readout_are_read_again_from_the_bytes_alone() -> None:
    found = {each.identifier: each for each in data_sets(Line(device=Head()).hold(readout()))}
    assert found["6.8"].groups[0].unit == "m3/h"
    assert found["1.6.1"].raw == b"1.6.1(00.500*kW)(2311291545)"


def test_a_meter_in_programming_mode_answers_nonsense_with_nak() -> None:
    head = Head()
    assert head(MESSAGES["I6"]) == IDENTIFICATION
    assert head(MESSAGES["I9"].replace(b"5", b"4")) == b""
    assert head(MESSAGES["I9"]) == b""
    assert head(MESSAGES["I6"]) == IDENTIFICATION
    assert head(MESSAGES["I10"]) == encode(Command(code="P0", data=b"(12345678)"))
    assert head(b"\x01R5\x02") == b"\x15"
    assert head(MESSAGES["I1"]) == encode(Block(data=b"(ER02)"))
    assert head(BREAK) == b""
    assert head(b"nonsense") == b""
