"""What field tools print: data on standard output, what is being done on standard error."""

import json
import sys
from collections.abc import Mapping, Sequence

from device_profiles.decoded_table import lines, padded, width
from edge_agent.field.look import Progress


def document(content: object) -> None:
    """One JSON document."""
    _clear_progress()
    print(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def json_line(content: object) -> None:
    """One JSON document on a line of its own, at once."""
    _clear_progress()
    print(json.dumps(content, ensure_ascii=False, allow_nan=False), flush=True)


def nested(
    content: Mapping[str, object], words: Mapping[str, str], language: str, indent: str = ""
) -> None:
    """Names beside values, and tables."""
    _clear_progress()
    for line in lines(content, words if language == "zh" else {}, indent):
        print(line)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their columns, as wide as their widest cell; the last one runs free."""
    everything = [list(columns), *(list(row) for row in rows)]
    widths = [max(map(width, column)) for column in zip(*everything, strict=True)]
    for row in everything:
        plain("  ".join(map(padded, row, widths)).rstrip())


def plain(text: str) -> None:
    """One line of data, at once."""
    _clear_progress()
    print(text, flush=True)


def clear_screen() -> None:
    """What comes next stands at the top of an empty screen."""
    print("\x1b[H\x1b[J", end="")


def say(text: str) -> None:
    """One line about what is being done."""
    _clear_progress()
    print(text, file=sys.stderr, flush=True)


def progress() -> Progress:
    """What shows passing lines: on a terminal each in place of the one before, elsewhere not."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(text: str) -> None:
        _clear_progress()
        sys.stderr.write(text[:100])
        sys.stderr.flush()

    return show


def _clear_progress() -> None:
    """Takes the passing line away, where there may be one."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
