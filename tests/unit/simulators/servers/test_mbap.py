from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

from simulators.errors import FrameError
from simulators.servers.mbap import Request, frame, split

requests = st.builds(
    Request,
    transaction_id=st.integers(0, 0xFFFF),
    unit_id=st.integers(0, 0xFF),
    pdu=st.binary(min_size=1, max_size=253),
)


def test_the_example_frame_is_split_into_its_fields() -> None:
    received = bytes.fromhex("12 34 00 00 00 06 11 03 00 6B 00 03")
    expected = Request(transaction_id=0x1234, unit_id=17, pdu=bytes.fromhex("03 00 6B 00 03"))
    assert split(received) == ([expected], b"")


def test_a_frame_of_a_foreign_implementation_is_split() -> None:
    framer = FramerSocket(DecodePDU(is_server=False))
    pdu = ReadHoldingRegistersRequest(address=107, count=3, dev_id=17, transaction_id=0x1234)
    (request,), rest = split(framer.buildFrame(pdu))
    assert (request.transaction_id, request.unit_id, rest) == (0x1234, 17, b"")
    assert request.pdu == bytes.fromhex("03 00 6B 00 03")


@given(sent=st.lists(requests, max_size=5), cuts=st.lists(st.integers(0, 1300), max_size=6))
def test_requests_are_found_however_the_stream_is_cut(sent: list[Request], cuts: list[int]) -> None:
    stream = b"".join(frame(one.transaction_id, one.unit_id, one.pdu) for one in sent)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    found: list[Request] = []
    rest = b""
    for start, end in pairwise(edges):
        whole, rest = split(rest + stream[start:end])
        found += whole
    assert found == sent
    assert rest == b""


@pytest.mark.parametrize(
    "received",
    [
        "12 34 00 01 00 06 11 03 00 6B 00 03",
        "12 34 00 00 00 01 11",
        "12 34 00 00 00 FF 11",
        "12 34 00 00 FF FF 11",
    ],
)
def test_a_header_that_is_not_modbus_tcp_is_refused(received: str) -> None:
    with pytest.raises(FrameError, match="E_SIM_FRAME"):
        split(bytes.fromhex(received))


@given(received=st.binary(max_size=600))
def test_what_is_kept_back_is_always_shorter_than_a_frame(received: bytes) -> None:
    try:
        _, rest = split(received)
    except FrameError:
        return
    assert len(rest) < 260
