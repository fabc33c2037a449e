import math
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import numpy as np
import pytest
from scipy import stats

from simulators.certificate import (
    CalibrationCertificate,
    InstrumentIdentity,
    Laboratory,
    PiecewiseLinearFunction,
    PolynomialFunction,
)
from simulators.errors import SimulationRangeError
from simulators.instrument import InstrumentSpec, draw_instrument, indicated_rate, load_error
from simulators.laboratory import (
    CalibrationOrder,
    Standard,
    calibrate,
    draw_standard,
    fit_polynomial,
    join_means,
    largest_relative_error,
    verify,
)
from simulators.process import ConstantProcess

RNG_SEED = 20260105
CALIBRATIONS = 400
SCATTER = 3e-4
IDEAL = draw_instrument(InstrumentSpec(), 0, ConstantProcess(value=23.0), np.random.default_rng(0))
TRUTH = replace(IDEAL, relative_error=(0.002, 3e-5), load_centre=40.0)
PERFECT = Standard(
    influence="std:SIMLAB/STD-1",
    certificate="STD-1",
    relative_standard_uncertainty=0.0002,
    relative_error=0.0,
)
LABORATORY = Laboratory(name="Simulated laboratory", accreditation="none", scope="AC energy")
ORDER = CalibrationOrder(
    certificate="SIMLAB-2026-0001",
    instrument=InstrumentIdentity(maker="ABB", model="B23", serial="SIM-0001"),
    kind_of_quantity="active_energy",
    unit="kW.h",
    argument_unit="kW",
    points=(5.0, 20.0, 40.0, 60.0, 80.0),
    repeats=3,
    repeatability=SCATTER,
    performed_on=date(2026, 1, 5),
    recorded_at=datetime(2026, 1, 6, tzinfo=UTC),
)
VALUES = msgspec.structs.replace(
    ORDER,
    kind_of_quantity="amount_fraction",
    unit="[ppm]",
    argument_unit="[ppm]",
    result="value",
    points=(400.0, 700.0, 1000.0),
    repeatability=0.0,
)


def polynomial(certificate: CalibrationCertificate) -> PolynomialFunction:
    function = certificate.results[0].function
    assert isinstance(function, PolynomialFunction)
    return function


def fitted(count: int, standard: Standard = PERFECT) -> list[PolynomialFunction]:
    rng = np.random.default_rng(RNG_SEED)
    return [polynomial(calibrate(ORDER, TRUTH, standard, LABORATORY, rng)) for _ in range(count)]


def expected_coefficients(standard_error: float, centre: float) -> np.ndarray:
    slope = 3e-5 / (1 + standard_error) ** 2
    at_centre = 1 + 0.002 + 3e-5 * (centre / (1 + standard_error) - 40.0)
    return np.array([at_centre / (1 + standard_error) - 1, slope])


def inside(chi_squared: float, degrees_of_freedom: float) -> bool:
    return bool(1e-4 < stats.chi2(degrees_of_freedom).cdf(chi_squared) < 1 - 1e-4)


def test_coefficients_scatter_as_the_known_repeatability_demands() -> None:
    design = np.vander(np.repeat(np.array(ORDER.points) - 41.0, 3), 2, increasing=True)
    weight = design.T @ design / SCATTER**2
    standard = replace(PERFECT, relative_error=0.0007)
    chi_squared = 0.0
    for function in fitted(CALIBRATIONS, standard):
        deviation = np.array(function.coefficients) - expected_coefficients(0.0007, 41.0)
        chi_squared += float(deviation @ weight @ deviation)
    assert inside(chi_squared, 2 * CALIBRATIONS)


