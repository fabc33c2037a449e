import tomllib
from datetime import UTC, date, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.load import parse_certificate, parse_confirmation
from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    Conformity,
    InstrumentIdentity,
    Laboratory,
    PiecewiseLinearFunction,
    PolynomialFunction,
    StandardUsed,
)
from simulators.confirm import Period, Requirement, confirm
from simulators.issue import issue, issue_confirmation

CERTIFICATE = CalibrationCertificate(
    id="SIMLAB-2026-0001",
    kind="calibration",
    performed_on=date(2026, 1, 5),
    recorded_at=datetime(2026, 1, 6, tzinfo=UTC),
    instrument=InstrumentIdentity(maker="ABB", model="B23", serial="SIM-0001"),
    laboratory=Laboratory(name="Simulated laboratory", accreditation="none", scope="AC energy"),
    standards=(
        StandardUsed(
            influence="std:SIMLAB/STD-1", certificate="STD-1", relative_standard_uncertainty=2e-4
        ),
    ),
    results=(
        CalibrationResult(
            kind_of_quantity="active_energy",
            unit="kW.h",
            result="relative_error",
            argument_unit="kW",
            condition="as_left",
            measuring_interval=(0.0, 100.0),
            points=(
                CalibrationPoint(
                    at=10.0, value=0.0012, expanded_uncertainty=0.0006, coverage_factor=2.0
                ),
                CalibrationPoint(
                    at=50.0, value=-0.004, expanded_uncertainty=0.0006, coverage_factor=2.0
                ),
            ),
            function=PolynomialFunction(
                centre=50.0,
                coefficients=(0.001, 0.0),
                covariance=((1e-8, 0.0), (0.0, 1e-10)),
                degrees_of_freedom=13.0,
            ),
        ),
    ),
)
EXPECTED = """\
schema = 1
id = "SIMLAB-2026-0001"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
[instrument]
maker = "ABB"
model = "B23"
serial = "SIM-0001"
[laboratory]
name = "Simulated laboratory"
accreditation = "none"
scope = "AC energy"
[[standards]]
influence = "std:SIMLAB/STD-1"
certificate = "STD-1"
relative_standard_uncertainty = 0.0002
[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
condition = "as_left"
measuring_interval = [0.0, 100.0]
[[results.points]]
at = 10.0
value = 0.0012
expanded_uncertainty = 0.0006
coverage_factor = 2.0
[[results.points]]
at = 50.0
value = -0.004
expanded_uncertainty = 0.0006
coverage_factor = 2.0
[results.function]
form = "polynomial"
centre = 50.0
coefficients = [0.001, 0.0]
covariance = [[1e-08, 0.0], [0.0, 1e-10]]
degrees_of_freedom = 13.0
"""
REQUIREMENT = Requirement(
    text="class 0.5, IEC 62053-22",
    mpe_relative=0.005,
    drift_per_year=0.0003,
    temperature_per_K=1e-5,
    reference_Cel=23.0,
    operating_Cel=28.0,
)
PERIOD = Period(
    effective_from=datetime(2026, 1, 10, tzinfo=UTC),
    due_on=date(2027, 1, 9),
    due_reason="one year",
    recorded_at=datetime(2026, 1, 10, tzinfo=UTC),
)


def test_a_certificate_is_written_line_by_line_as_agreed() -> None:
    assert issue(CERTIFICATE) == EXPECTED


def test_an_unstated_share_of_the_standard_is_left_out() -> None:
    standard = StandardUsed(influence="std:SIMLAB/STD-1", certificate="STD-1")
    text = issue(msgspec.structs.replace(CERTIFICATE, standards=(standard,)))
    assert tomllib.loads(text)["standards"] == [
        {"influence": "std:SIMLAB/STD-1", "certificate": "STD-1"}
    ]


def test_a_piecewise_linear_result_of_values_has_knots_and_an_indication() -> None:
    function = PiecewiseLinearFunction(
        knots=(400.0, 900.0),
        coefficients=(405.0, 911.0),
        covariance=((4.0, 0.0), (0.0, 4.0)),
        degrees_of_freedom=8.0,
    )
    result = msgspec.structs.replace(
        CERTIFICATE.results[0],
        kind_of_quantity="amount_fraction",
        unit="[ppm]",
        argument_unit="[ppm]",
        result="value",
        function=function,
        measuring_interval=(400.0, 900.0),
    )
    certificate = msgspec.structs.replace(CERTIFICATE, results=(result,))
    written = tomllib.loads(issue(certificate))["results"][0]
    assert written["argument"] == "indication"
    assert written["function"] == {
        "form": "piecewise_linear",
        "knots": [400.0, 900.0],
        "coefficients": [405.0, 911.0],
        "covariance": [[4.0, 0.0], [0.0, 4.0]],
        "degrees_of_freedom": 8.0,
    }
    assert parse_certificate(issue(certificate).encode(), "x").results[0].function is not None


