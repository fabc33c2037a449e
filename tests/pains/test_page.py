"""The page of pains names tests that exist, each pain with its control."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "pains.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (test|control) \| `([^`]+)::(test_\w+)` \|$", re.MULTILINE)
PAINS = re.split(r"^## (?=\d)", PAGE, flags=re.MULTILINE)[1:]


def missing(page: str) -> list[str]:
    """The tests that a page names and that do not exist."""
    return [
        f"{path}::{name}"
        for _, path, name in ROW.findall(page)
        if name not in _tests_in(ROOT / path)
    ]


def _tests_in(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    assert missing(PAGE) == []
    assert len(ROW.findall(PAGE)) == PAGE.count("::test_")


def test_a_name_that_is_no_test_would_be_found() -> None:
    for path, name in (("tests/pains/test_page.py", "test_nothing"), ("tests/none.py", "test_a")):
        assert missing(f"| test | `{path}::{name}` |\n") == [f"{path}::{name}"]


def test_each_of_twelve_pains_has_a_test_and_a_control() -> None:
    assert [int(each.split(".")[0]) for each in PAINS] == list(range(1, 13))
    for pain in PAINS:
        assert {kind for kind, _, _ in ROW.findall(pain)} == {"test", "control"}, pain[:40]


def test_every_test_of_a_pain_is_on_the_page() -> None:
    named = {name for _, _, name in ROW.findall(PAGE)}
    for path in Path(__file__).parent.glob("test_pain_*.py"):
        assert named & _tests_in(path), path.name
