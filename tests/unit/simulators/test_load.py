import gzip
from pathlib import Path

import pytest

from simulators.errors import CsvFileError, CsvSizeError, ScenarioFileError, ScenarioFormError
from simulators.load import (
    MOST_CSV_BYTES,
    MOST_SCENARIO_BYTES,
    load_plant,
    load_recording,
    load_scenario,
    shipped,
    write_documents,
)
from simulators.process import HOUR_NS
from simulators.replay_csv import CsvLayout

LAYOUT = CsvLayout(column="kWh", interval_ns=HOUR_NS)
RECORDING = "time,kWh\n2026-01-05T01:00,3\n2026-01-05T02:00,4\n"
SCENARIO = """
schema = 1
id = "replay"
seed = 1
begins_at = 2026-01-05T00:00:00Z
[[processes]]
id = "line"
kind = "replayed"
file = "line.csv"
column = "kWh"
interval_s = 3600.0
zone = "ZONE"
[[lines]]
id = "bus"
[[instruments]]
serial = "SIM-1"
profile = "abb-b23"
line = "bus"
process = "line"
carries = [{ channel = "active_energy_import" }]
"""


def test_a_packed_recording_is_that_of_the_plain_file(tmp_path: Path) -> None:
    plain, packed = tmp_path / "line.csv", tmp_path / "line.csv.gz"
    plain.write_text(RECORDING)
    packed.write_bytes(gzip.compress(RECORDING.encode()))
    assert load_recording(plain, LAYOUT) == load_recording(packed, LAYOUT)


def test_a_recording_beside_its_scenario_drives_the_plant(tmp_path: Path) -> None:
    (tmp_path / "line.csv").write_text(RECORDING)
    scenario = tmp_path / "replay.toml"
    scenario.write_text(SCENARIO.replace("ZONE", "UTC"))
    plant = load_plant(scenario)
    begun_ns = plant.places[0].instruments[0].installed_at_ns
    shown = plant.places[0].indications(begun_ns + 5 * HOUR_NS)
    assert shown["active_energy_import"] == pytest.approx(7.0, abs=0.01001)


def test_an_unknown_time_zone_is_named(tmp_path: Path) -> None:
    scenario = tmp_path / "replay.toml"
    scenario.write_text(SCENARIO.replace("ZONE", "Mars/Olympus"))
    with pytest.raises(ScenarioFormError, match="Mars/Olympus"):
        load_plant(scenario)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "line.csv.gz"
    broken.write_bytes(gzip.compress(RECORDING.encode())[:-9])
    for path in (tmp_path / "nothing.csv", broken, tmp_path):
        with pytest.raises(CsvFileError, match=path.name):
            load_recording(path, LAYOUT)
    with pytest.raises(ScenarioFileError, match=r"nothing\.toml"):
        load_scenario(tmp_path / "nothing.toml")


def test_files_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "line.csv.gz"
    bomb.write_bytes(gzip.compress(b"\0" * (MOST_CSV_BYTES + 1), compresslevel=1))
    with pytest.raises(CsvSizeError, match=str(MOST_CSV_BYTES)):
        load_recording(bomb, LAYOUT)
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * (MOST_SCENARIO_BYTES + 1))
    with pytest.raises(ScenarioFileError, match=str(MOST_SCENARIO_BYTES)):
        load_scenario(long)


def test_documents_are_written_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    (path,) = write_documents(folder, {"MC-1.toml": "zh = '计量'\n"})
    assert path.read_bytes() == "zh = '计量'\n".encode()


def test_a_shipped_scenario_is_found_by_its_name_and_a_path_stays_a_path(tmp_path: Path) -> None:
    assert load_plant(shipped(Path("factory"))).scenario.id == "factory"
    assert shipped(tmp_path / "factory") == tmp_path / "factory"
    assert shipped(Path("no-such-scenario")) == Path("no-such-scenario")
