"""A real year: UCI 851, steel plant 2018 (Sathishkumar V E et al., CC BY 4.0), every 15 min."""

import csv
import gzip
import io
import math
from pathlib import Path

import numpy as np
import pytest

from calibration.apply import apply
from calibration.basis import InstrumentCalibration, UncertaintyBasis
from calibration.certificate import CalibrationResult
from calibration.flow import FlowChannel, FlowRows
from calibration.flow_fold import FlowFold, feed_flow
from calibration.function import CalibrationFunction, Floats
from calibration.hourly import ChannelClock
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.stacked import Applied, stack
from calibration.uncertainty import combine
from calibration.window import FlowWindow, Grounds, components_of, merge_flow

FILE = Path(__file__).parents[1] / "vectors" / "steel_plant_2018.csv.gz"
QUARTER_NS = 15 * 60 * 1_000_000_000
FRESH_kWh = 0.05
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("S",), certificates=("C1",))
CHANNEL = FlowChannel(
    channel="steel/feeder/energy",
    measurand=Measurand(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        unit="kW.h",
        subject="plant",
        accumulation=Accumulation.INTERVAL,
    ),
    clock=ChannelClock(agent="a", period_ns=QUARTER_NS),
)


def january_kWh() -> Floats:
    with gzip.open(FILE, "rb") as file:
        rows = csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")))
        return np.array(
            [float(row["Usage_kWh"]) for row in rows if int(row["date"].split("/")[1]) == 1]
        )


def calibration() -> InstrumentCalibration:
    """y = a + b*x, a = 0, b = 1, u(a) = 0.02 kWh, u(b) = 0.005, uncorrelated, centre 0."""
    interval = (0.0, 1000.0)
    return InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION,
        serial="S",
        certificate="C1",
        function=CalibrationFunction(
            form="polynomial",
            coefficients=(0.0, 1.0),
            covariance=((0.02**2, 0.0), (0.0, 0.005**2)),
            measuring_interval=interval,
        ),
        result=CalibrationResult(
            kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
            unit="kW.h",
            result="value",
            argument="indication",
            argument_unit="kW.h",
            measuring_interval=interval,
        ),
    )


def rows_of(energies_kWh: Floats) -> FlowRows:
    table = stack([Applied(calibration=calibration(), unit="kW.h")])
    n = len(energies_kWh)
    at_ns = np.arange(1, n + 1, dtype=np.int64) * QUARTER_NS
    row = np.zeros(n, dtype=np.int64)
    results = apply(table, row, energies_kWh, energies_kWh, at_ns)
    return FlowRows(
        at_ns=at_ns,
        indication=energies_kWh,
        value=results.value,
        contributions={
            influence: results.contributions[:, k]
            for k, influence in enumerate(table.influences[0])
            if influence is not None
        },
        fresh=np.full(n, FRESH_kWh),
        qualities=(Quality.GOOD,) * n,
        grounds=GROUNDS,
    )


def month_of(energies_kWh: Floats) -> FlowWindow:
    """The month from its hourly windows; one more interval closes the last hour."""
    _, windows = feed_flow(FlowFold(), CHANNEL, rows_of(np.append(energies_kWh, 0.0)))
    return merge_flow(windows)


def test_january_has_the_sum_and_the_uncertainty_that_the_plan_states() -> None:
    month = month_of(january_kWh())
    assert month.tally.present == month.tally.expected == 2976
    assert month.value == pytest.approx(126_238.29, abs=5e-9 * 126_238)
    assert combine(components_of(month)) == pytest.approx(633.997, abs=5e-4)


def test_idea_one_gives_154_837_for_a_month_of_equal_intervals() -> None:
    month = month_of(np.full(2880, 28_740 / 2880))
    assert combine(components_of(month)) == pytest.approx(154.837, abs=5e-4)


def collapsed_u(energies_kWh: Floats) -> float:
    """What a gateway gets that keeps one u per reading: root sum of squares over readings."""
    rows = rows_of(energies_kWh)
    variance = rows.fresh**2 + sum(part**2 for part in rows.contributions.values())
    return math.sqrt(float(np.sum(variance)))


def test_components_collapsed_to_one_number_give_far_too_little() -> None:
    assert collapsed_u(january_kWh()) == pytest.approx(16.547, abs=5e-4)
    assert collapsed_u(np.full(2880, 28_740 / 2880)) == pytest.approx(3.940, abs=5e-4)
