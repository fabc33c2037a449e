"""The page of the house names every folder with code, and none that is not there."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS: Final = frozenset(re.findall(r"(?m)^\| `(\w+)/` \| (?:ground|upper|front door) \|", PAGE))
NAMED: Final = frozenset(re.findall(r"(?m)^\| `(\w+/[\w/]+)/` \|", PAGE))


def packages() -> set[str]:
    """All folders below a room that are packages of Python."""
    found = (each.parent for room in ROOMS for each in (ROOT / room).glob("**/__init__.py"))
    return {each.relative_to(ROOT).as_posix() for each in found} - ROOMS


def test_every_room_is_named() -> None:
    assert {
        "calibration",
        "carbonmeter",
        "collector",
        "device_profiles",
        "edge_agent",
        "evidence",
        "simulators",
    } == ROOMS


def test_every_folder_with_code_is_named_and_no_other() -> None:
    assert packages() == NAMED
    assert {"collector/boundaries", "evidence/statement/boundary"} <= NAMED


def test_both_first_pages_show_the_same_picture() -> None:
    for page in ("README.md", "docs/README.zh.md"):
        path = ROOT / page
        (shown,) = re.findall(r"!\[([^]]{10,})\]\(([^)]+)\)", path.read_text("utf-8"))
        assert (path.parent / shown[1]).resolve() == ROOT / "docs" / "pictures" / "factory.png"
