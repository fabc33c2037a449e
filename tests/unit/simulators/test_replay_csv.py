import math
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import (
    CsvColumnError,
    CsvDuplicateError,
    CsvEmptyError,
    CsvEncodingError,
    CsvFormulaError,
    CsvGapError,
    CsvNegativeError,
    CsvNumberError,
    CsvOrderError,
    CsvRowError,
    CsvTimeError,
    SimulatorError,
)
from simulators.instant import instant_ns
from simulators.load import load_recording
from simulators.process import DAY_NS, HOUR_NS, ReplayedProcess
from simulators.replay_csv import CsvLayout, read_recording

VECTORS = Path(__file__).parents[2] / "vectors"
WHOLE_YEAR = VECTORS / "steel_plant_2018.csv.gz"
QUARTER = CsvLayout(column="kWh", interval_ns=HOUR_NS // 4)
STEEL = CsvLayout(column="Usage_kWh", interval_ns=HOUR_NS // 4)
NEW_YEAR_NS = instant_ns(datetime(2018, 1, 1, tzinfo=UTC))


def read(rows: Sequence[str], zone: tzinfo = UTC) -> ReplayedProcess:
    layout = CsvLayout(column="kWh", interval_ns=HOUR_NS // 4, zone=zone)
    return read_recording("\n".join(["time,kWh", *rows]).encode(), layout, "plant.csv")


def test_the_excerpt_of_the_steel_plant_closes_each_day_with_its_row_at_midnight() -> None:
    process = load_recording(VECTORS / "steel_plant_2018_excerpt.csv", STEEL)
    assert process.opening_ns == instant_ns(datetime(2018, 1, 30, tzinfo=UTC))
    assert process.closing_ns == instant_ns(datetime(2018, 2, 3, tzinfo=UTC))
    assert len(process.amounts) == 4 * 96
    assert process.amounts[95] == 97.99  # 30/01/2018 00:00, the last quarter of 30 January
    february_ns = instant_ns(datetime(2018, 2, 1, tzinfo=UTC))
    days = [math.fsum(process.amounts[96 * day : 96 * (day + 1)]) for day in range(4)]
    to_month_end = process.amount(process.opening_ns, february_ns)
    assert to_month_end == pytest.approx(days[0] + days[1], abs=1e-9)
    after = process.amount(february_ns, process.closing_ns)
    assert after == pytest.approx(days[2] + days[3], abs=1e-9)


def test_the_whole_steel_plant_has_its_january_and_its_year() -> None:
    process = load_recording(WHOLE_YEAR, STEEL)
    assert len(process.amounts) == 35_040
    assert process.opening_ns == NEW_YEAR_NS
    assert process.closing_ns == NEW_YEAR_NS + 365 * DAY_NS
    january = process.amount(NEW_YEAR_NS, NEW_YEAR_NS + 31 * DAY_NS)
    assert january == pytest.approx(126_238.29, abs=1e-6)
    assert math.fsum(process.amounts[:2976]) == pytest.approx(126_238.29, abs=1e-9)


@pytest.mark.parametrize(
    "rows",
    [
        ["2018-01-01T00:15,1", "2018-01-01T00:30:00,2.5"],
        ["2018-01-01 00:15:00Z,1", "2018-01-01 00:30:00+00:00,2.5"],
        ["2018-01-01T08:15+08:00,1", "2017-12-31T19:30-05:00,2.5"],
        ["2018/1/1 0:15,1", "2018/1/1 0:30,2.5"],
        ["1/1/2018 0:15,1", "01/01/2018 00:30:00,2.5"],
        [" 1/1/2018 0:15 ,+1.", "", "1/1/2018 0:30,25e-1", ""],
    ],
)
def test_stamps_in_every_known_form_are_ends_of_intervals(rows: list[str]) -> None:
    process = read(rows)
    assert process.opening_ns == NEW_YEAR_NS
    assert process.amounts == (1.0, 2.5)


def test_midnight_of_an_iso_file_opens_the_day_that_it_names() -> None:
    process = read(["2018-01-01T23:45,1", "2018-01-02T00:00,2", "2018-01-02T00:15,3"])
    assert process.closing_ns == NEW_YEAR_NS + DAY_NS + HOUR_NS // 4


def test_midnight_of_a_file_with_slashes_that_moves_on_opens_the_day_that_it_names() -> None:
    process = read(["1/1/2018 23:45,1", "2/1/2018 0:00,2", "2/1/2018 0:15,3"])
    assert process.closing_ns == NEW_YEAR_NS + DAY_NS + HOUR_NS // 4


def test_hour_24_closes_the_day_that_it_names() -> None:
    process = read(["2018/1/1 23:45,1", "2018/1/1 24:00,2", "2018/1/2 0:15,3"])
    assert process.closing_ns == NEW_YEAR_NS + DAY_NS + HOUR_NS // 4


def test_local_time_becomes_utc() -> None:
    process = read(["1/1/2018 8:15,1"], ZoneInfo("Asia/Shanghai"))
    assert process.opening_ns == NEW_YEAR_NS


def test_the_hour_that_a_zone_repeats_in_autumn_is_read_twice() -> None:
    rows = [
        *(f"2018-10-28T02:{minute},1" for minute in (15, 30, 45)),
        *(f"2018-10-28T{clock},2" for clock in ("02:00", "02:15", "02:30", "02:45", "03:00")),
    ]
    process = read(rows, ZoneInfo("Europe/Berlin"))
    assert process.closing_ns == instant_ns(datetime(2018, 10, 28, 2, 0, tzinfo=UTC))


def test_a_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    content = "\ufefftime,kWh\n2018-01-01T00:15,7\n".encode()
    layout = CsvLayout(column="kWh", interval_ns=HOUR_NS // 4, time_column="time")
    assert read_recording(content, layout, "plant.csv").amounts == (7.0,)


FIRST = "2018-01-01T00:15,1"


@pytest.mark.parametrize(
    ("rows", "fault", "told"),
    [
        ([FIRST, "2018-01-01T00:45,1"], CsvGapError, ("line 3", "1800 s", "900 s")),
        ([FIRST, "2018-01-01T00:20,1"], CsvGapError, ("line 3", "300 s", "900 s")),
        ([FIRST, FIRST], CsvDuplicateError, ("line 3", "900 s")),
        ([FIRST, "2018-01-01T00:00,1"], CsvOrderError, ("line 3", "900 s")),
        (["2018-01-01T00:15,-0.5"], CsvNegativeError, ("line 2", "kWh", "-0.5")),
        (["2018-01-01T00:15,=B2+1"], CsvFormulaError, ("line 2", "kWh", "=B2+1")),
        (["2018-01-01T00:15,@SUM(B2)"], CsvFormulaError, ("line 2", "@SUM(B2)")),
        (["2018-01-01T00:15,n/a"], CsvNumberError, ("line 2", "n/a")),
        (["2018-01-01T00:15,"], CsvNumberError, ("line 2", "''")),
        (["2018-01-01T00:15,nan"], CsvNumberError, ("line 2", "nan")),
        (["2018-01-01T00:15,1e999"], CsvNumberError, ("line 2", "1e999")),
        (["2018-01-01T00:15,1_000"], CsvNumberError, ("line 2", "1_000")),
        (["2018-01-01T00:15,１"], CsvNumberError, ("line 2", "１")),
        (["13/13/2018 0:15,1"], CsvTimeError, ("line 2", "13/13/2018")),
        (["2018-02-30T00:15,1"], CsvTimeError, ("line 2", "2018-02-30")),
        (["2018-01-01T24:15,1"], CsvTimeError, ("line 2", "24:15")),
        (["9999-12-31T24:00,1"], CsvTimeError, ("line 2", "9999")),
        (["2018-01-01T00:15+25:00,1"], CsvTimeError, ("line 2", "+25:00")),
        (["yesterday,1"], CsvTimeError, ("line 2", "yesterday")),
        ([FIRST, "2018-01-01T00:30"], CsvRowError, ("line 3", "1 cells", "2 cells")),
        ([FIRST, '2018-01-01T00:30,"1'], CsvRowError, ("line 3",)),
        ([], CsvEmptyError, ("rows",)),
    ],
)
def test_a_bad_cell_is_named_with_file_line_and_limit(
    rows: list[str], fault: type[SimulatorError], told: tuple[str, ...]
) -> None:
    with pytest.raises(fault) as caught:
        read(rows)
    message = caught.value.say("en")
    assert message.startswith(f"{fault.code} plant.csv: ")
    assert all(part in message for part in told)
    assert all(part in caught.value.say("zh") for part in told if part.isdigit())


@pytest.mark.parametrize("column", ["kvarh", "twice"])
def test_a_column_that_is_missing_or_doubled_is_named_with_those_there_are(column: str) -> None:
    layout = CsvLayout(column=column, interval_ns=HOUR_NS // 4)
    with pytest.raises(CsvColumnError, match="time, kWh, twice, twice"):
        read_recording(b"time,kWh,twice,twice\n", layout, "plant.csv")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("time,kWh\n2018-01-01T00:15,1\n钢,2\n".encode("gbk"), 3),
        ("time,kWh\n".encode("utf-16"), 1),
        (b"time,kWh\n\xff", 2),
    ],
)
def test_mixed_or_foreign_encodings_are_named_with_their_line(content: bytes, line: int) -> None:
    with pytest.raises(CsvEncodingError, match=f"line {line}:"):
        read_recording(content, QUARTER, "plant.csv")


def test_an_empty_file_is_named() -> None:
    with pytest.raises(CsvEmptyError, match="header"):
        read_recording(b"", QUARTER, "plant.csv")


@given(content=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_coded_errors(content: bytes) -> None:
    with pytest.raises(SimulatorError):
        read_recording(content, QUARTER, "plant.csv")


@given(
    amounts=st.lists(st.floats(0, 1e9).map(lambda x: round(x, 6)), min_size=1, max_size=200),
    start=st.integers(0, 2_000_000),
)
def test_a_written_recording_is_read_back(amounts: list[float], start: int) -> None:
    ends = [start * 900 + 900 * (index + 1) for index in range(len(amounts))]
    stamps = [datetime.fromtimestamp(end, UTC).isoformat() for end in ends]
    process = read([f"{stamp},{amount}" for stamp, amount in zip(stamps, amounts, strict=True)])
    assert process.amounts == tuple(amounts)
    assert process.opening_ns == start * 900_000_000_000
