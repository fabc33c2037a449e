"""Results as a table, as JSON, and as the page that people read."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from benchmarks.figures import Bound, Figure
from benchmarks.machine import Machine

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
PAGE = FOLDER / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
HEADS = ("row", "subject", "here", "yardstick", "there", "ratio", "goal", "gate", "verdict")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark's figures, and what they were measured on."""

    benchmark: str
    machine: Machine
    figures: tuple[Figure, ...]


def read_results(path: Path = RESULTS) -> dict[str, Result]:
    """Results by benchmark; none where there is no file."""
    if not path.exists():
        return {}
    found = msgspec.json.decode(path.read_bytes(), type=list[Result])
    return {each.benchmark: each for each in found}


def write_results(results: Iterable[Result], path: Path = RESULTS) -> None:
    """Writes results, those of other benchmarks kept."""
    known = read_results(path) | {each.benchmark: each for each in results}
    ordered = sorted(known.values(), key=lambda each: _place(each.figures))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(ordered)) + b"\n")


def _place(figures: Iterable[Figure]) -> int:
    return min((each.row for each in figures), default=99)


def cells(figure: Figure) -> tuple[str, ...]:
    """A figure's cells, in the order of `HEADS`."""
    unit = f" {figure.unit}" if figure.unit else ""
    return (
        str(figure.row),
        figure.name,
        _number(figure.subject, unit),
        figure.against,
        _number(figure.yardstick, unit),
        _number(figure.ratio, "x"),
        _bound(figure.bound, "goal"),
        _bound(figure.bound, "gate"),
        figure.verdict,
    )


def _number(number: float | None, unit: str) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}{unit}" if abs(number) >= 1000 else f"{number:.3g}{unit}"


def _bound(bound: Bound | None, which: str) -> str:
    if bound is None:
        return ""
    number = bound.goal if which == "goal" else bound.gate
    unit = "x" if bound.of == "ratio" else ""
    return f"{'≤' if bound.sense == '<=' else '≥'} {number:g}{unit}"


def text_table(figures: Iterable[Figure]) -> str:
    """The table for a terminal."""
    rows = [HEADS, *(cells(each) for each in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    lines = ["  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def page_table(results: Iterable[Result]) -> str:
    """The table of the page, with the notes and the machines under it."""
    shown = list(results)
    lines = [f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    lines += [f"| {' | '.join(cells(each))} |" for r in shown for each in r.figures]
    notes = [
        f"- {each.row}, {each.name}: {each.note}" for r in shown for each in r.figures if each.note
    ]
    machines = dict.fromkeys(r.machine.said() for r in shown)
    return "\n".join(
        [*lines, "", "Measured on:", *(f"- {m}" for m in machines), "", "Notes:", *notes]
    )


def write_page(results: Iterable[Result], page: Path = PAGE) -> None:
    """Puts the results between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n{page_table(results)}\n{END}{tail}", encoding="utf-8")
