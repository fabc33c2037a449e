"""`scan`: who is found, how fast it asks, and how it ends."""

import asyncio
import json
import signal
import subprocess
import sys

import pytest

from edge_agent.field.cli import scan
from edge_agent.field.pace import Pace
from edge_agent.field.scan import Search, scan_network
from evidence.clock import SystemClock
from tests.unit.edge_agent.field.served import on_bytes, on_network, place_of, served
from tests.unit.edge_agent.modbus_server import Served, answer_right, serving


def rows(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]


def test_two_units_behind_a_serial_server_are_found_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"3": place_of("tuf-2000m"), "5": place_of("abb-b23")}
    with served(on_bytes("a", "serial-tcp", places)) as found:
        where = ["--serial-tcp", f"127.0.0.1:{found['a']}", "--units", "2-6", "--rate", "50"]
        assert scan([*where, "--timeout", "0.06", "--json"]) == 0
    told = rows(capsys.readouterr().out)
    assert [(each["protocol"], each["address"]) for each in told] == [
        ("modbus", "3"),
        ("modbus", "5"),
    ]


def test_a_meter_on_a_serial_port_is_found_by_wildcard_at_each_speed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = place_of("dlt645-2007-single-phase")
    with served(on_bytes("a", "pty", {"202108120042": place})) as found:
        where = ["--serial", str(found["a"]), "--speeds", "9600-8N1,2400-8E1", "--rate", "50"]
        assert scan([*where, "--protocols", "dlt645,cjt188", "--timeout", "0.05", "--json"]) == 0
    told = rows(capsys.readouterr().out)
    assert {each["address"] for each in told} == {"202108120042"}
    # Characters of a pseudo terminal have no speed: it answers at both.
    assert [each["speed"] for each in told] == ["9600-8N1", "2400-8E1"]


def test_units_behind_a_gateway_are_found_and_the_absent_ones_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = on_network("a", {1: place_of("tuf-2000m"), 4: place_of("abb-b23")})
    with served(line) as found:
        where = ["--net", "127.0.0.1", "--ports", str(found["a"]), "--units", "1-5"]
        assert scan([*where, "--rate", "50", "--timeout", "0.3", "--json"]) == 0
        assert scan([*where, "--rate", "50", "--timeout", "0.3"]) == 0
    shown = capsys.readouterr()
    told = rows("\n".join(shown.out.splitlines()[:3]))
    assert [each.get("address") for each in told] == [None, "1", "4"]
    assert shown.out.splitlines()[3] == f"127.0.0.1:{found['a']}"
    assert "3 found" in shown.err


def test_where_nobody_is_there_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(["--net", "127.0.0.1", "--ports", "1", "--rate", "50", "--timeout", "0.1"]) == 1
    assert capsys.readouterr().out == ""


def test_questions_wait_for_their_slots() -> None:
    pace = Pace(5)
    assert [pace.wait_s(100.0) for _ in range(3)] == pytest.approx([0.0, 0.2, 0.4])
    assert pace.wait_s(100.5) == pytest.approx(0.1)
    assert pace.wait_s(200.0) == 0.0, "slots are not saved up"
    assert pace.wait_s(200.0) == pytest.approx(0.2)
    assert pace.asked == 6


def test_a_server_is_asked_no_faster_than_the_rate() -> None:
    rate = 40

    async def meeting() -> list[float]:
        async with serving(answer_right) as server:
            search = Search(
                pace=Pace(rate),
                clock=SystemClock(),
                timeout_s=5.0,
                report=lambda _: None,
                progress=lambda _: None,
            )
            started_s = asyncio.get_running_loop().time()
            await scan_network(["127.0.0.1"], [server.port], [1, 2, 3, 4], search)
            return [arrival_s - started_s for arrival_s in server.arrivals_s]

    arrivals_s = asyncio.run(meeting())
    assert len(arrivals_s) == 8
    # The connection took the first slot; a slow machine is late, and never early.
    for before, arrival_s in enumerate(arrivals_s, 1):
        assert arrival_s > before / rate - 0.002


def test_only_reads_are_sent() -> None:
    async def meeting() -> set[int]:
        async with serving(answer_right) as server:
            search = Search(
                pace=Pace(50),
                clock=SystemClock(),
                timeout_s=1.0,
                report=lambda _: None,
                progress=lambda _: None,
            )
            await scan_network(["127.0.0.1"], [server.port], [1, 2], search)
            return {each.function for each in server.served}

    assert asyncio.run(meeting()) == {0x03, 0x2B}


@pytest.mark.parametrize(
    "words",
    [
        ["--net", "10.0.0.0/16"],
        ["--net", "10.0.0.0/30", "--rate", "51"],
        ["--net", "10.0.0.0/30", "--rate", "0"],
        ["--net", "10.0.0.0/30", "--timeout", "99"],
        ["--net", "10.0.0.0/30", "--ports", "0"],
        ["--net", "10.0.0.0/30", "--units", "256"],
        ["--serial", "/dev/null", "--speeds", "fast"],
        ["--serial", "/dev/null", "--protocols", "canopen"],
    ],
)
def test_what_goes_too_far_is_refused_before_anything_is_asked(words: list[str]) -> None:
    assert scan(words) == 2


def test_a_scan_needs_an_explicit_target() -> None:
    with pytest.raises(SystemExit) as ended:
        scan(["--units", "1-9"])
    assert ended.value.code == 2


def test_a_port_that_is_not_there_is_unavailable(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(["--serial", "/dev/no-such-port", "--units", "1"]) == 69
    assert "E_SERIAL_PORT" in capsys.readouterr().err


def heeding_interrupts() -> None:
    """Tests that a shell started in its background would hand down that interrupts are ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_an_interrupt_ends_cleanly_with_what_was_found() -> None:
    async def one(found: Served) -> None:
        if found.unit == 1:
            await answer_right(found)

    async def meeting() -> tuple[int | None, str, str]:
        async with serving(one) as server:
            words = ["scan", "--net", "127.0.0.1", "--ports", str(server.port), "--units", "1-99"]
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "carbonmeter.cli",
                *words,
                "--timeout",
                "30",
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=heeding_interrupts,
            )
            assert process.stdout is not None
            first = await process.stdout.readline()
            second = await process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest, told = await process.communicate()
            return process.returncode, (first + second + rest).decode(), told.decode()

    code, out, told = asyncio.run(meeting())
    assert code == 130
    assert len(out.splitlines()) == 2
    assert "2 found" in told
    assert "Traceback" not in told
