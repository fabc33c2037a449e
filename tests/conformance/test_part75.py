"""40 CFR Part 75, Appendices A and B: relative accuracy test audits of the EPA's own test data.

The cases are RATA 202003300811ADA, 201905150756MA3 and 202103021150MA3 of
US-EPA-CAMD/easey-db-scripts (Aetb.TestCaseScript.sql, commit d5afdba): figures as reported there,
and as the check engine stores them. The limits are recalled, but for those of status S.
"""

from decimal import Decimal
from itertools import pairwise

import pytest

from calibration.performance.exact import rounded
from calibration.performance.load import read_limits
from calibration.performance.paired import Run, paired, student_factor
from calibration.performance.rata import Rata, rata

LIMITS, USED = read_limits("part75-2011")
# easey-db-scripts, cross_check_catalog_value.csv, catalogue 35: t(0.975) by n - 1.
STUDENT_TABLE = (
    "12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 "
    "2.120 2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045 2.042"
)
LEVEL_M = (
    "7.08 7.92 8.29 7.62 8.7 10.13 8.7 8.2 8.41",
    "6.299 6.664 7.077 6.385 7.335 8.4 7.305 6.915 7.021",
)
READS_HIGH = ("0.007 0.007 0.007 0.007 0.007 0.007 0.008 0.008 0.008", " ".join(["0.008"] * 9))
NO_SCATTER = (" ".join(["0.009"] * 9), " ".join(["0.008"] * 9))
CARBON = (
    "12.4 12.6 12.5 12.3 12.7 12.4 12.5 12.6 12.4",
    "12.2 12.3 12.4 12.1 12.4 12.2 12.2 12.4 12.1",
)


def runs_of(columns: tuple[str, str]) -> list[Run]:
    reference, reading = (text.split() for text in columns)
    return [
        Run(run=str(k), reference=Decimal(rm), reading=Decimal(cem))
        for k, (rm, cem) in enumerate(zip(reference, reading, strict=True), start=1)
    ]


def audited(columns: tuple[str, str], measurand: str, *, aps: bool) -> Rata:
    test = LIMITS.paired_test
    assert test is not None
    rule = LIMITS.rule("accuracy", measurand, None)
    return rata(runs_of(columns), test, rule, USED, low_emitter=aps)


def test_students_factor_is_that_of_the_table_for_all_30_degrees_of_freedom() -> None:
    found = [str(student_factor(nu, 0.95, 3)) for nu in range(1, 31)]
    assert " ".join(found) == STUDENT_TABLE


def test_students_factor_goes_on_falling_beyond_the_table() -> None:
    """Where the table ends the check engine takes 1; that is no factor of any sample."""
    factors = [student_factor(nu, 0.95, 3) for nu in range(30, 200)]
    assert all(after <= before for before, after in pairwise(factors))
    assert factors[-1] == Decimal("1.972")


@pytest.mark.parametrize(
    ("columns", "five", "three", "factor"),
    [
        (
            LEVEL_M,
            "8.33889 7.04456 1.29433 0.24726 0.19006",
            "8.339 7.045 1.294 0.247 0.190",
            2.306,
        ),
        (
            READS_HIGH,
            "0.00733 0.00800 -0.00067 0.00050 0.00038",
            "0.007 0.008 -0.001 0.001 0.000",
            0,
        ),
        (NO_SCATTER, "0.00900 0.00800 0.00100 0.00000 0.00000", "0.009 0.008 0.001 0.000 0.000", 0),
    ],
)
def test_statistics_are_those_reported_and_those_the_check_engine_stores(
    columns: tuple[str, str], five: str, three: str, factor: float
) -> None:
    found = paired(runs_of(columns), 0.95, 3)
    figures = (
        found.mean_reference,
        found.mean_reading,
        found.mean_difference,
        found.standard_deviation,
        found.confidence_coefficient,
    )
    assert " ".join(str(rounded(each, 5)) for each in figures) == five
    assert " ".join(str(rounded(each, 3)) for each in figures) == three
    assert found.student_factor == Decimal(str(factor or 2.306))


