"""The package iec62056-21 writes and reads the same messages; where not, it is told below."""

import string

import iec62056_21.messages as theirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec62056_21 import utils

from device_profiles.iec62056.frame import (
    Block,
    Command,
    Identification,
    Option,
    SignOn,
    block_check,
    encode,
)
from device_profiles.iec62056.parity import SEVEN_BITS, masked
from device_profiles.iec62056.readout import data_sets
from tests.unit.device_profiles.iec62056.samples import CHECKED, MESSAGES

words = st.text(string.ascii_letters + string.digits + ".", min_size=1, max_size=16)


@given(st.binary(min_size=1, max_size=300).map(lambda raw: masked(raw, SEVEN_BITS)))
def test_its_block_check_is_ours(covered: bytes) -> None:
    assert utils.calculate_bcc(covered) == bytes((block_check(covered),))


def test_it_does_not_see_bit_7_in_what_the_block_check_covers() -> None:
    """On a line of eight bits a set bit 7 is a fault; here it breaks the check."""
    assert utils.calculate_bcc(b"\xb1") == utils.calculate_bcc(b"\x31")
    assert block_check(b"\xb1") != block_check(b"\x31")


@pytest.mark.parametrize("raw", CHECKED, ids=lambda raw: raw[:4].hex())
def test_it_accepts_the_block_check_of_the_vectors(raw: bytes) -> None:
    assert utils.bcc_valid(raw)


@given(words)
def test_its_requests_are_ours(address: str) -> None:
    plain = address.replace(".", "")
    assert theirs.RequestMessage(plain).to_bytes() == encode(SignOn(address=plain))


@given(st.sampled_from("0123456"), st.sampled_from("01"))
def test_its_options_are_ours(baud: str, mode: str) -> None:
    ours = encode(Option(baud=baud, mode=mode))
    assert theirs.AckOptionSelectMessage(baud, mode).to_bytes() == ours


@given(words, words)
def test_its_commands_are_ours(address: str, value: str) -> None:
    data_set = theirs.DataSet(address=address, value=value)
    command = theirs.CommandMessage(command="R", command_type=5, data_set=data_set)
    ours = Command(code="R5", data=f"{address}({value})".encode("ascii"))
    assert command.to_bytes() == encode(ours)
    plain = theirs.CommandMessage(command="B", command_type=0, data_set=None)
    assert plain.to_bytes() == MESSAGES["I3"]


@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=10))
def test_it_reads_a_readout_written_here_alike(rows: list[tuple[str, str, str]]) -> None:
    lines = "".join(f"{code}({value}*{unit})\r\n" for code, value, unit in rows)
    data = lines.encode("ascii") + b"!\r\n"
    message = theirs.ReadoutDataMessage.from_bytes(encode(Block(data=data)))
    found = [
        (each.address, each.value, each.unit)
        for line in message.data_block.data_lines
        for each in line.data_sets
    ]
    ours = [
        (each.identifier, each.groups[0].value, each.groups[0].unit) for each in data_sets(data)
    ]
    assert found == ours == rows


def test_it_loses_the_first_sign_of_an_identification_without_an_escape() -> None:
    """It takes a backslash for granted; "/LGZ5ZMD" has none, and the standard wants none."""
    raw = encode(Identification(manufacturer="LGZ", baud="5", text="ZMD"))
    assert theirs.IdentificationMessage.from_bytes(raw).identification == "MD"


def test_it_has_no_code_for_the_second_value_group() -> None:
    """It makes a data set without an address of each further group; here they stay together."""
    raw = encode(Block(data=b"1.6.1(00.500*kW)(2311291545)\r\n!\r\n"))
    (line,) = theirs.ReadoutDataMessage.from_bytes(raw).data_block.data_lines
    assert [each.address for each in line.data_sets] == ["1.6.1", None]
    (ours,) = data_sets(b"1.6.1(00.500*kW)(2311291545)\r\n!\r\n")
    assert len(ours.groups) == 2
