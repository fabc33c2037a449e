"""HJ 75-2017 and HJ 76-2017: limits as recalled, none of them seen in the printed standard."""

import datetime as dt
from decimal import Decimal

import pytest

from calibration.performance.criterion import Test
from calibration.performance.drift import Check, drift
from calibration.performance.linearity import Injection, linearity
from calibration.performance.load import read_limits
from calibration.performance.paired import Run
from calibration.performance.rata import Rata, rata
from calibration.performance.velocity_field import Velocities, velocity_field

LIMITS, USED = read_limits("hj75-2017")


def compared(measurand: str, unit: str, reference: str, reading: str) -> Rata:
    """Nine runs without scatter: the mean values are those given."""
    test = LIMITS.paired_test
    assert test is not None
    run = Run(run="1", reference=Decimal(reference), reading=Decimal(reading))
    return rata([run] * 9, test, LIMITS.rule("accuracy", measurand, unit), USED)


@pytest.mark.parametrize(("deviation", "outcome"), [("0.0353", "pass"), ("0.0354", "fail")])
def test_the_velocity_field_coefficient_scatters_by_5_percent(deviation: str, outcome: str) -> None:
    """Daily means 1 - d and 1 + d: sqrt(2) d."""
    rule = LIMITS.rule("velocity_field", "velocity", None)
    one = Decimal(1)
    days = [
        Velocities(
            day=dt.date(2026, 3, day), reference=one + sign * Decimal(deviation), reading=one
        )
        for day, sign in ((1, -1), (2, 1))
    ]
    assert velocity_field(days, rule, USED).outcome == outcome


def test_every_limit_says_that_it_is_recalled() -> None:
    statuses = {
        each.status for rule in LIMITS.rules for grade in rule.grades for each in grade.criteria
    }
    assert statuses == {"K"}


@pytest.mark.parametrize(
    ("measurand", "unit", "reference", "within", "beyond"),
    [
        ("so2", "umol/mol", "250", "287.5", "287.6"),
        ("so2", "umol/mol", "249", "269", "269.1"),
        ("so2", "umol/mol", "50", "70", "70.1"),
        ("so2", "umol/mol", "40", "52", "52.1"),
        ("so2", "umol/mol", "20", "14", "13.9"),
        ("so2", "umol/mol", "19.9", "25.9", "26"),
        ("so2", "mg/m3", "715", "822.25", "822.3"),
        ("so2", "mg/m3", "714", "771", "771.1"),
        ("so2", "mg/m3", "100", "130", "130.1"),
        ("so2", "mg/m3", "56", "73", "73.1"),
        ("nox", "umol/mol", "250", "212.5", "212.4"),
        ("nox", "umol/mol", "100", "80", "79.9"),
        ("nox", "umol/mol", "30", "39", "39.1"),
        ("nox", "umol/mol", "10", "16", "16.1"),
        ("nox", "mg/m3", "513", "589.95", "590"),
        ("nox", "mg/m3", "103", "144", "144.1"),
        ("nox", "mg/m3", "41", "53.3", "53.4"),
        ("nox", "mg/m3", "40", "28", "27.9"),
        ("o2", "%", "6.0", "6.9", "6.91"),
        ("o2", "%", "5.0", "6.0", "6.1"),
        ("particulates", "mg/m3", "300", "345", "345.1"),
        ("particulates", "mg/m3", "200", "240", "240.1"),
        ("particulates", "mg/m3", "100", "125", "125.1"),
        ("particulates", "mg/m3", "50", "65", "65.1"),
        ("particulates", "mg/m3", "20", "26", "26.1"),
        ("particulates", "mg/m3", "10", "15", "15.1"),
        ("velocity", "m/s", "12", "13.2", "13.3"),
        ("velocity", "m/s", "10", "11.2", "11.3"),
        ("temperature", "Cel", "120", "123", "123.1"),
        ("humidity", "%", "8", "10", "10.1"),
        ("humidity", "%", "5.0", "6.5", "6.6"),
    ],
)
def test_accuracy_is_judged_by_the_band_of_the_mean_reference(
    measurand: str, unit: str, reference: str, within: str, beyond: str
) -> None:
    assert compared(measurand, unit, reference, within).outcome == "pass"
    assert compared(measurand, unit, reference, beyond).outcome == "fail"


@pytest.mark.parametrize(
    ("measurand", "point", "within", "adjusted", "beyond"),
    [
        ("so2", "zero", "2.5", "5", "5.1"),
        ("nox", "span", "-2.5", "-10", "-10.1"),
        ("o2", "zero", "2.5", "2.6", "5.1"),
        ("co2", "span", "2.5", "10", "10.1"),
        ("particulates", "zero", "2.0", "2.1", "5.1"),
        ("velocity", "zero", "3", "8", "8.1"),
    ],
)
def test_drift_counts_in_percent_of_full_scale(
    measurand: str, point: str, within: str, adjusted: str, beyond: str
) -> None:
    """Z_d = (Z_i - Z_0)/R and S_d = (S_i - S_0)/R, R = 100 here."""
    rules = {
        at: LIMITS.rule("drift", measurand, None, at) for at in ("zero", "span") if at == point
    }
    outcomes = [
        drift(
            [
                Check(
                    at="1",
                    point="zero" if point == "zero" else "span",
                    reference=Decimal(10),
                    reading=Decimal(10) + Decimal(deviation),
                )
            ],
            {"zero" if at == "zero" else "span": rule for at, rule in rules.items()},
            Decimal(100),
            USED,
        ).outcome
        for deviation in (within, adjusted, beyond)
    ]
    assert outcomes == ["pass", "adjust", "out_of_control"]


@pytest.mark.parametrize(
    ("measurand", "full_scale", "within", "beyond"),
    [
        ("so2", "100", "52.5", "52.6"),
        ("so2", "99", "52.475", "52.476"),
        ("nox", "200", "105", "105.1"),
        ("nox", "199", "104.975", "104.976"),
        ("o2", "25", "13.125", "13.126"),
    ],
)
def test_the_indication_error_goes_by_the_full_scale(
    measurand: str, full_scale: str, within: str, beyond: str
) -> None:
    test = LIMITS.linearity_test
    assert test is not None
    rule = LIMITS.rule("linearity", measurand, None)
    nominal = {"so2": "50", "nox": "100", "o2": "12.5"}[measurand]
    outcomes = [
        linearity(
            [Injection(level="mid", reference=Decimal(nominal), reading=Decimal(reading))] * 3,
            test,
            rule,
            Decimal(full_scale),
            USED,
        )
        .levels[0]
        .outcome
        for reading in (within, beyond)
    ]
    assert outcomes == ["pass", "fail"]


@pytest.mark.parametrize(
    ("test", "measurand", "at_most"), [("response_time", "so2", 200), ("response_time", "co2", 200)]
)
def test_the_system_responds_within_200_seconds(test: Test, measurand: str, at_most: int) -> None:
    (grade,) = LIMITS.rule(test, measurand, None).grades
    assert [float(each.at_most) for each in grade.criteria] == [at_most]
