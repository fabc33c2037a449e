"""A power or an exponential in a certificate, from the agent's polls to the collector's windows.

The judge recomputes every value and contribution from the logged bytes and finds no fault.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from calibration.fit.curve import fit
from calibration.fit.points import points_of
from calibration.fit.result import Fit
from calibration.load import SourceFile
from calibration.toml_text import toml_of
from calibration.uncertainty import combine
from evidence.log.batch import Batch, decode
from evidence.log.envelope import decompress
from evidence.log.row import results
from tests.house import plant

INSTANTS = range(plant.START_NS, plant.START_NS + 6 * plant.STEP_NS, plant.STEP_NS)
X = [20e3, 30e3, 42e3, 51e3, 64e3, 80e3]
RESULT = """[[results]]
kind_of_quantity = "active_power"
unit = "W"
result = "{result}"
argument = "indication"
argument_unit = "W"
measuring_interval = [20000.0, 80000.0]
repeatability = 40.0
"""


def fitted(form: Literal["power", "exponential"], size: float) -> Fit:
    """A curve through six points with some scatter, of at most `size`."""
    at, u = np.array(X), 1e-4 * size
    curve = (at / 8e4) ** 0.9 if form == "power" else np.exp(at / 6e4) - 1.0
    y = size * curve + u * np.cos(at)
    return fit(points_of(X, y.tolist(), uy=[u] * len(X)), form)


def meter_of(found: Fit, result: str) -> plant.Meter:
    """A power meter whose certificate holds the curve."""
    rng = np.random.default_rng(11)
    meter = plant.power_meter("P", plant.load_kW(rng), plant.standard_of(rng), plant.Belief(), rng)
    certificate, confirmation = meter.documents
    head = certificate.data.decode().partition("[[results]]")[0]
    text = head + RESULT.format(result=result) + toml_of(found.function(), "results", "function")
    return replace(meter, documents=(SourceFile(name="c.toml", data=text.encode()), confirmation))


@pytest.mark.parametrize(("result", "size"), [("value", 8e4), ("relative_error", 0.01)])
@pytest.mark.parametrize("form", ["power", "exponential"])
def test_the_collector_finds_what_the_agent_made_of_a_curve(
    form: Literal["power", "exponential"], result: str, size: float
) -> None:
    found = fitted(form, size)
    packed = plant.leaves((meter_of(found, result),), INSTANTS)
    assert plant.windows_of(packed)
    batch = decode(decompress(packed[-1].frame))
    assert isinstance(batch, Batch)
    (stream,) = batch.streams
    x = np.array(stream.indication)
    value, u = found.value(x), np.sqrt(np.diagonal(found.value_covariance(x)))
    if result == "relative_error":
        value, u = x / (1.0 + value), x / (1.0 + value) ** 2 * u
    told = results(stream, batch.epoch)
    assert [each.value for each in told] == pytest.approx(value, rel=1e-12)
    for each, stated in zip(told, u, strict=True):
        own = [part for part in each.components if part.influence.id.startswith("cert:C-P/")]
        assert combine(own) == pytest.approx(stated, rel=1e-4)
