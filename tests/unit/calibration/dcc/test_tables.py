"""Tables in rows, states of adjustment, covariances, and what no certificate holds."""

import pytest

from tests.unit.calibration.dcc.dcc_documents import (
    CELSIUS,
    ERROR,
    KELVIN,
    MEASURED,
    RANGE,
    ROWS,
    TEMPERATURES,
    column,
    condition,
    covariance,
    document,
    expanded,
    quantity,
    table,
)
from tests.unit.calibration.dcc.importing import codes, imported, only, told


def real(ref_type: str, number: str, unit: str, U: str = "") -> str:
    stated = (
        f"<si:expandedUnc><si:uncertainty>{U}</si:uncertainty><si:coverageFactor>2"
        "</si:coverageFactor></si:expandedUnc>"
    )
    held = f"<si:value>{number}</si:value><si:unit>{unit}</si:unit>{stated if U else ''}"
    return quantity(ref_type, f"<si:real>{held}</si:real>")


def row(at: str, error: str, U: str = "0.04", more: str = "") -> str:
    measured = real("basic_measuredValue", at, CELSIUS)
    return table(measured, real("basic_measurementError", error, KELVIN, U), more)


@pytest.mark.parametrize("wrap", ["{}", "<dcc:list>{}</dcc:list>"])
def test_rows_of_a_table_make_its_columns(wrap: str) -> None:
    rows = row("30", "-0.1", "0.06") + row("10", "0.1") + row("20", "0.2")
    found = only(document(wrap.format(rows), statements=RANGE))
    assert [(p.at, p.value, p.expanded_uncertainty) for p in found.points] == [
        (10.0, 9.9, 0.04),
        (20.0, 19.8, 0.04),
        (30.0, 30.1, 0.06),
    ]


def test_what_is_not_used_in_a_row_is_told() -> None:
    rows = row("10", "0.1", more=real("basic_nominalValue", "10", CELSIUS)) + row("20", "0.2")
    found = imported(document(rows, statements=RANGE))
    assert found.certificate is not None
    assert len(found.certificate.results[0].points) == 2
    assert codes(found).count("F_DCC_KEPT") == 1


@pytest.mark.parametrize(
    "other",
    [
        row("20", "0.2", ""),
        row("20", "0.2").replace(CELSIUS, KELVIN),
        row("20", "0.2").replace("basic_measuredValue", "basic_referenceValue"),
        row("20", "0.2", more="<dcc:list/>"),
    ],
)
def test_lists_that_differ_are_no_rows_of_one_table(other: str) -> None:
    found = imported(document(row("10", "0.1") + other, statements=RANGE)).certificate
    assert found is not None
    assert all(len(result.points) == 1 for result in found.results)


def test_as_found_and_as_left_are_told_apart_by_their_conditions() -> None:
    before = table(MEASURED, ERROR, more=condition("beforeAdjustment"))
    after = table(MEASURED, ERROR, more=condition("afterAdjustment"))
    found = imported(document(before + after, statements=RANGE))
    assert found.certificate is not None
    assert [each.condition for each in found.certificate.results] == ["as_found", "as_left"]
    assert [each.conditions for each in found.certificate.results] == ["air: t 23 Cel"] * 2
    assert "F_DCC_SEVERAL" not in codes(found)


def test_the_state_before_dcc_3_is_read_as_well() -> None:
    older = condition("beforeRepair").replace("dcc:status", "dcc:state")
    data = document(TEMPERATURES, version="2.4.0", measurement=older)
    assert only(data).condition == "as_found"


def test_both_states_at_one_place_decide_nothing() -> None:
    inner = condition("beforeAdjustment").removesuffix("</dcc:influenceConditions>")
    both = inner + condition("afterAdjustment").removeprefix("<dcc:influenceConditions>")
    found = document(table(MEASURED, ERROR, more=both), statements=RANGE)
    assert only(found).condition == "as_left"
    assert "F_DCC_STATUS" in codes(imported(found))


def test_a_state_that_nobody_states_is_assumed_and_said_to_be() -> None:
    silent = document(table(MEASURED, ERROR), statements=RANGE)
    assert only(silent).condition == "as_left"
    (told,) = [each for each in imported(silent).findings if each.code == "F_DCC_STATE"]
    assert "as_left is assumed" in told.en
    assert "假定为 as_left" in told.zh
    stated = document(table(MEASURED, ERROR, more=condition("afterAdjustment")), statements=RANGE)
    assert "F_DCC_STATE" not in codes(imported(stated))


def test_several_results_for_one_kind_and_state_are_told() -> None:
    found = imported(document(TEMPERATURES * 2, statements=RANGE))
    assert found.certificate is not None
    assert [each.channel for each in found.certificate.results] == ["result-1", "result-2"]
    assert "F_DCC_SEVERAL" in codes(found)


def test_stated_covariances_make_a_function_with_them() -> None:
    held = covariance(*ROWS)
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, expanded("0.04") + held)
    function = only(document(table(MEASURED, error), statements=RANGE)).function
    assert function is not None
    assert (function.form, function.knots) == ("piecewise_linear", (10.0, 20.0, 30.0))
    assert function.coefficients == (9.9, 19.8, 30.1)
    assert function.covariance == (
        (4e-4, 2e-4, 1e-4),
        (2e-4, 9e-4, 3e-4),
        (1e-4, 3e-4, 1.6e-3),
    )


def test_covariances_alone_give_u_with_k_1_and_are_scaled_and_sorted() -> None:
    measured = column("basic_measuredValue", "30 10 20", CELSIUS)
    held = covariance("100 0 0", "0 400 10", "0 10 900", unit=r"\milli\kelvin\tothe{2}")
    error = column("basic_measurementError", "100 100 200", r"\milli\kelvin", held)
    found = only(document(table(measured, error), statements=RANGE))
    assert [p.expanded_uncertainty for p in found.points] == pytest.approx([0.02, 0.03, 0.01])
    assert [p.coverage_factor for p in found.points] == [1.0] * 3
    assert found.function is not None
    assert found.function.covariance[0] == pytest.approx((4e-4, 1e-5, 0.0))


def test_covariances_in_another_unit_are_kept_and_told() -> None:
    held = expanded("0.04") + covariance(*ROWS, unit=KELVIN)
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, held)
    assert told(MEASURED, error) == ["F_DCC_COVARIANCE"]


def test_an_impossible_covariance_makes_no_result() -> None:
    held = covariance("1 2 0", "2 1 0", "0 0 1")
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, held)
    assert "F_DCC_REFUSED" in told(MEASURED, error)


def test_what_is_not_used_is_told_by_its_refType_or_name() -> None:
    nominal = column("basic_nominalValue", "10 20 30", CELSIUS)
    found = imported(document(table(MEASURED, ERROR, nominal), statements=RANGE))
    (kept,) = [each for each in found.findings if each.code == "F_DCC_KEPT"]
    assert "basic_nominalValue" in kept.en
    assert kept.path.endswith("list/quantity[3]")
