"""Whole conversations, with a device that answers, on lines with noise, echo and other units."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.modbus import answer, ask
from device_profiles.modbus.errors import (
    ByteCountError,
    DeviceBusyError,
    EndlessEchoError,
    ForeignFunctionError,
    ForeignUnitError,
    GatewayError,
    IllegalBlockError,
    IllegalRequestError,
    ModbusRefusedError,
    ShortAnswerError,
)
from device_profiles.modbus.identification import (
    IdentificationAnswer,
    IdentificationRequest,
    ServerIdAnswer,
    ServerIdRequest,
    parted_objects,
)
from device_profiles.modbus.pdu import (
    Adu,
    ExceptionAnswer,
    ReadAnswer,
    answering,
    packed,
    request_of,
    unpacked,
)
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)
from tests.unit.device_profiles.modbus.frames import Silence, by_bytes, held, reads

UNIT = 17
READ = ReadRequest(function=3, address=107, count=3)
BOTH = [(ask.RTU, answer.RTU), (ask.ASCII, answer.ASCII)]
both = pytest.mark.parametrize(("mine", "its"), BOTH, ids=["rtu", "ascii"])
OBJECTS = ((0, b"ACME"), (1, b"EM-24"), (2, b"1.2"))


def content(request: ReadRequest) -> tuple[int, ...]:
    """What the device holds: its registers their own address, its bits their parity."""
    addresses = range(request.address, request.end)
    return tuple(at if request.function >= 3 else at % 2 for at in addresses)


def said(pdu: bytes) -> bytes:
    """The PDU of the device's answer."""
    try:
        request = request_of(pdu, "device")
    except IllegalRequestError as wrong:
        return answering(ExceptionAnswer(function=pdu[0], exception_code=wrong.exception_code))
    match request:
        case ReadRequest():
            data = packed(request.function, content(request))
            return answering(ReadAnswer(function=request.function, data=data))
        case IdentificationRequest():
            return identified(request.first_object)
        case ServerIdRequest():
            return answering(ServerIdAnswer(data=b"\x01\xffmeter"))
        case _:
            return answering(ExceptionAnswer(function=pdu[0], exception_code=1))


def identified(first: int) -> bytes:
    """One object an answer, the next one named."""
    later = first + 1 if first + 1 < len(OBJECTS) else None
    told = IdentificationAnswer(
        code=1, conformity=0x81, next_object=later, objects=(OBJECTS[first],)
    )
    return answering(told)


def device(its: answer.Framing, say: Callable[[bytes], bytes] = said) -> Callable[[bytes], bytes]:
    """A device on a line: what it sends back for what it hears."""

    def hears(heard: bytes) -> bytes:
        questions, rest = answer.heard(its, heard, "device")
        assert rest == b""
        mine = [asked for asked in questions if asked.unit == UNIT]
        return b"".join(answer.reply(its, asked, say(asked.pdu)) for asked in mine)

    return hears


def foreign(its: answer.Framing, unit: int = 3) -> bytes:
    """A sound answer of another unit with the same function and byte count."""
    return its.frame(Adu(unit=unit, pdu=b"\x03\x06\x11\x22\x33\x44\x55\x66"))


@both
@given(request=reads())
def test_what_a_device_holds_is_read(
    mine: ask.Framing, its: answer.Framing, request: ReadRequest
) -> None:
    answers = device(its)
    data = held(ask.read(mine, UNIT, request, "meter"), lambda sent: [answers(sent)])
    assert unpacked(request.function, request.count, data) == content(request)


@both
@pytest.mark.parametrize("how", ["whole", "by bytes"])
@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("noise", [b"", b"\0\xff", b"\x11", b"\x11\x03", b":11\r\n"])
def test_noise_echo_and_late_answers_of_other_units_are_listened_past(
    mine: ask.Framing, its: answer.Framing, how: str, noise: bytes, *, echo: bool, late: bool
) -> None:
    answers = device(its)

    def line(sent: bytes) -> Iterable[bytes]:
        came = noise + (sent if echo else b"") + noise
        came += (foreign(its) if late else b"") + noise + answers(sent)
        return by_bytes(came) if how == "by bytes" else [came]

    data = held(ask.read(mine, UNIT, READ, "meter"), line)
    assert unpacked(3, 3, data) == (107, 108, 109)


@both
def test_the_answer_of_another_unit_alone_is_no_answer(
    mine: ask.Framing, its: answer.Framing
) -> None:
    with pytest.raises(Silence):
        held(ask.read(mine, UNIT, READ, "meter"), lambda _: [foreign(its)])


