"""What is told of a frame: both readings where it has two, numbers in every order."""

from typing import Any

import pytest

from device_profiles.modbus import rtu
from device_profiles.modbus.pdu import Adu
from device_profiles.modbus.told import ZH, told_ascii, told_rtu, told_tcp
from device_profiles.wire_errors import WireError


def readings(pdu: str) -> list[dict[str, Any]]:
    told: dict[str, Any] = told_rtu(rtu.frame(Adu(unit=1, pdu=bytes.fromhex(pdu))))
    found: list[dict[str, Any]] = told["readings"]
    return found


def test_a_register_answer_is_told_as_integers_and_as_pairs_in_every_order() -> None:
    (told,) = readings("03 04 D4 7A 43 E8")
    assert told["registers"] == [
        {"register": 0, "hex": "D47A", "uint16": 0xD47A, "int16": 0xD47A - 0x10000},
        {"register": 1, "hex": "43E8", "uint16": 0x43E8, "int16": 0x43E8},
    ]
    real, whole = told["pairs"]
    assert real["CDAB"] == 465.65997
    assert real["plausible"] == ["CDAB"]
    assert (whole["format"], whole["ABCD"], whole["DCBA"]) == ("uint32", 0xD47A43E8, 0xE8437AD4)


def test_every_pair_of_neighbours_is_told() -> None:
    (told,) = readings("04 06 43 66 80 00 00 01")
    assert [(each["registers"], each["format"]) for each in told["pairs"]] == [
        ("0-1", "float32"),
        ("0-1", "uint32"),
        ("1-2", "float32"),
        ("1-2", "uint32"),
    ]
    assert told["pairs"][0]["ABCD"] == 230.5


def test_a_number_that_is_none_is_told_as_null() -> None:
    (told,) = readings("03 04 7F C0 00 00")
    assert told["pairs"][0]["ABCD"] is None


def test_the_largest_float_is_told_without_overflow() -> None:
    (told,) = readings("03 04 7F 7F FF FF")
    assert told["pairs"][0]["ABCD"] == pytest.approx(3.4028235e38)


def test_a_single_register_has_no_pairs() -> None:
    (told,) = readings("03 02 00 01")
    assert "pairs" not in told


def test_a_frame_that_can_be_request_and_answer_is_told_as_both() -> None:
    request, answer = readings("01 03 00 00 11")
    assert request == {"as": "request", "address": 0x0300, "count": 17}
    assert answer == {"as": "answer", "bits": [0] * 16 + [1, 0, 0, 0, 1, 0, 0, 0]}


def test_identification_and_server_id_are_told_as_text() -> None:
    (told,) = readings("2B 0E 01 81 FF 03 02 00 04 41 43 4D 45 80 01 FF")
    assert told["next_object"] == 3
    assert told["objects"][0] == {
        "id": 0, "name": "vendor name", "text": "ACME", "hex": "41 43 4D 45",
    }  # fmt: skip
    assert told["objects"][1]["name"] == "-"
    assert readings("2B 0E 01 00") == [{"as": "request", "category": 1, "first_object": 0}]
    assert readings("11") == [{"as": "request"}]
    assert readings("11 03 01 FF 41")[0]["data"] == "01 FF 41"


def test_what_is_not_understood_is_told_as_bytes() -> None:
    assert readings("10 00 01 00 02") == [{"as": "request or answer", "data": "00 01 00 02"}]


def test_an_exception_is_told_with_its_meaning() -> None:
    told: dict[str, Any] = told_rtu(bytes.fromhex("0B 84 04 62 C1"))
    assert (told["unit"], told["function"]) == (11, 4)
    assert told["readings"] == [{"as": "exception", "code": 4, "meaning": "server device failure"}]


@pytest.mark.parametrize(
    ("pdu", "words"),
    [("03 00 00 00 7E", "quantity 126"), ("03 04 00 01", "byte count is 4"), ("80 01", "code 0")],
)
def test_what_is_neither_request_nor_answer_is_refused(pdu: str, words: str) -> None:
    with pytest.raises(WireError, match=words):
        readings(pdu)


def test_the_three_framings_say_the_same() -> None:
    over_tcp = told_tcp(bytes.fromhex("12 34 00 00 00 06 01 03 00 00 00 0A"))
    assert over_tcp.pop("transaction") == 0x1234
    in_ascii = told_ascii(b":01030000000AF2\r\n")
    assert over_tcp == in_ascii == told_rtu(bytes.fromhex("01 03 00 00 00 0A C5 CD"))


def test_every_name_has_a_chinese_one() -> None:
    (told,) = readings("2B 0E 01 81 FF 03 01 00 01 41")
    names = {*told, *told["objects"][0], *readings("03 04 00 00 00 01")[0], "unit", "function"}
    assert names <= ZH.keys()
