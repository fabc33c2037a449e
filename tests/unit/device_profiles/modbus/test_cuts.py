"""Where an answer, or a question, begins and ends in what a serial line brought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.pdu import DecodePDU

from device_profiles.conversation import FrameCut, Whole
from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu
from device_profiles.modbus.cuts import (
    MOST_HEARD_ASCII,
    MOST_HEARD_RTU,
    ascii_answer_cut,
    ascii_request_cut,
    rtu_answer_cut,
    rtu_request_cut,
)
from device_profiles.modbus.lengths import UNKNOWN, answer_length, request_length
from device_profiles.modbus.pdu import (
    Adu,
    Answer,
    Opaque,
    ReadAnswer,
    Request,
    answering,
    asking,
    data_bytes,
)
from device_profiles.plan import ReadRequest
from tests.unit.device_profiles.modbus.frames import answers, reads, requests

ASKED = bytes.fromhex("F0 03 00 00 00 02 D1 2A")
ANSWER = bytes.fromhex("F0 03 04 D4 7A 43 E8 33 AB")
CUT = rtu_answer_cut(ASKED)
OTHER_UNIT = rtu.frame(Adu(unit=17, pdu=bytes.fromhex("03 04 00 01 00 02")))
NOISES = [b"", b"\0", b"\xff\xff\xff", b"\xf0", b"\xf0\x03", b"\x03\x04", OTHER_UNIT]
DAMAGED = ANSWER[:4] + b"\0" + ANSWER[5:]


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[int, ReadRequest, bytes]:
    """A unit, a question, and the PDU of a right answer."""
    request = draw(reads())
    size = data_bytes(request.function, request.count)
    data = draw(st.binary(min_size=size, max_size=size))
    pdu = answering(ReadAnswer(function=request.function, data=data))
    return draw(st.integers(1, 247)), request, pdu


@given(exchanges(), st.binary(max_size=20), st.data())
def test_an_answer_is_whole_exactly_when_its_last_byte_is_there(
    exchange: tuple[int, ReadRequest, bytes], more: bytes, data: st.DataObject
) -> None:
    unit, request, pdu = exchange
    for frame_of, cut_for in ((rtu.frame, rtu_answer_cut), (colon.frame, ascii_answer_cut)):
        asked = frame_of(Adu(unit=unit, pdu=asking(request)))
        frame, cut = frame_of(Adu(unit=unit, pdu=pdu)), cut_for(asked)
        part = data.draw(st.integers(0, len(frame) - 1))
        if not rtu.is_whole(frame[:8]):
            assert cut(frame[:part]) is None
        assert cut(frame + more) == Whole(frame=frame, rest=more)


@pytest.mark.parametrize("noise", NOISES)
def test_noise_before_an_answer_is_passed_over_at_every_length(noise: bytes) -> None:
    stream = noise + ANSWER
    for part in range(len(stream)):
        assert CUT(stream[:part]) is None
    assert CUT(stream) == Whole(frame=ANSWER, rest=b"")
    assert CUT(stream + b"\1\2") == Whole(frame=ANSWER, rest=b"\1\2")


@pytest.mark.parametrize("noise", NOISES)
def test_a_damaged_answer_is_cut_for_its_check_to_fail(noise: bytes) -> None:
    assert CUT(noise + DAMAGED) == Whole(frame=DAMAGED, rest=b"")
    assert CUT(noise + DAMAGED[:-1]) is None


def test_a_sound_answer_after_a_damaged_one_counts() -> None:
    assert CUT(DAMAGED + ANSWER) == Whole(frame=ANSWER, rest=b"")
    assert CUT(DAMAGED + ANSWER[:-1]) is None


@pytest.mark.parametrize(
    "pdu",
    ["03 02 00 01", "03 06 00 01 00 02 00 03", "04 04 00 01 00 02", "83 02", "84 02", "11 01 07"],
)
def test_a_sound_answer_of_the_unit_to_something_else_is_cut_too(pdu: str) -> None:
    frame = rtu.frame(Adu(unit=0xF0, pdu=bytes.fromhex(pdu)))
    assert CUT(frame + ANSWER) == Whole(frame=frame, rest=ANSWER)


def test_the_questions_echo_is_cut_before_the_answer() -> None:
    assert CUT(ASKED[:-1]) is None
    assert CUT(ASKED + ANSWER) == Whole(frame=ASKED, rest=ANSWER)
    assert CUT(b"\0" + ASKED) == Whole(frame=ASKED, rest=b"")


def test_an_echo_that_begins_like_a_damaged_answer_is_waited_for() -> None:
    asked = rtu.frame(Adu(unit=1, pdu=bytes.fromhex("01 01 00 00 08")))
    cut = rtu_answer_cut(asked)
    assert [cut(asked[:part]) for part in range(8)] == [None] * 8
    assert cut(asked) == Whole(frame=asked, rest=b"")


def test_bytes_without_end_and_sense_are_given_up() -> None:
    for cut, most in (
        (CUT, MOST_HEARD_RTU),
        (rtu_request_cut, MOST_HEARD_RTU),
        (ascii_answer_cut(b":F0030000000203\r\n"), MOST_HEARD_ASCII),
        (ascii_request_cut, MOST_HEARD_ASCII),
    ):
        assert cut(bytes(most)) is None
        assert cut(bytes(most + 1)) == Whole(frame=bytes(most + 1), rest=b"")


ASCII_ASKED = colon.frame(Adu(unit=0xF0, pdu=bytes.fromhex("03 00 00 00 02")))
ASCII_ANSWER = colon.frame(Adu(unit=0xF0, pdu=bytes.fromhex("03 04 D4 7A 43 E8")))
ASCII_OTHER = colon.frame(Adu(unit=0x11, pdu=bytes.fromhex("03 04 D4 7A 43 E8")))


@pytest.mark.parametrize(
    "noise", [b"", b"\r\n", b"\xff", b":F0", b":\r\n", b":F003\r\n:", ASCII_OTHER, ASCII_OTHER[:9]]
)
def test_what_is_no_frame_of_the_unit_is_passed_over_in_ascii(noise: bytes) -> None:
    stream, cut = noise + ASCII_ANSWER, ascii_answer_cut(ASCII_ASKED)
    assert cut(stream[:-1]) is None
    assert cut(stream + b":") == Whole(frame=ASCII_ANSWER, rest=b":")


def test_a_damaged_answer_in_ascii_is_cut_unless_another_one_has_begun() -> None:
    damaged, cut = ASCII_ANSWER.replace(b"D4", b"D5"), ascii_answer_cut(ASCII_ASKED)
    assert cut(damaged) == Whole(frame=damaged, rest=b"")
    assert cut(damaged + b":") is None
    assert cut(damaged + ASCII_ANSWER) == Whole(frame=ASCII_ANSWER, rest=b"")


@pytest.mark.parametrize("noise", NOISES)
def test_a_question_is_found_behind_noise_and_behind_another_devices_answer(noise: bytes) -> None:
    stream = noise + ASKED
    for part in range(len(noise), len(stream)):
        assert rtu_request_cut(stream[:part]) is None
    assert rtu_request_cut(stream + b"\1") == Whole(frame=ASKED, rest=b"\1")
    in_ascii = noise + ASCII_ASKED
    assert ascii_request_cut(in_ascii) == Whole(frame=ASCII_ASKED, rest=b"")


def test_a_question_of_an_unknown_function_is_taken_where_it_is_all_that_came() -> None:
    frame = rtu.frame(Adu(unit=1, pdu=b"\x41\1\2\3"))
    assert rtu_request_cut(frame) == Whole(frame=frame, rest=b"")
    assert rtu_request_cut(frame + b"\1") is None


@given(requests)
def test_a_requests_length_is_that_of_its_frame_and_of_pymodbus(request: Request) -> None:
    frame = rtu.frame(Adu(unit=1, pdu=asking(request)))
    if not isinstance(request, Opaque):
        assert request_length(frame) == len(frame)
        assert DecodePDU(is_server=True).lookupPduClass(frame) is not None


@given(answers)
def test_an_answers_length_is_that_of_its_frame(answer: Answer) -> None:
    frame = rtu.frame(Adu(unit=1, pdu=answering(answer)))
    if not isinstance(answer, Opaque):
        assert answer_length(frame) == len(frame)


@given(st.integers(1, 0x7F), st.binary(min_size=14, max_size=14))
def test_lengths_by_function_are_those_of_pymodbus(function: int, rest: bytes) -> None:
    begin = bytes([1, function]) + rest
    for server, mine in ((True, request_length(begin)), (False, answer_length(begin))):
        theirs = DecodePDU(is_server=server).lookupPduClass(begin)
        if mine not in {None, UNKNOWN} and theirs and function != 0x2B:
            assert theirs.calculateRtuFrameSize(begin) == mine


def test_cuts_say_what_they_take() -> None:
    cuts: list[FrameCut] = [rtu_request_cut, ascii_request_cut, CUT]
    assert [cut(b"") for cut in cuts] == [None, None, None]
