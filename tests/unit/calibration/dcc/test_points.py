"""Points of a calibration: from the columns of a table, and what makes none."""

import msgspec
import pytest

from calibration.certificate import Point
from calibration.dcc.mapping import map_certificate
from calibration.measurand import KindOfQuantity
from tests.unit.calibration.dcc.dcc_documents import (
    CELSIUS,
    ERROR,
    KELVIN,
    MEASURED,
    RANGE,
    TEMPERATURES,
    column,
    document,
    expanded,
    quantity,
    table,
    values,
)
from tests.unit.calibration.dcc.importing import choices, codes, imported, only, points, told

REFERENCE = column("basic_referenceValue", "9.9 19.8 30.1", CELSIUS)


STANDARD_MU = (
    "<si:measurementUncertaintyUnivariateXMLList><si:standardMUXMLList>"
    "<si:valueStandardMUXMLList>0.02</si:valueStandardMUXMLList>"
    "</si:standardMUXMLList></si:measurementUncertaintyUnivariateXMLList>"
)


COVERAGE = (
    "<si:coverageIntervalXMLList><si:standardUncXMLList>0.02</si:standardUncXMLList>"
    "<si:intervalMinXMLList>0</si:intervalMinXMLList>"
    "<si:intervalMaxXMLList>1</si:intervalMaxXMLList>"
    "<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>"
    "</si:coverageIntervalXMLList>"
)


POINTS = [(10.0, 9.9, 0.04, 2.0), (20.0, 19.8, 0.04, 2.0), (30.0, 30.1, 0.04, 2.0)]


def test_the_reference_is_indication_minus_error_with_its_U() -> None:
    found = only(document(TEMPERATURES, statements=RANGE))
    assert (found.kind_of_quantity, found.unit, found.result) == ("temperature", "Cel", "value")
    assert (found.argument, found.argument_unit) == ("indication", "Cel")
    assert found.measuring_interval == (0.0, 50.0)
    assert points(MEASURED, ERROR) == POINTS
    assert told(MEASURED, ERROR) == []


def test_error_and_reference_give_the_indication() -> None:
    assert points(REFERENCE, ERROR) == POINTS


def test_a_reference_that_agrees_is_taken_as_printed() -> None:
    assert points(MEASURED, REFERENCE, ERROR) == POINTS
    assert told(MEASURED, REFERENCE, ERROR) == []


def test_a_reference_that_differs_by_more_than_a_tenth_of_U_is_told_and_not_taken() -> None:
    other = column("basic_referenceValue", "9.9 19.8 30.105", CELSIUS)
    assert points(MEASURED, other, ERROR) == POINTS
    assert told(MEASURED, other, ERROR) == ["F_DCC_INCONSISTENT"]
    rounded = column("basic_referenceValue", "9.9 19.8 30.104", CELSIUS)
    assert told(MEASURED, rounded, ERROR) == []


def test_an_error_in_kelvin_of_a_reading_in_celsius_is_not_shifted() -> None:
    error = column("basic_measurementError", "100 200 -100", r"\milli\kelvin", expanded("40"))
    assert points(MEASURED, error) == POINTS


def test_a_reference_in_kelvin_is_shifted() -> None:
    reference = column("basic_referenceValue", "283.05 292.95 303.25", KELVIN, expanded("0.04"))
    found = points(MEASURED, reference)
    assert [p[1] for p in found] == pytest.approx([9.9, 19.8, 30.1], abs=1e-9)
    assert told(MEASURED, reference) == ["F_DCC_UNCERTAINTY_TAKEN"]


def test_uncertainties_one_for_each_stay_with_their_points_in_ascending_order() -> None:
    measured = column("basic_measuredValue", "30 10 20", CELSIUS)
    error = column(
        "basic_measurementError", "-0.1 0.1 0.2", KELVIN, expanded("0.3 0.1 0.2", "2 3 4")
    )
    assert points(measured, error) == [
        (10.0, 9.9, 0.1, 3.0),
        (20.0, 19.8, 0.2, 4.0),
        (30.0, 30.1, 0.3, 2.0),
    ]


def test_a_standard_uncertainty_is_U_with_k_1() -> None:
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, STANDARD_MU)
    assert [p[2:] for p in points(MEASURED, error)] == [(0.02, 1.0)] * 3
    assert told(MEASURED, error) == []


def test_of_a_coverage_interval_u_is_taken_and_the_rest_is_told() -> None:
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, COVERAGE)
    assert [p[2:] for p in points(MEASURED, error)] == [(0.02, 1.0)] * 3
    assert told(MEASURED, error) == ["F_DCC_COVERAGE_INTERVAL"]


