"""What findings count stands in the right form: 1 log, 2 logs."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("evidence/bundle", "evidence/audit", "collector/audit")
PLURALS: Final = (
    "documents",
    "entries",
    "hours",
    "keys",
    "leaves",
    "logs",
    "members",
    "parts",
    "polls",
    "readings",
    "receipts",
    "statements",
    "streams",
)
ALWAYS_MANY: Final = ("more than ", "of ", "the ")
"""Before a limit, before the whole of which a part is named, and before what was said already."""


def bare(tree: ast.AST) -> Iterator[str]:
    """Words in the form for many right behind a number that `counted` did not put there."""
    for text in ast.walk(tree):
        parts = text.values if isinstance(text, ast.JoinedStr) else []
        before = ""
        for number, part in enumerate(parts[:-1]):
            behind = parts[number + 1]
            if isinstance(part, ast.FormattedValue) and isinstance(behind, ast.Constant):
                word = str(behind.value).split(" ")[1:2]
                if word and word[0].rstrip(",;:") in PLURALS and not before.endswith(ALWAYS_MANY):
                    yield f"{{{ast.unparse(part.value)}}} {word[0]}"
            before = str(part.value) if isinstance(part, ast.Constant) else ""


def test_no_finding_says_one_of_several() -> None:
    found = [
        f"{path.name}: {each}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for each in bare(ast.parse(path.read_text("utf-8")))
        if not each.startswith(("{MOST_", "{MAX_", "{MANIFEST}"))
    ]
    assert found == []


def test_a_bare_plural_is_found() -> None:
    tree = ast.parse('f"{n} logs", f"of {n} logs", f"{n} of {m} leaves"')
    assert list(bare(tree)) == ["{n} logs"]
