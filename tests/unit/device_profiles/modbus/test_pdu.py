"""PDUs, both ways; written as pymodbus writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    ReadCoilsResponse,
    ReadDiscreteInputsRequest,
    ReadDiscreteInputsResponse,
)
from pymodbus.pdu.mei_message import ReadDeviceInformationRequest, ReadDeviceInformationResponse
from pymodbus.pdu.other_message import ReportDeviceIdRequest
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadHoldingRegistersResponse,
    ReadInputRegistersRequest,
    ReadInputRegistersResponse,
)

from device_profiles.modbus.errors import IllegalRequestError
from device_profiles.modbus.identification import (
    IdentificationAnswer,
    IdentificationRequest,
    ServerIdRequest,
)
from device_profiles.modbus.pdu import (
    Answer,
    ExceptionAnswer,
    Opaque,
    ReadAnswer,
    Request,
    answer_of,
    answering,
    asking,
    packed,
    request_of,
    unpacked,
)
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.modbus.frames import answers, reads, requests

ASKED = {
    1: ReadCoilsRequest,
    2: ReadDiscreteInputsRequest,
    3: ReadHoldingRegistersRequest,
    4: ReadInputRegistersRequest,
}
ANSWERED_BITS = {1: ReadCoilsResponse, 2: ReadDiscreteInputsResponse}
ANSWERED = {3: ReadHoldingRegistersResponse, 4: ReadInputRegistersResponse}


def theirs(pdu: ModbusPDU) -> bytes:
    return bytes([pdu.function_code]) + pdu.encode()


@given(requests)
def test_a_request_is_read_as_it_was_written(request: Request) -> None:
    assert request_of(asking(request), "") == request


@given(answers)
def test_an_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert answer_of(answering(answer), "") == answer


@given(reads())
def test_a_read_is_asked_as_pymodbus_asks_it(request: ReadRequest) -> None:
    foreign = ASKED[request.function](address=request.address, count=request.count)
    assert asking(request) == theirs(foreign)


@given(st.sampled_from((1, 2)), st.lists(st.booleans(), min_size=1, max_size=2000))
def test_bits_are_answered_as_pymodbus_answers_them(function: int, bits: list[bool]) -> None:
    data = packed(function, bits)
    assert answering(ReadAnswer(function=function, data=data)) == theirs(
        ANSWERED_BITS[function](bits=list(bits))
    )
    assert unpacked(function, len(bits), data) == tuple(bits)


@given(st.sampled_from((3, 4)), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=125))
def test_registers_are_answered_as_pymodbus_answers_them(function: int, words: list[int]) -> None:
    data = packed(function, words)
    assert answering(ReadAnswer(function=function, data=data)) == theirs(
        ANSWERED[function](registers=words)
    )
    assert unpacked(function, len(words), data) == tuple(words)


@given(st.integers(1, 0x7F), st.integers(1, 11))
def test_an_exception_is_answered_as_pymodbus_answers_it(function: int, code: int) -> None:
    mine = answering(ExceptionAnswer(function=function, exception_code=code))
    assert mine == theirs(ExceptionResponse(function, exception_code=code))


def test_identification_is_asked_as_pymodbus_asks_it() -> None:
    asked = asking(IdentificationRequest(code=2, first_object=3))
    assert asked == theirs(ReadDeviceInformationRequest(read_code=2, object_id=3))
    assert asking(ServerIdRequest()) == theirs(ReportDeviceIdRequest())


@given(
    st.dictionaries(st.integers(0, 255), st.binary(min_size=1, max_size=50), min_size=1, max_size=4)
)
def test_identification_is_answered_as_pymodbus_answers_it(told: dict[int, bytes]) -> None:
    foreign = ReadDeviceInformationResponse(read_code=1, information=told)
    pdu = theirs(foreign)
    answer = answer_of(pdu, "")
    assert isinstance(answer, IdentificationAnswer)
    assert dict(answer.objects) == told
    assert answering(answer) == pdu


@pytest.mark.parametrize(
    ("pdu", "exception_code"),
    [
        ("03 00 00 00", 3),
        ("03 00 00 00 00", 3),
        ("03 00 00 00 7E", 3),
        ("01 00 00 07 D1", 3),
        ("04 FF FF 00 02", 2),
        ("2B 0E 05 00", 3),
        ("2B 0E 01", 3),
        ("00 00 00 00 01", 1),
        ("83 02", 1),
    ],
)
def test_a_request_beyond_a_limit_says_how_a_device_refuses_it(
    pdu: str, exception_code: int
) -> None:
    with pytest.raises(IllegalRequestError) as caught:
        request_of(bytes.fromhex(pdu), "meter")
    assert caught.value.exception_code == exception_code


def test_the_largest_reads_are_legal() -> None:
    for pdu in ("01 00 00 07 D0", "03 00 00 00 7D", "04 FF FF 00 01"):
        assert isinstance(request_of(bytes.fromhex(pdu), "meter"), ReadRequest)


@pytest.mark.parametrize(
    "pdu",
    [
        "", "03", "03 00", "03 04 00 00", "03 03 00 00 00", "83", "83 02 00", "00 00", "80 01",
        "11", "11 02 00", "2B 0E 01 01 00 00 01", "2B 0E 01 01 00 00 01 00 04 41",
        "2B 0E 01 01 01 00 00", "2B 0E 01 01 00 00 00 41",
    ],
)  # fmt: skip
def test_an_answer_that_contradicts_itself_is_refused(pdu: str) -> None:
    with pytest.raises(WireError):
        answer_of(bytes.fromhex(pdu), "meter")


def test_a_function_that_is_not_understood_is_carried() -> None:
    written = bytes.fromhex("10 00 01 00 02")
    assert answer_of(written, "meter") == Opaque(function=16, data=written[1:])
    assert answer_of(b"\x2b\x0d\x01", "meter") == Opaque(function=0x2B, data=b"\x0d\x01")
