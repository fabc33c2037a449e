"""Tables in CSV: what is read, and what is refused with its place."""

import pytest

from calibration.columns import rows_of
from calibration.errors import CalibrationError

KNOWN = ("name", "value", "u")


def test_rows_know_their_line_and_their_fields() -> None:
    data = "\ufeff# a remark\nname, value ,u\n\nA, 1.5 ,\n# another\n'B',2e-3,0.1\n".encode()
    first, second = rows_of(data, "t.csv", KNOWN, 3)
    assert (first.where, second.where) == ("t.csv line 4", "t.csv line 6")
    assert first.text("name") == "A"
    assert first.number("value") == 1.5
    assert first.optional_number("u") is None
    assert (second.number("value"), second.optional_number("u")) == (2e-3, 0.1)


def test_a_column_that_is_not_there_is_blank() -> None:
    (row,) = rows_of(b"value\n1\n", "t.csv", KNOWN, 3)
    assert row.text("name") == ""
    assert row.optional_number("u") is None


def test_a_short_line_leaves_its_last_fields_blank() -> None:
    (row,) = rows_of(b"name,value,u\nA,1\n", "t.csv", KNOWN, 3)
    assert row.optional_number("u") is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "E_CSV_FILE t.csv: "),
        (b"value\n1\n2\n3\n4\n", "E_CSV_FILE t.csv: the file cannot be read (> 3 rows)"),
        (b"\xff\xfe", "E_CSV_FILE t.csv: "),
        (b'value\n"1\n', "E_CSV_FILE t.csv: "),
        (b"value\n1,5\n", "E_CSV_FILE t.csv line 2: the file cannot be read (2 fields)"),
        (b"value," + b"9" * 200_000, "E_CSV_FILE t.csv: "),
        (b"value,Value\n1,2\n", "E_CSV_COLUMN t.csv: the first line names the column 'Value' 1"),
        (b"value,value\n1,2\n", "E_CSV_COLUMN t.csv: the first line names the column 'value' 2"),
        (b"name\nA\n", "E_CSV_NUMBER t.csv line 2: 'value' is ''"),
        (b"value\neins\n", "E_CSV_NUMBER t.csv line 2: 'value' is 'eins'"),
    ],
)
def test_what_is_no_table_is_refused_by_code(data: bytes, message: str) -> None:
    with pytest.raises(CalibrationError) as refused:
        rows_of(data, "t.csv", KNOWN, 3)[0].number("value")
    assert str(refused.value).startswith(message)
