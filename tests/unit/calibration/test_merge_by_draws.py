"""Merged components against deviations drawn at random: one draw an influence, a draw a reading."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.uncertainty import (
    Influence,
    UncertaintyComponent,
    by_dof_source,
    combine,
    merge,
    scaled,
)

NAMES = ("std:L/A", "std:L/B", "cert:C/0", "cert:C/1", "inst:S/class")
DRAWS = 40_000


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(NAMES), unique=True, max_size=5),
            st.floats(0.0, 2.0),
            st.sampled_from([-1.0, 0.5, 1.0, 3.0]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=40)
def test_the_u_of_any_weighted_sum_is_the_scatter_of_its_draws(
    results: list[tuple[list[str], float, float]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    deviations = {name: rng.standard_normal(DRAWS) for name in NAMES}
    drawn, parts = np.zeros(DRAWS), []
    for place, (names, fresh_u, weight) in enumerate(results):
        contributions = dict(zip(names, rng.uniform(-2.0, 2.0, len(names)).tolist(), strict=True))
        own = [
            UncertaintyComponent(influence=Influence(id=name), contribution=c)
            for name, c in contributions.items()
        ]
        fresh = Influence(id=f"fresh:channel-{place}", shared=False)
        own.append(UncertaintyComponent(influence=fresh, contribution=fresh_u))
        parts.append(scaled(own, weight))
        reading = sum((deviations[name] * c for name, c in contributions.items()), np.zeros(DRAWS))
        drawn += weight * (reading + fresh_u * rng.standard_normal(DRAWS))
    stated = combine(merge(*parts))
    # A standard deviation of n draws scatters by 1/sqrt(2n); five of that, over 40 examples.
    assert float(drawn.std()) == pytest.approx(stated, rel=5.0 / np.sqrt(2.0 * DRAWS), abs=1e-12)
    assert sum(variance for variance, _ in by_dof_source(merge(*parts)).values()) == pytest.approx(
        stated**2
    )
