"""IEC 61869-2:2012, tables 201 to 203, and IEC 61869-3:2011, table 301, as makers restate them."""

import math

import pytest

from calibration.type_b.errors import NoLimitError
from calibration.type_b.load import class_of
from calibration.type_b.lookup import limit_at
from calibration.type_b.point import OperatingPoint


def at(name: str, of: str, **quantities: float) -> float:
    """In per cent, or in minutes of arc."""
    table, grade = class_of(name)
    limit = limit_at(table, grade, of, OperatingPoint(quantities=quantities))
    scale = 100.0 if limit.unit == "1" else math.degrees(1.0) * 60.0
    return limit.half_width * scale


@pytest.mark.parametrize(
    ("grade", "ratio", "minutes"),
    [
        ("0.1", [0.4, 0.2, 0.1, 0.1], [15, 8, 5, 5]),
        ("0.2", [0.75, 0.35, 0.2, 0.2], [30, 15, 10, 10]),
        ("0.5", [1.5, 0.75, 0.5, 0.5], [90, 45, 30, 30]),
        ("1", [3.0, 1.5, 1.0, 1.0], [180, 90, 60, 60]),
    ],
)
def test_2_table_201(grade: str, ratio: list[float], minutes: list[float]) -> None:
    loads = (0.05, 0.2, 1.0, 1.2)
    name = f"iec61869-2/{grade}"
    assert [at(name, "ratio_error", current=x) for x in loads] == pytest.approx(ratio)
    assert [at(name, "phase_displacement", current=x) for x in loads] == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("grade", "ratio", "minutes"),
    [
        ("0.2S", [0.75, 0.35, 0.2, 0.2, 0.2], [30, 15, 10, 10, 10]),
        ("0.5S", [1.5, 0.75, 0.5, 0.5, 0.5], [90, 45, 30, 30, 30]),
    ],
)
def test_2_table_202(grade: str, ratio: list[float], minutes: list[float]) -> None:
    loads = (0.01, 0.05, 0.2, 1.0, 1.2)
    name = f"iec61869-2/{grade}"
    assert [at(name, "ratio_error", current=x) for x in loads] == pytest.approx(ratio)
    assert [at(name, "phase_displacement", current=x) for x in loads] == pytest.approx(minutes)


def test_2_table_203_has_no_phase_displacement() -> None:
    assert at("iec61869-2/3", "ratio_error", current=0.5) == pytest.approx(3.0)
    assert at("iec61869-2/5", "ratio_error", current=1.2) == pytest.approx(5.0)
    with pytest.raises(NoLimitError, match="phase_displacement"):
        at("iec61869-2/3", "phase_displacement", current=1.0)


def test_2_between_the_printed_currents_limits_are_joined_by_straight_lines() -> None:
    assert at("iec61869-2/0.5", "ratio_error", current=0.125) == pytest.approx(1.125)
    assert at("iec61869-2/0.5", "phase_displacement", current=0.6) == pytest.approx(37.5)


def test_2_no_limit_is_stated_outside_the_printed_currents() -> None:
    for current in (0.049, 1.21):
        with pytest.raises(NoLimitError):
            at("iec61869-2/0.5", "ratio_error", current=current)
    with pytest.raises(NoLimitError):
        at("iec61869-2/0.5S", "ratio_error", current=0.0099)


@pytest.mark.parametrize(
    ("grade", "ratio", "minutes", "centiradians"),
    [
        ("0.1", 0.1, 5, 0.15),
        ("0.2", 0.2, 10, 0.3),
        ("0.5", 0.5, 20, 0.6),
        ("1", 1.0, 40, 1.2),
    ],
)
def test_3_table_301(grade: str, ratio: float, minutes: float, centiradians: float) -> None:
    name = f"iec61869-3/{grade}"
    for voltage in (0.8, 1.0, 1.2):
        assert at(name, "ratio_error", voltage=voltage) == pytest.approx(ratio)
        found = at(name, "phase_displacement", voltage=voltage)
        assert found == pytest.approx(minutes)
        assert math.radians(found / 60.0) * 100.0 == pytest.approx(centiradians, rel=0.04)
    with pytest.raises(NoLimitError):
        at(name, "ratio_error", voltage=0.79)