def test_the_stated_covariance_with_its_degrees_of_freedom_covers_the_coefficients() -> None:
    truth = expected_coefficients(0.0, 41.0)
    statistics = []
    for function in fitted(CALIBRATIONS):
        deviation = np.array(function.coefficients) - truth
        weight = np.linalg.inv(np.array(function.covariance))
        statistics.append(float(deviation @ weight @ deviation) / 2)
        assert function.degrees_of_freedom == 15 - 2
    assert stats.kstest(statistics, stats.f(2, 13).cdf).pvalue > 1e-4


def test_the_stated_scatter_is_on_average_the_true_one() -> None:
    design = np.vander(np.repeat(np.array(ORDER.points) - 41.0, 3), 2, increasing=True)
    known = np.linalg.inv(design.T @ design) * SCATTER**2
    ratios = [function.covariance[1][1] / known[1, 1] for function in fitted(CALIBRATIONS)]
    assert inside(13 * float(np.sum(ratios)), 13 * CALIBRATIONS)


def test_the_standards_errors_are_as_large_as_its_certificate_says() -> None:
    rng = np.random.default_rng(RNG_SEED)
    exact = msgspec.structs.replace(ORDER, repeatability=0.0)
    intercepts = []
    for _ in range(CALIBRATIONS):
        standard = draw_standard("std:SIMLAB/STD-1", "STD-1", 0.0002, rng)
        certificate = calibrate(exact, IDEAL, standard, LABORATORY, rng)
        intercepts.append(polynomial(certificate).coefficients[0])
    assert inside(float(np.sum(np.square(intercepts))) / 0.0002**2, CALIBRATIONS)


def test_two_instruments_of_one_standard_share_its_error() -> None:
    standard = replace(PERFECT, relative_error=0.01)
    exact = msgspec.structs.replace(ORDER, repeatability=0.0)
    rng = np.random.default_rng(0)
    other = replace(TRUTH, relative_error=(0.0, 3e-5))
    one = polynomial(calibrate(exact, TRUTH, standard, LABORATORY, rng))
    two = polynomial(calibrate(exact, other, standard, LABORATORY, rng))
    assert one.coefficients[0] - two.coefficients[0] == pytest.approx(0.002 / 1.01, rel=1e-9)
    assert two.coefficients[0] == pytest.approx(expected_coefficients(0.01, 41.0)[0] - 0.002 / 1.01)


def test_the_certificate_names_the_standard_as_an_influence_of_its_own() -> None:
    certificate = calibrate(ORDER, TRUTH, PERFECT, LABORATORY, np.random.default_rng(0))
    (used,) = certificate.standards
    assert used.influence == "std:SIMLAB/STD-1"
    assert used.relative_standard_uncertainty == 0.0002
    assert max(max(row) for row in polynomial(certificate).covariance) < 0.0002**2


def test_the_expanded_uncertainty_of_a_point_covers_scatter_and_standard() -> None:
    rng = np.random.default_rng(RNG_SEED)
    many = msgspec.structs.replace(ORDER, repeats=30)
    chi_squared = 0.0
    for _ in range(CALIBRATIONS):
        standard = draw_standard("std:SIMLAB/STD-1", "STD-1", 0.0002, rng)
        point = calibrate(many, TRUTH, standard, LABORATORY, rng).results[0].points[2]
        standard_uncertainty = point.expanded_uncertainty / point.coverage_factor
        chi_squared += ((point.value - load_error(TRUTH, 40.0)) / standard_uncertainty) ** 2
    assert inside(chi_squared, CALIBRATIONS)


def test_the_fit_is_that_of_an_independent_least_squares() -> None:
    rng = np.random.default_rng(4)
    points = (5.0, 20.0, 40.0, 60.0, 80.0)
    observed = rng.normal(0.0, 1e-3, (5, 4))
    function = fit_polynomial(points, observed, 2)
    x = np.repeat(np.array(points) - function.centre, 4)
    coefficients, covariance = np.polyfit(x, observed.ravel(), 2, cov=True)
    assert function.coefficients == pytest.approx(coefficients[::-1].tolist(), rel=1e-9)
    assert np.allclose(function.covariance, covariance[::-1, ::-1], rtol=1e-9)
    assert function.degrees_of_freedom == 17


