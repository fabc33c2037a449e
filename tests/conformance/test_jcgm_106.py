"""JCGM 106:2012, clauses 7 to 9, and a row of Deaver's table.

The inputs of clauses 7 and 9 are recalled from the guide; the digits are computed, by two methods.
"""

import pytest

from calibration.conformity.guard import GuardBand, length_of
from calibration.conformity.measured import Measured, measured
from calibration.conformity.probability import (
    capability_index,
    conformance_probability,
    non_conformance_at,
    non_conformance_probability,
    uncertainty_ratio,
)
from calibration.conformity.requirement import Requirement, drawn_in
from calibration.conformity.risk import Prior, global_risks
from calibration.conformity.rule import Outcome, decide_guarded, decide_simply

RESISTORS = Requirement(lower=1499.8, upper=1500.2)  # ohm
PROCESS = Prior(mean=1500.0, standard_deviation=0.12)
RESISTOR_u = 0.04


def known(value: float, u: float) -> Measured:
    return measured(value, standard_uncertainty=u)


def test_7_4_breakdown_voltage_of_a_zener_diode() -> None:
    """Upper limit -5.40 V, y = -5.47 V, u = 0.05 V: p_c = Phi(1.40)."""
    found, limit = known(-5.47, 0.05), Requirement(upper=-5.40)
    assert conformance_probability(found, limit) == pytest.approx(0.919243341, abs=5e-10)
    assert non_conformance_probability(found, limit) == pytest.approx(0.080756659, abs=5e-10)
    assert decide_simply(found, limit).outcome == Outcome.PASS


def test_7_5_viscosity_of_engine_oil() -> None:
    """Limits 12.5 and 16.3 mm2/s, y = 13.6, u = 1.8: printed about 0.66."""
    found, limits = known(13.6, 1.8), Requirement(lower=12.5, upper=16.3)
    assert conformance_probability(found, limits) == pytest.approx(0.662629786, abs=5e-10)


def test_7_6_3_measurement_capability_index() -> None:
    """C_m = T/(4u); with U = 2u it is the test uncertainty ratio."""
    found, limits = known(1500.0, RESISTOR_u), RESISTORS
    assert capability_index(found, limits) == pytest.approx(2.5, rel=1e-12)
    assert uncertainty_ratio(found, limits) == pytest.approx(2.5, rel=1e-12)


@pytest.mark.parametrize(
    ("multiple_of_u", "risk"),
    [(2.0, 0.022750), (1.645, 0.05), (0.83 * 2.0, 0.04846), (1.5 * 2.0, 0.00135)],
)
def test_8_3_2_risk_of_a_value_on_a_guarded_limit(multiple_of_u: float, risk: float) -> None:
    """Guard bands U, 1.645u, 0.83U and 1.5U: 2.2750 %, 5.0 %, 4.846 %, 0.135 %."""
    limit, found = Requirement(upper=10.0), known(0.0, 0.1)
    acceptance = drawn_in(limit, multiple_of_u * 0.1)
    assert non_conformance_at(acceptance.high, found, limit) == pytest.approx(risk, rel=5e-4)


def test_8_3_2_a_guard_band_for_a_risk_of_5_percent_is_1_645_u() -> None:
    wanted = GuardBand(by="specific_risk", number=0.05)
    w = length_of(wanted, known(0.0, 0.1), Requirement(upper=10.0), None)
    assert w == pytest.approx(0.1644853627, rel=1e-9)


def test_8_3_guarded_acceptance_and_rejection_move_the_limits_either_way() -> None:
    found = known(1500.15, RESISTOR_u)
    inside = decide_guarded(found, RESISTORS, 0.08)
    assert (inside.acceptance.lower, inside.acceptance.upper) == (1499.88, 1500.12)
    assert (inside.outcome, inside.rule) == (Outcome.FAIL, "guarded_acceptance")
    outside = decide_guarded(known(1500.25, RESISTOR_u), RESISTORS, -0.08)
    assert (outside.acceptance.lower, outside.acceptance.upper) == (1499.72, 1500.28)
    assert (outside.outcome, outside.rule) == (Outcome.PASS, "guarded_rejection")


def test_9_5_global_risks_of_simple_acceptance() -> None:
    """Process N(1500, 0.12) ohm, u = 0.04 ohm, limits +-0.20 ohm."""
    found = global_risks(RESISTORS, RESISTORS, RESISTOR_u, PROCESS)
    assert found.consumer == pytest.approx(0.01894221, abs=5e-9)
    assert found.producer == pytest.approx(0.03720780, abs=5e-9)


def test_9_5_global_risks_with_a_guard_band_of_u() -> None:
    """W = +0.08 ohm: the consumer's risk falls 40 times, the producer's grows 7 times."""
    found = global_risks(RESISTORS, drawn_in(RESISTORS, 0.08), RESISTOR_u, PROCESS)
    assert found.consumer == pytest.approx(0.00046863, abs=5e-9)
    assert found.producer == pytest.approx(0.24766964, abs=5e-9)


def test_deavers_row_of_two_standard_deviations_and_a_ratio_of_4() -> None:
    """Limits at 2 standard deviations of the process, T/(2U) = 4: cited as .008 and .015."""
    limits, process = Requirement(lower=-1.0, upper=1.0), Prior(mean=0.0, standard_deviation=0.5)
    found = known(0.0, 0.125)
    assert uncertainty_ratio(found, limits) == 4.0
    risks = global_risks(limits, limits, found.standard_uncertainty, process)
    assert risks.consumer == pytest.approx(0.00800608, abs=5e-9)
    assert risks.producer == pytest.approx(0.01485088, abs=5e-9)
