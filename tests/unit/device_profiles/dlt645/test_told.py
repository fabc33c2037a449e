"""What `told` says beyond the vectors: no value, demand, follow-on frames, status, refusals."""

from typing import Any

import pytest

from device_profiles.dlt645.frame import Frame, encode, with_33
from device_profiles.dlt645.told import told
from device_profiles.wire_errors import WireFormError, WireLengthError, WireValueError


def said(control: int, plain: str) -> Any:  # noqa: ANN401 (a document)
    data = with_33(bytes.fromhex(plain))
    return told(encode(Frame(address="000000000161", control=control, data=data)))


def test_a_phase_that_is_not_there_has_no_value() -> None:
    assert said(0x91, "00FF0102 0522 FFFF FFFF")["values"] == [
        {"name": "A", "unit": "V", "value": 220.5},
        {"name": "B", "unit": "V", "value": None, "not_available": "sentinel"},
        {"name": "C", "unit": "V", "value": None, "not_available": "sentinel"},
    ]


def test_a_maximum_demand_is_told_with_its_time() -> None:
    assert said(0x91, "00000101 563412 0016310326")["values"] == [
        {"name": "demand", "unit": "kW", "value": 12.3456},
        {"name": "at", "value": "2026-03-31T16:00"},
    ]
    at = said(0x91, "00000101 000000 0000000000")["values"][1]
    assert at == {"name": "at", "value": None, "not_available": "sentinel"}


def test_a_block_of_demands_is_told_one_after_another() -> None:
    values = said(0x91, "00FF0101 563412 0016310326 FFFFFF FFFFFFFFFF")["values"]
    assert [each["name"] for each in values] == [
        "total demand",
        "total at",
        "tariff 1 demand",
        "tariff 1 at",
    ]


def test_a_status_word_is_told_with_its_set_bits() -> None:
    assert said(0x91, "01050004 0480")["values"] == [{"bits": [2, 15], "value": 0x8004}]


def test_negative_combined_energy_is_told() -> None:
    assert said(0x91, "00000000 01000080")["values"] == [{"unit": "kW.h", "value": -0.01}]


def test_a_follow_on_frame_is_told_with_its_number_and_without_values() -> None:
    document = said(0xB2, "00FF0100 00000000 01")
    assert (document["sequence"], document["more_follow"]) == (1, True)
    assert "values" not in document


def test_a_piece_of_an_item_at_the_end_of_a_first_frame_is_left_out() -> None:
    values = said(0xB1, "00FF0100 00001000 2500")["values"]
    assert values == [{"name": "total", "unit": "kW.h", "value": 1000.0}]
    assert "values" not in said(0xB1, "00FF0100 0000")
    assert "values" not in said(0xB1, "00000100 00000000")


def test_a_told_address_and_an_unknown_function_are_told() -> None:
    assert said(0x93, "610100000000")["told_address"] == "000000000161"
    document = said(0x1F, "00")
    assert (document["function"], document["edition"]) == ("unknown", None)


def test_error_bits_of_1997_are_told_without_a_meaning() -> None:
    (error,) = said(0xC1, "02")["errors"]
    assert (error["bit"], error["meaning"]) == (1, "meaning not confirmed")


def test_an_unknown_item_is_told_as_bytes() -> None:
    document = said(0x91, "FF228002 0102")
    assert document["item"] is None
    assert document["plain"] == "FF 22 80 02 01 02"


@pytest.mark.parametrize(
    ("control", "plain"),
    [
        (0x11, "000001"),
        (0x91, "00000100 260000"),
        (0x91, "00000100 2600000000"),
        (0x91, "00000100"),
        (0x91, "00FF0100"),
        (0x91, "00FF0102 0522 0522 0522 0522"),
        (0x92, "00000100"),
        (0xD1, ""),
        (0xD1, "0202"),
        (0x93, "6101"),
    ],
)
def test_a_frame_of_another_length_than_its_contents_is_refused(control: int, plain: str) -> None:
    with pytest.raises(WireLengthError):
        said(control, plain)


@pytest.mark.parametrize("plain", ["00000100 2A000000", "02010004 605923", "01010004 07110326"])
def test_a_known_item_that_is_not_coded_as_its_format_says_is_refused(plain: str) -> None:
    with pytest.raises(WireValueError):
        said(0x91, plain)


def test_a_told_address_without_digits_is_refused() -> None:
    with pytest.raises(WireFormError):
        said(0x93, "6A0100000000")
