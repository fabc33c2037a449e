"""The plant of a replay: one energy meter that counts a recorded column, and its papers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import numpy as np

from device_profiles.load import load_profile
from device_profiles.model import DeviceProfile
from simulators.certification import certify, documents
from simulators.load import load_recording, load_scenario, write_documents
from simulators.plant import Plant, build
from simulators.process import ReplayedProcess
from simulators.replay_csv import CsvLayout

Kind = Literal["ideal", "typical"]
PROFILE: Final = "abb-b23"
CHANNEL: Final = "active_energy_import"
RESOLUTION_kWh: Final = 0.01
CT_CLASS: Final = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPlant:
    """A meter on a simulated line, its papers on disk, and the truth.

    Attributes:
        plant: what the server serves.
        truth: the recorded column.
        papers: folder of the certificate and the confirmation.
        interval_ns: of the recording, and of the polls.
    """

    plant: Plant
    truth: ReplayedProcess
    papers: Path
    interval_ns: int

    @property
    def instants_ns(self) -> range:
        """From the recording's opening to its end, an interval apart."""
        end_ns = self.truth.closing_ns
        return range(self.truth.opening_ns, end_ns + 1, self.interval_ns)


def replay_plant(file: Path, layout: CsvLayout, seed: int, kind: Kind, folder: Path) -> ReplayPlant:
    """The plant for a CSV file's column, drawn from `seed`; files are written to `folder`.

    Raises:
        SimulatorError: E_CSV_* when the file cannot be used.
    """
    truth = load_recording(file, layout)
    begins = datetime.fromtimestamp(truth.opening_ns // 1_000_000_000, tz=UTC)
    ct_error = _ct_error(seed) if kind == "typical" else 0.0
    path = folder / "scenario.toml"
    path.write_text(_scenario(begins, seed, kind, ct_error, layout), encoding="utf-8")
    scenario = load_scenario(path)
    plant = build(scenario, _profiles(), {"load": truth})
    papers = folder / "papers"
    texts = documents(certify(plant))
    write_documents(papers, {name: _with_ct(text, kind) for name, text in texts.items()})
    return ReplayPlant(plant=plant, truth=truth, papers=papers, interval_ns=layout.interval_ns)


def _profiles() -> dict[str, DeviceProfile]:
    return {PROFILE: load_profile(PROFILE).profile}


def _ct_error(seed: int) -> float:
    """The transformer's true ratio error: anywhere within its class."""
    return float(np.random.default_rng([seed, 0xC7]).uniform(-CT_CLASS, CT_CLASS))


def _with_ct(text: str, kind: Kind) -> str:
    """A confirmation that also declares the transformer's class, rectangular."""
    if kind == "ideal" or "effective_from" not in text:
        return text
    return text + (
        '\n[[influences]]\nid = "inst:CT-0001/class"\ndistribution = "rectangular"\n'
        f"relative_standard_uncertainty = {CT_CLASS / 3**0.5!r}\n"
    )


def _scenario(begins: datetime, seed: int, kind: Kind, ct_error: float, layout: CsvLayout) -> str:
    real = 1.0 if kind == "typical" else 0.0
    performed = (begins - timedelta(days=30)).date()
    return f"""\
schema = 1
id = "replay"
seed = {seed}
begins_at = {begins.isoformat().replace("+00:00", "Z")}
[[standards]]
id = "STD-ENERGY"
relative_standard_uncertainty = {0.0002 * real}
[[processes]]
id = "load"
kind = "replayed"
file = "recording.csv"
column = "{layout.column}"
interval_s = {layout.interval_ns / 1e9}
factor = {1.0 + ct_error!r}
[[lines]]
id = "bus"
[[instruments]]
serial = "REPLAY-0001"
profile = "{PROFILE}"
line = "bus"
process = "load"
step_s = {layout.interval_ns / 1e9}
carries = [{{ channel = "{CHANNEL}" }}]
[instruments.spec]
bias_standard_deviation = {0.0015 * real}
slope_standard_deviation = {2e-7 * real}
drift_standard_deviation_per_year = {0.0003 * real}
load_centre = 200.0
register_resolution = {RESOLUTION_kWh}
[instruments.calibration]
standard = "STD-ENERGY"
channel = "{CHANNEL}"
points = [10.0, 100.0, 200.0, 400.0, 600.0]
argument_unit = "kW"
repeats = 5
repeatability = {0.0002 * real}
performed_on = {performed.isoformat()}
valid_days = 730
[instruments.requirement]
text = "class 0.5 S, IEC 62053-22"
mpe_relative = 0.02
drift_per_year = {0.0003 * real}
"""
