"""What a configuration refuses about lines and the devices on them, before anything is asked."""

from pathlib import Path

import pytest

from edge_agent.config_errors import ConfigError
from edge_agent.installation import load_installation

HEAD = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
"""


def told(folder: Path, lines: str) -> str:
    path = folder / "agent.toml"
    path.write_text(HEAD + lines, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_installation(path)
    return caught.value.say("en")


def line(kind: str, place: str, *devices: str) -> str:
    head = f'[[lines]]\nname = "bus"\nkind = "{kind}"\n{place}\n'
    return head + "".join(f"[[lines.devices]]\n{device}\n" for device in devices)


def device(name: str, profile: str, more: str = "") -> str:
    return f'name = "{name}"\nprofile = "{profile}"\nserial = "S-{name}"\n{more}'


METER = "dlt645-2007-single-phase"
CEMS, MN = "hj212-2017-cems", 'address = "LOGGER_1"'


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (line("serial", "", device("m", METER)), "E_CONFIG_MISSING_KEY", "lines[bus].path"),
        (
            line("serial", 'path = "/dev/x"\nhost = "h"', device("m", METER)),
            "E_CONFIG_LIMIT",
            "lines[bus].host",
        ),
        (line("serial-tcp", "", device("m", METER)), "E_CONFIG_MISSING_KEY", "lines[bus].host"),
        (
            line("modbus-tcp", 'host = "h"', device("m", METER)),
            "E_CONFIG_PROFILE",
            "a profile of protocol dlt645",
        ),
        (
            line("modbus-tcp", 'host = "h"', device("m", CEMS, MN)),
            "E_CONFIG_PROFILE",
            "a profile of protocol hj212",
        ),
        (
            line("serial-tcp", 'host = "h"', device("m", CEMS, MN)),
            "E_CONFIG_PROFILE",
            "hj212",
        ),
        (
            line("hj212", 'host = "h"\nport = 9', device("m", METER)),
            "E_CONFIG_PROFILE",
            "hj212 on hj212",
        ),
        (line("hj212", "port = 9", device("m", CEMS, MN)), "E_CONFIG_MISSING_KEY", "[bus].host"),
        (line("hj212", 'host = "h"', device("m", CEMS, MN)), "E_CONFIG_MISSING_KEY", "[bus].port"),
        (
            line("hj212", 'host = "h"\nport = 9\npath = "/dev/x"', device("m", CEMS, MN)),
            "E_CONFIG_LIMIT",
            "lines[bus].path",
        ),
        (
            line("hj212", 'host = "h"\nport = 9', device("m", CEMS)),
            "E_CONFIG_MISSING_KEY",
            "devices[m].address",
        ),
        (
            line("hj212", 'host = "h"\nport = 9', device("m", CEMS, MN), device("n", CEMS, MN)),
            "E_CONFIG_DUPLICATE",
            "devices[n].address",
        ),
        (
            line("modbus-tcp", 'host = "h"\ncentre = {}', device("m", "abb-b23")),
            "E_CONFIG_LIMIT",
            "lines[bus].centre",
        ),
        (
            line("hj212", 'host = "h"\nport = 9\ncentre = { idle_s = 1 }', device("m", CEMS, MN)),
            "E_CONFIG_LIMIT",
            "idle_s",
        ),
        (
            line("serial-tcp", 'host = "h"', device("m", METER, 'address = "12345"')),
            "E_CONFIG_LIMIT",
            "12 digits",
        ),
        (
            line("serial-tcp", 'host = "h"', device("m", "abb-b23", 'address = "256"')),
            "E_CONFIG_LIMIT",
            "a unit id",
        ),
        (
            line("serial-tcp", 'host = "h"', device("m", METER), device("n", METER)),
            "E_CONFIG_DUPLICATE",
            "devices[n].address",
        ),
        (
            line("serial", 'path = "/dev/x"', device("m", METER))
            + line("serial", 'path = "/dev/x"', device("n", METER)).replace('"bus"', '"two"'),
            "E_CONFIG_DUPLICATE",
            "lines.host, lines.path",
        ),
        (
            line("serial", 'path = "/dev/x"\nspeed = { bit_s = 9 }', device("m", METER)),
            "E_CONFIG_LIMIT",
            "lines[bus].speed.bit_s",
        ),
    ],
)
def test_what_cannot_work_on_a_line_is_refused(
    tmp_path: Path, lines: str, code: str, said: str
) -> None:
    found = told(tmp_path, lines)
    assert found.startswith(code)
    assert said in found


def test_devices_of_several_protocols_may_have_the_same_number(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    devices = [
        device("m", METER, 'address = "000000000001"'),
        device("n", "abb-b23", "unit_id = 1"),
        device("o", "cjt188-cold-water", 'address = "00000000000001"'),
    ]
    path.write_text(HEAD + line("serial", 'path = "/dev/x"', *devices), encoding="utf-8")
    assert set(load_installation(path).devices) == {"m", "n", "o"}


def test_one_logger_may_be_two_devices_that_read_other_data(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    both = device("m", CEMS, MN), device("h", "hj212-2017-cems-hour", MN)
    path.write_text(HEAD + line("hj212", 'host = "h"\nport = 9', *both), encoding="utf-8")
    assert set(load_installation(path).devices) == {"m", "h"}
