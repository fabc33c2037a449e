"""Talks of a master with the device side, over a line that echoes, disturbs and splits."""

import pytest

from device_profiles.cjt188.answer import payload_reply, refusal, request_for
from device_profiles.cjt188.ask import (
    METERING_DATA,
    METERING_DATA_HIGH_FIRST,
    read_address,
    read_data,
)
from device_profiles.cjt188.frame import ANY, ANY_TYPE, Frame, cut_reply, decode, encode
from device_profiles.cjt188.told import told
from device_profiles.conversation import Conversation
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireChecksumError, WireForeignError, WireRefusedError
from tests.unit.device_profiles.storm import refusals, storm
from tests.unit.device_profiles.talk import Device, SilenceError, hold, lets_hear

WATER, OWN, OTHER = 0x10, "78330011223344", "78330011223345"
PAYLOAD = bytes.fromhex("007766552C 007766552C 31012211051520 2184")


def meter(own_type: int = WATER, own: str = OWN, payload: bytes = PAYLOAD) -> Device:
    """A meter on a line: it knows metering data and its address, and refuses the rest."""

    def answer(sent: bytes) -> bytes:
        whole = cut_reply(sent)
        asked = request_for(own_type, own, decode(whole.frame)) if whole else None
        if asked is None:
            return b""
        if asked.kind == "read" and asked.identifier == {0x1F, 0x90}:
            return encode(payload_reply(own_type, own, asked, payload))
        if asked.kind == "address":
            return encode(payload_reply(own_type, own, asked))
        return encode(refusal(own_type, own, asked, bytes.fromhex("2184")))

    return answer


def reply(control: int, data: str, own: str = OWN, own_type: int = WATER) -> bytes:
    return encode(
        Frame(meter_type=own_type, address=own, control=control, data=bytes.fromhex(data))
    )


@pytest.mark.parametrize("piece", [1, 7, 1000])
@pytest.mark.parametrize("di", [METERING_DATA, METERING_DATA_HIGH_FIRST])
def test_metering_data_are_read_in_either_order_of_the_identifier(di: bytes, piece: int) -> None:
    assert hold(read_data(WATER, OWN, di, 7), meter(), piece) == PAYLOAD


def test_the_published_request_is_sent() -> None:
    sent = next(read_data(WATER, OWN)).sends
    assert sent == bytes.fromhex("FEFEFEFE 68 10 44332211003378 01 03 1F9000 80 16")
    sent = next(read_data(0x20, "00000040314132", METERING_DATA_HIGH_FIRST, 1)).sends
    assert sent == bytes.fromhex("FEFEFEFE 68 20 32413140000000 01 03 901F01 20 16")


def test_an_identifier_answered_in_the_other_order_is_the_same() -> None:
    heard = reply(0x81, "901F00" + PAYLOAD.hex())
    assert hold(read_data(WATER, OWN, METERING_DATA), lets_hear(heard)) == PAYLOAD


@pytest.mark.parametrize(
    ("meter_type", "address"), [(ANY_TYPE, ANY), (WATER, ANY), (ANY_TYPE, OWN), (WATER, OWN)]
)
def test_a_meter_answers_to_wildcards(meter_type: int, address: str) -> None:
    assert hold(read_data(meter_type, address), meter()) == PAYLOAD
    answer = hold(read_address(meter_type, address), meter())
    assert answer == bytes.fromhex("10 44332211003378")


def test_an_echo_noise_and_other_meters_are_listened_past() -> None:
    other = reply(0x81, "1F9000" + PAYLOAD.hex(), own=OTHER)
    heat = reply(0xC1, "000000", own_type=0x20)
    device = meter()

    def line(sent: bytes) -> bytes:
        return b"\x00\x68\xff" + sent + other + b"\x68\x16" + heat + sent + device(sent)

    for piece in (1, 3, 10_000):
        assert hold(read_data(WATER, OWN), line, piece) == PAYLOAD


def test_only_echoes_and_other_meters_end_in_silence() -> None:
    other = reply(0x81, "1F9000" + PAYLOAD.hex(), own=OTHER)
    for device in (lambda sent: sent, lambda _: other, lambda _: b"", meter(own=OTHER)):
        with pytest.raises(SilenceError):
            hold(read_data(WATER, OWN), device)


