"""CSV: read back by pandas and by the standard library, every datum is the same to a digit."""

import csv
import io
import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from carbonmeter.client.frame import frame_of
from evidence.statement.datum import ActivityData, digest_of
from evidence.statement.exports.brightway import exchange
from evidence.statement.exports.columns import COMPONENT, STATEMENT, Kind
from evidence.statement.exports.csv_table import components_csv, statements_csv
from evidence.statement.exports.errors import ExportNumberError
from evidence.statement.exports.pact import extension
from evidence.statement.under_plan import unknown_amount
from tests.unit.evidence.statement.entered.notebook import POWER, Notebook, billed
from tests.unit.evidence.statement.exports.rows import GAS, METERED, ROWS, UNKNOWN_ROW, A
from tests.unit.evidence.statement.planned import UNDER_PLAN

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
READ: dict[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.INSTANT: str,
    Kind.NUMBER: float,
    Kind.COUNT: int,
    Kind.COUNT_IF_ANY: int,
    Kind.FLAG: lambda text: {"true": True, "false": False}[text],
    Kind.JSON: json.loads,
}


def records(data: bytes, columns: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The rows as a stranger reads them, by the kinds of the columns; an empty cell is None."""
    text = io.StringIO(data.decode("utf-8"), newline="")
    kinds = {column.name: READ[column.kind] for column in columns}
    return [
        {name: kinds[name](cell) if cell else None for name, cell in row.items()}
        for row in csv.DictReader(text, strict=True)
    ]


def made_again(row: dict[str, Any], components: list[dict[str, Any]]) -> ActivityData:
    """A datum from its row and its components."""
    conditions = {
        name: row.pop(f"reference_{name}") for name in ("temperature_K", "pressure_Pa", "wet")
    }
    whole = {name: row.pop(name) for name in list(row) if name in ActivityData.__struct_fields__}
    amount = (whole["under_plan"] or {}).get("compliance") or {}
    assert row.pop("compliance_value") == amount.get("value")
    assert row.pop("compliance_hours_without") == amount.get("hours_without")
    assert row.pop("compliance_unit") == (whole["under_plan"] or {}).get("unit")
    for optional in ("settings", "double_count_groups", "doubts", "entered", "under_plan"):
        if whole[optional] is None:
            del whole[optional]
    measured = ("kind_of_quantity", "subject", "accumulation")
    ends = {
        end: {part: row.pop(f"{end}_{part}") for part in ("at", "value", "interpolated")}
        for end in ("opening", "closing")
    }
    whole |= {
        "measurand": {name: row.pop(name) for name in measured}
        | {"unit": row.pop("measurand_unit")}
        | {"reference_conditions": None if conditions["wet"] is None else conditions},
        "period": {"start": row.pop("period_start"), "end": row.pop("period_end")},
        "completeness": {
            "ratio": row.pop("completeness_ratio"),
            "expected": row.pop("polls_expected"),
            "present": row.pop("polls_present"),
            **{name: row.pop(name) for name in ("hours", "full_hours", "missing")},
        },
        **{end: None if found["at"] is None else found for end, found in ends.items()},
        "components": [
            {name: cell for name, cell in part.items() if name not in ("digest", "unit")}
            for part in components
            if part["digest"] == whole["digest"]
        ],
    }
    assert not row
    return msgspec.convert(whole, ActivityData)


def test_what_people_entered_is_in_the_file_and_is_made_again() -> None:
    notes = Notebook()
    entry = notes.enter(billed("2026-01-01", "2026-02-01", 3_100.0))
    datum = notes.told(POWER, "2026-01-01", "2026-02-01")
    (row,) = records(statements_csv([datum]), STATEMENT)
    assert row["entered"]["entries"] == [entry]
    assert made_again(row, records(components_csv([datum]), COMPONENT)) == datum
    assert extension([datum], "https://example.org/s").data.activity_data[0].entered_share == "1.0"
    assert exchange(datum).carbonmeter.entered_share == 1.0
    assert exchange(A).carbonmeter.entered_share is msgspec.UNSET


def test_the_value_under_the_plan_has_columns_of_its_own_and_is_made_again() -> None:
    datum = replace(A, under_plan=UNDER_PLAN)
    (row,) = records(statements_csv([datum]), STATEMENT)
    assert (row["compliance_value"], row["compliance_unit"]) == (7_452.5, "t")
    assert row["compliance_hours_without"] == 4
    assert made_again(row, records(components_csv([datum]), COMPONENT)) == datum


def test_an_amount_of_which_nothing_is_known_is_an_empty_cell_beside_its_hours() -> None:
    datum = replace(A, under_plan=replace(UNDER_PLAN, compliance=unknown_amount(744)))
    (line,) = csv.DictReader(io.StringIO(statements_csv([datum]).decode()))
    assert (line["compliance_value"], line["compliance_unit"]) == ("", "t")
    assert list(line)[-1] == "compliance_hours_without"
    assert line["compliance_hours_without"] == "744"
    (row,) = records(statements_csv([datum]), STATEMENT)
    assert made_again(row, records(components_csv([datum]), COMPONENT)) == datum


def test_from_both_tables_every_datum_is_made_again_under_its_digest() -> None:
    rows = records(statements_csv(ROWS), STATEMENT)
    components = records(components_csv(ROWS), COMPONENT)
    again = [made_again(row, components) for row in rows]
    assert again == list(ROWS)
    assert [digest_of(each) for each in again] == [each.digest for each in ROWS]


def test_a_digit_that_was_altered_in_the_file_is_found_by_the_digest() -> None:
    data = statements_csv([A]).replace(b",1000.0,", b",1000.1,", 1)
    assert data != statements_csv([A])
    (row,) = records(data, STATEMENT)
    again = made_again(row, records(components_csv([A]), COMPONENT))
    assert digest_of(again) != again.digest


def test_pandas_reads_numbers_texts_and_what_is_missing() -> None:
    frame = pd.read_csv(io.BytesIO(statements_csv(ROWS)))
    assert list(frame["value"]) == [each.value for each in ROWS]
    assert frame["standard_uncertainty"].isna().tolist() == [each is UNKNOWN_ROW for each in ROWS]
    assert frame.loc[len(ROWS) - 1, "subject"] == GAS.measurand.subject
    assert frame.loc[len(ROWS) - 1, "channel"] == GAS.channel
    assert pd.read_csv(io.BytesIO(components_csv(ROWS)))["contribution"].dtype == float


def test_the_file_is_utf_8_with_crlf_a_header_and_as_many_fields_in_each_line() -> None:
    data = statements_csv(ROWS)
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert len(rows) == len(ROWS) + 1
    assert {len(row) for row in rows} == {len(STATEMENT)}
    assert statements_csv([]).count(b"\r\n") == 1


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_a_text_that_a_spreadsheet_would_run_is_marked(begin: str) -> None:
    evil = replace(A, channel=f'{begin}HYPERLINK("http://x";"a")')
    (row,) = records(statements_csv([evil]), STATEMENT)
    assert row["channel"] == "'" + evil.channel
    assert records(statements_csv([GAS]), STATEMENT)[0]["value"] == -3.5


@given(
    st.text(max_size=20).filter(lambda text: not text.startswith(("=", "+", "-", "@", "\t", "\r")))
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    (row,) = records(statements_csv([replace(A, channel=text, serials=(text, "b"))]), STATEMENT)
    assert (row["channel"] or "") == text
    assert row["serials"] == [text, "b"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_as_the_same_double(number: float) -> None:
    (row,) = records(statements_csv([replace(A, value=number)]), STATEMENT)
    assert math.copysign(1.0, row["value"]) == math.copysign(1.0, number)
    assert row["value"] == number


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ExportNumberError, match="E_EXPORT_NUMBER csv: 'value' is nan"):
        statements_csv([replace(A, value=float("nan"))])


def test_a_register_has_its_readings_in_the_row() -> None:
    (row,) = records(statements_csv([METERED]), STATEMENT)
    assert (row["opening_value"], row["closing_value"]) == (1000.0, 1100.0)
    assert row["missing"] == {"not_received": 120}
    assert row["double_count_groups"] == ["hall-3#main"]


def test_a_frame_has_numbers_where_there_are_any_and_nothing_elsewhere() -> None:
    unknown = replace(UNDER_PLAN, compliance=unknown_amount(744))
    frame = frame_of([A, replace(A, under_plan=UNDER_PLAN), replace(A, under_plan=unknown)])
    assert frame["compliance_value"].isna().tolist() == [True, False, True]
    assert frame["compliance_hours_without"].isna().tolist() == [True, False, False]
    assert frame["compliance_hours_without"].dropna().tolist() == [4, 744]
