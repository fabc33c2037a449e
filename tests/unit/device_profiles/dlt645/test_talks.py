"""Talks of a master with the device side, over a line that echoes, disturbs and splits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.conversation import Conversation
from device_profiles.dlt645.answer import (
    NO_SUCH_DATA,
    Request,
    address_reply,
    refusal,
    request_for,
    value_reply,
)
from device_profiles.dlt645.ask import address_in, read_address, read_item
from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007, Edition
from device_profiles.dlt645.frame import (
    ANY,
    BROADCAST,
    Frame,
    cut_request,
    decode,
    encode,
    with_33,
    without_33,
)
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import (
    WireChecksumError,
    WireForeignError,
    WireFormError,
    WireLengthError,
    WireRefusedError,
)
from tests.unit.device_profiles.storm import refusals, storm
from tests.unit.device_profiles.talk import Device, SilenceError, hold, lets_hear

OWN, OTHER, DI = "000000000161", "000000000162", 0x0001FF00
VALUE = bytes(range(250))
REPLY = Frame(address=OWN, control=0x91, data=with_33(bytes.fromhex("00FF0100 26000000")))


def meter(
    own: str = OWN,
    items: dict[int, bytes] | None = None,
    most: int = 100,
    wrap: Device = lambda reply: reply,
) -> Device:
    """A meter on a line; `wrap` says what is heard when it answers."""
    held = {DI: VALUE} if items is None else items

    def answer(sent: bytes) -> bytes:
        whole = cut_request(sent)
        asked = request_for(own, decode(whole.frame)) if whole else None
        return wrap(encode(_reply(own, asked, held, most))) if asked else b""

    return answer


def _reply(own: str, asked: Request, items: dict[int, bytes], most: int) -> Frame:
    if asked.kind == "address":
        return address_reply(own)
    if asked.kind == "other":
        return refusal(own, asked)
    if asked.di not in items:
        return refusal(own, asked, NO_SUCH_DATA)
    return value_reply(own, asked, items[asked.di], most)


@pytest.mark.parametrize("piece", [1, 7, 1000])
@pytest.mark.parametrize("most", [1, 4, 100, 192, 250])
def test_an_item_is_read_over_as_many_frames_as_it_takes(most: int, piece: int) -> None:
    answer = hold(read_item(OWN, DI), meter(most=most), piece)
    assert without_33(answer) == VALUE


@settings(deadline=None)
@given(value=st.binary(max_size=300), most=st.integers(2, 200))
def test_any_value_comes_back_whatever_a_frame_carries(value: bytes, most: int) -> None:
    answer = hold(read_item(OWN, DI), meter(items={DI: value}, most=most), 50)
    assert without_33(answer) == value


def test_a_1997_meter_is_read_with_two_byte_identifiers() -> None:
    device = meter(items={0x9010: bytes.fromhex("01000000")})
    answer = hold(read_item(OWN, 0x9010, EDITION_1997), device)
    assert answer == bytes.fromhex("34 33 33 33")


def test_the_talk_of_a_published_log_is_held() -> None:
    talk = read_item("138000130754", 0x9010, EDITION_1997)
    assert next(talk).sends == bytes.fromhex("FEFEFEFE 68 540713008013 68 01 02 43C3 DA 16")
    talk = read_item("138000130754", 0x9010, EDITION_1997)
    reply = bytes.fromhex("68 540713008013 68 81 06 43C3 34333333 2B 16")
    assert hold(talk, lets_hear(reply)) == bytes.fromhex("34333333")


def test_the_address_of_a_meter_is_asked_with_the_published_frame() -> None:
    assert next(read_address()).sends.endswith(bytes.fromhex("68 AAAAAAAAAAAA 68 13 00 DF 16"))
    assert address_in(hold(read_address(), meter())) == OWN


@pytest.mark.parametrize("asked", [ANY, "AAAAAAAA0161", OWN])
def test_a_meter_answers_to_wildcards_with_its_own_address(asked: str) -> None:
    sent: list[bytes] = []

    def heard(request: bytes) -> bytes:
        sent.append(request)
        return meter()(request)

    assert without_33(hold(read_item(asked, DI), heard)) == VALUE
    assert decode(sent[0]).address == asked
    assert {decode(request).address for request in sent[1:]} == {OWN}


def test_an_echo_noise_and_other_meters_are_listened_past() -> None:
    other = encode(Frame(address=OTHER, control=0x91, data=REPLY.data))
    wrong_item = encode(Frame(address=OTHER, control=0xD1, data=with_33(b"\x02")))
    device = meter()

    def line(sent: bytes) -> bytes:
        return b"\x00\x68\xff" + sent + other + b"\x68\x16" + wrong_item + sent + device(sent)

    for piece in (1, 3, 10_000):
        assert without_33(hold(read_item(OWN, DI), line, piece)) == VALUE


def test_only_echoes_and_other_meters_end_in_silence() -> None:
    other = encode(Frame(address=OTHER, control=0x91, data=REPLY.data))
    for device in (lambda sent: sent, lambda _: other, lambda _: b"", lambda _: b"\x68\xfe"):
        with pytest.raises(SilenceError):
            hold(read_item(OWN, DI), device)


@pytest.mark.parametrize(
    ("control", "plain", "what"),
    [
        (0x93, "00FF0100 26", "the function is 19, 17 was asked"),
        (0xD4, "04", "the function is 20, 17 was asked"),
        (0x91, "00000100 26", "DI is 00010000, 0001FF00 was asked"),
        (0x91, "00FF", "DI is FF00, 0001FF00 was asked"),
        (0x91, "", "DI is , 0001FF00 was asked"),
    ],
)
def test_another_answer_of_the_asked_meter_is_refused(control: int, plain: str, what: str) -> None:
    reply = Frame(address=OWN, control=control, data=with_33(bytes.fromhex(plain)))
    with pytest.raises(WireForeignError, match=what) as refused:
        hold(read_item(OWN, DI), lets_hear(encode(reply)))
    assert refused.value.miss_reason == "foreign_reply"


@pytest.mark.parametrize("sequence", [b"\x00", b"\x02", b""])
def test_a_follow_on_frame_of_another_number_is_refused(sequence: bytes) -> None:
    first = Frame(address=OWN, control=0xB1, data=REPLY.data)
    second = Frame(address=OWN, control=0x92, data=REPLY.data[:4] + with_33(sequence))
    with pytest.raises(WireForeignError, match="SEQ"):
        hold(read_item(OWN, DI), lets_hear(encode(first), encode(second)))


def test_a_meter_that_never_ends_is_left_after_255_follow_on_frames() -> None:
    device = meter(items={DI: bytes(1000)}, most=1)
    with pytest.raises(WireLengthError, match="255 follow-on frames"):
        hold(read_item(OWN, DI), device, 1000)


def test_a_refusal_tells_the_bits_that_are_set() -> None:
    with pytest.raises(WireRefusedError, match=r"no such data \(bit 1\)") as refused:
        hold(read_item(OWN, 0x02010100), meter())
    assert refused.value.miss_reason == "exception"
    assert "无请求数据" in refused.value.say("zh")
    reply = Frame(address=OWN, control=0xD1, data=with_33(b"\x05"))
    with pytest.raises(WireRefusedError, match=r"other error \(bit 0\), password .* \(bit 2\)"):
        hold(read_item(OWN, DI), lets_hear(encode(reply)))


def test_what_an_error_bit_of_1997_means_is_not_claimed() -> None:
    with pytest.raises(WireRefusedError, match=r"meaning not confirmed \(bit 1\)"):
        hold(read_item(OWN, 0x9010, EDITION_1997), meter())


@pytest.mark.parametrize("data", [b"", b"\x33"])
def test_a_refusal_without_a_bit_is_a_refusal(data: bytes) -> None:
    reply = Frame(address=OWN, control=0xD1, data=data)
    with pytest.raises(WireRefusedError, match="no reason given"):
        hold(read_item(OWN, DI), lets_hear(encode(reply)))


def test_a_damaged_reply_ends_the_talk_with_what_is_wrong() -> None:
    damaged = encode(REPLY)[:-2] + b"\x00\x16"
    with pytest.raises(WireChecksumError):
        hold(read_item(OWN, DI), lets_hear(damaged))


def test_a_1997_meter_with_further_frames_is_not_guessed_at() -> None:
    reply = Frame(address=OWN, control=0xA1, data=with_33(bytes.fromhex("1090 01000000")))
    with pytest.raises(WireFormError, match="1997 edition asks for them is unconfirmed"):
        hold(read_item(OWN, 0x9010, EDITION_1997), lets_hear(encode(reply)))


@pytest.mark.parametrize("plain", ["", "6101000000", "61010000000A"])
def test_an_address_that_is_none_is_refused(plain: str) -> None:
    reply = Frame(address=OWN, control=0x93, data=with_33(bytes.fromhex(plain)))
    with pytest.raises((WireLengthError, WireFormError)):
        hold(read_address(), lets_hear(encode(reply)))


@pytest.mark.parametrize(
    ("address", "di", "edition"),
    [
        (BROADCAST, DI, EDITION_2007),
        ("161", DI, EDITION_2007),
        (OWN, 2**32, EDITION_2007),
        (OWN, -1, EDITION_2007),
        (OWN, 0x10000, EDITION_1997),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_byte_is_sent(
    address: str, di: int, edition: Edition
) -> None:
    with pytest.raises(FitError):
        next(read_item(address, di, edition))


@pytest.mark.parametrize("address", [OTHER, BROADCAST, "AAAAAAAA0162"])
def test_a_meter_keeps_silent_to_other_addresses_and_to_broadcasts(address: str) -> None:
    assert request_for(OWN, Frame(address=address, control=0x11, data=with_33(b"\0" * 4))) is None


def test_a_meter_set_to_the_broadcast_address_by_mistake_keeps_silent_too() -> None:
    broadcast = Frame(address=BROADCAST, control=0x11, data=with_33(bytes(4)))
    assert request_for(BROADCAST, broadcast) is None


def test_a_meter_keeps_silent_to_replies() -> None:
    assert request_for(OWN, REPLY) is None


@pytest.mark.parametrize(
    ("control", "length"), [(0x11, 3), (0x12, 4), (0x13, 1), (0x14, 12), (0x1F, 0), (0x01, 3)]
)
def test_what_a_meter_does_not_do_is_refused_with_the_function_asked(
    control: int, length: int
) -> None:
    asked = request_for(OWN, Frame(address=OWN, control=control, data=bytes(length)))
    assert asked is not None
    assert asked.kind == "other"
    assert refusal(OWN, asked).control == control | 0xC0


@pytest.mark.parametrize("sequence", [0, 4, 255])
def test_a_frame_beyond_the_last_one_is_no_such_data(sequence: int) -> None:
    data = with_33(DI.to_bytes(4, "little") + bytes([sequence]))
    asked = request_for(OWN, Frame(address=OWN, control=0x12, data=data))
    assert asked is not None
    assert value_reply(OWN, asked, VALUE, most=100) == refusal(OWN, asked, NO_SUCH_DATA)


def test_a_1997_value_has_to_fit_one_frame() -> None:
    asked = Request(kind="read", edition=EDITION_1997, function=0x01, di=0x901F)
    with pytest.raises(FitError):
        value_reply(OWN, asked, bytes(101), most=100)


def _ask() -> Conversation:
    return read_item(OWN, DI)


FRAMES = [
    encode(REPLY),
    encode(REPLY, 0),
    encode(Frame(address=OWN, control=0xB1, data=REPLY.data)),
    encode(Frame(address=OWN, control=0xD1, data=with_33(b"\x02"))),
    encode(Frame(address=OTHER, control=0x91, data=with_33(bytes.fromhex("02018002 0350")))),
    encode(Frame(address=OWN, control=0x93, data=with_33(bytes.fromhex("610100000000")))),
    encode(Frame(address=OWN, control=0x81, data=with_33(bytes.fromhex("1090 01000000")))),
]


def _storm(count: int) -> None:
    from device_profiles.dlt645.frame import cut_reply  # noqa: PLC0415
    from device_profiles.dlt645.told import told  # noqa: PLC0415

    def answered(raw: bytes) -> object:
        return request_for(OWN, decode(raw))

    inputs = storm(645, count, FRAMES)
    borne, refused = refusals(inputs, (decode, told, answered), cut_reply, _ask)
    assert borne + refused == count
    assert borne > count / 100
    assert refused > count / 2


def test_foreign_bytes_are_refused_with_a_code_or_borne() -> None:
    _storm(20_000)


@pytest.mark.torture
def test_a_million_foreign_inputs_are_refused_with_a_code_or_borne() -> None:
    _storm(1_000_000)
