"""Which places of the verifier find something, by their place in its text."""

import ast
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from evidence.bundle import outcome
from evidence.bundle.outcome import Check, Findings

ROOM: Final = Path(outcome.__file__).parent
Place = tuple[str, int]
"""File, and line on which a finding's call begins."""


def places() -> dict[Place, int]:
    """Every call of the verifier that notes something wrong, and the line on which it ends."""
    found: dict[Place, int] = {}
    for path in sorted(ROOM.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passing_on = {
            each
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in ("_wrong", "wrong")
            for each in ast.walk(node)
        }
        for node in ast.walk(tree):
            if _notes(node) and node not in passing_on:
                assert isinstance(node, ast.Call)
                found[path.name, node.lineno] = node.end_lineno or node.lineno
    return found


def _notes(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("wrong", "_wrong")
    )


PLACES: Final = places()


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Place]]:
    """The places that find something while this is open."""
    seen: set[Place] = set()
    noting = Findings.wrong

    def noted(self: Findings, check: Check, where: str, en: str, zh: str) -> None:
        seen.add(_caller())
        noting(self, check, where, en, zh)

    with monkeypatch.context() as patch:
        patch.setattr(Findings, "wrong", noted)
        yield seen


def _caller() -> Place:
    frame = inspect.currentframe()
    while frame is not None:
        name, line = Path(frame.f_code.co_filename).name, frame.f_lineno
        for (file, first), last in PLACES.items():
            if name == file and first <= line <= last:
                return file, first
        frame = frame.f_back
    raise AssertionError("a finding from nowhere")