def test_of_a_hybrid_the_first_unit_in_our_table_is_taken() -> None:
    hybrid = quantity(
        "basic_measuredValue",
        f"<si:hybrid>{values('50 68 86', '|degF')}{values('10 20 30', CELSIUS)}</si:hybrid>",
    )
    assert points(hybrid, ERROR) == POINTS


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            (MEASURED, column("basic_measurementError", "0.1 0.2 -0.1", KELVIN)),
            "F_DCC_NO_UNCERTAINTY",
        ),
        ((MEASURED, REFERENCE), "F_DCC_NO_UNCERTAINTY"),
        (
            (
                column("basic_measuredValue", "1 2", CELSIUS, expanded("0.1")),
                column("basic_referenceValue", "1 2", CELSIUS, expanded("0.1")),
            ),
            "F_DCC_WHOSE_UNCERTAINTY",
        ),
        ((MEASURED, MEASURED, ERROR), "F_DCC_COLUMNS"),
        ((column("basic_measuredValue", "1 2", CELSIUS), ERROR), "F_DCC_COLUMN_LENGTH"),
        ((column("basic_measuredValue", "1 1 2", CELSIUS), ERROR), "F_DCC_REPEATED"),
        ((column("basic_measuredValue", "1 2 3", "|degF"), ERROR), "F_DCC_UNIT"),
        ((column("basic_measuredValue", "1 2 3", r"\volt"), ERROR), "F_DCC_REFUSED"),
        ((column("basic_measuredValue", "1 2 3", r"\kelvin \kelvin \kelvin"), ERROR), ""),
        (
            (column("basic_measuredValue", "1 2 3", rf"\kelvin \kelvin {CELSIUS}"), ERROR),
            "F_DCC_UNIT",
        ),
        ((MEASURED,), "F_DCC_KEPT"),
        ((quantity("basic_measuredValue", "<dcc:noQuantity/>"), ERROR), "F_DCC_KEPT"),
    ],
)
def test_columns_that_make_no_points_are_told(columns: tuple[str, ...], expected: str) -> None:
    found = imported(document(table(*columns), statements=RANGE))
    assert found.certificate is not None
    assert bool(found.certificate.results) == (expected == "")
    assert expected == "" or {expected, "F_DCC_NO_RESULTS"} <= set(codes(found))


def test_a_ratio_beside_an_indication_is_a_relative_error() -> None:
    measured = column("basic_measuredValue", "1 2", r"\kilo\watt")
    error = column("basic_measurementError", "0.5 -0.25", r"\percent", expanded("0.1"))
    found = imported(document(table(measured, error)))
    (finding,) = [each for each in found.findings if each.code == "F_DCC_KIND"]
    assert "active_power, thermal_power" in finding.en
    chosen = map_certificate(
        found.content,
        msgspec.structs.replace(choices(), kind=KindOfQuantity.ACTIVE_POWER),
    ).certificate
    assert chosen is not None
    (result,) = chosen.results
    assert (result.result, result.argument, result.unit) == ("relative_error", "indication", "kW")
    assert result.points == (
        Point(at=1.0, value=0.005, expanded_uncertainty=0.001),
        Point(at=2.0, value=-0.0025, expanded_uncertainty=0.001),
    )


def test_a_ratio_beside_a_reference_stands_at_the_indication() -> None:
    reference = column("basic_referenceValue", "100 200", r"\volt")
    error = column("basic_measurementError", "1 -1", r"\percent", expanded("0.1"))
    found = only(document(table(reference, error)))
    assert [p.at for p in found.points] == [101.0, 198.0]


def test_a_ratio_of_ratios_is_a_difference() -> None:
    measured = column("basic_measuredValue", "10 20", r"\percent")
    kind = "<si:quantityTypeQUDTXMLList>RelativeHumidity</si:quantityTypeQUDTXMLList>"
    measured = measured.replace("<si:valueXMLList>", f"{kind}<si:valueXMLList>")
    error = column("basic_measurementError", "0.5 -0.5", r"\percent", expanded("1"))
    found = only(document(table(measured, error)))
    assert found.kind_of_quantity == "relative_humidity"
    assert (found.result, [p.value for p in found.points]) == ("value", [9.5, 20.5])


def test_without_a_validity_range_the_interval_is_that_of_the_points() -> None:
    found = document(TEMPERATURES)
    assert only(found).measuring_interval == (10.0, 30.0)
    assert "F_DCC_INTERVAL" in codes(imported(found))


def test_the_nearest_validity_range_counts() -> None:
    near = (
        RANGE.replace("dcc:statement ", "dcc:metaData ")
        .replace("/dcc:statement", "/dcc:metaData")
        .replace("323.15", "313.15")
    )
    more = f"<dcc:measurementMetaData>{near}</dcc:measurementMetaData>"
    found = document(table(MEASURED, ERROR, more=more), statements=RANGE)
    assert only(found).measuring_interval == (0.0, 40.0)


def test_a_range_of_another_kind_of_quantity_is_no_measuring_interval() -> None:
    humid = RANGE.replace(r"\degreecelsius", r"\percent").replace(KELVIN, r"\percent")
    assert only(document(TEMPERATURES, statements=humid)).measuring_interval == (10.0, 30.0)


def test_points_outside_the_stated_range_are_told() -> None:
    narrow = RANGE.replace("323.15", "298.15")
    assert told(MEASURED, ERROR, statements=narrow) == ["F_DCC_OUTSIDE"]


def test_a_single_point_without_a_range_has_no_interval() -> None:
    one = (
        column("basic_measuredValue", "10", CELSIUS),
        column("basic_measurementError", "0.1", KELVIN, expanded("0.04")),
    )
    assert "F_DCC_NO_INTERVAL" in told(*one, statements="")
    assert points(*one) == [(10.0, 9.9, 0.04, 2.0)]


def test_quantities_beside_a_list_make_a_table_of_their_own() -> None:
    real = "<si:real><si:value>{}</si:value><si:unit>{}</si:unit>{}</si:real>"
    U = (
        "<si:expandedUnc><si:uncertainty>0.04</si:uncertainty><si:coverageFactor>2"
        "</si:coverageFactor></si:expandedUnc>"
    )
    held = quantity("basic_measuredValue", real.format("10", CELSIUS, "")) + quantity(
        "basic_measurementError", real.format("0.1", KELVIN, U)
    )
    found = only(document(held, statements=RANGE))
    assert found.points == (Point(at=10.0, value=9.9, expanded_uncertainty=0.04),)
