"""What is typed in several lines stands in the journal in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.web.one_line import LONGEST_REASON, one_line, reason_of


@given(st.text(), st.integers(1, 50))
def test_what_was_typed_is_one_line_of_at_most_so_many_letters(text: str, most: int) -> None:
    found = one_line(text, most)
    assert len(found) <= most
    assert len(found.splitlines()) <= 1
    assert not any(ord(letter) < 32 or letter == "\x7f" for letter in found)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("checked\r\nagainst the invoice\n", "checked against the invoice"),
        ("  校准后\t\t复核 ", "校准后 复核"),
        ("a\x00b", "a b"),
        ("", ""),
    ],
)
def test_words_stay_and_breaks_become_spaces(typed: str, kept: str) -> None:
    assert reason_of({"reason": typed}) == kept
    assert reason_of({}) == ""
    assert len(reason_of({"reason": "x" * 3_000})) == LONGEST_REASON