def test_a_verification_has_a_statement_and_no_results() -> None:
    conformity = Conformity(mpe_relative=0.005, statement="pass")
    verification = msgspec.structs.replace(
        CERTIFICATE, kind="verification", results=(), conformity=conformity
    )
    written = tomllib.loads(issue(verification))
    assert written["conformity"] == {"mpe_relative": 0.005, "statement": "pass"}
    assert "results" not in written


@given(text=st.text(st.characters(codec="utf-8")))
def test_any_text_and_any_number_survive_the_document(text: str) -> None:
    identity = InstrumentIdentity(maker=text, model="B23", serial="S")
    written = issue(msgspec.structs.replace(CERTIFICATE, instrument=identity))
    assert tomllib.loads(written)["instrument"]["maker"] == text


@given(number=st.floats(allow_nan=False))
def test_any_number_survives_the_document(number: float) -> None:
    standard = msgspec.structs.replace(
        CERTIFICATE.standards[0], relative_standard_uncertainty=number
    )
    written = tomllib.loads(issue(msgspec.structs.replace(CERTIFICATE, standards=(standard,))))
    assert written["standards"][0]["relative_standard_uncertainty"] == number


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    local = datetime.fromisoformat("2026-01-06T08:00:00+08:00")
    assert issue(msgspec.structs.replace(CERTIFICATE, recorded_at=local)) == EXPECTED


def test_a_confirmation_is_written_line_by_line_as_agreed() -> None:
    confirmation = confirm("MC-0001", CERTIFICATE, REQUIREMENT, PERIOD, "Simulated factory")
    assert issue_confirmation(confirmation) == (
        'schema = 1\nid = "MC-0001"\ncertificate = "SIMLAB-2026-0001"\nserial = "SIM-0001"\n'
        'requirement = "class 0.5, IEC 62053-22"\nmpe_relative = 0.005\ndecision = "pass"\n'
        'rule = "simple acceptance"\nfitted_by = "laboratory"\n'
        "effective_from = 2026-01-10T00:00:00Z\ndue_on = 2027-01-09\n"
        'due_reason = "one year"\nconfirmed_by = "Simulated factory"\n'
        "recorded_at = 2026-01-10T00:00:00Z\n[drift]\n"
        "relative_standard_uncertainty_per_year = 0.0003\n[temperature]\n"
        "relative_standard_uncertainty_per_K = 1e-05\n"
        "reference_Cel = 23.0\noperating_Cel = 28.0\n"
    )


@pytest.mark.parametrize(("mpe", "decision"), [(0.005, "pass"), (0.004, "pass"), (0.0039, "fail")])
def test_simple_acceptance_holds_the_largest_error_against_the_limit(
    mpe: float, decision: str
) -> None:
    requirement = msgspec.structs.replace(REQUIREMENT, mpe_relative=mpe)
    assert confirm("MC-1", CERTIFICATE, requirement, PERIOD, "x").decision == decision


@pytest.mark.parametrize(
    ("limit", "statement", "decision"),
    [(0.005, "pass", "pass"), (0.005, "fail", "fail"), (0.02, "pass", "fail")],
)
def test_a_verification_confirms_only_what_it_was_made_for(
    limit: float, statement: str, decision: str
) -> None:
    conformity = msgspec.convert({"mpe_relative": limit, "statement": statement}, Conformity)
    verification = msgspec.structs.replace(
        CERTIFICATE, kind="verification", results=(), conformity=conformity
    )
    assert confirm("MC-1", verification, REQUIREMENT, PERIOD, "x").decision == decision


def test_the_factory_reads_what_the_laboratory_issues() -> None:
    read = parse_certificate(issue(CERTIFICATE).encode(), "certificate")
    assert read.id == CERTIFICATE.id
    assert read.standards[0].relative_standard_uncertainty == 0.0002
    function = read.results[0].function
    assert function is not None
    assert function.value(np.array([10.0])) == pytest.approx([0.001])
    confirmation = confirm("MC-0001", CERTIFICATE, REQUIREMENT, PERIOD, "Simulated factory")
    confirmed = parse_confirmation(issue_confirmation(confirmation).encode(), "confirmation")
    assert confirmed.certificate == read.id
    assert confirmed.effective_from == PERIOD.effective_from