@pytest.mark.parametrize(
    ("columns", "measurand", "relative_accuracy", "factor", "reported"),
    [
        (LEVEL_M, "so2", "17.80", 1.18373527, "1.111"),
        (READS_HIGH, "nox_rate", "14.33", 1.0, "1.000"),
        (NO_SCATTER, "nox_rate", "11.11", 1.125, "1.111"),
    ],
)
def test_a_low_emitter_passes_by_the_alternative_specification(
    columns: tuple[str, str], measurand: str, relative_accuracy: str, factor: float, reported: str
) -> None:
    found = audited(columns, measurand, aps=True)
    assert (found.outcome, found.next_test_quarters) == ("pass", 4)
    assert str(found.reported.relative_accuracy_percent) == relative_accuracy
    assert found.bias_adjustment_factor == pytest.approx(factor, rel=1e-8)
    assert str(found.reported.bias_adjustment_factor) == reported
    assert [each.met for each in found.criteria if each.measure == "relative_accuracy"] == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("columns", "measurand", "figures"),
    [
        (
            LEVEL_M,
            "so2",
            (8.33888889, 7.04455556, 1.29433333, 0.247259479, 0.19006012, 17.8008542),
        ),
        (
            READS_HIGH,
            "nox_rate",
            (0.00733333333, 0.008, -0.000666666667, 0.0005, 0.000384333333, 14.3318182),
        ),
        (NO_SCATTER, "nox_rate", (0.009, 0.008, 0.001, 0.0, 0.0, 11.1111111)),
    ],
)
def test_every_intermediate_is_there_in_full_precision(
    columns: tuple[str, str], measurand: str, figures: tuple[float, ...]
) -> None:
    found = audited(columns, measurand, aps=True)
    assert (
        found.mean_reference,
        found.mean_reading,
        found.mean_difference,
        found.standard_deviation,
        found.confidence_coefficient,
        found.relative_accuracy_percent,
    ) == pytest.approx(figures, rel=4e-9, abs=0.0)


def test_without_the_alternative_specification_the_same_runs_fail() -> None:
    found = audited(LEVEL_M, "so2", aps=False)
    assert (found.outcome, found.findings) == ("fail", ("no_limit_met",))
    assert found.next_test_quarters is None
    assert str(found.reported.bias_adjustment_factor) == "1.184"


def test_an_analyser_that_reads_high_has_no_bias_to_be_adjusted() -> None:
    assert audited(READS_HIGH, "nox_rate", aps=True).bias_test == "passed"
    assert audited(NO_SCATTER, "nox_rate", aps=True).bias_test == "failed"


def test_carbon_dioxide_passes_for_four_quarters_and_is_never_adjusted() -> None:
    """Recalculated: d 0.233333, S_d 0.0707107, cc 0.0543529, RA 2.30 %; BAF would be 1.019."""
    found = audited(CARBON, "co2", aps=False)
    assert found.mean_difference == pytest.approx(0.233333, abs=5e-7)
    assert found.standard_deviation == pytest.approx(0.0707107, abs=5e-8)
    assert found.confidence_coefficient == pytest.approx(0.0543529, abs=1e-7)
    assert str(found.reported.relative_accuracy_percent) == "2.30"
    assert (found.outcome, found.next_test_quarters) == ("pass", 4)
    assert found.bias_test == "not_required"
    assert str(found.reported.bias_adjustment_factor) == "1.000"
    assert 1.0 + found.mean_difference / found.mean_reading == pytest.approx(1.019, abs=5e-4)


@pytest.mark.parametrize(
    ("measurand", "percents", "differences"),
    [
        ("so2", (7.5, 10.0), (12.0, 15.0)),
        ("nox", (7.5, 10.0), (12.0, 15.0)),
        ("nox_rate", (7.5, 10.0), (0.015, 0.020)),
        ("co2", (7.5, 10.0), (0.7, 1.0)),
        ("o2", (7.5, 10.0), (0.7, 1.0)),
        ("h2o", (7.5, 10.0), (1.0, 1.5)),
    ],
)
def test_the_limits_are_those_recalled_of_section_3_3(
    measurand: str, percents: tuple[float, float], differences: tuple[float, float]
) -> None:
    rule = LIMITS.rule("accuracy", measurand, None)
    limits = [[float(each.at_most) for each in grade.criteria] for grade in rule.grades]
    assert limits == [list(both) for both in zip(percents, differences, strict=True)]
    assert [grade.next_test_quarters for grade in rule.grades] == [4, 2]


def test_flow_as_velocity_has_two_feet_per_second_as_alternative() -> None:
    rule = LIMITS.rule("accuracy", "flow", "[ft_i]/s")
    assert [float(grade.criteria[1].at_most) for grade in rule.grades] == [1.5, 2.0]
