"""IEC 62053-21, -22, -23, -24: percentage error limits by current and power factor.

Tables 7 and 8 of IEC 62053-21:2003 were seen in its text, table 6 restated by a maker; all
figures of IEC 62053-22, -23 and -24 are recalled and marked "K" in the tables.
"""

import pytest

from calibration.basis import UncertaintyBasis
from calibration.type_b.electricity import MeterAtLoad, meter_limit, power_factor
from calibration.type_b.errors import NoLimitError
from calibration.type_b.load import class_of
from calibration.type_b.point import OperatingPoint


def percent(name: str, current: float, phase: str, of: str = "", **conditions: str) -> float:
    table, grade = class_of(name)
    point = OperatingPoint(
        quantities={"current": current}, marks={"Imax": 6.0}, conditions=conditions
    )
    meter = MeterAtLoad(
        table=table,
        grade=grade,
        point=point,
        phase=power_factor(phase),
        serial="S1",
        basis=UncertaintyBasis.NAMEPLATE,
    )
    return 100.0 * meter_limit(meter, of or table.evaluates[0]).half_width


# IEC 62053-21:2003, table 6: direct connected, currents in multiples of Ib; classes 1 and 2.


@pytest.mark.parametrize(
    ("current", "phase", "class_1", "class_2"),
    [
        (0.05, "1", 1.5, 2.5),
        (0.0999, "1", 1.5, 2.5),
        (0.1, "1", 1.0, 2.0),
        (6.0, "1", 1.0, 2.0),
        (0.1, "0.5L", 1.5, 2.5),
        (0.2, "0.5L", 1.0, 2.0),
    ],
)
def test_21_table_6_direct_connected(
    current: float, phase: str, class_1: float, class_2: float
) -> None:
    for name, expected in (("iec62053-21/1", class_1), ("iec62053-21/2", class_2)):
        assert percent(name, current, phase, connection="direct") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("current", "phase", "class_1", "class_2"),
    [
        (0.02, "1", 1.5, 2.5),
        (0.05, "1", 1.0, 2.0),
        (0.05, "0.5L", 1.5, 2.5),
        (0.1, "0.5L", 1.0, 2.0),
    ],
)
def test_21_table_6_transformer_operated(
    current: float, phase: str, class_1: float, class_2: float
) -> None:
    for name, expected in (("iec62053-21/1", class_1), ("iec62053-21/2", class_2)):
        assert percent(name, current, phase, connection="transformer") == pytest.approx(expected)


def test_21_table_6_limits_class_2_at_no_capacitive_load() -> None:
    assert percent("iec62053-21/1", 0.2, "0.8C", connection="direct") == pytest.approx(1.0)
    with pytest.raises(NoLimitError, match=r"power_factor = 0\.5L"):
        percent("iec62053-21/2", 0.2, "0.8C", connection="direct")


def test_21_table_7_a_single_phase_load_is_allowed_2_and_3_percent() -> None:
    for phase, current in (("1", 0.1), ("0.5L", 0.2)):
        for name, expected in (("iec62053-21/1", 2.0), ("iec62053-21/2", 3.0)):
            found = percent(name, current, phase, connection="direct", load="single_phase")
            assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("of", "phase", "class_1", "class_2"),
    [
        ("temperature_coefficient", "1", 0.05, 0.10),
        ("temperature_coefficient", "0.5L", 0.07, 0.15),
        ("voltage", "1", 0.7, 1.0),
        ("voltage", "0.5L", 1.0, 1.5),
        ("frequency", "1", 0.5, 0.8),
        ("frequency", "0.5L", 0.7, 1.0),
    ],
)
def test_21_table_8_influence_quantities(
    of: str, phase: str, class_1: float, class_2: float
) -> None:
    for name, expected in (("iec62053-21/1", class_1), ("iec62053-21/2", class_2)):
        assert percent(name, 1.0, phase, of) == pytest.approx(expected)


# IEC 62053-22:2003, tables 4 and 5, recalled; class 0.1S of edition 2020, recalled.


@pytest.mark.parametrize(
    ("current", "phase", "class_01", "class_02", "class_05"),
    [
        (0.01, "1", 0.2, 0.4, 1.0),
        (0.05, "1", 0.1, 0.2, 0.5),
        (6.0, "1", 0.1, 0.2, 0.5),
        (0.02, "0.5L", 0.25, 0.5, 1.0),
        (0.1, "0.5L", 0.15, 0.3, 0.6),
        (0.02, "0.8C", 0.25, 0.5, 1.0),
        (0.1, "0.8C", 0.15, 0.3, 0.6),
    ],
)
def test_22_table_4(
    current: float, phase: str, class_01: float, class_02: float, class_05: float
) -> None:
    found = [percent(f"iec62053-22/{each}", current, phase) for each in ("0.1S", "0.2S", "0.5S")]
    assert found == pytest.approx([class_01, class_02, class_05])


def test_22_table_5_single_phase_load() -> None:
    found = [
        percent(f"iec62053-22/{each}", 0.1, phase, load="single_phase")
        for phase in ("1", "0.5L")
        for each in ("0.2S", "0.5S")
    ]
    assert found == pytest.approx([0.3, 0.6, 0.4, 1.0])


def test_22_no_limit_is_stated_below_the_smallest_current() -> None:
    assert percent("iec62053-22/0.5S", 0.01, "1") == pytest.approx(1.0)
    with pytest.raises(NoLimitError):
        percent("iec62053-22/0.5S", 0.0099, "1")
    with pytest.raises(NoLimitError):
        percent("iec62053-22/0.5S", 0.0199, "0.5L")
    with pytest.raises(NoLimitError):
        percent("iec62053-22/0.5S", 6.01, "1")


# Reactive energy, by sin(phi); recalled.


@pytest.mark.parametrize(
    ("current", "phase", "class_2", "class_3"),
    [(0.06, "0.6", 2.5, 4.0), (0.1, "0.6", 2.0, 3.0), (6.0, "0.9", 2.5, 4.0)],
)
def test_23_reactive_limits_by_sine(
    current: float, phase: str, class_2: float, class_3: float
) -> None:
    """cos(phi) = 0.6 and 0.9 have sin(phi) = 0.8 and 0.44."""
    found = [
        percent(f"iec62053-23/{each}", current, phase, connection="transformer") for each in "23"
    ]
    assert found == pytest.approx([class_2, class_3])


def test_24_between_two_sines_the_larger_limit_holds() -> None:
    found = [percent(f"iec62053-24/{each}", 0.1, "0.95") for each in ("0.5S", "1S")]
    assert found == pytest.approx([1.0, 2.0])  # sin(phi) = 0.31, between 0.25 and 0.5
    with pytest.raises(NoLimitError, match="sin_phi"):
        percent("iec62053-24/0.5S", 0.1, "0.99")  # sin(phi) = 0.14
