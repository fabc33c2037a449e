import math
import subprocess
import sys

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.coverage import (
    COVERAGE_PROBABILITY,
    NORMAL_FACTOR,
    convolved_half_width,
    effective_degrees_of_freedom,
    expand,
)
from calibration.distribution import Distribution
from calibration.uncertainty import Influence, UncertaintyComponent


def _part(
    name: str,
    u: float,
    distribution: Distribution = Distribution.NORMAL,
    nu: float | None = None,
    source: str | None = None,
) -> UncertaintyComponent:
    influence = Influence(
        id=f"factor:{name}", distribution=distribution, degrees_of_freedom=nu, dof_source=source
    )
    return UncertaintyComponent(influence=influence, contribution=u)


def test_a_well_known_normal_result_has_k_of_196() -> None:
    found = expand([_part("a", 3.0), _part("b", 4.0)])
    assert found.standard_uncertainty == 5.0
    assert found.coverage_factor == pytest.approx(1.959964, abs=1e-6)
    assert found.distribution == "normal"
    assert found.effective_degrees_of_freedom is None


def test_the_factor_of_95_percent_is_the_quantile_to_the_last_bit() -> None:
    assert scipy.special.ndtri((1.0 + COVERAGE_PROBABILITY) / 2.0) == NORMAL_FACTOR


USUAL = """
import sys
from calibration.coverage import expand
from calibration.distribution import Distribution
from calibration.uncertainty import Influence, UncertaintyComponent
for kind in (Distribution.NORMAL, Distribution.RECTANGULAR, Distribution.TRIANGULAR):
    of = Influence(id="factor:a", distribution=kind)
    print(expand([UncertaintyComponent(influence=of, contribution=1.0)]).distribution)
print([each for each in sys.modules if each.startswith(("scipy.special", "scipy.optimize"))])
"""


def test_usual_intervals_do_not_wait_for_what_takes_long_to_load() -> None:
    said = subprocess.run([sys.executable, "-c", USUAL], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["normal", "convolution", "convolution", "[]"]


def test_few_degrees_of_freedom_widen_the_interval() -> None:
    found = expand([_part("a", 1.0, nu=4.7)])
    assert found.coverage_factor == pytest.approx(2.776445, abs=1e-6)  # t of 4, the floor
    assert found.distribution == "t"


def test_less_than_one_degree_of_freedom_counts_as_one() -> None:
    assert expand([_part("a", 1.0, nu=0.5)]).coverage_factor == pytest.approx(12.7062, abs=1e-4)


@pytest.mark.parametrize(
    ("distribution", "half_width"),
    [
        (Distribution.RECTANGULAR, 0.95 * math.sqrt(3.0)),
        (Distribution.TRIANGULAR, (1.0 - math.sqrt(0.05)) * math.sqrt(6.0)),
        (Distribution.ARCSINE, math.sin(0.95 * math.pi / 2.0) * math.sqrt(2.0)),
    ],
)
def test_one_bounded_influence_has_the_interval_of_its_own_distribution(
    distribution: Distribution, half_width: float
) -> None:
    found = expand([_part("a", 1.0, distribution)])
    assert found.expanded_uncertainty == pytest.approx(half_width, rel=1e-3)
    assert found.distribution == "convolution"


def test_two_equal_rectangles_make_a_triangle() -> None:
    parts = [_part(name, 1.0, Distribution.RECTANGULAR) for name in ("a", "b")]
    triangle = (1.0 - math.sqrt(0.05)) * 2.0 * math.sqrt(3.0)
    assert convolved_half_width(parts, 0.0, 0.95) == pytest.approx(triangle, rel=1e-4)


def test_below_half_of_the_variance_bounded_influences_leave_the_shape_normal() -> None:
    parts = [_part("a", 1.0), _part("b", 0.99, Distribution.RECTANGULAR)]
    assert expand(parts).distribution == "normal"
    parts[1] = _part("b", 1.01, Distribution.RECTANGULAR)
    assert expand(parts).distribution == "convolution"


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.floats(0.01, 10.0), min_size=1, max_size=5),
    normal_u=st.floats(0.0, 5.0),
)
def test_an_interval_is_never_wider_than_all_bounds_together(
    sizes: list[float], normal_u: float
) -> None:
    parts = [_part(f"r{k}", u, Distribution.RECTANGULAR) for k, u in enumerate(sizes)]
    found = expand([*parts, _part("n", normal_u)])
    bound = math.sqrt(3.0) * math.fsum(sizes) + 2.0 * normal_u + 0.05 * max(sizes)
    assert 1.0 < found.coverage_factor < 2.2
    assert found.expanded_uncertainty < bound


def test_a_sign_does_not_change_the_interval() -> None:
    one = expand([_part("a", 1.0, Distribution.RECTANGULAR), _part("b", 0.5)])
    other = expand([_part("a", -1.0, Distribution.RECTANGULAR), _part("b", -0.5)])
    assert one == other


def test_an_influence_that_stands_twice_adds_before_it_is_expanded() -> None:
    assert expand([_part("a", 1.0), _part("a", 1.0)]).standard_uncertainty == 2.0


def test_factors_of_one_fit_count_as_one_source_of_degrees_of_freedom() -> None:
    together = [_part(name, 1.0, nu=9.0, source="cert:C-1") for name in ("a", "b", "c")]
    apart = [_part(name, 1.0, nu=9.0) for name in ("a", "b", "c")]
    assert effective_degrees_of_freedom(together) == pytest.approx(9.0)
    assert effective_degrees_of_freedom(apart) == pytest.approx(27.0)


def test_another_coverage_probability_has_another_factor() -> None:
    found = expand([_part("a", 1.0)], 0.99)
    assert found.coverage_factor == pytest.approx(2.575829, abs=1e-6)
    assert found.coverage_probability == 0.99


def test_a_hundred_equal_rectangles_are_almost_normal() -> None:
    parts = [_part(f"r{k}", 1.0, Distribution.RECTANGULAR) for k in range(100)]
    assert expand(parts).coverage_factor == pytest.approx(1.9591, abs=2e-4)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_convolution_agrees_with_a_simulation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.1, 3.0, 3)
    normal_u = float(rng.uniform(0.0, 0.5))
    bounded = [_part(f"r{k}", float(u), Distribution.RECTANGULAR) for k, u in enumerate(sizes)]
    trials = normal_u * rng.normal(size=400_000)
    for u in sizes:
        trials += u * rng.uniform(-math.sqrt(3.0), math.sqrt(3.0), 400_000)
    half_width = convolved_half_width(bounded, normal_u, 0.95)
    covered = float(np.mean(np.abs(trials) <= half_width))
    assert covered == pytest.approx(0.95, abs=0.002)