@both
@pytest.mark.parametrize(
    ("pdu", "kind", "reason"),
    [
        ("03 04 00 01 00 02", ShortAnswerError, "short_reply"),
        ("03 08 00 01 00 02 00 03 00 04", ByteCountError, "garbage"),
        ("04 06 00 01 00 02 00 03", ForeignFunctionError, "foreign_reply"),
        ("84 02", ForeignFunctionError, "foreign_reply"),
        ("83 01", ModbusRefusedError, "exception"),
        ("83 02", IllegalBlockError, "exception"),
        ("83 03", IllegalBlockError, "exception"),
        ("83 04", ModbusRefusedError, "exception"),
        ("83 05", DeviceBusyError, "exception"),
        ("83 06", DeviceBusyError, "exception"),
        ("83 0A", GatewayError, "exception"),
        ("83 0B", GatewayError, "exception"),
    ],
)
def test_what_the_unit_says_otherwise_is_refused_by_its_name(
    mine: ask.Framing, its: answer.Framing, pdu: str, kind: type[WireError], reason: str
) -> None:
    answers = device(its, lambda _: bytes.fromhex(pdu))
    with pytest.raises(WireError) as caught:
        held(ask.read(mine, UNIT, READ, "meter"), lambda sent: [answers(sent)])
    assert type(caught.value) is kind
    assert caught.value.miss_reason == reason
    assert caught.value.where == "meter"
    if isinstance(caught.value, ModbusRefusedError):
        assert caught.value.facts["exception_code"] == int(pdu[3:], 16)


@both
def test_a_damaged_answer_is_refused_for_its_checksum(
    mine: ask.Framing, its: answer.Framing
) -> None:
    answers = device(its)
    with pytest.raises(WireChecksumError):
        held(
            ask.read(mine, UNIT, READ, "meter"),
            lambda sent: [answers(sent).replace(b"\x6c", b"\x6d").replace(b"6C", b"6D")],
        )


@both
def test_a_line_that_only_echoes_is_told(mine: ask.Framing, its: answer.Framing) -> None:
    del its
    with pytest.raises(EndlessEchoError):
        held(ask.read(mine, UNIT, READ, "meter"), lambda sent: [sent] * 9)


def test_a_frame_of_another_unit_that_the_line_hands_over_is_refused() -> None:
    talk = ask.read(ask.RTU, UNIT, READ, "meter")
    next(talk)
    with pytest.raises(ForeignUnitError):
        talk.send(foreign(answer.RTU))


@both
def test_a_device_says_who_it_is_in_several_answers(mine: ask.Framing, its: answer.Framing) -> None:
    answers = device(its)
    told = held(
        ask.identification(mine, UNIT, "meter"),
        lambda sent: by_bytes(sent + foreign(its) + answers(sent)),
    )
    assert parted_objects(told) == OBJECTS


@both
def test_a_device_says_its_server_id(mine: ask.Framing, its: answer.Framing) -> None:
    answers = device(its)
    told = held(ask.server_id(mine, UNIT, "meter"), lambda sent: by_bytes(sent + answers(sent)))
    assert told == b"\x01\xffmeter"


@both
def test_a_device_without_the_function_refuses_it(mine: ask.Framing, its: answer.Framing) -> None:
    answers = device(its, lambda pdu: bytes([pdu[0] | 0x80, 1]))
    for talk in (ask.identification(mine, UNIT, "meter"), ask.server_id(mine, UNIT, "meter")):
        with pytest.raises(ModbusRefusedError) as caught:
            held(talk, lambda sent: [answers(sent)])
        assert caught.value.exception_code == 1


@pytest.mark.parametrize(
    ("after", "kind"), [(lambda _: 0, WireFormError), (lambda first: first + 1, WireLengthError)]
)
def test_an_identification_that_never_ends_is_refused(
    after: Callable[[int], int], kind: type[WireError]
) -> None:
    def say(pdu: bytes) -> bytes:
        more = after(pdu[3])
        return bytes([0x2B, 0x0E, 1, 1, 0xFF, more, 1, pdu[3], 1, 65])

    asked = 0

    def line(sent: bytes) -> list[bytes]:
        nonlocal asked
        asked += 1
        return [device(answer.RTU, say)(sent)]

    with pytest.raises(kind):
        held(ask.identification(ask.RTU, UNIT, "meter"), line)
    assert asked <= 16


def test_another_type_of_encapsulation_is_refused() -> None:
    answers = device(answer.ASCII, lambda _: b"\x2b\x0d\x00")
    with pytest.raises(WireFormError):
        held(ask.identification(ask.ASCII, UNIT, "meter"), lambda sent: [answers(sent)])


def test_a_late_answer_of_the_same_shape_cannot_be_told_from_the_right_one() -> None:
    """Why a line is drained after every time-out: the bytes alone give no sign."""
    late = answer.RTU.frame(Adu(unit=UNIT, pdu=b"\x03\x06\x03\xe8\x03\xe9\x03\xea"))
    answers = device(answer.RTU)
    data = held(ask.read(ask.RTU, UNIT, READ, "meter"), lambda sent: [late + answers(sent)])
    assert unpacked(3, 3, data) == (1000, 1001, 1002)


@given(st.sampled_from(BOTH), st.lists(st.binary(max_size=12), max_size=20), st.data())
def test_whatever_comes_ends_in_an_answer_a_wire_error_or_silence(
    framings: tuple[ask.Framing, answer.Framing], noise: list[bytes], data: st.DataObject
) -> None:
    mine, its = framings
    talk = data.draw(
        st.sampled_from(
            (
                ask.read(mine, UNIT, READ, "meter"),
                ask.identification(mine, UNIT, "meter"),
                ask.server_id(mine, UNIT, "meter"),
            )
        )
    )
    try:
        held(talk, lambda sent: [*noise, device(its)(sent), *noise])
    except (WireError, Silence):
        return