def test_a_piecewise_linear_result_joins_the_means_with_pooled_scatter() -> None:
    observed = np.array([[1.0, 3.0], [4.0, 8.0]])
    function = join_means((10.0, 20.0), observed)
    assert function.knots == (10.0, 20.0)
    assert function.coefficients == (2.0, 6.0)
    assert function.degrees_of_freedom == 2
    assert function.covariance == ((2.5, 0.0), (0.0, 2.5))
    order = msgspec.structs.replace(ORDER, form="piecewise_linear")
    certificate = calibrate(order, TRUTH, PERFECT, LABORATORY, np.random.default_rng(0))
    assert isinstance(certificate.results[0].function, PiecewiseLinearFunction)


def test_a_calibration_of_values_finds_the_true_rate_behind_each_indication() -> None:
    truth = replace(IDEAL, relative_error=(0.01, 1e-5), load_centre=700.0, offset=6.0)
    certificate = calibrate(VALUES, truth, PERFECT, LABORATORY, np.random.default_rng(0))
    for point in certificate.results[0].points:
        shown = indicated_rate(truth, ConstantProcess(value=point.value), 0)
        assert shown == pytest.approx(point.at, rel=1e-12)
        assert point.expanded_uncertainty == pytest.approx(2 * point.value * 0.0002)


def test_an_indication_that_the_instrument_cannot_show_is_refused() -> None:
    backwards = replace(IDEAL, relative_error=(-2.0, 0.0))
    with pytest.raises(SimulationRangeError, match="can show"):
        calibrate(VALUES, backwards, PERFECT, LABORATORY, np.random.default_rng(0))


@pytest.mark.parametrize(("mpe", "statement"), [(0.01, "pass"), (0.0005, "fail")])
def test_a_verification_says_pass_or_fail_and_no_figures(mpe: float, statement: str) -> None:
    rng = np.random.default_rng(0)
    certificate = verify(ORDER, TRUTH, PERFECT, LABORATORY, mpe, rng)
    assert certificate.kind == "verification"
    assert certificate.results == ()
    assert certificate.conformity is not None
    assert certificate.conformity.statement == statement


def test_the_largest_relative_error_is_taken_from_either_kind_of_result() -> None:
    truth = replace(IDEAL, offset=8.0)
    values = calibrate(VALUES, truth, PERFECT, LABORATORY, np.random.default_rng(0)).results[0]
    assert largest_relative_error(values) == pytest.approx(8.0 / 392.0)
    exact = msgspec.structs.replace(ORDER, repeatability=0.0)
    errors = calibrate(exact, TRUTH, PERFECT, LABORATORY, np.random.default_rng(0)).results[0]
    assert largest_relative_error(errors) == pytest.approx(0.002 + 3e-5 * 40.0)


@pytest.mark.parametrize(
    "change",
    [
        {"points": (5.0,)},
        {"points": (20.0, 5.0, 40.0)},
        {"repeats": 1},
        {"repeatability": -1.0},
        {"points": (1.0, 2.0), "degree": 2},
        {"points": (1.0,), "form": "piecewise_linear"},
    ],
)
def test_an_order_that_no_function_can_be_fitted_to_is_refused(change: dict[str, object]) -> None:
    order = msgspec.structs.replace(ORDER, **change)
    with pytest.raises(SimulationRangeError, match="SIMLAB-2026-0001"):
        calibrate(order, TRUTH, PERFECT, LABORATORY, np.random.default_rng(0))


def test_a_seed_decides_the_certificate() -> None:
    one = calibrate(ORDER, TRUTH, PERFECT, LABORATORY, np.random.default_rng(8))
    assert one == calibrate(ORDER, TRUTH, PERFECT, LABORATORY, np.random.default_rng(8))
    assert math.isfinite(polynomial(one).coefficients[0])
