"""The page of an agent at work: polling does not suffer from who looks, and the end comes at once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from carbonmeter.ports import free_port
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.installation import load_installation
from edge_agent.page.server import page_of
from edge_agent.service import run_until
from evidence.clock import start_scaled_clock
from evidence.load import write_signing_key
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.modbus_server import serving
from tests.unit.edge_agent.plant import Meter, streams
from tests.unit.edge_agent.site import KEY, START_NS, device, world, write_site
from tests.unit.edge_agent.test_cli import meter_in_thread

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def site(folder: Path, meter: int, page: int, devices: str) -> Path:
    path = write_site(folder, devices, meter)
    uplink = f'[uplink]\nport = 9\ncollector_key = "{COLLECTOR_KEY.verifier.to_text()}"\n'
    text = path.read_text().replace("[batch]", f"[page]\nport = {page}\n{uplink}[batch]")
    path.write_text(text)
    return path


async def look(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    found = await reader.read(-1)
    writer.close()
    return found


def test_no_tick_is_lost_while_many_look_and_some_misbehave(tmp_path: Path) -> None:
    collector, port = Collector(agent=KEY.verifier), free_port()
    answers: list[bytes] = []

    async def gaze(stop: asyncio.Event, data: bytes) -> None:
        while not stop.is_set():
            try:
                answers.append((await look(port, data))[:12])
            except OSError:
                await asyncio.sleep(0.01)

    async def run() -> None:
        async with serving(Meter()) as server:
            devices = "".join(device(f"feeder-{n}", n, period_s=10.0) for n in range(1, 11))
            path = site(tmp_path, server.port, port, devices)
            clock = start_scaled_clock(START_NS, 20.0)
            agent = open_agent(load_installation(path), KEY, world(clock))
            link = CollectorLink(collector)
            uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(3.0, stop.set)
            kinds = (GET, GET.replace(b"/ ", b"/health.json "), b"\x16\x03\r\n\r\n")
            async with asyncio.TaskGroup() as group:
                for data in kinds:
                    group.create_task(gaze(stop, data))
                await run_until(agent, link, uplink, stop, page_of(agent))

    asyncio.run(run())
    found = [stream for some in streams(collector).values() for stream in some]
    assert [each.missed for each in found if each.missed] == []
    assert sum(each.rows for each in found) >= 40
    assert answers.count(b"HTTP/1.1 200") > 20
    assert b"HTTP/1.1 400" in answers


def read_json(address: str, enough: Callable[[dict[str, object]], bool]) -> dict[str, object]:
    """What is told once it is enough."""
    found: dict[str, object] = {}
    for _ in range(200):
        try:
            with urlopen(address, timeout=5) as response:
                found = json.load(response)
        except URLError:
            found = {}
        if found and enough(found):
            return found
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail(f"never enough: {found}")


def test_the_command_shows_the_page_and_ends_at_once(tmp_path: Path) -> None:
    port = free_port()
    with meter_in_thread() as meter:
        path = site(tmp_path, meter, port, device(period_s=1.0))
        (tmp_path / "state").mkdir(mode=0o700)
        write_signing_key(tmp_path / "state" / "agent.key", KEY)
        words = [sys.executable, "-m", "carbonmeter.cli", "agent", "run", "--config", str(path)]
        agent = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        try:
            found = read_json(
                f"http://127.0.0.1:{port}/health.json",
                lambda told: bool(told["devices"][0].get("last_reading")),  # type: ignore[index]
            )
            assert found["agent"] == "line-1"
            idle = [urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)]
            assert idle[0].read() == b"ok\n"
            agent.send_signal(signal.SIGTERM)
            _, said = agent.communicate(timeout=10)
        finally:
            if agent.poll() is None:
                os.kill(agent.pid, signal.SIGKILL)
                agent.wait()
    assert agent.returncode == 0
    assert f"the page is at http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said
