"""Bad cells are refused with their line, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import CodedError
from evidence.statement.hours.errors import HoursFileError, RecordError, RecordOrderError
from evidence.statement.hours.load import read_records, rule_pack
from evidence.statement.hours.point import PointState
from evidence.statement.hours.read import hours_of, offset_s_of, points_of, standings_of
from tests.unit.evidence.hours.series import START, at

HJ75 = rule_pack("hj75").pack
HEAD = "time,value,state,operating\n"
GOOD = "2026-01-01T08:00:00+08:00,12.5,valid,1\n"


def test_hours_are_read_with_their_offset() -> None:
    data = f"\ufeff# remark\n{HEAD}{GOOD}2026-01-01T01:00:00Z,,F,0\n\n".encode()
    hours, registers = hours_of(data, "f", HJ75)
    assert [each.at_ns for each in hours] == [START, at(1)]
    assert [each.value for each in hours] == [12.5, None]
    assert hours[1].state == PointState.STOPPED
    assert registers == {}
    assert offset_s_of(data) == 8 * 3600


@pytest.mark.parametrize(
    ("text", "offset"), [("2026-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00-03:30", -12600)]
)
def test_the_offset_of_local_time_is_that_of_the_first_record(text: str, offset: int) -> None:
    assert offset_s_of(f"time,value\n{text},1\n".encode()) == offset


def test_points_are_read_with_the_letters_of_data_loggers() -> None:
    data = b"time,value,state\n2026-01-01T00:00:00Z,1,N\n2026-01-01T00:01:00Z,7,D\n"
    points = points_of(data, "f", HJ75)
    assert [each.state for each in points] == [PointState.VALID, PointState.FAULT]
    with pytest.raises(RecordError, match="line 2"):
        points_of(data, "f", rule_pack("mrr").pack)


def test_readings_of_a_register_are_kept_by_hour() -> None:
    data = b"time,value,register\n2026-01-01T00:00:00Z,1.5,100\n2026-01-01T01:00:00Z,1,101\n"
    assert hours_of(data, "f", rule_pack("meters").pack)[1] == {at(0): 100.0, at(1): 101.0}


@pytest.mark.parametrize(
    ("row", "code", "what"),
    [
        ("2026-01-01T08:00:00+08:00,1_000,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,nan,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,inf,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,1e999,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,0x10,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,\u0661,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,36?,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,,valid,1", "E_HOURS_RECORD", "value"),
        ("2026-01-01T08:00:00+08:00,1,good,1", "E_HOURS_RECORD", "state"),
        ("2026-01-01T08:00:00+08:00,1,,1", "E_HOURS_RECORD", "state"),
        ("2026-01-01T08:00:00+08:00,1,valid,1.5", "E_HOURS_RECORD", "operating"),
        ("2026-01-01T08:30:00+08:00,1,valid,1", "E_HOURS_RECORD", "time"),
        ("2026-01-01T08:00:00,1,valid,1", "E_TIME_TEXT", "2026-01-01T08:00:00"),
        ("2026-02-30T08:00:00Z,1,valid,1", "E_TIME_TEXT", "2026-02-30"),
        ("2026-01-01T08:00:00+08:00,1,5,valid,1", "E_HOURS_FILE", "5 fields"),
        ("2026-01-01T08:00:00+08:00,1", "E_HOURS_FILE", "2 fields"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line(row: str, code: str, what: str) -> None:
    data = f"{HEAD}2025-12-31T08:00:00+08:00,1,valid,1\n{row}\n".encode()
    with pytest.raises(CodedError) as wrong:
        hours_of(data, "f.csv", HJ75)
    assert str(wrong.value).startswith(f"{code} f.csv line 3")
    assert what in str(wrong.value)


@pytest.mark.parametrize(
    "second", ["2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z", "2025-12-31T23:00:00Z"]
)
def test_a_time_that_comes_twice_or_goes_back_is_refused(second: str) -> None:
    data = f"{HEAD}{GOOD}{second},1,valid,1\n".encode()
    with pytest.raises(RecordOrderError, match="line 3"):
        hours_of(data, "f.csv", HJ75)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"time,value\n",
        b"time,vlaue\n2026-01-01T00:00:00Z,1\n",
        b"time,value,value\n2026-01-01T00:00:00Z,1,1\n",
        b"value,state\n1,valid\n",
        b"time,value\n\xff\xfe,1\n",
        b'time,value\n"2026-01-01T00:00:00Z,1\n',
    ],
)
def test_a_file_that_is_no_table_of_records_is_refused(data: bytes) -> None:
    with pytest.raises(HoursFileError, match=r"E_HOURS_FILE f\.csv"):
        hours_of(data, "f.csv", HJ75)


def test_a_standing_is_one_of_the_known_ones() -> None:
    good = b"time,standing\n2026-01-01T00:00:00Z,overdue\n"
    assert standings_of(good, "s") == {START: "overdue"}
    with pytest.raises(RecordError, match="in_control"):
        standings_of(good.replace(b"overdue", b"ok"), "s")


def test_a_file_over_64_MB_is_refused_unread(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    with path.open("wb") as file:
        file.truncate(64_000_001)  # a hole: it takes no room on the disk
    with pytest.raises(HoursFileError, match="64000000"):
        read_records(path)


@given(st.binary(max_size=300))
def test_foreign_bytes_raise_nothing_but_coded_errors(data: bytes) -> None:
    for prefix in (b"", HEAD.encode(), HEAD.encode() + GOOD.encode()):
        try:
            hours_of(prefix + data, "f", HJ75)
            offset_s_of(prefix + data)
        except CodedError as wrong:
            assert wrong.code.startswith("E_")  # noqa: PT017 - any other exception fails the test
