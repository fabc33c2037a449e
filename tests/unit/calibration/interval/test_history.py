"""Histories: deviations since the calibration before, and as-found results."""

import pytest

from calibration.columns import Row, rows_of
from calibration.conformity.requirement import Interval
from calibration.errors import CalibrationError
from calibration.interval.history import COLUMNS, deviations_of, in_tolerance, is_of_words

VALUES = """\
date,as_found,as_left
2023-01-10,,10.00
2024-01-10,10.20,
2025-01-09,10.50,10.01
2026-01-09,10.31,10.03
"""


def rows(text: str) -> tuple[Row, ...]:
    return rows_of(text.encode(), "h.csv", COLUMNS, 100)


def test_a_value_moves_from_where_it_was_left_to_where_it_is_found() -> None:
    found = deviations_of(rows(VALUES))
    assert found.days == (365.0, 365.0, 365.0)
    assert found.deviation == pytest.approx((0.2, 0.3, 0.3))  # 2024: nothing was adjusted
    assert found.as_left == 10.03


def test_deviations_may_be_stated_as_they_are() -> None:
    found = deviations_of(rows("days,deviation\n70,0.1\n86.5,-0.2\n"))
    assert (found.days, found.deviation, found.as_left) == ((70.0, 86.5), (0.1, -0.2), None)


def test_results_are_told_by_word_or_by_value() -> None:
    words = rows("as_found\nin\nout\npass\nfail\n合格\n不合格\n")
    assert is_of_words(words)
    assert in_tolerance(words, None) == (True, False, True, False, True, False)
    values = rows(VALUES)
    assert not is_of_words(values)
    assert in_tolerance(values, Interval(upper=10.31)) == (True, False, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("days,deviation\n0,1\n", "E_INTERVAL_NUMBER h.csv line 2"),
        ("days,deviation\n-5,1\n", "E_INTERVAL_NUMBER"),
        ("days,deviation\n1e308,1\n", "E_INTERVAL_NUMBER"),
        ("days,deviation\nnan,1\n", "E_INTERVAL_NUMBER"),
        ("days,deviation\n5,1e31\n", "E_INTERVAL_NUMBER"),
        ("days,deviation\n5,\n", "E_CSV_NUMBER"),
        ("date,as_found\n2024-01-01,1\n2024-01-01,2\n", "E_INTERVAL_NUMBER h.csv line 3"),
        ("date,as_found\n2024-01-01,1\n2023-01-01,2\n", "E_INTERVAL_NUMBER"),
        ("date,as_found\n2024-13-01,1\n2025-01-01,2\n", "E_INTERVAL_HISTORY h.csv line 2"),
        ("as_found\n1\n2\n", "E_INTERVAL_HISTORY"),
        ("date,as_found\n2024-01-01,\n2025-01-01,2\n", "E_CSV_NUMBER"),
        ("date,as_found,as_left\n2024-01-01,1,2\n2025-01-01,in,2\n", "E_CSV_NUMBER"),
    ],
)
def test_histories_without_deviations_are_refused(text: str, code: str) -> None:
    with pytest.raises(CalibrationError) as refused:
        deviations_of(rows(text))
    assert str(refused.value).startswith(code)


def test_no_rows_and_values_without_limits_are_refused() -> None:
    with pytest.raises(CalibrationError, match="E_INTERVAL_HISTORY"):
        deviations_of(())
    with pytest.raises(CalibrationError, match=r"lower \| upper"):
        in_tolerance(rows("as_found\n1\n"), None)
    with pytest.raises(CalibrationError, match="E_CSV_NUMBER"):
        in_tolerance(rows("as_found\nmaybe\n"), None)
