import time

import pytest

from calibration.toml import MOST_BYTES, MOST_PARTS, table_of


def test_an_ordinary_document_is_read() -> None:
    text = "a.b.c = [1.5, 2.5]\n[x.y]\n'z z' = 'C:\\a.b.c.d'\n"
    assert table_of(text.encode()) == {
        "a": {"b": {"c": [1.5, 2.5]}},
        "x": {"y": {"z z": "C:\\a.b.c.d"}},
    }


def test_many_numbers_with_points_are_no_deep_key() -> None:
    row = "1.25, " * 400
    assert len(table_of(f"a = [{row}]".encode())["a"]) == 400


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 60_000) + " = 1",
        " . ".join(['"a"'] * 40_000) + " = 1",
        "[" + ".".join(["a"] * 60_000) + "]",
        ".".join(["a"] * (MOST_PARTS + 2)) + " = 1",
        "a = " + "[" * 20_000,
        "a = " + "9" * 5_000,
        "a" * MOST_BYTES + "= 1",
        "a" * (MOST_BYTES - 4) + " = ",
        '"' + "a." * 100_000,
        "a = 1\na = 2",
        "\x00",
    ],
)
def test_what_is_long_deep_or_wrong_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it says, it is one of its own
        table_of(text.encode())
    assert time.process_time() - begin < 5.0


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        table_of(b"\xff\xfe")
