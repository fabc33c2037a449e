"""Row 13: Monte Carlo of a stack's CO2 mass flow, 1,000,000 trials, against plain numpy."""

import numpy as np

from benchmarks.calibration_pass import cpu_us
from benchmarks.figures import Bound, Figure, compared
from calibration.formula.grammar import parse_formula
from calibration.propagation.montecarlo import sample
from calibration.propagation.quantity import Knowledge, Quantity, inputs_of

TRIALS, ROUNDS = 1_000_000, 5
BOUND = Bound(goal=1.0, gate=2.0)
FORMULA = "kv * area * v * 273.15/(273.15 + t) * p/101.325 * (1 - w/100) * c/100 * rho"
NORMAL = {  # estimate and standard uncertainty
    "kv": (0.98, 0.01),
    "v": (12.0, 0.15),
    "t": (130.0, 1.0),
    "w": (9.0, 0.5),
    "c": (11.5, 0.1),
}
BOUNDED = {"area": (28.27, 0.05), "p": (100.8, 0.2), "rho": (1.977, 0.001)}  # and half-width


def measure() -> list[Figure]:
    """The figure of row 13."""
    quantities = [
        *(
            Quantity(name=name, estimate=estimate, standard_uncertainty=u)
            for name, (estimate, u) in NORMAL.items()
        ),
        *(
            Quantity(
                name=name,
                estimate=estimate,
                standard_uncertainty=half_width / 3.0**0.5,
                distribution=Knowledge.RECTANGULAR,
            )
            for name, (estimate, half_width) in BOUNDED.items()
        ),
    ]
    model = parse_formula(FORMULA, [each.name for each in quantities])
    inputs = inputs_of(quantities)
    pairs = [
        (
            cpu_us(lambda: plain(np.random.default_rng(1)), 1) / 1e6,
            cpu_us(lambda: sample(model, inputs, np.random.default_rng(1), trials=TRIALS), 1) / 1e6,
        )
        for _ in range(ROUNDS + 1)
    ][1:]
    name = "1e6 trials of a stack's CO2 mass flow, eight quantities"
    return [compared(13, name, pairs, unit="s", against="plain numpy", bound=BOUND)]


def plain(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Mean, standard deviation and the symmetric interval, as one would write it by hand."""
    drawn = {name: rng.normal(y, u, TRIALS) for name, (y, u) in NORMAL.items()}
    drawn |= {name: rng.uniform(y - a, y + a, TRIALS) for name, (y, a) in BOUNDED.items()}
    dry = 1.0 - drawn["w"] / 100.0
    flow = drawn["kv"] * drawn["area"] * drawn["v"] * 273.15 / (273.15 + drawn["t"])
    mass = flow * drawn["p"] / 101.325 * dry * drawn["c"] / 100.0 * drawn["rho"]
    low, high = np.quantile(mass, (0.025, 0.975))
    return float(mass.mean()), float(mass.std(ddof=1)), float(low), float(high)
