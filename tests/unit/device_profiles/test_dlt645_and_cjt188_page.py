"""The reference page of DL/T 645 and CJ/T 188 tells what the code does."""

import re
from pathlib import Path

import pytest

from device_profiles.cjt188.layouts import LAYOUTS
from device_profiles.cjt188.units import METER_UNITS
from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007
from device_profiles.dlt645.items import item_of

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "dlt645-and-cjt188.md").read_text(
    "utf-8"
)
ITEMS = [
    (di, cells)
    for line in PAGE.splitlines()
    if (cells := [cell.strip() for cell in line.strip("|").split("|")]) and len(cells) == 7
    for di in re.findall(r"`([0-9A-F]{8}|[0-9A-F]{4})`", cells[0])
    if len(di) == 8 or cells[0].startswith("1997")
]


def test_every_unit_code_is_on_the_page_as_it_is_in_the_table() -> None:
    rows = re.findall(r"^\| ([0-9A-F]{2}) \| (\S+)( × 100)? \| (\w+) \|$", PAGE, flags=re.MULTILINE)
    assert {
        int(code, 16): (unit, 2 if hundreds else 0, status) for code, unit, hundreds, status in rows
    } == {code: (each.unit, each.exponent, each.status) for code, each in METER_UNITS.items()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_on_the_page_with_its_fields(name: str) -> None:
    assert f"| `{name}` |" in PAGE
    assert all(field.name in PAGE for field in LAYOUTS[name].fields)


@pytest.mark.parametrize(("di", "cells"), ITEMS, ids=[di for di, _ in ITEMS])
def test_an_item_of_the_page_has_the_printed_grade_and_decimals(di: str, cells: list[str]) -> None:
    item = item_of(int(di, 16), EDITION_2007 if len(di) == 8 else EDITION_1997)
    assert item is not None
    assert item.grade == cells[6]
    part = item.parts[0]
    if cells[3]:
        assert part.decimals == int(cells[3])
    if cells[5] in {"yes", "no"}:
        assert part.signed == (cells[5] == "yes")
    if cells[2].isdecimal():
        assert part.length == int(cells[2])


def test_there_are_items_on_the_page() -> None:
    assert len(ITEMS) > 20
