"""Pictures of growing deviations."""

import pytest
from lxml import etree

from calibration.conformity.requirement import Requirement
from calibration.interval.errors import PlotError
from calibration.interval.growth import fit_growth
from calibration.interval.history import Deviations
from calibration.interval.plot import draw_growth
from calibration.interval.reach import Allowed, reach_of

HISTORY = Deviations(days=(70.0, 135.0, 173.0), deviation=(0.1, 0.3, 0.6))
ALLOWED = Allowed(uncertainty=0.5, start=10.0, limits=Requirement(upper=11.0))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(unit: str = "V", allowed: Allowed = ALLOWED) -> bytes:
    growth = fit_growth(HISTORY, 0.28)
    return draw_growth(HISTORY, growth, allowed, reach_of(growth, allowed), unit)


def test_a_picture_is_svg_without_text_that_needs_a_font() -> None:
    root = etree.fromstring(drawn())
    assert root.tag == f"{SVG}svg"
    assert not list(root.iter(f"{SVG}text"))
    assert len(list(root.iter(f"{SVG}path"))) > 20


def test_every_deviation_is_a_mark() -> None:
    root = etree.fromstring(drawn())
    groups = [each for each in root.iter(f"{SVG}g") if (each.get("id") or "").startswith("line2d")]
    marks = [len(list(each.iter(f"{SVG}use"))) for each in groups]
    assert marks.count(len(HISTORY.days)) >= 1


def test_the_same_input_gives_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_a_limit_is_drawn_where_one_is_set() -> None:
    assert len(drawn()) > len(drawn(allowed=Allowed()))


@pytest.mark.parametrize("unit", ["$x^", "%", "Cel", "um/m", "{count}", ""])
def test_a_unit_is_drawn_as_it_is_written(unit: str) -> None:
    assert drawn(unit).startswith(b"<?xml")


@pytest.mark.parametrize("unit", ["毫伏", "V\n", "V" * 41, "\x00"])
def test_a_unit_that_no_font_has_is_refused(unit: str) -> None:
    with pytest.raises(PlotError, match="E_INTERVAL_PLOT unit"):
        drawn(unit)
