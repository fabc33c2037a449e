"""What a frame says, as people read it: names beside values, and tables (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def lines(
    content: Mapping[str, object], words: Mapping[str, str], indent: str = ""
) -> Iterator[str]:
    """The lines that show names with their values; rows of the same names become a table.

    Args:
        content: Plain values, as JSON holds them.
        words: Other words for names and for texts, such as Chinese ones.
        indent: What stands before each line.
    """
    single = {key: value for key, value in content.items() if not _is_nested(value)}
    widest = max((width(_word(key, words)) for key in single), default=0)
    for key, value in single.items():
        yield f"{indent}{padded(_word(key, words), widest)}  {_cell(value, words)}".rstrip()
    for key, value in content.items():
        if _is_nested(value):
            yield f"{indent}{_word(key, words)}"
            yield from _nested(value, words, f"{indent}  ")


def _nested(value: Any, words: Mapping[str, str], indent: str) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, Mapping):
        yield from lines(value, words, indent)
    elif _is_table(value):
        yield from _table(value, words, indent)
    else:
        for place, each in enumerate(value):
            yield from [""] if place else []
            yield from lines(each, words, indent)


def _table(
    rows: Sequence[Mapping[str, object]], words: Mapping[str, str], indent: str
) -> Iterator[str]:
    names = [_word(key, words) for key in rows[0]]
    table = [names, *([_cell(value, words) for value in row.values()] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    for cells in table:
        yield (indent + "  ".join(map(padded, cells, widths))).rstrip()


def _is_nested(value: object) -> bool:
    """Whether a value needs lines of its own: a mapping, or a list of them."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Mapping) and each for each in value)
    return isinstance(value, Mapping) and bool(value)


def _is_table(rows: Sequence[Mapping[str, object]]) -> bool:
    """Whether rows have the same names and no nested values."""
    same = len(rows) > 1 and all(list(row) == list(rows[0]) for row in rows)
    return same and not any(_is_nested(value) for row in rows for value in row.values())


def _cell(value: object, words: Mapping[str, str]) -> str:
    if value is None or value in ([], {}):
        return "-"
    if isinstance(value, list):
        return " ".join(_cell(each, words) for each in value)
    return words.get(value, value) if isinstance(value, str) else str(value)


def _word(key: str, words: Mapping[str, str]) -> str:
    return words.get(key, key.replace("_", " "))


def width(text: str) -> int:
    """Columns that a text takes on a screen: ideographs take two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def padded(text: str, columns: int) -> str:
    """A text with blanks behind it, `columns` wide on a screen."""
    return text + " " * (columns - width(text))
