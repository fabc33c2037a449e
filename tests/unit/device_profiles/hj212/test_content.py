"""The content of CP: exact numbers, flags that are never presumed, raw text a factor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.formats import NotAvailable
from device_profiles.hj212.content import Content, DataFlag, read_content
from device_profiles.hj212.finding import TEXTS
from device_profiles.hj212.items import pairs
from device_profiles.hj212.value import read_value
from tests.unit.device_profiles.hj212.vectors import data

TIME = b"DataTime=20260115083000;"


def _codes(content: Content) -> list[str]:
    return [each.code for each in content.findings]


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [
        ("7", 7, 0),
        ("0", 0, 0),
        ("-0.215", -0.215, 3),
        ("23.03", 23.03, 2),
        ("196432.100", 196432.1, 3),
        ("1234567.89", 1234567.89, 2),
        ("0.1", 0.1, 1),
        ("9007199254740993", 9007199254740993, 0),
        ("00012.50", 12.5, 2),
    ],
)
def test_a_number_is_exact(text: str, number: float, decimals: int) -> None:
    value, code = read_value(text)
    assert (value.number, value.decimals, value.text, code) == (number, decimals, text, None)
    assert type(value.number) is type(number)


@given(st.integers(-(10**15), 10**15), st.integers(0, 12))
def test_a_decimal_becomes_the_double_nearest_to_it(unscaled: int, decimals: int) -> None:
    digits = f"{abs(unscaled):0{decimals + 1}d}"
    text = ("-" if unscaled < 0 else "") + digits[: len(digits) - decimals]
    text += f".{digits[len(digits) - decimals :]}" if decimals else ""
    assert read_value(text)[0].number == (float(text) if decimals else int(text))


@pytest.mark.parametrize("text", ["+1", ".5", "5.", "-.5"])
def test_a_number_in_another_form_is_read_and_named(text: str) -> None:
    value, code = read_value(text)
    assert (value.number, code) == (float(text), "number_form")


@pytest.mark.parametrize(
    "text",
    [
        "-",
        ".",
        "NaN",
        "nan",
        "inf",
        "1e5",
        "1,5",
        "1 5",
        "１２",
        "0x1F",
        "--1",
        "9" * 31,
        "9" * 9999,
    ],
)
def test_what_is_no_number_stays_text(text: str) -> None:
    value, code = read_value(text)
    assert value.number == NotAvailable(reason="not_a_number")
    assert (value.text, code) == (text, "not_a_number")


def test_a_factor_keeps_its_raw_text() -> None:
    raw = data("Y1")[6:-4].split(b"&&")[1]
    factors = read_content(raw).factors
    assert factors[0].raw == b"a21026-Rtd=18.42,a21026-ZsRtd=23.03,a21026-Flag=N"
    assert b";".join([raw[: raw.index(b";")], *(each.raw for each in factors)]) == raw


@pytest.mark.parametrize("flag", [each for each in DataFlag if each is not DataFlag.UNKNOWN])
def test_a_flag_of_table_8_is_told(flag: DataFlag) -> None:
    content = read_content(TIME + f"a21026-Rtd=1,a21026-Flag={flag.value}".encode())
    assert (content.factors[0].flag, _codes(content)) == (flag, [])


@pytest.mark.parametrize(
    ("text", "code", "kept"),
    [
        (b"", "data_flag_missing", {}),
        (b",a1-Flag=", "data_flag_unknown", {}),
        (b",a1-Flag=n", "data_flag_unknown", {"Flag": "n"}),
        (b",a1-Flag=X", "data_flag_unknown", {"Flag": "X"}),
        (b",a1-Flag=NN", "data_flag_unknown", {"Flag": "NN"}),
        (b",a1-Flag=unknown", "data_flag_unknown", {"Flag": "unknown"}),
    ],
)
def test_no_flag_and_a_flag_nobody_knows_are_unknown_never_normal(
    text: bytes, code: str, kept: dict[str, str]
) -> None:
    content = read_content(TIME + b"a1-Rtd=1" + text)
    assert content.factors[0].flag is DataFlag.UNKNOWN
    assert (content.factors[0].details, _codes(content)) == (kept, [code])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (b"a1-Rtd=1;a1-Flag=N", ["item_split"]),
        (b"a1-Rtd=1,a1-Flag=N,a2-Rtd=2,a2-Flag=N", ["item_codes"]),
        (b"a1-Rtd= 1,a1-Flag=N", ["spaces"]),
        (b"a1-RTD=1,a1-Flag=N", ["subfield_case"]),
        (b"a1-Rtd=1,a1-Foo=2,a1-Flag=N", ["subfield_unknown"]),
        (b"a1-Rtd=1,a1-Flag=N,junk", ["item_form"]),
        (b"a1-Rtd=,a1-Flag=D", ["value_empty"]),
        (b"a1-Rtd=---,a1-Flag=D", ["not_a_number"]),
        (b"a1-Rtd=1,a1-Flag=N;DataTime=20260115083000", ["parameter_twice"]),
        (b"a1-Rtd=1,a1-Flag=N;BeginTime=20260230000000", ["time_form"]),
        (b"a1-Rtd=1,a1-Flag=N;i11001-Info=//\xc7\xe5\xcf\xb4//", ["not_utf8"]),
        (b"a1-Rtd=1,a1-Flag=N;i11001-Info=//\xff\xff//", ["not_text"]),
        (b"a1-Rtd=1,a1-Flag=N,a1-SampleTime=2026", ["time_form"]),
        (b"SB1-RS=1,SB1-Foo=2", ["subfield_unknown"]),
        (b"SB1-RS=x", ["not_a_number"]),
    ],
)
def test_a_deviation_is_named_and_the_value_is_read(text: bytes, codes: list[str]) -> None:
    content = read_content(TIME + text)
    assert _codes(content) == codes
    assert set(codes) <= TEXTS.keys()
    assert content.data_time == "20260115083000"


def test_a_subfield_that_comes_twice_is_kept_twice() -> None:
    content = read_content(TIME + b"e01001-Rtd=1.1,e01001-Flag=N;e01001-Rtd=2.2,e01001-Flag=N")
    assert [each.values["Rtd"].number for each in content.factors] == [1.1, 2.2]
    assert _codes(content) == ["subfield_twice"]


def test_the_slip_in_table_c14_is_read_as_two_factors() -> None:
    text = b"w01018-SampleTime=20160801070000,01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01"
    content = read_content(TIME + text)
    first, second = content.factors
    assert first.details == {"SampleTime": "20160801070000", "EFlag": "A01"}
    assert (second.code, second.flag) == ("01018", DataFlag.UNKNOWN)
    assert _codes(content) == ["item_codes", "data_flag_missing"]


def test_measured_values_without_a_time_are_named() -> None:
    assert _codes(read_content(b"a1-Rtd=1,a1-Flag=N")) == ["time_missing"]


def test_parameters_stand_in_one_item_or_in_several() -> None:
    expected = {"BeginTime": "20260101000000", "EndTime": "20260102000000"}
    for divider in (b",", b";"):
        text = b"BeginTime=20260101000000" + divider + b"EndTime=20260102000000"
        content = read_content(text)
        assert (content.parameters, _codes(content)) == (expected, [])


def test_equipment_has_states_and_run_times() -> None:
    content = read_content(TIME + b"SB1-RS=1;SB2-RT=2.1")
    first, second = content.equipment
    assert first.state is not None
    assert second.run_time_h is not None
    assert (first.code, first.state.number, first.run_time_h) == ("SB1", 1, None)
    assert (second.code, second.run_time_h.number, second.raw) == ("SB2", 2.1, b"SB2-RT=2.1")


def test_a_log_may_hold_separators() -> None:
    content = read_content("PolId=w01018;i11001-Info=//清洗;管路,a=1//;i12001-Info=1".encode())
    assert [each.details["Info"] for each in content.factors] == ["//清洗;管路,a=1//", "1"]
    assert _codes(content) == []


def test_a_log_in_gb18030_is_read() -> None:
    content = read_content(b"i11001-Info=//" + "清洗管路".encode("gb18030") + b"//")
    assert content.factors[0].details["Info"] == "//清洗管路//"


def test_empty_content_says_nothing() -> None:
    assert read_content(b"") == Content(parameters={})
    assert read_content(b";;,; ") == Content(parameters={})


@given(st.binary(max_size=300))
def test_no_content_is_refused_and_no_byte_of_a_pair_is_lost(content: bytes) -> None:
    read = read_content(content)
    assert {each.code for each in read.findings} <= TEXTS.keys()
    kept = b"".join(each.raw for each in pairs(content))
    assert len(kept.translate(None, b";, \t\r\n\x0b\x0c")) == len(
        content.translate(None, b";, \t\r\n\x0b\x0c")
    )


@given(st.lists(st.sampled_from([b"a1", b"-", b"Rtd", b"Flag", b"=", b"N", b"1.5", b";", b","])))
def test_content_of_its_own_pieces_is_read(pieces: list[bytes]) -> None:
    read = read_content(b"".join(pieces))
    for factor in read.factors:
        assert factor.raw
        assert factor.flag in DataFlag
