"""Any bytes are judged, and only the answer to the request passes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import ReadCoilsResponse, ReadDiscreteInputsResponse
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse, ReadInputRegistersResponse

from device_profiles.modbus.errors import (
    DeviceBusyError,
    GatewayError,
    IllegalBlockError,
    ModbusRefusedError,
)
from device_profiles.modbus.tcp import data as data_of
from device_profiles.modbus.tcp import judge
from device_profiles.wire_errors import WireError
from tests.words import bits, words

DEVICE = "meter"
FRAMER = FramerSocket(DecodePDU(is_server=False))
REGISTERS = {3: ReadHoldingRegistersResponse, 4: ReadInputRegistersResponse}
BITS = {1: ReadCoilsResponse, 2: ReadDiscreteInputsResponse}


def asking(function: int, count: int, transaction: int = 1, unit: int = 17) -> bytes:
    return struct.pack(">HHHBBHH", transaction, 0, 6, unit, function, 107, count)


requests = st.builds(
    asking,
    st.sampled_from((1, 2, 3, 4)),
    st.integers(1, 125),
    st.integers(1, 0xFFFF),
    st.integers(0, 255),
)


def answer_to(asked: bytes, data: st.DataObject) -> bytes:
    """A right answer, written by pymodbus."""
    count, transaction = int.from_bytes(asked[10:12], "big"), int.from_bytes(asked[:2], "big")
    if asked[7] in BITS:
        bits = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
        pdu = BITS[asked[7]](bits=bits, dev_id=asked[6], transaction_id=transaction)
        return FRAMER.buildFrame(pdu)
    content = data.draw(st.lists(st.integers(0, 0xFFFF), min_size=count, max_size=count))
    registers = REGISTERS[asked[7]](registers=content, dev_id=asked[6], transaction_id=transaction)
    return FRAMER.buildFrame(registers)


@given(requests, st.data())
def test_what_pymodbus_writes_is_accepted_and_read_as_pymodbus_reads_it(
    asked: bytes, data: st.DataObject
) -> None:
    answer = answer_to(asked, data)
    count = int.from_bytes(asked[10:12], "big")
    pdu = FRAMER.handleFrame(answer, asked[6], 0)[1]
    assert pdu is not None
    assert judge(asked, answer, DEVICE) == answer
    theirs = pdu.registers if asked[7] >= 3 else pdu.bits[:count]
    shown = tuple(int(one) for one in theirs)
    content = data_of(answer)
    assert (words(content) if asked[7] > 2 else bits(content, len(shown))) == shown


@given(requests, st.data(), st.binary(max_size=20))
def test_an_answer_is_complete_exactly_when_its_last_byte_is_there(
    asked: bytes, data: st.DataObject, more: bytes
) -> None:
    answer = answer_to(asked, data)
    cut = data.draw(st.integers(0, len(answer) - 1))
    assert judge(asked, answer[:cut], DEVICE) is None
    assert judge(asked, answer + more, DEVICE) == answer


@given(requests, st.data())
def test_any_change_of_one_byte_before_the_data_is_an_error(
    asked: bytes, data: st.DataObject
) -> None:
    answer = bytearray(answer_to(asked, data))
    place = data.draw(st.integers(0, 8))
    answer[place] ^= data.draw(st.integers(1, 255))
    assert isinstance(judge(asked, bytes(answer), DEVICE), WireError)


@given(requests | st.builds(asking, st.just(0x2B), st.integers(0, 9)), st.binary(max_size=300))
def test_any_bytes_are_judged(asked: bytes, received: bytes) -> None:
    verdict = judge(asked, received, DEVICE)
    assert verdict is None or isinstance(verdict, (bytes, WireError))
    if isinstance(verdict, WireError):
        assert verdict.say("zh").startswith(f"{verdict.code} {DEVICE}: ")
        assert verdict.raw == received


def test_the_specifications_example_is_read() -> None:
    """Modbus Application Protocol 6.3: registers 108 to 110 hold 555, 0 and 100."""
    asked = bytes.fromhex("0001 0000 0006 11 03 006B 0003")
    answer = bytes.fromhex("0001 0000 0009 11 03 06 022B 0000 0064")
    assert judge(asked, answer, DEVICE) == answer
    assert words(data_of(answer)) == (555, 0, 100)


def test_the_specifications_example_of_coils_is_read() -> None:
    """Modbus Application Protocol 6.1: coils 20 to 38 are CD 6B 05, coil 27 is on."""
    asked = bytes.fromhex("0001 0000 0006 11 01 0013 0013")
    answer = bytes.fromhex("0001 0000 0006 11 01 03 CD 6B 05")
    assert judge(asked, answer, DEVICE) == answer
    on = (1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1)
    assert bits(data_of(answer), 19) == on


@pytest.mark.parametrize(
    ("pdu", "kind"),
    [
        ("83 01", ModbusRefusedError),
        ("83 02", IllegalBlockError),
        ("83 03", IllegalBlockError),
        ("83 04", ModbusRefusedError),
        ("83 05", DeviceBusyError),
        ("83 06", DeviceBusyError),
        ("83 0A", GatewayError),
        ("83 0B", GatewayError),
        ("83 7F", ModbusRefusedError),
    ],
)
def test_an_exception_is_told_with_its_code_and_bytes(
    pdu: str, kind: type[ModbusRefusedError]
) -> None:
    frame = bytes.fromhex("0001 0000 0003 11" + pdu)
    error = judge(asking(3, 2), frame, DEVICE)
    assert type(error) is kind
    assert error.exception_code == error.facts["exception_code"] == int(pdu[3:], 16)
    assert error.raw == frame
    assert f"exception {pdu[3:]}" in str(error)
