"""`carbonmeter capture show`: what went over a line, frame by frame, and what it says."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from device_profiles.decode import PROTOCOLS, told_of
from device_profiles.errors import DecoderError
from device_profiles.traffic import MOST_BYTES, Exchange, Passage, exchanges, frames, read_passages
from device_profiles.wire_errors import WireError
from edge_agent.field import printing
from edge_agent.field.errors import FieldFileError

OK, FINDING = 0, 1
_Row = tuple[dict[str, object], Mapping[str, str]]
"""One frame, and Chinese for the words in it."""


def show(arguments: argparse.Namespace) -> int:
    """Exit code: 0 every frame was told, 1 one could not be, or a question had no answer."""
    turns = [each for line in exchanges(_passages(arguments.file)).values() for each in line]
    is_finding = False
    for exchange in sorted(turns, key=lambda each: each.at):
        for row, words in _rows(exchange, arguments.language):
            is_finding = is_finding or "error" in row
            _print(row, words, arguments)
    return FINDING if is_finding else OK


def _passages(path: Path) -> tuple[Passage, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise FieldFileError(str(path), found=wrong.strerror or type(wrong).__name__) from None
    return read_passages(content, str(path))


def _rows(exchange: Exchange, language: str) -> Iterator[_Row]:
    """A question, then each frame that answered it."""
    if exchange.asked:
        yield _row(exchange, "sent", exchange.asked, language)
    answers = list(frames(exchange))
    for frame in answers:
        yield _row(exchange, "received", frame, language)
    if exchange.asked and not answers:
        silence = "没有应答" if language == "zh" else "no answer"
        yield {**_head(exchange, "received", b""), "error": silence}, {}


def _head(exchange: Exchange, direction: str, frame: bytes) -> dict[str, object]:
    about = exchange.about
    return {
        "at": exchange.at,
        "line": about.line,
        "device": about.device,
        "protocol": about.protocol,
        "direction": direction,
        "frame": frame.hex(" ").upper(),
    }


def _row(exchange: Exchange, direction: str, frame: bytes, language: str) -> _Row:
    head = _head(exchange, direction, frame)
    if exchange.about.protocol not in PROTOCOLS:
        return head, {}
    try:
        told = told_of(frame, exchange.about.protocol)
    except (WireError, DecoderError) as wrong:
        return {**head, "error": wrong.say(language)}, {}
    return {**head, "told": told.content}, told.zh


def _print(row: dict[str, object], words: Mapping[str, str], arguments: argparse.Namespace) -> None:
    if arguments.json:
        printing.json_line({"schema": 1, **row})
        return
    arrow = ">" if row["direction"] == "sent" else "<"
    printing.plain(f"{row['at']} {row['device'] or row['line']} {arrow} {row['frame'] or '-'}")
    if "error" in row:
        printing.plain(f"  {row['error']}")
    told = row.get("told")
    if isinstance(told, dict) and not arguments.brief:
        printing.nested(told, words, arguments.language, "  ")
