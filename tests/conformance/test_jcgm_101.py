"""JCGM 101:2008, clauses 9.2 and 9.4; GUM H.1 with its second order; NIST TN 1900; GUM G.4.

9.2: figures that the clause prints. 9.4: closed forms, which its Monte Carlo figures agree with.
"""

import math

import numpy as np
import pytest

from calibration.formula.grammar import parse_formula
from calibration.formula.tree import Expression
from calibration.propagation.errors import VanishingSensitivityError
from calibration.propagation.linear import propagate
from calibration.propagation.montecarlo import sample
from calibration.propagation.quantity import Inputs, Knowledge, Quantity, inputs_of

TRIALS = 1_000_000


def model(text: str, *quantities: Quantity) -> tuple[Expression, Inputs]:
    return parse_formula(text, [each.name for each in quantities]), inputs_of(quantities)


def known(
    name: str,
    estimate: float,
    u: float,
    nu: float | None = None,
    distribution: Knowledge = Knowledge.NORMAL,
) -> Quantity:
    return Quantity(
        name=name,
        estimate=estimate,
        standard_uncertainty=u,
        degrees_of_freedom=nu,
        distribution=distribution,
    )


def four(distribution: Knowledge, *u: float) -> tuple[Expression, Inputs]:
    """Y = X1 + X2 + X3 + X4 with estimates of 0."""
    given = [known(f"x{k}", 0.0, each, None, distribution) for k, each in enumerate(u, start=1)]
    return model("x1 + x2 + x3 + x4", *given)


@pytest.mark.parametrize(
    ("distribution", "u", "combined", "half_width"),
    [
        pytest.param(Knowledge.NORMAL, (1.0,) * 4, 2.00, 3.92, id="9.2.2"),
        pytest.param(Knowledge.RECTANGULAR, (1.0,) * 4, 2.00, 3.88, id="9.2.3"),
        pytest.param(Knowledge.RECTANGULAR, (1.0, 1.0, 1.0, 10.0), 10.15, 17.0, id="9.2.4"),
    ],
)
def test_9_2_additive_model(
    distribution: Knowledge, u: tuple[float, ...], combined: float, half_width: float
) -> None:
    found = sample(*four(distribution, *u), np.random.default_rng(1), trials=TRIALS)
    assert found.value == pytest.approx(0.0, abs=0.05)
    assert found.standard_uncertainty == pytest.approx(combined, rel=0.003)
    assert found.symmetric == pytest.approx((-half_width, half_width), rel=0.004)
    low, high = found.shortest
    assert high - low == pytest.approx(2 * half_width, rel=0.004)


def test_9_2_4_first_order_overstates_the_interval() -> None:
    found = propagate(*four(Knowledge.RECTANGULAR, 1.0, 1.0, 1.0, 10.0))
    assert found.standard_uncertainty == pytest.approx(10.1489, rel=1e-5)
    assert 1.959964 * found.standard_uncertainty == pytest.approx(19.9, abs=0.05)


def loss(x1: float) -> tuple[Expression, Inputs]:
    """9.4: comparison loss of a power meter, x2 = 0, u = 0.005 each."""
    return model(
        "x1^2 + x2^2",
        Quantity(name="x1", estimate=x1, standard_uncertainty=0.005),
        Quantity(name="x2", estimate=0.0, standard_uncertainty=0.005),
    )


@pytest.mark.parametrize(
    ("x1", "mean", "u", "width"),
    [
        (0.0, 50e-6, 50e-6, 149.8e-6),
        (0.010, 150e-6, 111.8034e-6, 366e-6),
        (0.050, 2550e-6, 502.4938e-6, 1955e-6),
    ],
)
def test_9_4_comparison_loss(x1: float, mean: float, u: float, width: float) -> None:
    found = sample(*loss(x1), np.random.default_rng(2), trials=TRIALS)
    assert found.value == pytest.approx(mean, rel=0.003)
    assert found.standard_uncertainty == pytest.approx(u, rel=0.005)
    low, high = found.shortest
    assert high - low == pytest.approx(width, rel=0.01)
    exact = propagate(*loss(x1), second_order=True)
    assert exact.value == pytest.approx(mean, rel=1e-12)
    assert exact.standard_uncertainty == pytest.approx(u, rel=1e-6)


