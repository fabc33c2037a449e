"""What field tools print: data on standard output, what is being done on standard error."""

import json
import sys
from collections.abc import Mapping, Sequence

from device_profiles.decoded_table import lines
from edge_agent.field.look import Progress


def document(content: object) -> None:
    """One JSON document."""
    print(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def json_line(content: object) -> None:
    """One JSON document on a line of its own, at once."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False), flush=True)


def nested(
    content: Mapping[str, object], words: Mapping[str, str], language: str, indent: str = ""
) -> None:
    """Names beside values, and tables."""
    for line in lines(content, words if language == "zh" else {}, indent):
        print(line)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their columns, as wide as their widest cell; the last one runs free."""
    everything = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in everything) for place in range(len(columns) - 1)]
    for row in everything:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        print("  ".join(cells).rstrip(), flush=True)


def plain(text: str) -> None:
    """One line of data, at once."""
    print(text, flush=True)


def clear_screen() -> None:
    """What comes next stands at the top of an empty screen."""
    print("\x1b[H\x1b[J", end="")


def say(text: str) -> None:
    """One line about what is being done."""
    print(text, file=sys.stderr, flush=True)


def progress() -> Progress:
    """What shows passing lines: on a terminal each in place of the one before, elsewhere not."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text[:100]}\r")
        sys.stderr.flush()

    return show
