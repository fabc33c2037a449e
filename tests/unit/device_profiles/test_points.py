"""Lists of points as engineers have them, and the profiles they make."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.formats import CODECS
from device_profiles.parse import lint
from device_profiles.points import Made, profile_from_points
from device_profiles.points_errors import PointsError
from device_profiles.points_head import Head

HEAD = Head(
    id="e1",
    maker="Example",
    model="E1",
    title_en="Example",
    title_zh="示例",
    document="E1 manual",
    page="12",
    grade="A",
    unit_id=1,
    function=3,
    word_order="ABCD",
)
PRINTED = replace(HEAD, convention="printed")


def made(text: str | bytes, head: Head = HEAD) -> Made:
    content = text if isinstance(text, bytes) else text.encode()
    return profile_from_points(content, "points.csv", head)


def channels(text: str | bytes, head: Head = HEAD) -> list[dict[str, Any]]:
    result = made(text, head)
    assert [finding.say("en") for finding in result.findings] == []
    assert result.text is not None
    assert lint(result.text.encode(), "e1.toml") == ()
    found: list[dict[str, Any]] = tomllib.loads(result.text)["channels"]
    return found


def one(row: str, heading: str = "name,address,type,unit", head: Head = HEAD) -> dict[str, Any]:
    (channel,) = channels(f"{heading}\n{row}\n", head)
    return channel


def refused(text: str | bytes, head: Head = HEAD) -> PointsError:
    result = made(text, head)
    assert result.text is None
    (finding,) = result.findings
    for language in ("en", "zh"):
        told = finding.say(language)
        assert finding.code in told
        assert "points.csv" in told
        assert str(finding.facts["key"]) in told
        assert finding.remedy(language) in told
    return finding


def test_the_list_of_the_help_makes_a_profile_that_lints_clean() -> None:
    voltage, energy = channels(
        "name,address,type,unit,scale\n"
        "Voltage L1,40001,float32,V,\n"
        "Total import energy,40073,uint32,kWh,0.01\n",
        PRINTED,
    )
    assert voltage == {
        "name": "voltage_l1",
        "kind_of_quantity": "voltage",
        "unit": "V",
        "accumulation": "rate",
        "source": {"address": 0, "format": "float32"},
        "phase": "L1",
        "note": "Voltage L1",
    }
    assert energy["source"] == {"address": 72, "format": "uint32"}
    assert (energy["kind_of_quantity"], energy["accumulation"]) == ("active_energy", "register")
    assert (energy["unit"], energy["scale"]) == ("kW.h", 0.01)


def test_a_chinese_list_from_a_chinese_spreadsheet_is_understood() -> None:
    text = (
        "名称;寄存器地址;数据类型;单位;倍率;功能码;字节顺序\n"
        "A相电压;0x0061;无符号整数;伏;0,1;03;\n"
        "正向有功总电能;10;无符号长整数;千瓦时;0.01;保持寄存器;CDAB\n"
        "烟气湿度;20;浮点;%;;输入寄存器;\n"
    )
    voltage, energy, humidity = channels(text.encode("gb18030"))
    assert voltage["phase"] == "L1"
    assert voltage["source"] == {"address": 0x61, "format": "uint16"}
    assert voltage["scale"] == 0.1
    assert voltage["name"] == "voltage_a"
    assert energy["source"] == {"address": 10, "format": "uint32", "word_order": "CDAB"}
    assert energy["note"] == "正向有功总电能"
    assert humidity["kind_of_quantity"] == "relative_humidity"
    assert humidity["source"]["function"] == 4


@pytest.mark.parametrize(
    ("address", "head", "expected"),
    [
        ("16", HEAD, (16, None)),
        ("0x10", HEAD, (16, None)),
        ("0010h", HEAD, (16, None)),
        ("16.0", HEAD, (16, None)),
        ("40001", replace(HEAD, convention="frame"), (40001, None)),
        ("40001", PRINTED, (0, None)),
        ("400001", PRINTED, (0, None)),
        ("465536", PRINTED, (65535, None)),
        ("30001", PRINTED, (0, 4)),
        ("4x0007", PRINTED, (6, None)),
        ("3:00007", PRINTED, (6, 4)),
        ("1", PRINTED, (0, None)),
    ],
)
def test_an_address_is_read_by_the_convention_that_was_named(
    address: str, head: Head, expected: tuple[int, int | None]
) -> None:
    source = one(f"U,{address},uint16,V", head=head)["source"]
    assert (source["address"], source.get("function")) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Float", "float32"),
        ("REAL4", "float32"),
        ("double", "float64"),
        ("UINT 16", "uint16"),
        ("signed_32", "int32"),
        ("DWORD", "uint32"),
        ("单精度浮点", "float32"),
        ("mod10k48", "mod10k48"),
    ],
)
def test_a_type_is_understood_as_people_write_it(written: str, expected: str) -> None:
    assert one(f"U,0,{written},V")["source"]["format"] == expected


@pytest.mark.parametrize("written", ["float CDAB", "float32 (CDAB)", "FLOAT_CDAB", "cdab float"])
def test_a_word_order_may_stand_beside_the_type(written: str) -> None:
    assert one(f"U,0,{written},V")["source"]["word_order"] == "CDAB"


def test_the_number_of_registers_tells_sixteen_bits_from_thirty_two() -> None:
    heading = "name,address,type,unit,length"
    assert one("E,0,uint,kWh,2", heading)["source"]["format"] == "uint32"
    assert one("E,0,int,kWh,4", heading)["source"]["format"] == "int64"
    finding = refused(f"{heading}\nE,0,float32,kWh,1\n")
    assert finding.code == "E_POINTS_CELL"
    assert finding.facts["key"] == "row 2, column 'length'"


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("Import", "kWh", "active_energy"),
        ("Heat energy", "MWh", "heat"),
        ("供热量", "GJ", "heat"),
        ("Q1", "kvarh", "reactive_energy"),
        ("P", "kW", "active_power"),
        ("Thermal power", "kW", "thermal_power"),
        ("SO2", "mg/m³", "mass_concentration"),
        ("SO2", "ppb", "amount_fraction"),
        ("O2 dry", "%", "amount_fraction"),
        ("PF", "", "power_factor"),
        ("功率因数", "", "power_factor"),
        ("p", "MPa", "pressure"),
        ("Flow", "Nm³/h", "volume_flow"),
    ],
)
def test_unit_and_name_tell_the_kind_of_quantity(name: str, unit: str, kind: str) -> None:
    channel = one(f"{name},0,float32,{unit}")
    assert channel["kind_of_quantity"] == kind


def test_what_was_guessed_is_told_and_stands_as_a_comment() -> None:
    result = made("name,address,type,unit,colour\nImport,0,uint32,kWh,red\n")
    assert result.text is not None
    assert "# row 2: 'Import' is active_energy, register (guessed" in result.text
    unused, kind = result.guesses
    assert unused.facts["key"] == "row 1, column 'colour'"
    assert kind.facts["key"] == "row 2, column 'name'"
    assert "active_energy" in kind.say("zh")


def test_what_is_stated_is_not_guessed() -> None:
    heading = (
        "name,address,type,unit,kind of quantity,accumulation,phase,subject,multiply_by,required"
    )
    row = "Level,0,uint16,%,amount_fraction,瞬时,,CH4,ct_ratio,yes"
    result = made(f"{heading}\n{row}\n")
    assert result.guesses == ()
    channel = one(row, heading)
    assert channel["subject"] == "CH4"
    assert channel["multiply_by"] == ["ct_ratio"]
    assert channel["required"] is True


def test_points_of_one_name_get_names_of_their_own() -> None:
    text = "name,address,type,unit\nU,0,uint16,V\nU,1,uint16,V\n电压,2,uint16,V\n"
    assert [channel["name"] for channel in channels(text)] == ["u", "u_2", "voltage"]


@pytest.mark.parametrize(
    ("scale", "expected"), [("0.1", 0.1), ("x0.1", 0.1), ("1/10", 0.1), ("1e-3", 1e-3)]
)
def test_a_scale_is_understood_as_people_write_it(scale: str, expected: float) -> None:
    assert one(f"U,0,uint16,V,{scale}", "name,address,type,unit,factor")["scale"] == expected


CELLS = [
    ("U,-1,uint16,V", "E_POINTS_ADDRESS", "row 2, column 'address'"),
    ("U,70000,uint16,V", "E_POINTS_ADDRESS", "row 2, column 'address'"),
    ("U,,uint16,V", "E_POINTS_ADDRESS", "row 2, column 'address'"),
    ("U,0,uint17,V", "E_POINTS_CELL", "row 2, column 'type'"),
    ("U,0,,V", "E_POINTS_CELL", "row 2, column 'type'"),
    ("U,0,uint16,furlong", "E_POINTS_CELL", "row 2, column 'unit'"),
    ("State,0,uint16,", "E_POINTS_KIND", "row 2, column 'unit'"),
    (",0,uint16,V", "E_POINTS_KIND", "row 2, column 'name'"),
    ("U,65535,float32,V", "E_POINTS_CHANNEL", "row 2, column 'address'"),
    ("U,0,bit,V,3", "E_POINTS_CHANNEL", "row 2, column 'type'"),
    ("U,0,uint16,V,9", "E_POINTS_CELL", "row 2, column 'function'"),
    ("U,0,uint16,V,3,zero", "E_POINTS_CELL", "row 2, column 'scale'"),
    ("U,0,uint16,V,3,0", "E_POINTS_CHANNEL", "row 2, column 'scale'"),
    ("U,0,uint16,V,3,1/0", "E_POINTS_CELL", "row 2, column 'scale'"),
    ("U,0,uint16,V,3,1,XYZ", "E_POINTS_CELL", "row 2, column 'order'"),
    ("U,0,uint16,V,3,1,ABCD,often", "E_POINTS_CELL", "row 2, column 'accumulation'"),
]


@pytest.mark.parametrize(("row", "code", "key"), CELLS)
def test_a_cell_that_is_wrong_is_told_with_row_and_column(row: str, code: str, key: str) -> None:
    heading = "name,address,type,unit,function,scale,order,accumulation"
    finding = refused(f"{heading}\n{row}\n")
    assert (finding.code, finding.facts["key"]) == (code, key)


def test_every_row_that_is_wrong_is_told_and_not_only_the_first() -> None:
    result = made("name,address,type,unit\nU,x,uint16,V\nI,0,uint16,A\nP,1,uint99,W\n")
    assert [str(finding.facts["key"])[:5] for finding in result.findings] == ["row 2", "row 4"]


def test_registers_that_two_rows_claim_are_told_of_the_second() -> None:
    finding = refused("name,address,type,unit\nU,0,float32,V\nI,1,float32,A\n")
    assert finding.code == "E_POINTS_CHANNEL"
    assert finding.facts["key"] == "row 3, column 'address'"
    assert "E_PROFILE_OVERLAP" in finding.say("en")


def test_addresses_that_may_be_either_are_not_guessed() -> None:
    finding = refused("name,address,type,unit\nU,40001,float32,V\nI,40003,float32,A\n")
    assert finding.code == "E_POINTS_CONVENTION"
    assert "--printed" in finding.say("zh")


def test_a_printed_number_of_another_table_than_the_function_is_refused() -> None:
    text = "name,address,type,unit,fc\nU,30001,float32,V,3\n"
    assert refused(text, PRINTED).code == "E_POINTS_FUNCTION"
    assert refused("name,address,type,unit\nU,40000,int16,V\n", PRINTED).code == "E_POINTS_ADDRESS"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_POINTS_TABLE"),
        (b"\n\n", "E_POINTS_TABLE"),
        (b"name,address,type\n", "E_POINTS_TABLE"),
        (b"a\0b", "E_POINTS_TABLE"),
        (b"\xff\xfe\x00", "E_POINTS_TABLE"),
        (b'name,address,type\n"' + b"x" * 200_000, "E_POINTS_TABLE"),
        (b"name,address,type\n" + b"u,1,int16\n" * 1001, "E_POINTS_TABLE"),
        (b"name," * 100, "E_POINTS_TABLE"),
        (b"x" * 1_048_577, "E_POINTS_TABLE"),
        (b"tag,where,how\nU,0,float\n", "E_POINTS_COLUMN"),
    ],
)
def test_what_is_no_list_of_points_is_refused(content: bytes, code: str) -> None:
    assert refused(content).code == code


@given(content=st.binary(max_size=300))
def test_foreign_bytes_never_raise_a_foreign_exception(content: bytes) -> None:
    result = made(content)
    assert all(isinstance(finding, PointsError) for finding in result.findings)


CELL = st.text(st.characters(exclude_characters=',;\t\n\r"\0'), max_size=12)


@given(
    rows=st.lists(st.lists(CELL, min_size=11, max_size=11), min_size=1, max_size=5),
    printed=st.booleans(),
)
def test_any_cells_make_a_sound_profile_or_findings_with_a_row(
    rows: list[list[str]], *, printed: bool
) -> None:
    heading = "name,address,type,unit,scale,function,order,kind,low,high,note"
    text = "\n".join([heading, *(",".join(row) for row in rows)])
    result = made(text.encode("utf-8", "replace"), PRINTED if printed else HEAD)
    assert (result.text is None) == bool(result.findings)
    for finding in result.findings:
        assert "row" in str(finding.facts["key"])


@given(
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9 ]{0,10}", fullmatch=True),
    address=st.integers(0, 65000),
    format_name=st.sampled_from(sorted(set(CODECS) - {"bit"})),
    scale=st.floats(1e-6, 1e6),
)
def test_a_row_that_is_right_makes_the_channel_it_says(
    name: str, address: int, format_name: str, scale: float
) -> None:
    row = f"{name},{address},{format_name},V,{scale!r}"
    channel = one(row, "name,address,type,unit,scale", replace(HEAD, convention="frame"))
    assert channel["source"] == {"address": address, "format": format_name}
    assert channel.get("scale", 1.0) == scale
