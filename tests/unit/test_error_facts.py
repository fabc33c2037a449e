"""What errors say besides their own words: prose is given in both languages."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("calibration", "evidence", "collector")
PROSE: Final = re.compile(r"(?<![\w./_-])[a-z]{2,} (?:\{\} )?[a-z]{2,}(?![\w/_=(])")
"""Two words in a row that are no names of fields; what fills a place is {}."""
FOR_COMMANDS: Final = frozenset(
    (
        *("calibration/columns.py", "calibration/dcc/load.py", "calibration/interval/cli.py"),
        *("calibration/performance/load.py", "calibration/performance/rows.py"),
        *("calibration/type_b/answer.py", "calibration/type_b/sheet.py"),
        *("calibration/conformity/guard.py", "evidence/statement/hours/load.py"),
        *("evidence/statement/hours/asked.py", "evidence/statement/hours/read.py"),
        *("evidence/statement/hours/settings.py", "evidence/statement/standing/scheme.py"),
    )
)
"""Modules that read what somebody at a terminal hands them: no page has these."""
Named = Mapping[str, list[ast.expr]]


def texts(value: ast.expr, named: Named) -> Iterator[tuple[int, str]]:
    """The texts that an expression may be, with their lines; `Words` are none."""
    match value:
        case ast.Constant(value=str(said)):
            yield value.lineno, said
        case ast.JoinedStr(values=parts):
            told = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            yield value.lineno, "".join(told)
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one, named)
            yield from texts(other, named)
        case ast.Name(id=name):
            for each in named.get(name, ()):
                yield from texts(each, {})


def assigned(function: ast.AST) -> Named:
    """What the names of a function stand for."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in _pairs(target, node.value):
                    found.setdefault(name, []).append(value)
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def facts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts that errors are given as facts, by line."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        named = assigned(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _called(node).endswith("Error"):
                for keyword in node.keywords:
                    yield from texts(keyword.value, named)
            elif isinstance(node, ast.Call) and _called(node) == "_refuse":
                for argument in node.args:
                    yield from texts(argument, named)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("room", ROOMS)
def test_no_error_that_a_page_shows_has_a_fact_in_english_alone(room: str) -> None:
    alone = {
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in (ROOT / room).rglob("*.py")
        if str(path.relative_to(ROOT)) not in FOR_COMMANDS
        for line, text in facts(ast.parse(path.read_text("utf-8")))
        if PROSE.search(text)
    }
    assert alone == set()


def test_a_fact_in_english_alone_is_found_and_one_in_both_languages_is_not() -> None:
    written = """
def refuse(n):
    limit = "one at least" if n else Words("each once", "各一次")
    name, what = "field_name", f"{n} rows of points"
    raise BadError("here", limit=limit, name=name, what=what, found="a = 3")
"""
    found = [text for _, text in facts(ast.parse(written)) if PROSE.search(text)]
    assert found == ["one at least", "{} rows of points"]
