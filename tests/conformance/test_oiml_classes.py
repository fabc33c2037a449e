"""OIML R 46:2012 (recalled), R 49-1:2013 and R 137-1:2012; Directive 2014/32/EU, MI-003 (seen)."""

import pytest

from calibration.basis import UncertaintyBasis
from calibration.type_b.electricity import (
    MeterAtLoad,
    combined_maximum_error,
    meter_limit,
    power_factor,
    temperature_coefficient,
)
from calibration.type_b.errors import ClassMarkError, NoLimitError
from calibration.type_b.load import class_of
from calibration.type_b.lookup import limit_at
from calibration.type_b.point import OperatingPoint
from calibration.type_b.signal import Ambient

MARKS = {"Ist": 0.02, "Imin": 0.25, "Itr": 0.5, "Imax": 60.0}


def meter(name: str, current: float, phase: str, temperature: float = 23.0) -> MeterAtLoad:
    table, grade = class_of(name)
    quantities = {"current": current, "temperature": temperature}
    return MeterAtLoad(
        table=table,
        grade=grade,
        point=OperatingPoint(quantities=quantities, marks=MARKS),
        phase=power_factor(phase),
        serial="S1",
        basis=UncertaintyBasis.NAMEPLATE,
    )


def percent(name: str, current: float, phase: str, temperature: float = 23.0) -> float:
    found = meter(name, current, phase, temperature)
    return 100.0 * meter_limit(found, found.table.evaluates[0]).half_width


@pytest.mark.parametrize(
    ("current", "phase", "expected"),
    [
        (0.5, "1", [2.0, 1.0, 0.5, 0.2]),
        (60.0, "1", [2.0, 1.0, 0.5, 0.2]),
        (0.25, "1", [2.5, 1.5, 1.0, 0.4]),
        (0.1, "1", [6.25, 3.75, 2.5, 1.0]),  # grows as Imin/I
        (0.5, "0.5L", [2.5, 1.5, 0.6, 0.3]),
        (0.25, "0.8C", [2.5, 1.8, 1.0, 0.5]),
    ],
)
def test_r46_table_2(current: float, phase: str, expected: list[float]) -> None:
    found = [percent(f"oiml-r46/{grade}", current, phase) for grade in "ABCD"]
    assert found == pytest.approx(expected)


def test_r46_the_combined_maximum_error_is_the_root_of_the_sum_of_squares() -> None:
    """Class B, cos(phi) = 0.5: 1.5, voltage 1.0, frequency 0.7, 17 K of 0.07 %/K."""
    at_load = meter("oiml-r46/B", 10.0, "0.5L")
    base = meter_limit(at_load, "base_maximum_permissible_error")
    influences = [meter_limit(at_load, of) for of in ("voltage", "frequency")]
    ambient = Ambient(reference_Cel=23.0, low_Cel=10.0, high_Cel=40.0)
    found = combined_maximum_error(base, influences, temperature_coefficient(at_load), ambient)
    expected = (1.5**2 + 1.0**2 + 0.7**2 + (17.0 * 0.07) ** 2) ** 0.5
    assert 100.0 * found.half_width == pytest.approx(expected, rel=1e-12)
    assert found.notes == ("root_sum_square",)


@pytest.mark.parametrize(
    ("temperature", "low_current", "high_current"),
    [
        (23.0, [3.5, 2.0, 1.0], [3.5, 2.0, 0.7]),
        (35.0, [5.0, 2.5, 1.3], [4.5, 2.5, 1.0]),
        (-5.0, [5.0, 2.5, 1.3], [4.5, 2.5, 1.0]),
        (50.0, [7.0, 3.5, 1.7], [7.0, 3.5, 1.3]),
        (-20.0, [7.0, 3.5, 1.7], [7.0, 3.5, 1.3]),
        (70.0, [9.0, 4.0, 2.0], [9.0, 4.0, 1.5]),
        (-40.0, [9.0, 4.0, 2.0], [9.0, 4.0, 1.5]),
    ],
)
def test_mi_003_table_2_by_temperature(
    temperature: float, low_current: list[float], high_current: list[float]
) -> None:
    for current, expected in ((0.3, low_current), (10.0, high_current)):
        found = [percent(f"mid-mi003/{each}", current, "0.5L", temperature) for each in "ABC"]
        assert found == pytest.approx(expected)


def test_mi_003_states_nothing_beyond_70_degrees() -> None:
    with pytest.raises(NoLimitError):
        percent("mid-mi003/B", 10.0, "1", 70.5)


FLOWS = {"Q1": 0.025, "Q2": 0.04, "Q4": 5.0}


def flow(name: str, rate: float, marks: dict[str, float], **more: float | str) -> float:
    table, grade = class_of(name)
    numbers = {key: value for key, value in more.items() if isinstance(value, float)}
    texts = {key: value for key, value in more.items() if isinstance(value, str)}
    point = OperatingPoint(quantities={"flow": rate, **numbers}, marks=marks, conditions=texts)
    return 100.0 * limit_at(table, grade, "relative_error", point).half_width


@pytest.mark.parametrize(
    ("rate", "temperature", "class_1", "class_2"),
    [
        (0.025, 15.0, 3.0, 5.0),
        (0.0399, 60.0, 3.0, 5.0),
        (0.04, 15.0, 1.0, 2.0),
        (5.0, 30.0, 1.0, 2.0),
        (5.0, 30.1, 2.0, 3.0),
    ],
)
def test_r49_4_2_and_twice_in_service(
    rate: float, temperature: float, class_1: float, class_2: float
) -> None:
    for name, expected in (("oiml-r49/1", class_1), ("iso4064-1/2", class_2)):
        found = flow(name, rate, FLOWS, temperature=temperature)
        assert found == pytest.approx(expected)
        found = flow(name, rate, FLOWS, temperature=temperature, stage="in_service")
        assert found == pytest.approx(2.0 * expected)  # recalled


def test_r49_the_flow_rates_of_the_name_plate_are_needed() -> None:
    with pytest.raises(ClassMarkError, match="--mark Q2="):
        flow("oiml-r49/2", 1.0, {}, temperature=15.0)
    for rate in (0.0249, 5.01):
        with pytest.raises(NoLimitError):
            flow("oiml-r49/2", rate, FLOWS, temperature=15.0)


@pytest.mark.parametrize(
    ("grade", "lower", "upper"), [("0.5", 1.0, 0.5), ("1", 2.0, 1.0), ("1.5", 3.0, 1.5)]
)
def test_r137_initial_verification_and_in_service(grade: str, lower: float, upper: float) -> None:
    marks = {"Qmin": 1.0, "Qt": 10.0, "Qmax": 100.0}
    name = f"oiml-r137/{grade}"
    assert flow(name, 9.99, marks) == pytest.approx(lower)
    assert flow(name, 10.0, marks) == pytest.approx(upper)
    assert flow(name, 1.0, marks, stage="in_service") == pytest.approx(2.0 * lower)  # recalled
    assert flow(name, 100.0, marks, stage="in_service") == pytest.approx(2.0 * upper)
