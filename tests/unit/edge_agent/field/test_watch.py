"""`watch`: rows of all channels, with a reason where there is nothing."""

import asyncio
import json
from pathlib import Path

import pytest

from edge_agent.assembly import lines_of
from edge_agent.field.cli import watch
from edge_agent.field.watching import Shown, Watch
from edge_agent.installation import Installation, load_installation
from evidence.clock import SteppedClock, SystemClock
from simulators.serve import serve
from tests.unit.edge_agent.field.served import on_network, place_of, served

CONFIG = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "alive"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
[[lines.devices]]
name = "feeder"
profile = "abb-b23"
serial = "S-1"
channels = ["active_power", "active_energy_import"]
nameplate_mpe_relative = 0.01
[[lines]]
name = "dead"
kind = "modbus-tcp"
host = "127.0.0.1"
port = 1
[[lines.devices]]
name = "silent"
profile = "abb-b23"
serial = "S-2"
channels = ["active_power"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "agent.toml"


def test_every_round_shows_every_channel_and_why_one_gives_nothing(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = {"active_power": 20_000.0, "active_energy_import": 0.0}
    with served(on_network("a", {1: place_of("abb-b23", shown)})) as found:
        config.write_text(CONFIG.format(port=found["a"]))
        words = ["--config", str(config), "--every", "0.05"]
        assert watch([*words, "--count", "2", "--json"]) == 1
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert watch([*words, "--count", "1", "--device", "feeder"]) == 0
    assert len(rows) == 6
    power, energy, silent = rows[:3]
    assert (power["channel"], power["value"]) == ("works/feeder/active_power", 20_000.0)
    # 1 % at most, as a rectangle: u = 200 / sqrt(3), U = 2 u.
    assert power["expanded_uncertainty"] == pytest.approx(2 * 200 / 3**0.5, rel=0.01)
    assert 0 <= power["age_s"] < 5
    assert power["quality"] == "good"
    assert energy["value"] == 0
    assert silent["value"] is None
    assert silent["miss"] == "unreachable"
    assert rows[5]["error"].startswith("E_CONNECT"), "the reason stays while it is left alone"
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1] for line in lines] == [
        "works/feeder/active_power",
        "works/feeder/active_energy_import",
    ]
    assert not (config.parent / "state").exists()


def installed(config: Path, port: int) -> Installation:
    config.write_text(CONFIG.format(port=port))
    return load_installation(config)


def test_a_value_grows_old_once_its_device_is_gone(config: Path) -> None:
    clock = SteppedClock(1_767_225_600_000_000_000)
    line = on_network("a", {1: place_of("abb-b23", {"active_power": 20_000.0})})

    async def meeting() -> tuple[Shown, Shown]:
        stop, reached = asyncio.Event(), asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            serve([line], SystemClock(), "127.0.0.1", stop, reached.set_result)
        )
        installation = installed(config, (await reached)["a"])
        lines = lines_of(installation, clock)
        watched = Watch(installation, lines, clock, device="feeder")
        fresh, *_ = await watched.round()
        stop.set()
        await serving
        clock.advance(60_000_000_000)
        old, *_ = await watched.round()
        for each in lines.values():
            await each.close()
        return fresh, old

    fresh, old = asyncio.run(meeting())
    assert (fresh.value, fresh.age_s, fresh.miss) == (20_000.0, 0.0, "")
    assert (old.value, old.age_s, old.miss) == (20_000.0, 60.0, "unreachable")
    assert old.error


def test_what_is_not_in_the_configuration_is_refused(config: Path) -> None:
    config.write_text(CONFIG.format(port=2))
    assert watch(["--config", str(config), "--device", "nobody"]) == 2
    assert watch(["--config", str(config), "--every", "0"]) == 2
    assert watch(["--config", str(config.parent / "none.toml")]) == 78