@pytest.mark.parametrize(
    ("control", "data", "what"),
    [
        (0x83, "1F9000", "the function is 3, 1 was asked"),
        (0xC4, "002184", "the function is 4, 1 was asked"),
        (0x81, "1F9100 00", "DI is 1f91, 1f90 was asked"),
        (0x81, "1F1F00 00", "DI is 1f1f, 1f90 was asked"),
        (0x81, "1F", "DI is 1f, 1f90 was asked"),
        (0x81, "", "DI is , 1f90 was asked"),
        (0x81, "1F9001 00", "SER is 01, 00 was asked"),
        (0x81, "1F90", "SER is , 00 was asked"),
    ],
)
def test_another_answer_of_the_asked_meter_is_refused(control: int, data: str, what: str) -> None:
    with pytest.raises(WireForeignError, match=what) as refused:
        hold(read_data(WATER, OWN), lets_hear(reply(control, data)))
    assert refused.value.miss_reason == "foreign_reply"


def test_a_refusal_tells_what_it_brought() -> None:
    with pytest.raises(WireRefusedError, match="'read data', it sends 00 21 84") as refused:
        hold(read_data(WATER, OWN, bytes.fromhex("20D1")), meter())
    assert refused.value.miss_reason == "exception"
    with pytest.raises(WireRefusedError, match="it sends -"):
        hold(read_data(WATER, OWN), lets_hear(reply(0xC1, "")))


def test_a_damaged_reply_ends_the_talk_with_what_is_wrong() -> None:
    damaged = reply(0x81, "1F9000" + PAYLOAD.hex())[:-2] + b"\x08\x16"
    with pytest.raises(WireChecksumError):
        hold(read_data(WATER, OWN), lets_hear(damaged))


@pytest.mark.parametrize(
    ("meter_type", "address", "di", "sequence"),
    [
        (256, OWN, METERING_DATA, 0),
        (WATER, "161", METERING_DATA, 0),
        (WATER, OWN, b"\x1f", 0),
        (WATER, OWN, METERING_DATA, 256),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_byte_is_sent(
    meter_type: int, address: str, di: bytes, sequence: int
) -> None:
    with pytest.raises(FitError):
        next(read_data(meter_type, address, di, sequence))


@pytest.mark.parametrize(
    ("meter_type", "address", "control"),
    [(WATER, OTHER, 0x01), (0x20, OWN, 0x01), (WATER, OWN, 0x81), (ANY_TYPE, OTHER, 0x03)],
)
def test_a_meter_keeps_silent_to_others_and_to_replies(
    meter_type: int, address: str, control: int
) -> None:
    frame = Frame(meter_type=meter_type, address=address, control=control, data=bytes(3))
    assert request_for(WATER, OWN, frame) is None


@pytest.mark.parametrize(("control", "data"), [(0x04, "17A00055"), (0x01, "1F90"), (0x03, "")])
def test_what_a_meter_does_not_do_is_refused_with_the_function_asked(
    control: int, data: str
) -> None:
    asked = request_for(WATER, OWN, decode(reply(control, data)))
    assert asked is not None
    assert asked.kind == "other"
    assert refusal(WATER, OWN, asked).control == control | 0xC0


def _ask() -> Conversation:
    return read_data(WATER, OWN)


HEAT = (
    "901F01 0802000000 0802000000 1700000000 3500000000 2C34100000"
    "352500 662500 000000 53001210071520 0000"
)
FRAMES = [
    reply(0x81, "1F9000" + PAYLOAD.hex()),
    reply(0x81, HEAT, own_type=0x20),
    reply(0xC1, "002184"),
    reply(0x83, "810A00"),
    reply(0x81, "901F00" + PAYLOAD.hex(), own=OTHER),
]


def _storm(count: int) -> None:
    def answered(raw: bytes) -> object:
        return request_for(WATER, OWN, decode(raw))

    inputs = storm(188, count, FRAMES)
    borne, refused = refusals(inputs, (decode, told, answered), cut_reply, _ask)
    assert borne + refused == count
    assert borne > count / 100
    assert refused > count / 2


def test_foreign_bytes_are_refused_with_a_code_or_borne() -> None:
    _storm(20_000)


@pytest.mark.torture
def test_a_million_foreign_inputs_are_refused_with_a_code_or_borne() -> None:
    _storm(1_000_000)
