"""Another solver on the same points: numpy.polynomial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.fit.curve import fit
from calibration.fit.points import points_of


@given(st.integers(0, 2**32 - 1), st.integers(0, 6))
@settings(deadline=None, max_examples=40)
def test_numpy_finds_the_same_polynomial(seed: int, degree: int) -> None:
    rng = np.random.default_rng(seed)
    x, uy = np.linspace(-1.0, 1.0, 15), rng.uniform(0.1, 0.3, 15)
    y = rng.normal(0.0, 1.0, 15)
    ours = fit(points_of(x.tolist(), y.tolist(), uy=uy.tolist()), degree=degree)
    theirs = np.polynomial.polynomial.polyfit(x, y, degree, w=1.0 / uy)
    assert ours.coefficients == pytest.approx(theirs.tolist(), rel=1e-9, abs=1e-9)
