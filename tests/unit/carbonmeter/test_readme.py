"""What the README tells people to type exists."""

import re
from pathlib import Path

import pytest

from carbonmeter.cli import ROOMS

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    blocks = re.split(r"^```.*$", page.read_text("utf-8"), flags=re.MULTILINE)[1::2]
    shown = re.findall(r"^(?:\S*/)?carbonmeter ([a-z][a-z-]*)", "\n".join(blocks), re.MULTILINE)
    assert [name for name in shown if name not in ROOMS] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in re.findall(
        r"^make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    ):
        assert f"\n{command}:" in makefile
