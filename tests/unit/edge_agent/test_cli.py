"""The commands: what they print, what they leave behind, and their exit codes."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from edge_agent.cli import agent
from evidence.clock import start_scaled_clock
from evidence.log.key import parse_verifier
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY
from tests.unit.edge_agent.modbus_server import serving
from tests.unit.edge_agent.plant import Meter
from tests.unit.edge_agent.site import START_NS, device, write_certificate, write_site


@contextmanager
def meter_in_thread() -> Iterator[int]:
    """A meter on a port, served by a loop of its own."""
    ports: list[int] = []
    ready = threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        done = asyncio.Event()
        ends.append(partial(asyncio.get_running_loop().call_soon_threadsafe, done.set))
        async with serving(Meter()) as server:
            ports.append(server.port)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield ports[0]
    finally:
        ends[0]()
        thread.join()


def test_init_writes_an_example_makes_a_key_and_prints_the_line_to_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(tmp_path / "agent.toml")
    assert agent(["init", "--config", config, "--id", "line-7", "--site", "works"]) == 0
    line = capsys.readouterr().out.strip()
    assert parse_verifier(line).name == "line-7"
    assert agent(["init", "--config", config]) == 0
    assert capsys.readouterr().out.strip() == line
    assert (tmp_path / "state" / "agent.key").stat().st_mode & 0o777 == 0o600


def test_test_reads_every_device_and_keeps_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with meter_in_thread() as port:
        names = ["active_power", "active_energy_import"]
        path = write_site(tmp_path, device(channels=names), port)
        write_certificate(tmp_path)
        clock = start_scaled_clock(START_NS, 1.0).to_text()
        test = ["test", "--config", str(path), "--clock", clock]
        assert agent([*test, "--json"]) == 0
        power, energy = json.loads(capsys.readouterr().out)["channels"]
        assert agent(test) == 0
    assert power["channel"] == "works/feeder-1/active_power"
    assert (power["indication"], power["unit"]) == (20_000.0, "W")
    assert power["value"] == pytest.approx(20_050.0)
    assert power["basis"] == "calibration"
    assert 20 < power["standard_uncertainty"] < 30
    assert energy["value"] == energy["indication"] == 1001.0
    assert energy["standard_uncertainty"] == pytest.approx(0.01 / 12**0.5)
    assert "20000 -> 20050 W" in capsys.readouterr().out
    assert not (tmp_path / "state").exists()


def test_test_names_a_device_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_site(tmp_path, port=1)
    assert agent(["test", "--config", str(path), "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)["channels"]
    assert row["miss"] == "unreachable"
    assert row["error"].startswith("E_CONNECT ")
    assert row["standard_uncertainty"] is None


@pytest.mark.parametrize("command", ["run", "once"])
def test_a_collector_s_key_that_is_not_pinned_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path = write_site(tmp_path)
    assert agent([command, "--config", str(path)]) == 78
    assert "E_CONFIG_COLLECTOR_KEY" in capsys.readouterr().err


def test_a_bad_configuration_is_78_in_the_reader_s_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_site(tmp_path, device(channels=["nothing"]))
    assert agent(["test", "--config", str(path), "--language", "zh"]) == 78
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "不存在" in shown.err
    assert agent(["test", "--config", str(tmp_path / "none.toml")]) == 78
    assert agent(["test", "--config", str(path), "--clock", "lunar"]) == 78


def test_usage_is_2() -> None:
    with pytest.raises(SystemExit) as ended:
        agent(["dance"])
    assert ended.value.code == 2


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert agent(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("carbonmeter agent")


def test_a_key_that_others_can_read_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_site(tmp_path)
    pinned = f'[uplink]\ncollector_key = "{COLLECTOR_KEY.verifier.to_text()}"\n[spool]'
    path.write_text(path.read_text().replace("[spool]", pinned))
    assert agent(["init", "--config", str(path)]) == 0
    (tmp_path / "state" / "agent.key").chmod(0o644)
    assert agent(["run", "--config", str(path)]) == 78
    assert "E_KEY_MODE" in capsys.readouterr().err
