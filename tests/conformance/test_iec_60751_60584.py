"""IEC 60751:2008, table 3, and IEC 60584-1:2013, tolerances, as makers restate them."""

import pytest

from calibration.type_b.errors import ClassConditionError, NoLimitError
from calibration.type_b.load import class_of
from calibration.type_b.lookup import limit_at
from calibration.type_b.point import OperatingPoint


def kelvin(name: str, temperature: float, **conditions: str) -> float:
    table, grade = class_of(name)
    point = OperatingPoint(quantities={"temperature": temperature}, conditions=conditions)
    limit = limit_at(table, grade, "deviation", point)
    assert limit.unit == "K"
    return limit.half_width


@pytest.mark.parametrize(
    ("grade", "at_0", "at_100", "wire", "film"),
    [
        ("AA", 0.1, 0.27, (-50, 250), (0, 150)),
        ("A", 0.15, 0.35, (-100, 450), (-30, 300)),
        ("B", 0.3, 0.8, (-196, 600), (-50, 500)),
        ("C", 0.6, 1.6, (-196, 600), (-50, 600)),
    ],
)
def test_60751_classes_and_where_they_hold(
    grade: str, at_0: float, at_100: float, wire: tuple[int, int], film: tuple[int, int]
) -> None:
    name = f"iec60751/{grade}"
    for construction, (low, high) in (("wire_wound", wire), ("film", film)):
        assert kelvin(name, 0.0, construction=construction) == pytest.approx(at_0)
        assert kelvin(name, 100.0, construction=construction) == pytest.approx(at_100)
        rate = (at_100 - at_0) / 100.0
        for end in (low, high):
            expected = at_0 + rate * abs(end)
            assert kelvin(name, end, construction=construction) == pytest.approx(expected)
        for beyond in (low - 0.1, high + 0.1):
            with pytest.raises(NoLimitError):
                kelvin(name, beyond, construction=construction)


@pytest.mark.parametrize(
    ("kind", "grade", "temperature", "expected"),
    [
        ("T", "1", 100.0, 0.5),
        ("T", "1", 350.0, 1.4),
        ("T", "2", 133.0, 1.0),
        ("T", "2", 350.0, 2.625),
        ("T", "3", -67.0, 1.005),
        ("T", "3", -200.0, 3.0),
        ("J", "1", 375.0, 1.5),
        ("J", "2", 750.0, 5.625),
        ("E", "1", 800.0, 3.2),
        ("E", "2", 900.0, 6.75),
        ("E", "3", -100.0, 2.5),
        ("K", "1", 375.0, 1.5),
        ("K", "1", 1000.0, 4.0),
        ("K", "2", 333.0, 2.5),
        ("K", "2", 1200.0, 9.0),
        ("N", "3", -200.0, 3.0),
        ("S", "1", 1100.0, 1.0),
        ("R", "1", 1600.0, 2.5),  # 1 + 0.003*(t - 1100), recalled
        ("R", "2", 600.0, 1.5),
        ("S", "2", 1600.0, 4.0),
        ("B", "2", 1700.0, 4.25),
        ("B", "3", 800.0, 4.0),
        ("B", "3", 1700.0, 8.5),
    ],
)
def test_60584_tolerances(kind: str, grade: str, temperature: float, expected: float) -> None:
    assert kelvin(f"iec60584/{grade}", temperature, type=kind) == pytest.approx(expected)


def test_60584_a_class_that_a_type_has_not_is_no_limit() -> None:
    for kind, grade, temperature in (("B", "1", 800.0), ("J", "3", 0.0), ("K", "1", 1000.1)):
        with pytest.raises(NoLimitError):
            kelvin(f"iec60584/{grade}", temperature, type=kind)
    with pytest.raises(ClassConditionError, match="T, E, J, K, N, R, S, B"):
        kelvin("iec60584/1", 100.0, type="X")
