"""Reading of the files that a simulation is made from."""

import gzip
import zlib
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from device_profiles.load import load_profile
from device_profiles.model import DeviceProfile
from device_profiles.traffic import MOST_BYTES, Exchange, exchanges, read_passages
from evidence.errors import Words
from simulators.errors import (
    CsvFileError,
    CsvSizeError,
    ScenarioFileError,
    ScenarioFormError,
    ScenarioReferenceError,
)
from simulators.plant import Plant, build, processes_of
from simulators.process import ReplayedProcess
from simulators.replay_csv import CsvLayout, read_recording
from simulators.scenario import ReplayedForm, Scenario, parse_scenario
from simulators.stack.build import stacks_of
from simulators.stack.truth import Stack

MOST_CSV_BYTES = 64 * 1024 * 1024
MOST_SCENARIO_BYTES = 1024 * 1024


def load_recording(path: Path, layout: CsvLayout) -> ReplayedProcess:
    """The recording in a CSV file of at most 64 MiB; a file called *.gz is unpacked.

    Raises:
        SimulatorError: a coded error E_CSV_*.
    """
    opened = gzip.open if path.suffix == ".gz" else Path.open
    try:
        with opened(path, "rb") as file:
            content = file.read(MOST_CSV_BYTES + 1)
    except (OSError, EOFError, zlib.error) as fault:
        what = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
        raise CsvFileError(str(path), what=what) from None
    if len(content) > MOST_CSV_BYTES:
        limit = f"{MOST_CSV_BYTES} bytes"
        raise CsvSizeError(
            str(path), found=Words(f"more than {limit}", f"超过 {limit}"), limit=limit
        )
    return read_recording(content, layout, str(path))


def load_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file of at most 1 MiB.

    Raises:
        SimulatorError: a coded error E_SCENARIO_*.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_SCENARIO_BYTES + 1)
    except OSError as fault:
        what = fault.strerror or type(fault).__name__
        raise ScenarioFileError(
            str(path), what=Words(f"cannot read the file ({what})", f"无法读取文件（{what}）")
        ) from None
    if len(content) > MOST_SCENARIO_BYTES:
        raise ScenarioFileError(
            str(path),
            what=Words(
                f"the file exceeds {MOST_SCENARIO_BYTES} bytes",
                f"文件超过 {MOST_SCENARIO_BYTES} 字节",
            ),
        )
    return parse_scenario(content, str(path))


def load_plant(path: Path) -> Plant:
    """The plant of a scenario file, with the profiles and recordings that it names.

    Raises:
        SimulatorError: a coded error E_SCENARIO_*, E_CSV_* or E_SIM_*.
        ProfileError: a profile that is unknown or unsound.
    """
    scenario = load_scenario(path)
    return build(scenario, _profiles(path, scenario), _recordings(path, scenario))


def load_stack(path: Path, stack: str) -> tuple[Scenario, Stack]:
    """A scenario file, and the stack of that id in it.

    Raises:
        SimulatorError: a coded error E_SCENARIO_*, E_CSV_* or E_SIM_*.
    """
    scenario = load_scenario(path)
    stacks = stacks_of(scenario, processes_of(scenario, _recordings(path, scenario)))
    if stack not in stacks:
        known = ", ".join(stacks)
        raise ScenarioReferenceError(str(path), kind="stack", name=stack, known=known)
    return scenario, stacks[stack]


def _profiles(path: Path, scenario: Scenario) -> dict[str, DeviceProfile]:
    names = sorted({place.profile for place in scenario.standing})
    return {name: load_profile(_found(path, name)).profile for name in names}


def _recordings(path: Path, scenario: Scenario) -> dict[str, ReplayedProcess]:
    return {
        form.id: load_recording(path.parent / form.file, _layout(form, str(path)))
        for form in scenario.processes
        if isinstance(form, ReplayedForm)
    }


def _found(scenario: Path, profile: str) -> str | Path:
    """A profile's id; or its file, beside the scenario if it is there."""
    beside = scenario.parent / profile
    return beside if profile.endswith(".toml") and beside.exists() else profile


def _layout(form: ReplayedForm, where: str) -> CsvLayout:
    try:
        zone = UTC if form.zone == "UTC" else ZoneInfo(form.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScenarioFormError(
            where,
            what=Words(
                f"zone '{form.zone}' is not an IANA time zone", f"'{form.zone}' 不是 IANA 时区"
            ),
        ) from None
    return CsvLayout(
        column=form.column,
        interval_ns=round(form.interval_s * 1_000_000_000),
        zone=zone,
        time_column=form.time_column,
    )


def write_documents(folder: Path, documents: Mapping[str, str]) -> tuple[Path, ...]:
    """The paths of the documents, written into `folder`, which is made if need be.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in documents)


def shipped(named: Path) -> Path:
    """The path of the shipped scenario of that name, or `named` itself where there is none."""
    found = Path(__file__).parent / "scenarios" / f"{named}.toml"
    return found if named.name == str(named) and not named.exists() and found.exists() else named


def read_capture(path: Path) -> dict[str, list[Exchange]]:
    """The questions and answers in a capture, by line.

    Raises:
        OSError: it cannot be read.
        TrafficError: it is none.
    """
    with path.open("rb") as file:
        return exchanges(read_passages(file.read(MOST_BYTES + 1), str(path)))
