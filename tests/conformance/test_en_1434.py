"""EN 1434-1, 9.2.2: sub-assemblies of thermal energy meters, as a maker restates them."""

import pytest

from calibration.basis import UncertaintyBasis
from calibration.type_b.errors import NoLimitError
from calibration.type_b.heat import (
    complete_evaluation,
    sub_assembly_evaluations,
    sub_assembly_limits,
)
from calibration.type_b.load import class_of
from calibration.type_b.point import OperatingPoint

MARKS = {"qi": 0.006, "qp": 0.6, "qs": 1.2, "dTmin": 3.0, "dTmax": 150.0}
NAMEPLATE = UncertaintyBasis.NAMEPLATE


def point(flow: float, difference_K: float) -> OperatingPoint:
    quantities = {"flow": flow, "temperature_difference": difference_K}
    return OperatingPoint(quantities=quantities, marks=MARKS)


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (0.6, [1.01, 2.02, 3.05]),  # 1 + 0.01, 2 + 0.02, 3 + 0.05 times qp/q
        (0.06, [1.1, 2.2, 3.5]),
        (0.006, [2.0, 4.0, 5.0]),  # not more than 5
    ],
)
def test_flow_sensors_of_class_1_2_and_3(flow: float, expected: list[float]) -> None:
    found = []
    for name in ("en1434/1", "en1434/2", "mid-mi004/3"):
        table, grade = class_of(name)
        found.append(100.0 * sub_assembly_limits(table, grade, point(flow, 30.0))[0].half_width)
    assert found == pytest.approx(expected)


def test_the_temperature_pair_is_allowed_3_and_the_calculator_1_of_the_smallest_difference() -> (
    None
):
    table, grade = class_of("en1434/2")
    for difference_K, pair, calculator in ((3.0, 3.5, 1.5), (30.0, 0.8, 0.6)):
        found = sub_assembly_limits(table, grade, point(0.6, difference_K))
        assert [100.0 * each.half_width for each in found[1:]] == pytest.approx([pair, calculator])


def test_the_limit_of_a_complete_meter_is_the_arithmetic_sum() -> None:
    table, grade = class_of("en1434/2")
    (whole,) = complete_evaluation(table, grade, point(0.6, 30.0), "H1", NAMEPLATE)
    assert 100.0 * whole.limit.half_width == pytest.approx(2.02 + 0.8 + 0.6)
    assert whole.influence.id == "inst:H1/class"
    assert whole.limit.notes == ("arithmetic_sum",)


def test_sub_assemblies_deviate_each_by_itself() -> None:
    table, grade = class_of("en1434/2")
    found = sub_assembly_evaluations(table, grade, point(0.6, 30.0), "H1", NAMEPLATE)
    assert [each.influence.id for each in found] == [
        "inst:H1.flow_sensor/class",
        "inst:H1.temperature_pair/class",
        "inst:H1.calculator/class",
    ]


def test_no_limit_is_stated_below_the_smallest_flow_and_difference() -> None:
    table, grade = class_of("en1434/2")
    for flow, difference_K in ((0.0059, 30.0), (1.21, 30.0), (0.6, 2.9), (0.6, 151.0)):
        with pytest.raises(NoLimitError):
            sub_assembly_limits(table, grade, point(flow, difference_K))
