"""`carbonmeter profile decode`: frames as people give them, and what is told of them."""

import io
import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.cli import profile
from device_profiles.decode import MOST_BYTES, PROTOCOLS, frame_of, plain
from device_profiles.decoded_table import lines
from device_profiles.errors import FrameTextError

FRAME = "F0 03 04 D4 7A 43 E8 33 AB"
RTU = ["decode", "--protocol", "modbus-rtu"]
NOT_HERE = [
    name
    for name, decoder in PROTOCOLS.items()
    if not decoder.module.startswith("device_profiles.modbus.")
]


@pytest.mark.parametrize(
    "given",
    [
        FRAME,
        FRAME.replace(" ", ""),
        FRAME.lower(),
        FRAME.replace(" ", ":"),
        f"0x{FRAME.replace(' ', '')}",
        ", ".join(f"0x{pair}" for pair in FRAME.split()),
        f"\n{FRAME[:9]}\n{FRAME[9:]}\n",
    ],
)
def test_hex_is_read_however_it_is_written(given: str) -> None:
    assert frame_of(given.encode(), "modbus-rtu") == bytes.fromhex(FRAME)


@pytest.mark.parametrize("given", ["", " ", "0", "0x", "01 3", "xx", "01-03", ":01", "é", "01 03!"])
def test_what_is_no_hex_is_refused(given: str) -> None:
    if given == ":01":
        assert frame_of(given.encode(), "modbus-rtu") == b"\x01"
        return
    with pytest.raises(FrameTextError):
        frame_of(given.encode(), "modbus-rtu")


@pytest.mark.parametrize(
    ("protocol", "given", "frame"),
    [
        ("modbus-ascii", b":0103F2", b":0103F2\r\n"),
        ("modbus-ascii", b" :0103F2\n", b":0103F2\r\n"),
        ("modbus-ascii", b":0103F2\r\n", b":0103F2\r\n"),
        ("modbus-ascii", rb":0103F2\r\n", b":0103F2\r\n"),
        ("modbus-ascii", b"3A 30 31 0D 0A", b":01\r\n"),
        ("modbus-ascii", b"0103 F2 hello", b"0103 F2 hello\r\n"),
        ("hj212", b"##0004ABCD1C80", b"##0004ABCD1C80\r\n"),
        ("hj212", "##文".encode(), "##文\r\n".encode()),
        ("iec62056-21", b"/ABC5X\n\n1.8.0(1*kWh)\n!\n", b"/ABC5X\r\n\r\n1.8.0(1*kWh)\r\n!\r\n"),
        ("iec62056-21", b"/ABC5X\r\n\x021.8.0(1)!\r\n\x03A", b"/ABC5X\r\n\x021.8.0(1)!\r\n\x03A"),
        ("iec62056-21", b"06 30 35 30 0D 0A", b"\x06050\r\n"),
    ],
)
def test_text_is_taken_as_the_frame_it_was(protocol: str, given: bytes, frame: bytes) -> None:
    assert frame_of(given, protocol) == frame


@given(st.sampled_from(sorted(PROTOCOLS)), st.binary(max_size=40))
def test_any_input_is_a_frame_or_a_coded_error(protocol: str, given: bytes) -> None:
    try:
        assert frame_of(given, protocol)
    except FrameTextError as wrong:
        assert wrong.where == protocol  # noqa: PT017


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_frame_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile([*RTU, "--json", FRAME]) == 0
    document = _told(capsys)
    assert document["protocol"] == "modbus-rtu"
    assert document["frame"] == FRAME
    assert document["told"]["unit"] == 0xF0
    assert document["told"]["readings"][0]["pairs"][0]["CDAB"] == 465.65997


def test_a_frame_is_told_as_a_table_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile([*RTU, *FRAME.split()]) == 0
    english = capsys.readouterr().out
    assert profile([*RTU, "--language", "zh", FRAME]) == 0
    chinese = capsys.readouterr().out
    for told, words in ((english, "read holding registers"), (chinese, "读保持寄存器")):
        assert "465.65997" in told
        assert words in told
    assert "unit" not in chinese


def test_a_frame_is_read_from_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b":01030000000AF2\n")))
    assert profile(["decode", "--protocol", "modbus-ascii", "--json", "-"]) == 0
    assert _told(capsys)["told"]["readings"][0]["count"] == 10


def test_more_than_a_frame_from_stdin_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = io.BytesIO(b"00" * MOST_BYTES)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped))
    assert profile([*RTU, "-"]) == 2
    assert piped.tell() <= 2 * MOST_BYTES
    assert "E_PROFILE_FRAME" in capsys.readouterr().err


def test_a_frame_that_must_be_refused_is_told_with_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert profile([*RTU, "01 03 00 00 00 14 C5 C8"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("E_WIRE_CHECKSUM modbus-rtu: ")
    assert profile([*RTU, "--language", "zh", "01 03"]) == 1
    assert "长度" in capsys.readouterr().err


def test_a_refusal_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile([*RTU, "--json", "01 03 00 00 00 14 C5 C8"]) == 1
    error = _told(capsys)["error"]
    assert (error["code"], error["file"]) == ("E_WIRE_CHECKSUM", "modbus-rtu")
    assert "45 C5" in error["message"]
    assert error["remedy_zh"]


@pytest.mark.parametrize("arguments", [[*RTU], [*RTU, "--x", "01"], ["decode", "01"], []])
def test_a_misuse_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        profile(arguments or ["decode", "--protocol", "profibus", "01"])
    assert caught.value.code == 2


def test_what_is_no_frame_at_all_is_a_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert profile([*RTU, "hello"]) == 2
    assert "E_PROFILE_FRAME modbus-rtu: " in capsys.readouterr().err


def test_a_codec_that_is_not_installed_is_said_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "device_profiles.modbus.told", None)
    assert profile([*RTU, FRAME]) == 2
    assert "E_PROFILE_DECODER modbus-rtu: " in capsys.readouterr().err


def test_values_of_any_codec_become_what_json_holds() -> None:
    at = datetime(2026, 3, 31, 16, tzinfo=UTC)
    told = plain(
        {
            "energy": Decimal("123456.78"),
            "count": Decimal("1E+3"),
            "long": Decimal("0.12345678901234567890"),
            "none": Decimal("NaN"),
            "nan": float("nan"),
            "raw": b"\x01\xab",
            "at": at,
            "rows": ({"on": True}, [None]),
        }
    )
    assert told == {
        "energy": 123456.78,
        "count": 1000,
        "long": "0.12345678901234567890",
        "none": None,
        "nan": None,
        "raw": "01 AB",
        "at": "2026-03-31T16:00:00+00:00",
        "rows": [{"on": True}, [None]],
    }
    json.dumps(told, allow_nan=False)


def test_columns_are_aligned_though_ideographs_are_wide() -> None:
    content: dict[str, object] = {"id": 1, "rows": [{"a": "x", "b": 1}, {"a": "yy", "b": None}]}
    assert list(lines(content, {"id": "编号", "a": "名称", "x": "单", "rows": "行"})) == [
        "编号  1",
        "行",
        "  名称  b",
        "  单    1",
        "  yy    -",
    ]
