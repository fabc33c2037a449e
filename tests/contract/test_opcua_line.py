"""A device behind OPC UA, by a profile of the site's own: simulated, read, recomputed."""

import asyncio
from pathlib import Path

import pytest

from device_profiles.dialects import interpreter
from device_profiles.load import load_profile
from edge_agent.assembly import lines_of
from edge_agent.config_errors import ConfigError
from edge_agent.cycle import by_device, poll_of
from edge_agent.installation import Installation, load_installation
from edge_agent.poll import Poll
from edge_agent.tick import Tick
from evidence.clock import SystemClock
from simulators.serve import lone_line, serve

HOST = "127.0.0.1"
PROFILE = """
schema = 1
id = "site-plc"
maker = "Site"
model = "PLC of line 1"
protocol = "opcua"
title = { en = "Energy and flow of line 1", zh = "一号线能耗与流量" }
sources = [{ key = "list", document = "point list of the site", page = "1", grade = "A" }]
parameters.ct_ratio = { default = 1.0, meaning = "of the transformer" }

[[channels]]
name = "active_energy"
kind_of_quantity = "active_energy"
unit = "kW.h"
accumulation = "register"
source = { node = "ns=2;s=Line1.Energy" }
multiply_by = ["ct_ratio"]
required = true

[[channels]]
name = "volume_flow"
kind_of_quantity = "volume_flow"
unit = "m3/h"
accumulation = "rate"
source = { node = "ns=2;s=Line1.Flow", max_age_s = 30 }
scale = 0.1
"""
CONFIG = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "plc"
kind = "opcua"
opcua = {{ url = "opc.tcp://127.0.0.1:{port}", security = {{ type = "{security}" }} }}
timeout_s = 5.0
{more}
[[lines.devices]]
name = "line"
profile = "site-plc.toml"
serial = "PLC-1"
parameters = {{ ct_ratio = 40.0 }}
"""


def installed(folder: Path, port: int, security: str = "none", more: str = "") -> Installation:
    (folder / "site-plc.toml").write_text(PROFILE, encoding="utf-8")
    config = folder / "agent.toml"
    text = CONFIG.format(port=port, security=security, more=more)
    config.write_text(text, encoding="utf-8")
    return load_installation(config)


def polled(folder: Path, more: str = "") -> list[Poll]:
    """Two polls of the device by an agent's own line."""

    async def meeting() -> list[Poll]:
        (folder / "site-plc.toml").write_text(PROFILE, encoding="utf-8")
        line = lone_line(load_profile(folder / "site-plc.toml").profile, 0)
        stop, reached = asyncio.Event(), asyncio.get_running_loop().create_future()
        until = serve([line], SystemClock(), HOST, stop, reached.set_result)
        serving = asyncio.create_task(until)
        port = (await reached)[line.id]
        installation = installed(folder, port, more=more)
        (plc,) = lines_of(installation, SystemClock()).values()
        device = installation.devices["line"]
        polls = []
        for sequence in range(2):
            outcomes = by_device(await plc.cycle({"line": device.asks}))
            tick = Tick(sequence=sequence, at_ns=SystemClock().now_ns())
            polls.append(poll_of(device, outcomes["line"], tick))
        await plc.close()
        stop.set()
        await serving
        return polls

    return asyncio.run(meeting())


@pytest.mark.parametrize("more", ["", "sampling = { sampling_s = 0.1, publishing_s = 0.1 }"])
def test_nodes_are_read_and_their_bytes_give_the_same_numbers_again(
    tmp_path: Path, more: str
) -> None:
    profile = None
    for poll in polled(tmp_path, more):
        profile = profile or load_profile(tmp_path / "site-plc.toml").profile
        assert poll.lacking == ()
        energy, flow = poll.readings
        assert energy.number == 0
        assert flow.number == pytest.approx(1.0)
        for name, reading in (("active_energy", energy), ("volume_flow", flow)):
            again = interpreter(profile, name, {"ct_ratio": 40.0})(reading.raw)
            assert again == reading.number


def test_security_is_never_assumed_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        installed(tmp_path, 4840, security="Basic128")
    assert "none | Basic256Sha256" in caught.value.say("en")
    with pytest.raises(ConfigError) as caught:
        installed(tmp_path, 4840, security="Basic256Sha256")
    assert caught.value.code == "E_CONFIG_MISSING_KEY"


def test_a_modbus_device_cannot_stand_behind_opcua(tmp_path: Path) -> None:
    installed(tmp_path, 4840)
    config = tmp_path / "agent.toml"
    text = config.read_text("utf-8").replace('"site-plc.toml"', '"abb-b23"')
    config.write_text(text.replace("parameters = { ct_ratio = 40.0 }", ""), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_installation(config)
    assert caught.value.code == "E_CONFIG_PROFILE"
