"""A capture: what went over a line, what it says, and the same answers from it once more."""

import asyncio
import json
from pathlib import Path

import pytest

from device_profiles.traffic import exchanges, read_passages
from edge_agent.cli import agent
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_transport import TappedTransport, Transport
from edge_agent.field.cli import capture, probe, scan
from evidence.clock import SystemClock
from simulators.cli import simulate
from tests.unit.edge_agent.field.served import on_bytes, on_network, place_of, served, served_again
from tests.unit.edge_agent.site import device, write_site

FLOW = {"volume_flow": 12.25, "velocity": 1.75}


def points(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, object, str]]:
    found = json.loads(capsys.readouterr().out)["points"]
    return [(each["name"], each["number"], each["raw"]) for each in found]


def test_captured_modbus_gives_the_same_readings_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--profile", "tuf-2000m", "--unit", "4", "--json"]
    file = tmp_path / "traffic.jsonl"
    with served(on_network("a", {4: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}"]
        assert probe([*where, *words, "--capture", str(file)]) == 0
    first = points(capsys)
    with served_again(file) as (port,):
        assert probe(["--tcp", f"127.0.0.1:{port}", *words]) == 0
        assert points(capsys) == first
        # What was never asked meets silence, so nothing is made up.
        other = ["--tcp", f"127.0.0.1:{port}", "--unit", "5", "--timeout", "0.1"]
        assert probe([*other, "--count", "2", "--no-fit"]) == 69


def test_captured_meters_on_a_line_of_bytes_give_the_same_readings_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--profile", "dlt645-2007-single-phase", "--address", "202108120042", "--json"]
    file = tmp_path / "traffic.jsonl"
    place = place_of("dlt645-2007-single-phase", {"voltage": 231.7})
    with served(on_bytes("a", "pty", {"202108120042": place})) as found:
        where = ["--serial", str(found["a"])]
        assert probe([*where, *words, "--capture", str(file)]) == 0
    first = points(capsys)
    with served_again(file, "pty") as (path,):
        assert probe(["--serial", str(path), *words]) == 0
    assert points(capsys) == first
    with served_again(file) as (port,):
        assert probe(["--serial-tcp", f"127.0.0.1:{port}", *words]) == 0
    assert points(capsys) == first


def test_every_frame_of_a_capture_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "traffic.jsonl"
    with served(on_network("a", {4: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--unit", "4"]
        probe([*where, "--profile", "tuf-2000m", "--capture", str(file)])
    capsys.readouterr()
    assert capture(["show", str(file), "--json"]) == 0
    asked, answered = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (asked["direction"], answered["direction"]) == ("sent", "received")
    assert asked["protocol"] == "modbus-tcp"
    assert asked["told"]["unit"] == 4
    assert answered["told"]["function"] == 3
    assert asked["device"].endswith("unit 4")
    assert capture(["show", str(file), "--language", "zh"]) == 0
    assert "读保持寄存器" in capsys.readouterr().out


def test_a_question_without_an_answer_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "traffic.jsonl"
    with served(on_bytes("a", "pty", {"7": place_of("tuf-2000m")})) as found:
        where = ["--serial", str(found["a"]), "--unit", "8", "--timeout", "0.03"]
        assert probe([*where, "--count", "2", "--capture", str(file)]) == 69
    capsys.readouterr()
    assert capture(["show", str(file), "--brief"]) == 1
    assert "no answer" in capsys.readouterr().out


def test_the_agent_s_test_captures_its_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "traffic.jsonl"
    with served(on_network("a", {1: place_of("abb-b23")})) as found:
        port = found["a"]
        assert isinstance(port, int)
        config = write_site(tmp_path, device(channels=["active_power"]), port)
        assert agent(["test", "--config", str(config), "--capture", str(file)]) == 0
    capsys.readouterr()
    turns = exchanges(read_passages(file.read_bytes(), "file"))
    ((name, (turn,)),) = turns.items()
    assert name == f"127.0.0.1:{port}"
    assert turn.asked[6:8] == b"\x01\x03"
    assert turn.answered


def test_a_capture_that_cannot_be_written_is_told_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "no-such-folder" / "traffic.jsonl"
    assert probe(["--tcp", "127.0.0.1:1", "--capture", str(file)]) == 69
    assert "E_FIELD_FILE" in capsys.readouterr().err


def test_a_disk_that_is_full_is_told_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with served(on_network("a", {1: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--profile", "tuf-2000m"]
        assert probe([*where, "--capture", "/dev/full"]) == 69
    shown = capsys.readouterr()
    assert "volume_flow" in shown.out, "the probe itself went through"
    assert "E_FIELD_FILE" in shown.err


def test_what_is_no_capture_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"schema":1}\n')
    assert capture(["show", str(file)]) == 2
    assert "E_TRAFFIC" in capsys.readouterr().err
    assert simulate(["capture", str(file)]) == 78
    assert simulate(["capture", str(tmp_path / "none")]) == 69
    assert capture(["show", str(tmp_path / "none")]) == 69


def test_who_does_not_listen_does_not_pay_for_it() -> None:
    async def meeting() -> tuple[type, type]:
        plain = ModbusConnection("127.0.0.1", 1, clock=SystemClock())
        tapped = ModbusConnection("127.0.0.1", 1, clock=SystemClock(), tap=lambda *_: None)
        return type(plain._new_transport()), type(tapped._new_transport())

    assert asyncio.run(meeting()) == (Transport, TappedTransport)


def test_a_scan_of_a_capture_finds_who_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "traffic.jsonl"
    with served(on_bytes("a", "serial-tcp", {"3": place_of("tuf-2000m", FLOW)})) as found:
        where = ["--serial-tcp", f"127.0.0.1:{found['a']}", "--unit", "3", "--no-fit"]
        assert probe([*where, "--count", "1", "--capture", str(file)]) == 0
    with served_again(file) as (port,):
        words = ["--serial-tcp", f"127.0.0.1:{port}", "--protocols", "modbus", "--units", "2-4"]
        capsys.readouterr()
        assert scan([*words, "--timeout", "0.05", "--rate", "50", "--json"]) == 0
    (row,) = capsys.readouterr().out.splitlines()
    assert json.loads(row)["address"] == "3"
