"""From a list of points, as engineers have it, to a device profile as text (pure)."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from device_profiles.errors import ProfileError
from device_profiles.formats import FormatName
from device_profiles.parse import lint
from device_profiles.phrase import Words
from device_profiles.points_cells import (
    accumulation_of,
    address_of,
    format_of,
    function_of_row,
    number_of,
    order_of,
    unit_of,
    yes_of,
)
from device_profiles.points_errors import (
    ConventionError,
    KindError,
    PointsError,
    PointsGuess,
    UnsoundError,
)
from device_profiles.points_head import Head
from device_profiles.points_kind import AMOUNTS, channel_name, gas_of, kind_of, phase_of
from device_profiles.points_table import Row, Table, table_of
from device_profiles.points_text import profile_text
from device_profiles.scalars import FunctionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a list of points.

    Attributes:
        text: the profile as TOML, which lints clean; None where there are findings.
        findings: what is wrong, with row and column.
        guesses: what was assumed or not used, so that a person can check it.
    """

    text: str | None
    findings: tuple[PointsError, ...]
    guesses: tuple[PointsGuess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One row, understood. `keys` are those of a channel, in TOML's own writing."""

    row: Row
    name: str
    keys: dict[str, str]
    guess: str
    parameter: str | None


def profile_from_points(content: bytes, where: str, head: Head) -> Made:
    """The profile that a list of points makes, or what is wrong with the list.

    Args:
        content: the bytes of a CSV file.
        where: what to call the file in the findings.
        head: what is said about the device beside the list.
    """
    try:
        table = table_of(content, where)
        printed = _is_printed(table, where, head)
    except PointsError as wrong:
        return Made(text=None, findings=(wrong,), guesses=())
    points: list[Point] = []
    findings: list[PointsError] = []
    for row in table.rows:
        try:
            points.append(_point(row, where, head, printed=printed))
        except PointsError as wrong:
            findings.append(wrong)
    if findings:
        return Made(text=None, findings=tuple(findings), guesses=table.guesses)
    return _made(_renamed(points), table, where, head)


def _made(points: list[Point], table: Table, where: str, head: Head) -> Made:
    parameters = sorted({each.parameter for each in points if each.parameter})
    lines = [(f"row {each.row.number}: {each.guess}", each.keys) for each in points]
    text = profile_text(head, parameters, lines)
    unsound = tuple(_unsound(each, points, where) for each in lint(text.encode(), where))
    guesses = tuple(_told(each, where) for each in points if "kind" not in each.row.cells)
    if unsound:
        return Made(text=None, findings=unsound, guesses=table.guesses)
    return Made(text=text, findings=(), guesses=(*table.guesses, *guesses))


def _told(point: Point, where: str) -> PointsGuess:
    key, limit = point.row.place("name"), "a column 'kind of quantity' says otherwise"
    return PointsGuess(where, key=key, what=point.guess, what_zh=point.guess, limit=limit)


def _is_printed(table: Table, where: str, head: Head) -> bool:
    """Whether addresses are a manual's numbers.

    Raises:
        ConventionError: nobody said, and all of them may be either.
    """
    if head.convention is not None:
        return head.convention == "printed"
    texts = [row.cells.get("address", "") for row in table.rows]
    heads = {text[0] for text in texts if len(text) in {5, 6} and text.isdecimal()}
    lengths = {len(text) for text in texts}
    if len(lengths) == 1 and lengths <= {5, 6} and heads and heads <= {"3", "4"}:
        found = f"{min(texts)} to {max(texts)}"
        key, limit = table.rows[0].place("address"), "--printed | --frame"
        raise ConventionError(where, key=key, found=found, limit=limit)
    return False


def _point(row: Row, where: str, head: Head, *, printed: bool) -> Point:
    """What a row says, as the keys of a channel.

    Raises:
        PointsError: a cell that is not understood.
    """
    called = row.cells.get("name", "")
    unit = unit_of(row, where)
    kind = row.cells.get("kind", "").lower().replace(" ", "_") or kind_of(called, unit)
    if kind is None or not called:
        key, limit = (
            row.place("unit" if called else "name"),
            Words("unit and name that tell", "能说明的单位与名称"),
        )
        raise KindError(where, key=key, found=row.cells.get("unit", ""), limit=limit)
    accumulation = accumulation_of(row, where) or ("register" if kind in AMOUNTS else "rate")
    name = channel_name(called, kind)
    keys = {
        "name": _text(name),
        "kind_of_quantity": _text(kind),
        "unit": _text(unit),
        "accumulation": _text(accumulation),
        "source": _source(row, where, head, printed=printed),
        **_qualities(row, where, kind, called),
        **_numbers(row, where),
    }
    by = "stated" if "kind" in row.cells else "guessed from unit and name"
    guess = f"{called[:60]!r} is {kind}, {accumulation} ({by})"
    return Point(row=row, name=name, keys=keys, guess=guess, parameter=row.cells.get("parameter"))


def _source(row: Row, where: str, head: Head, *, printed: bool) -> str:
    address, stated = address_of(row, where, printed=printed)
    function = function_of_row(row, where, stated)
    format_name, beside = format_of(row, where)
    order = order_of(row, where) or beside
    parts = [f"address = {address}", f"format = {_text(format_name)}"]
    parts += _function(function, format_name, head)
    if order is not None and order != head.word_order:
        parts.append(f"word_order = {_text(order)}")
    return f"{{ {', '.join(parts)} }}"


def _function(function: FunctionCode | None, format_name: FormatName, head: Head) -> Iterator[str]:
    if function is None and format_name == "bit" and head.function > 2:
        function = 2
    if function is not None and function != head.function:
        yield f"function = {function}"


def _qualities(row: Row, where: str, kind: str, called: str) -> dict[str, str]:
    """Phase, subject, parameter, whether it is required, and the point's own name."""
    phase = row.cells.get("phase") or phase_of(called, kind)
    subject = row.cells.get("subject") or gas_of(called)
    found = {
        "phase": phase,
        "subject": subject if kind in {"amount_fraction", "mass_concentration"} else None,
        "note": "; ".join(each for each in (called, row.cells.get("note")) if each),
    }
    if "subject" in row.cells:
        found["subject"] = subject
    keys = {key: _text(text) for key, text in found.items() if text}
    if "parameter" in row.cells:
        keys["multiply_by"] = f"[{_text(row.cells['parameter'])}]"
    if yes_of(row, "required", where):
        keys["required"] = "true"
    return keys


def _numbers(row: Row, where: str) -> dict[str, str]:
    """Scale, offset, resolution and plausible interval, where they say something."""
    usual = {"scale": 1.0, "offset": 0.0, "resolution": 0.0}
    found = {key: number_of(row, key, where, default) for key, default in usual.items()}
    keys = {key: repr(number) for key, number in found.items() if number != usual[key]}
    if "low" in row.cells and "high" in row.cells:
        low, high = number_of(row, "low", where, 0), number_of(row, "high", where, 0)
        keys["plausible"] = f"[{low!r}, {high!r}]"
    return keys


def _renamed(points: list[Point]) -> list[Point]:
    """The points under names of their own: the second of a name is called name_2."""
    taken: Counter[str] = Counter()
    renamed = []
    for point in points:
        taken[point.name] += 1
        times = taken[point.name]
        name = point.name if times == 1 else f"{point.name}_{times}"
        taken[name] += times > 1
        keys = {**point.keys, "name": _text(name)}
        renamed.append(
            Point(row=point.row, name=name, keys=keys, guess=point.guess, parameter=point.parameter)
        )
    return renamed


def _unsound(finding: ProfileError, points: list[Point], where: str) -> PointsError:
    """A finding about the profile, told of the row that it follows from."""
    key = str(finding.facts["key"])
    point = next((each for each in points if key.startswith(f"channels[{each.name}]")), None)
    field = key.rpartition(".")[2]
    place = key if point is None else point.row.place(_FIELD_OF.get(field, field))
    return UnsoundError(
        where,
        key=place,
        what=f"{finding.code}: {finding.text('en')}",
        what_zh=f"{finding.code}：{finding.text('zh')}",
        limit=finding.facts["limit"],
    )


_FIELD_OF = {
    "kind_of_quantity": "kind",
    "source": "address",
    "format": "type",
    "word_order": "order",
    "multiply_by": "parameter",
    "plausible": "low",
}


def _text(text: str) -> str:
    """`text` as a TOML string: one line, at most 400 characters."""
    line = " ".join(text.split())[:400]
    return json.dumps("".join(each for each in line if each.isprintable()), ensure_ascii=False)
