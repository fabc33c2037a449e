"""What a configuration refuses, and what it says about it."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from calibration.measurand import ReferenceConditions
from edge_agent.config import config_schema_text
from edge_agent.config_errors import ConfigError
from edge_agent.config_parse import parse_config
from edge_agent.init import make_key, write_example
from edge_agent.installation import load_installation
from evidence.load import read_signing_key
from tests.unit.edge_agent.site import device, installed, write_certificate, write_site

ROOM = Path(__file__).parents[3] / "edge_agent"
SOUND = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "bus-1"
kind = "modbus-tcp"
host = "127.0.0.1"
[[lines.devices]]
name = "feeder-1"
profile = "abb-b23"
serial = "SIM-1"
channels = ["active_energy_import"]
"""
EXCHANGE = """
[[lines.devices.exchanges]]
at = {at}
old_serial = "{old}"
new_serial = "{new}"
closing = {{ active_energy_import = 10.0 }}
opening = {{ {opening} = 0.0 }}
"""


def exchange(at: str, old: str, new: str, opening: str = "active_energy_import") -> str:
    return EXCHANGE.format(at=at, old=old, new=new, opening=opening)


def test_what_is_not_said_has_its_default() -> None:
    config = parse_config(SOUND.encode(), "agent.toml")
    assert (config.batch.max_age_s, config.batch.readings_per_channel) == (10.0, 10)
    assert config.spool.limit_MiB == 512
    assert config.clock.standard_uncertainty_s == 0.05
    assert config.lines[0].network_port == 502
    assert config.lines[0].devices[0].period_ns == 60_000_000_000


DRY = "{ temperature_K = 273.15, pressure_Pa = 101325, wet = false }"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("schema = 1", "schema = 1\nsecret = 1", "E_CONFIG_UNKNOWN_KEY", "secret"),
        ('site = "works"', 'site = "works"\npasword = "x"', "E_CONFIG_UNKNOWN_KEY", "agent"),
        ('id = "line-1"', "", "E_CONFIG_MISSING_KEY", "agent.id"),
        ('id = "line-1"', "id = 7", "E_CONFIG_TYPE", "agent.id"),
        ('id = "line-1"', 'id = "a/b"', "E_CONFIG_LIMIT", "agent.id"),
        ('id = "line-1"', 'id = "line-1\\n"', "E_CONFIG_LIMIT", "agent.id"),
        ("[[lines]]", "[batch]\nmax_age_s = 0\n[[lines]]", "E_CONFIG_LIMIT", "batch.max_age_s"),
        ("[[lines]]", "[batch]\nmax_age_s = nan\n[[lines]]", "E_CONFIG_LIMIT", "batch"),
        ("[[lines]]", "[spool]\nlimit_MiB = inf\n[[lines]]", "E_CONFIG_LIMIT", "spool"),
        ("[[lines]]", "[uplink]\nport = 70000\n[[lines]]", "E_CONFIG_LIMIT", "uplink.port"),
        ("[[lines]]", '[uplink]\npassword = "x"\n[[lines]]', "E_CONFIG_UNKNOWN_KEY", "uplink"),
        ('serial = "SIM-1"', 'serial = "a b"', "E_CONFIG_LIMIT", "feeder-1"),
        ('serial = "SIM-1"', "", "E_CONFIG_MISSING_KEY", "feeder-1"),
        ('kind = "modbus-tcp"', 'kind = "profibus"', "E_CONFIG_LIMIT", "lines"),
        ("schema = 1", "schema = 2", "E_CONFIG_LIMIT", "schema"),
        ("schema = 1", "schema = ", "E_CONFIG_TOML", "file"),
        ("schema = 1", "schema = 1\nschema = 1", "E_CONFIG_TOML", "file"),
        (
            '["active_energy_import"]',
            '["active_energy_import", "active_energy_import"]',
            "E_CONFIG_DUPLICATE",
            "feeder-1",
        ),
    ],
)
def test_a_refusal_names_file_code_and_key(old: str, new: str, code: str, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config(SOUND.replace(old, new, 1).encode(), "agent.toml")
    assert refused.value.code == code
    assert key in str(refused.value.facts["key"])
    for language in ("en", "zh"):
        assert refused.value.say(language).startswith(f"{code} agent.toml: ")


def test_bytes_that_are_no_text_are_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="E_CONFIG_TOML"):
        parse_config(b"\xff\xfe", "agent.toml")


@pytest.mark.parametrize(
    "exchanges",
    [
        exchange("2026-01-10T09:30:00Z", "SIM-2", "SIM-3"),
        exchange("2026-01-10T09:30:00Z", "SIM-1", "SIM-2", opening="active_energy_export"),
        exchange("2026-01-10T09:30:00Z", "SIM-1", "SIM-2")
        + exchange("2026-01-09T09:30:00Z", "SIM-2", "SIM-3"),
    ],
)
def test_exchanges_must_follow_each_other(exchanges: str) -> None:
    with pytest.raises(ConfigError, match="E_CONFIG_EXCHANGE"):
        parse_config((SOUND + exchanges).encode(), "agent.toml")


