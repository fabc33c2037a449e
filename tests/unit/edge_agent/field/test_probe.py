"""`probe` against simulated instruments: what it finds out, and what it must not claim."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from device_profiles.load import path_of
from edge_agent.field.cli import probe
from tests.unit.edge_agent.field.served import (
    Reached,
    in_thread,
    on_bytes,
    on_network,
    place_of,
    served,
)
from tests.unit.edge_agent.modbus_server import Served, answer_right, framed, serving

FLOW = {"volume_flow": 12.25, "thermal_power": 3.5, "velocity": 1.75, "sound_speed": 1480.5}


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document of a probe."""
    code = probe([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_meter_without_a_profile_shows_its_word_order_its_values_and_what_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(on_network("a", {1: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--count", "20"]
        code, seen = told(capsys, *where)
        assert probe(where) == 0
    shown = capsys.readouterr().out
    assert code == 0
    assert seen["word_order"]["best"] == "CDAB"
    (flow,) = (
        each
        for entry in seen["registers"]
        if (entry["address"], entry["format"]) == (0, "float32")
        for each in entry["readings"]
        if each["order"] == "CDAB"
    )
    assert flow["number"] == 12.25
    assert flow["plausible"]
    assert seen["fits"][0]["profile"] == "tuf-2000m"
    assert seen["fits"][0]["contradicted"] == 0
    assert [(each["first"], each["last"]) for each in seen["refused"]] == [(16, 19)]
    assert "12.25*" in shown
    assert "tuf-2000m" in shown


def test_the_profile_that_fits_stands_first_among_the_catalogue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ids = ["vaisala-gmp252", "abb-b23", "eastron-sdm630", "schneider-iem3155"]
    lines = [on_network(each, {9: place_of(each)}) for each in ids]
    with served(*lines) as found:
        for each in ids:
            where = ["--tcp", f"127.0.0.1:{found[each]}", "--unit", "9", "--count", "2"]
            _, seen = told(capsys, *where)
            # Devices of one maker can have one map: they share a rank.
            assert each in {fit["profile"] for fit in seen["fits"] if fit["rank"] == 1}
            assert len({fit["rank"] for fit in seen["fits"]}) >= len(seen["fits"]) - 1


def test_a_device_of_another_kind_fits_no_meter(capsys: pytest.CaptureFixture[str]) -> None:
    with served(on_network("a", {1: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--count", "2"]
        _, seen = told(capsys, *where)
    assert not {fit["profile"] for fit in seen["fits"]} & {"abb-b23", "eastron-sdm630"}


def test_every_channel_of_a_profile_is_read_with_its_reason_where_there_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(on_network("a", {1: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}"]
        code, seen = told(capsys, *where, "--profile", "tuf-2000m")
        points = {point["name"]: point for point in seen["points"]}
        assert code == 0
        assert points["volume_flow"]["number"] == 12.25
        assert points["volume_flow"]["required"]
        assert len(points) == 6
        code, seen = told(capsys, *where, "--profile", "tuf-2000m", "--quick")
        assert [point["name"] for point in seen["points"]] == ["volume_flow", "volume_positive"]
        code, seen = told(capsys, *where, "--profile", "abb-b23", "--unit", "1", "--quick")
        assert code == 1
        assert {point["miss"] for point in seen["points"]} == {"exception"}
        assert all("E_MODBUS_ILLEGAL_BLOCK" in point["error"] for point in seen["points"])


def test_a_profile_with_the_wrong_word_order_is_doubted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = path_of("tuf-2000m").read_text("utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(right.replace('"CDAB"', '"ABCD"'), "utf-8")
    with served(on_network("a", {1: place_of("tuf-2000m", FLOW)})) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--profile"]
        assert probe([*where, str(wrong)]) == 0
        shown = capsys.readouterr()
        _, seen = told(capsys, *where, "tuf-2000m")
    assert "wrong format or word order?" in shown.out
    assert f'profile = "{wrong}"' in shown.err
    assert all(point["sensible"] for point in seen["points"])


def test_what_to_write_into_the_configuration_is_told_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(on_network("a", {3: place_of("tuf-2000m", FLOW)})) as found:
        place = f"127.0.0.1:{found['a']}"
        assert probe(["--tcp", place, "--unit", "3", "--profile", "tuf-2000m"]) == 0
    stanza = capsys.readouterr().err
    assert f"port = {found['a']}" in stanza
    assert "unit_id = 3" in stanza


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
def test_modbus_is_probed_behind_a_serial_server(
    capsys: pytest.CaptureFixture[str], framing: str
) -> None:
    line = on_bytes("a", "serial-tcp", {"7": place_of("tuf-2000m", FLOW)}, framing)
    with served(line) as found:
        where = ["--serial-tcp", f"127.0.0.1:{found['a']}", "--framing", framing]
        code, seen = told(capsys, *where, "--unit", "7", "--count", "16")
    assert code == 0
    assert seen["word_order"]["best"] == "CDAB"
    assert seen["fits"][0]["profile"] == "tuf-2000m"


def test_a_meter_on_a_serial_port_tells_its_address_to_a_wildcard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = place_of("dlt645-2007-single-phase", {"voltage": 231.7})
    with served(on_bytes("a", "pty", {"202108120042": place})) as found:
        where = ["--serial", str(found["a"]), "--protocol", "dlt645", "--timeout", "0.3"]
        code, seen = told(capsys, *where)
    assert code == 0
    assert seen["address"] == "202108120042"
    (voltage,) = (item for item in seen["items"] if item["di"] == "02010100")
    assert (voltage["value"], voltage["unit"]) == (231.7, "V")
    assert seen["fits"][0]["profile"] == "dlt645-2007-single-phase"


def test_a_meter_of_the_old_edition_is_found_without_its_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = place_of("dlt645-1997", {"active_energy_import": 321.5})
    with served(on_bytes("a", "pty", {"000000004711": place})) as found:
        where = ["--serial", str(found["a"]), "--protocol", "dlt645", "--timeout", "0.2"]
        _, seen = told(capsys, *where, "--no-fit")
    assert seen["address"] == "000000004711"
    assert seen["items"][0]["value"] == 321.5


def test_a_water_meter_is_read_by_wildcard_after_the_shipped_layouts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = place_of("cjt188-cold-water", {"volume": 556.78})
    with served(on_bytes("a", "serial-tcp", {"00112200000042": place})) as found:
        where = ["--serial-tcp", f"127.0.0.1:{found['a']}", "--protocol", "cjt188"]
        code, seen = told(capsys, *where, "--timeout", "0.3")
    assert code == 0
    assert (seen["address"], seen["meter_type"]) == ("00112200000042", "10")
    volumes = [row["value"] for row in seen["values"] if row["name"] == "volume"]
    assert volumes == [556.78]
    assert seen["fits"][0]["profile"] == "cjt188-cold-water"


@pytest.mark.parametrize(
    ("protocol", "profile", "address"),
    [("mbus", "kamstrup-multical-601", "7"), ("iec62056-21", "landisgyr-e350", "")],
)
def test_other_meters_are_read_whole_and_fit_their_profile(
    capsys: pytest.CaptureFixture[str], protocol: str, profile: str, address: str
) -> None:
    with served(on_bytes("a", "pty", {address: place_of(profile)})) as found:
        where = ["--serial", str(found["a"]), "--protocol", protocol, "--timeout", "0.5"]
        code, seen = told(capsys, *where)
        assert probe([*where, "--language", "zh"]) == 0
    assert code == 0
    assert seen["fits"][0]["profile"] == profile
    assert seen.get("records") or seen.get("values")
    if address:
        assert seen["address"] == address


IDENTITY = b"\x2b\x0e\x01\x01\x00\x00\x02\x00\x04ACME\x01\x05EM-24"


async def introduce(found: Served) -> None:
    if found.function == 0x2B and found.frame[9] == 1:
        found.send(framed(found, IDENTITY))
    elif found.function == 0x11:
        found.send(framed(found, b"\x11\x04\x07\xffEM"))
    elif found.function > 4:
        found.send(framed(found, bytes([found.function | 0x80, 1])))
    else:
        await answer_right(found)


def test_what_a_unit_says_of_itself_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    async def main(stop: asyncio.Event, announce: Callable[[Reached], None]) -> None:
        async with serving(introduce) as server:
            announce({"a": server.port})
            await stop.wait()

    def start(
        stop: asyncio.Event, announce: Callable[[Reached], None]
    ) -> Coroutine[None, None, None]:
        return main(stop, announce)

    with in_thread(start) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--count", "2", "--no-fit"]
        _, seen = told(capsys, *where)
    assert seen["identification"] == {"vendor name": "ACME", "product code": "EM-24"}
    assert seen["server_id"] == {"hex": "07 FF 45 4D", "text": "..EM"}


def test_bits_are_shown_as_bits(capsys: pytest.CaptureFixture[str]) -> None:
    async def main(stop: asyncio.Event, announce: Callable[[Reached], None]) -> None:
        async with serving(answer_right) as server:
            announce({"a": server.port})
            await stop.wait()

    with in_thread(main) as found:
        where = ["--tcp", f"127.0.0.1:{found['a']}", "--function", "1", "--count", "9"]
        _, seen = told(capsys, *where, "--no-fit")
    assert len(seen["bits"][0]["bits"]) == 9


def test_where_nobody_is_there_the_code_is_69_in_the_reader_s_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert probe(["--tcp", "127.0.0.1:1", "--language", "zh"]) == 69
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "无法建立连接" in shown.err


def test_a_line_on_which_nobody_answers_is_unavailable(capsys: pytest.CaptureFixture[str]) -> None:
    with served(on_bytes("a", "pty", {"7": place_of("tuf-2000m")})) as found:
        where = ["--serial", str(found["a"]), "--timeout", "0.03", "--unit", "8"]
        assert probe(where) == 69
    assert "E_TIMEOUT" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--tcp", "h", "--protocol", "dlt645"],
        ["--tcp", "h", "--unit", "256"],
        ["--tcp", "h", "--unit", "1", "--address", "2"],
        ["--tcp", "h:0"],
        ["--tcp", "h", "--speed", "fast"],
        ["--tcp", "h", "--timeout", "0"],
        ["--tcp", "h", "--from", "65535", "--count", "2"],
        ["--tcp", "h", "--formats", "int17"],
        ["--tcp", "h", "--most", "126"],
        ["--tcp", "h", "--profile", "no-such-profile"],
    ],
)
def test_what_contradicts_itself_is_a_usage_mistake(words: list[str]) -> None:
    assert probe(words) == 2


def test_a_target_must_be_named() -> None:
    with pytest.raises(SystemExit) as ended:
        probe([])
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["probe", "scan", "dump", "diff", "watch", "capture"])
def test_help_loads_nothing_heavy(command: str) -> None:
    code = (
        "import sys\nfrom carbonmeter.cli import main\n"
        f"try:\n    main(['{command}', '--help'])\n"
        "except SystemExit:\n    print('LOADED', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.partition("LOADED")[2].split()}
    assert not loaded & {"pymodbus", "serial", "asyncua", "scipy", "numpy", "asyncio", "paho"}
