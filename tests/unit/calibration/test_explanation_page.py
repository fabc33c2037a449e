"""docs/explanation/uncertainty: its figures and names, in both languages."""

from pathlib import Path

import pytest

from calibration.basis import UncertaintyBasis
from calibration.cli import COMMANDS
from calibration.uncertainty import GRAMMAR

ROOT = Path(__file__).parents[3] / "docs" / "explanation"
PAGES = [(ROOT / name).read_text("utf-8") for name in ("uncertainty.md", "uncertainty.zh.md")]


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_name_every_rung_and_every_kind_of_influence(page: str) -> None:
    assert all(f"| `{basis.value}` |" in page for basis in UncertaintyBasis)
    kinds = {rule.partition(":")[0] for rule in GRAMMAR} - {"fresh"}
    assert all(f"`{kind}:" in page for kind in kinds)


@pytest.mark.parametrize("page", PAGES)
def test_the_month_has_the_figures_that_its_conformance_test_reproduces(page: str) -> None:
    assert "154.8 kWh" in page
    assert "3.9 kWh" in page
    assert "1.71" in page


@pytest.mark.parametrize("page", PAGES)
def test_every_command_named_is_one(page: str) -> None:
    named = {each.split()[0].strip("`") for each in page.split("carbonmeter calibration ")[1:]}
    assert named
    assert named <= set(COMMANDS)


def test_both_languages_have_the_same_sections() -> None:
    counts = [page.count("\n## ") for page in PAGES]
    assert counts[0] == counts[1]