def test_9_4_first_order_alone_never_says_that_u_is_0() -> None:
    with pytest.raises(VanishingSensitivityError, match="E_SENSITIVITY_VANISHES"):
        propagate(*loss(0.0))
    near = propagate(*loss(0.010))
    assert near.standard_uncertainty == pytest.approx(100e-6, rel=1e-12)
    assert near.findings == ("second_order_matters",)
    assert propagate(*loss(0.050)).findings == ()


def gauge() -> tuple[Expression, Inputs]:
    """GUM H.1, in nm and degrees Celsius."""
    third, rectangular = math.sqrt(3.0), Knowledge.RECTANGULAR

    return model(
        "ls + d0 + d1 + d2 - ls*(d_alpha*(theta + delta) + alpha*d_theta)",
        known("ls", 5.0000623e7, 25.0, 18),
        known("d0", 215.0, 5.8, 24),
        known("d1", 0.0, 3.9, 5),
        known("d2", 0.0, 6.7, 8),
        known("alpha", 11.5e-6, 2e-6 / third, None, rectangular),
        known("d_alpha", 0.0, 1e-6 / third, 50, rectangular),
        known("d_theta", 0.0, 0.05 / third, 2, rectangular),
        known("theta", -0.1, 0.2, None),
        known("delta", 0.0, 0.5 / math.sqrt(2.0), None, Knowledge.ARCSINE),
    )


def test_gum_h_1_end_gauge() -> None:
    found = propagate(*gauge())
    assert found.value == pytest.approx(50_000_838.0, abs=1e-6)
    assert found.standard_uncertainty == pytest.approx(31.663879111, rel=1e-10)
    assert found.effective_degrees_of_freedom == pytest.approx(16.751855738, rel=1e-9)
    assert np.abs(found.contributions) == pytest.approx(
        [25.0, 5.8, 3.9, 6.7, 0.0, 2.886787315, 16.599027061, 0.0, 0.0], rel=1e-9
    )


def test_gum_h_1_7_second_order() -> None:
    found = propagate(*gauge(), second_order=True)
    assert found.standard_uncertainty == pytest.approx(33.806545430, rel=1e-10)  # prints 34
    assert found.second_order == pytest.approx(11.726185506**2 + 1.666687433**2, rel=1e-9)


def test_tn_1900_e13_thermal_expansion() -> None:
    """Four t distributions with 3 degrees of freedom; the numbers are standard uncertainties."""
    stated = {
        "l0": (1.4999, 1e-4),
        "t0": (288.15, 0.02),
        "l1": (1.5021, 2e-4),
        "t1": (373.10, 0.05),
    }
    given = [known(name, *each, 3.0, Knowledge.STUDENT) for name, each in stated.items()]
    expansion = model("(l1 - l0)/(l0*(t1 - t0))", *given)
    linear = propagate(*expansion)
    assert linear.value == pytest.approx(1.7266e-5, rel=5e-5)
    assert linear.standard_uncertainty == pytest.approx(1.755e-6, rel=1e-3)
    found = sample(*expansion, np.random.default_rng(3), trials=TRIALS)
    assert found.value == pytest.approx(1.7268e-5, rel=1e-3)
    assert found.standard_uncertainty == pytest.approx(1.75e-6, rel=0.02)


def test_welch_satterthwaite_small_cases() -> None:
    found = propagate(*model("a + b", known("a", 0.0, 0.57, 9.0), known("b", 0.0, 0.25)))
    assert found.effective_degrees_of_freedom == pytest.approx(12.8, abs=0.05)
    fluorescence = propagate(
        *model(
            "x1/x2*yu",
            known("x1", 0.1820, 0.00093, 9.0),
            known("x2", 0.1823, 0.00058, 19.0),
            known("yu", 0.6978, 0.0026, 19.0),
        )
    )
    assert fluorescence.value == pytest.approx(0.6967, abs=5e-5)
    assert fluorescence.standard_uncertainty == pytest.approx(0.00494, abs=1e-5)
    assert fluorescence.effective_degrees_of_freedom == pytest.approx(27.7, abs=0.2)


def test_7_9_an_adaptive_run_ends_when_its_figures_stand() -> None:
    found = sample(*four(Knowledge.NORMAL, 1.0, 1.0, 1.0, 1.0), np.random.default_rng(4))
    assert found.is_stable
    assert 20_000 <= found.trials < 10_000_000
    assert found.standard_uncertainty == pytest.approx(2.0, abs=0.05)
