"""`replay --instrument typical`: over many seeds the year's truth is covered as stated.

The plant is the command's own, and so is everything from the meter's words to the activity
datum; only the sockets are left out, which another test goes through.
"""

import math
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC
from functools import partial
from pathlib import Path

import pytest
from scipy import stats

from calibration.load import read_folder
from carbonmeter.replay_plant import CHANNEL, replay_plant
from evidence.statement.activity import activity_data
from simulators.replay_csv import CsvLayout
from tests.house import plant

FILE = Path(__file__).parents[1] / "vectors" / "steel_plant_2018.csv.gz"
QUARTER_NS = plant.HOUR_NS // 4
CHECK, TORTURE = 6, 200


def year(seed: int, polls_an_hour: int) -> tuple[float, float, float]:
    """Deviation of the stated year from the truth, u and U, in kWh."""
    layout = CsvLayout(column="Usage_kWh", interval_ns=QUARTER_NS, zone=UTC)
    with tempfile.TemporaryDirectory() as name:
        made = replay_plant(FILE, layout, seed, "typical", Path(name))
        papers = read_folder(made.papers)
    period_ns = plant.HOUR_NS // polls_an_hour
    instants = range(made.instants_ns[0], made.instants_ns[-1] + 1, period_ns)
    device = plant.device("feeder", CHANNEL, "REPLAY-0001", period_ns, most=2000.0)
    (place,) = made.plant.places
    values = [float(place.indications(at_ns)[CHANNEL]) for at_ns in instants]
    windows = plant.windows_of(plant.logged([(device, values)], instants, papers))
    datum = activity_data(
        windows[f"{plant.SITE}/feeder/{CHANNEL}"],
        device.setup.channels[0].measurand,
        (instants[0], instants[-1]),
        software="test",
    )
    assert datum.completeness.ratio == 1.0
    assert datum.standard_uncertainty is not None
    assert datum.expanded_uncertainty is not None
    truth = made.truth.amount(instants[0], instants[-1])
    return datum.value - truth, datum.standard_uncertainty, datum.expanded_uncertainty


def years(seeds: int, polls_an_hour: int) -> list[tuple[float, float, float]]:
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(partial(year, polls_an_hour=polls_an_hour), range(seeds)))


def judged(sample: list[tuple[float, float, float]]) -> tuple[bool, float]:
    """Whether coverage lies within two-sided binomial bounds (99.9 %), and the RMS of z."""
    low, high = stats.binom.interval(0.999, len(sample), 0.95)
    covered = sum(abs(deviation) <= expanded for deviation, _, expanded in sample)
    z2 = math.fsum((deviation / u) ** 2 for deviation, u, _ in sample)
    return bool(low <= covered <= high), math.sqrt(z2 / len(sample))


def test_a_sample_of_years_is_covered() -> None:
    inside, rms = judged(years(CHECK, 1))
    low, high = (math.sqrt(bound / CHECK) for bound in stats.chi2.interval(0.999, CHECK))
    assert inside
    assert low <= rms <= high


@pytest.mark.torture
def test_two_hundred_years_are_covered() -> None:
    inside, rms = judged(years(TORTURE, 4))
    assert inside
    assert 0.9 <= rms <= 1.1
