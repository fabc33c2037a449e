"""What `told` says beyond the vectors: layouts that do not fit, errors, refusals."""

from typing import Any

import pytest

from device_profiles.cjt188.frame import Frame, encode
from device_profiles.cjt188.told import told
from device_profiles.wire_errors import WireLengthError, WireValueError


def said(control: int, data: str, meter_type: int = 0x10) -> Any:  # noqa: ANN401 (a document)
    frame = Frame(
        meter_type=meter_type,
        address="78330011223344",
        control=control,
        data=bytes.fromhex(data),
    )
    return told(encode(frame))


def test_a_payload_that_fits_no_layout_is_told_as_bytes() -> None:
    document = said(0x81, "1F9000 0077665500")
    assert (document["layout"], document["fitting"]) == (None, [])
    assert document["payload"] == "00 77 66 55 00"
    assert "values" not in document


def test_a_unit_says_how_well_it_is_known_and_a_field_what_is_unconfirmed() -> None:
    heat = "0000000011 " * 2 + "0000000014 0000000032 0000000029" + "00" * 9 + "00" * 9
    values = said(0x81, "1F9000" + heat, 0x20)["values"]
    assert values[0]["unit_status"] == "firmware"
    assert "decimals" in values[2]["unconfirmed"]
    assert values[-2] == {"name": "clock", "value": None, "not_available": "sentinel"}


def test_an_abnormal_reply_and_an_unknown_function_are_told() -> None:
    document = said(0xC1, "002184")
    assert (document["kind"], document["data"]) == ("error", "00 21 84")
    assert said(0x3F, "")["function"] == "unknown"


def test_an_unknown_type_of_meter_is_told() -> None:
    assert said(0x01, "1F9000", 0x77)["meter_type"]["meaning"] == "unknown"


@pytest.mark.parametrize("data", ["", "1F", "1F90"])
def test_a_frame_too_short_for_an_identifier_is_refused(data: str) -> None:
    with pytest.raises(WireLengthError):
        said(0x81, data)


def test_a_number_without_digits_is_refused() -> None:
    with pytest.raises(WireValueError):
        said(0x81, "1F9000 0A7766552C 007766552C 31012211051520 2184")
