"""The notebook runs, cell after cell, against a collector on a port; and has no outputs in it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.carbonmeter.client.conftest import Served
from tests.unit.collector.api.plant import LINE_1, LINE_2

NOTEBOOK = Path(__file__).resolve().parents[4] / "docs/notebooks/activity-data.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]


@pytest.fixture(scope="module")
def names(served: Served) -> dict[str, Any]:
    """What the notebook's names stand for after all cells have run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARBONMETER_URL", served.url)
        patch.setenv("CARBONMETER_METER", LINE_1)
        patch.setenv("CARBONMETER_OTHER", LINE_2)
        patch.setenv("CARBONMETER_RANGE", "2026-03-30 2026-04-04")
        assert "CARBONMETER_TOKEN" not in os.environ
        found: dict[str, Any] = {}
        for number, cell in enumerate(CELLS):
            if cell["cell_type"] == "code":
                code = compile("".join(cell["source"]), f"cell {number}", "exec")
                exec(code, found)  # noqa: S102 - our own notebook
    return found


def test_no_cell_has_an_output_or_a_number() -> None:
    code = [cell for cell in CELLS if cell["cell_type"] == "code"]
    assert len(code) >= 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_it_shows_months_and_that_quadrature_does_not_add_them(names: dict[str, Any]) -> None:
    assert len(names["months"]) == 2
    stated = names["year"].uncertainty.standard_uncertainty
    assert names["year"].value == pytest.approx(names["frame"]["value"].sum())
    assert names["by_hand"] > 1.5 * stated


def test_it_shows_what_cancels_in_a_difference(names: dict[str, Any]) -> None:
    stated = names["difference"].uncertainty.standard_uncertainty
    assert names["apart"] > 1.5 * stated
    assert "std:SDIM/E-17" in names["difference"].common_influences
    assert 0.5 < names["matrix"].correlation[0, 1] < 1.0


def test_it_shows_exchanges_and_samples_that_deviate_together(names: dict[str, Any]) -> None:
    assert [each["uncertainty type"] for each in names["exchanges"]] == [3, 3]
    drawn = (names["samples"][0] - names["samples"][1]).std(ddof=1)
    assert drawn == pytest.approx(names["difference"].uncertainty.standard_uncertainty, rel=0.05)
