"""Tables of entries: read as they are, or refused by row and column."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.statement.entered.content import ManualAmount, ManualReading
from evidence.statement.entered.errors import EntryTableError
from evidence.statement.entered.table import MOST_ROWS, entries_of_table

HEAD = "entered,channel,kind_of_quantity,unit,start,end,value,mpe_relative,serial,source"
ROW = (
    "amount,works/~grid/energy,active_energy,kW.h,2026-01-01T00:00:00+08:00,"
    "2026-02-01T00:00:00+08:00,3100.5,0.005,T-1,invoice 12"
)


def table(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode()


def test_a_row_is_an_entry_with_the_fields_that_its_columns_name() -> None:
    (found,) = entries_of_table(table(ROW, ""))
    assert isinstance(found, ManualAmount)
    assert (found.value, found.mpe_relative, found.serial) == (3100.5, 0.005, "T-1")
    assert found.start == "2026-01-01T00:00:00+08:00"
    assert found.standard_uncertainty is None


def test_a_reading_of_a_gas_has_its_state_and_a_mark_of_a_spreadsheet_is_passed_over() -> None:
    head = (
        "entered,channel,kind_of_quantity,unit,at,value,resolution,source,"
        "reference_temperature_K,reference_pressure_Pa,reference_wet"
    )
    row = (
        "reading,works/~gas-1/volume,volume,m3,2026-01-01T00:00:00Z,"
        '12,1,"a, ""b""",293.15,101325,false'
    )
    (found,) = entries_of_table(b"\xef\xbb\xbf" + table(row, head=head))
    assert isinstance(found, ManualReading)
    assert found.source == 'a, "b"'
    assert found.reference_conditions is not None
    assert (found.reference_conditions.temperature_K, found.reference_conditions.wet) == (
        293.15,
        False,
    )


@pytest.mark.parametrize(
    ("old", "new", "where", "why"),
    [
        ("3100.5", '"3,100.5"', "row 2 value", "no number"),
        ("3100.5", "３１００", "row 2 value", "no number"),
        ("3100.5", "NaN", "row 2 value", "no number"),
        ("3100.5", "0x1F", "row 2 value", "no number"),
        ("3100.5", " 3100.5", "row 2 value", "no number"),
        ("3100.5", "-1", "row 2 value", "E_ENTRY_VALUE"),
        ("3100.5", "1e400", "row 2 value", "no number|E_ENTRY_VALUE"),
        ("kW.h", "KWH", "row 2 unit", "E_UNIT"),
        ("kW.h", "m3", "row 2", "E_UNIT_MISMATCH"),
        ("2026-01-01T00:00:00+08:00", "2026/1/1", "row 2 start", "E_TIME_TEXT"),
        ("~grid", "grid", "row 2 channel", "E_ENTRY_CHANNEL"),
        ("amount", "guess", "row 2", "guess"),
        ("active_energy", "energy", "row 2", "energy"),
        ("invoice 12", '"invoice 12', "row 2", "no CSV"),
        (",invoice 12", "", "row 2", "9 cells under 10"),
        ("mpe_relative", "class", "row 1", "'class' is no column"),
        ("mpe_relative", "value", "row 1", "must stand once"),
        ("mpe_relative", "serial", "row 1", "stands twice"),
        (",source", ",subject", "row 1", "'source' must stand once"),
    ],
)
def test_what_cannot_be_read_is_refused_by_row_and_column(
    old: str, new: str, where: str, why: str
) -> None:
    data = table(ROW).decode()
    assert old in data
    with pytest.raises(EntryTableError, match=why) as refused:
        entries_of_table(data.replace(old, new, 1).encode())
    assert refused.value.where.startswith(where)


def test_other_encodings_empty_tables_and_floods_are_refused() -> None:
    with pytest.raises(EntryTableError, match="not UTF-8"):
        entries_of_table(table(ROW.replace("invoice", "发票")).decode().encode("gbk"))
    for empty in (b"", HEAD.encode()):
        with pytest.raises(EntryTableError):
            entries_of_table(empty)
    with pytest.raises(EntryTableError, match="more than"):
        entries_of_table(table(*[ROW] * (MOST_ROWS + 1)))


@given(st.binary(max_size=200) | st.text(max_size=200).map(table))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(EntryTableError):
        entries_of_table(data)
