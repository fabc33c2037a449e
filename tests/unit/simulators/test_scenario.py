from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulators
from carbonmeter.demo_run import BEGIN
from evidence.clock import parse_utc
from simulators.errors import (
    ScenarioFileError,
    ScenarioFormError,
    ScenarioReferenceError,
    ScenarioTwiceError,
    SimulatorError,
)
from simulators.fault import LateReply, Silence, active_faults
from simulators.scenario import parse_scenario

SCENARIOS = Path(simulators.__file__).parent / "scenarios"
SMALL = """
schema = 1
id = "small"
seed = 1
begins_at = 2026-01-05T00:00:00Z

[[processes]]
id = "load"
kind = "constant"
value = 20.0

[[lines]]
id = "bus"

[[instruments]]
serial = "SIM-1"
profile = "abb-b23"
line = "bus"
process = "load"
carries = [{ channel = "active_energy_import" }]
"""
FOUND = """
[instruments.exchange]
at = 2026-01-06T00:00:00Z
serial = "SIM-9"
as_found = {{ performed_on = 2026-01-06, received_at = {at} }}
"""
SECOND = """
[[instruments]]
serial = "SIM-2"
profile = "abb-b23"
line = "bus"
unit_id = 2
process = "load"
carries = [{ channel = "active_energy_import" }]
"""


def parse(text: str) -> object:
    return parse_scenario(text.encode(), "small.toml")


def test_a_small_scenario_has_the_documented_defaults() -> None:
    scenario = parse_scenario(SMALL.encode(), "small.toml")
    (place,) = scenario.instruments
    assert (place.unit_id, place.step_s, place.gaps, place.faults) == (1, 900.0, "zero", ())
    assert scenario.serials == ("SIM-1",)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_scenarios_are_sound(path: Path) -> None:
    scenario = parse_scenario(path.read_bytes(), path.name)
    assert scenario.id == path.stem


def test_the_factory_has_meters_of_different_types_and_one_exchange() -> None:
    scenario = parse_scenario((SCENARIOS / "factory.toml").read_bytes(), "factory.toml")
    profiles = {place.profile for place in scenario.instruments}
    assert {"tuf-2000m", "vaisala-gmp252"} < profiles
    assert len(profiles) >= 4
    assert sum(place.exchange is not None for place in scenario.instruments) == 1


def test_in_the_factory_the_co2_probe_alone_falls_silent_and_where_the_demo_begins() -> None:
    scenario = parse_scenario((SCENARIOS / "factory.toml").read_bytes(), "factory.toml")
    (probe,) = (place for place in scenario.instruments if place.faults)
    (silence,) = probe.faults
    demo_ns, day_ns = parse_utc(BEGIN), 86_400_000_000_000
    assert (probe.profile, type(silence)) == ("vaisala-gmp252", Silence)
    struck = [poll for poll in range(100) if active_faults(probe.faults, poll, demo_ns)]
    assert struck == list(range(13, 22))
    assert not any(active_faults(probe.faults, poll, demo_ns - day_ns) for poll in struck)


def test_faults_are_read_by_their_kind() -> None:
    fault = 'faults = [{ kind = "late_reply", delay_s = 1.5, first_poll = 3 }]'
    scenario = parse_scenario((SMALL + fault).encode(), "small.toml")
    assert scenario.instruments[0].faults == (LateReply(delay_s=1.5, first_poll=3),)


@pytest.mark.parametrize(
    ("text", "fault", "told"),
    [
        (SMALL.replace('process = "load"', 'process = "lod"'), ScenarioReferenceError, "'lod'"),
        (SMALL.replace('line = "bus"', 'line = "bis"'), ScenarioReferenceError, "'bis'"),
        (SMALL + 'ambient = "hall"', ScenarioReferenceError, "'hall'"),
        (SMALL + SECOND.replace("SIM-2", "SIM-1"), ScenarioTwiceError, "'SIM-1'"),
        (SMALL + SECOND.replace("unit_id = 2", ""), ScenarioTwiceError, "1 on bus"),
        (SMALL.replace("seed = 1", "seed = -1"), ScenarioFormError, "seed"),
        (SMALL.replace("seed = 1", "sead = 1"), ScenarioFormError, "sead"),
        (SMALL.replace("00:00:00Z", "00:00:00"), ScenarioFormError, "timezone"),
        (SMALL.replace("schema = 1", "schema = 2"), ScenarioFormError, "schema"),
        (SMALL + "unit_id = 256", ScenarioFormError, "unit_id"),
        (SMALL.replace("constant", "chaotic"), ScenarioFormError, "chaotic"),
        (
            SMALL + '[instruments.exchange]\nat = 2026-01-05T00:00:00Z\nserial = "SIM-9"',
            ScenarioFormError,
            "later than begins_at",
        ),
        (SMALL + FOUND.format(at="2026-01-06T00:00:00Z"), ScenarioFormError, "later than exchange"),
        (SMALL + FOUND.format(at="2026-01-07T00:00:00Z"), ScenarioFormError, "as_found needs a"),
        (SMALL + "[[[", ScenarioFileError, "no TOML"),
        (SMALL.replace("small", "sm\udcffll"), ScenarioFileError, "no TOML"),
    ],
)
def test_a_bad_scenario_is_named_with_file_and_remedy(
    text: str, fault: type[SimulatorError], told: str
) -> None:
    with pytest.raises(fault) as caught:
        parse_scenario(text.encode(errors="surrogateescape"), "small.toml")
    assert caught.value.say("en").startswith(f"{fault.code} small.toml")
    assert told in caught.value.say("en")


def test_a_calibration_needs_a_standard_and_a_requirement() -> None:
    calibration = """
[instruments.calibration]
standard = "STD-1"
channel = "active_energy_import"
points = [5.0, 20.0]
argument_unit = "kW"
repeatability = 0.0002
performed_on = 2026-01-05
"""
    with pytest.raises(ScenarioReferenceError, match="STD-1"):
        parse(SMALL + calibration)
    standard = '[[standards]]\nid = "STD-1"\nrelative_standard_uncertainty = 0.0002\n'
    head, instruments = SMALL.split("[[instruments]]")
    with pytest.raises(ScenarioFormError, match="requirement"):
        parse(f"{head}{standard}[[instruments]]{instruments}{calibration}")


@given(content=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_coded_errors(content: bytes) -> None:
    with pytest.raises(SimulatorError):
        parse_scenario(content, "small.toml")