def test_an_exchange_needs_a_time_zone() -> None:
    text = SOUND + exchange("2026-01-10T09:30:00", "SIM-1", "SIM-2")
    with pytest.raises(ConfigError, match="E_CONFIG_LIMIT"):
        parse_config(text.encode(), "agent.toml")


def test_one_serial_cannot_be_in_two_places(tmp_path: Path) -> None:
    twice = device() + device(name="feeder-2", unit=1)
    with pytest.raises(ConfigError, match="E_CONFIG_DUPLICATE"):
        installed(tmp_path, twice)


@pytest.mark.parametrize(
    ("devices", "code"),
    [
        (device(channels=["active_enrgy_import"]), "E_CONFIG_REFERENCE"),
        (device().replace("abb-b23", "abb-b32"), "E_CONFIG_REFERENCE"),
        (device().replace("abb-b23", "none.toml"), "E_CONFIG_PROFILE"),
        (device(more="rated_rate = { active_power = 1.0 }"), "E_CONFIG_REFERENCE"),
        (device(more="parameters = { ct_ratio = 40.0 }"), "E_CONFIG_REFERENCE"),
        (device(more="phase_s = 60.0"), "E_CONFIG_LIMIT"),
        (device(more=f"reference_conditions.power = {DRY}"), "E_CONFIG_REFERENCE"),
        (device(more="reference_conditions.active_power = {wet = true}"), "E_CONFIG_MISSING"),
        (
            device(more=f"reference_conditions.active_power = {DRY.replace('273.15', '0.0')}"),
            "E_CONFIG_LIMIT",
        ),
    ],
)
def test_what_a_configuration_names_must_exist(tmp_path: Path, devices: str, code: str) -> None:
    with pytest.raises(ConfigError, match=code):
        installed(tmp_path, devices)


def test_the_state_that_a_gas_is_stated_for_is_part_of_the_measurand(tmp_path: Path) -> None:
    profile = (ROOM.parent / "device_profiles/catalogue/hj212/hj212-2017-cems.toml").read_text()
    (tmp_path / "cems.toml").write_text(profile)
    line = device(channels=["co2", "temperature"], more=f"reference_conditions.co2 = {DRY}")
    text = line.replace('"abb-b23"', '"cems.toml"').replace("unit_id = 1", 'address = "MN-1"')
    path = write_site(tmp_path, text)
    path.write_text(path.read_text().replace('"modbus-tcp"', '"hj212"'))
    (only,) = load_installation(path).devices.values()
    co2, temperature = (each.measurand.reference_conditions for each in only.setup.channels)
    assert co2 == ReferenceConditions(temperature_K=273.15, pressure_Pa=101325.0, wet=False)
    assert temperature is None


def test_a_certificate_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    path = write_site(tmp_path, device(channels=["active_power"]))
    write_certificate(tmp_path)
    file = tmp_path / "certificates" / "m.toml"
    file.write_text(file.read_text().replace('"C-1"', '"C-9"'))
    with pytest.raises(ConfigError, match=r"E_CONFIG_CALIBRATION .*C-9"):
        load_installation(path)


def test_a_profile_too_large_for_a_message_is_refused_before_it_is_used(tmp_path: Path) -> None:
    source = (ROOM.parent / "device_profiles/catalogue/modbus/abb-b23.toml").read_text()
    noise = "".join(f"# {n * 2654435761 % 2**32:x} {n**3:x}\n" for n in range(9000))
    (tmp_path / "own.toml").write_text(source + noise)
    with pytest.raises(ConfigError, match=r"E_CONFIG_DOCUMENT_SIZE .*abb-b23.toml"):
        installed(tmp_path, device().replace('"abb-b23"', '"own.toml"'))


def test_the_example_is_sound_and_its_key_is_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    assert write_example(path, site="works", agent="line-7")
    assert not write_example(path, site="other", agent="other")
    installation = load_installation(path)
    verifier, new = make_key(installation, lambda n: b"r" * n)
    again, newer = make_key(installation, lambda n: b"s" * n)
    assert (new, newer) == (True, False)
    assert verifier == again
    key = tmp_path / "state" / "agent.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert read_signing_key(key).verifier.name == "line-7"


def test_the_shipped_schema_is_that_of_the_types_and_takes_the_example(tmp_path: Path) -> None:
    text = (ROOM / "agent-v1.schema.json").read_text()
    assert text == config_schema_text()
    write_example(tmp_path / "agent.toml", site="works", agent="line-7")
    table = tomllib.loads((tmp_path / "agent.toml").read_text())
    jsonschema.validate(table, json.loads(text))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(table | {"secret": 1}, json.loads(text))
