"""A gateway to look at: a real agent that polls real sockets, its page, and no broker."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from carbonmeter.ports import free_port
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.connected import mqtt_link
from edge_agent.installation import load_installation
from edge_agent.page.server import page_of
from edge_agent.service import run_until
from evidence.clock import SystemClock
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY
from tests.unit.edge_agent.modbus_server import serving
from tests.unit.edge_agent.plant import Meter
from tests.unit.edge_agent.site import KEY, device, world, write_certificate, write_site

TOKEN = "0123456789abcdef-gateway"
DEAD = 2


def devices(count: int) -> str:
    """The second is dead; the first has a certificate for one of its channels."""
    known = ("active_energy_import", "active_power")
    return "".join(
        device(f"feeder-{unit}", unit, channels=known, period_s=1.0) for unit in range(1, count + 1)
    )


@contextmanager
def gateway(folder: Path, count: int = 3, *, token: str = "") -> Iterator[str]:
    """The address of the page of a running agent with so many devices; its broker is not there."""
    port, ready = free_port(), threading.Event()
    stops: list[Callable[[], object]] = []

    async def run() -> None:
        meter, stop = Meter(), asyncio.Event()
        meter.dead.add(DEAD)
        stops.append(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
        async with serving(meter) as server:
            path = _site(folder, count, server.port, port, token)
            agent = open_agent(load_installation(path), KEY, world(SystemClock()))
            link = mqtt_link(agent.parts.installation)
            uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
            ready.set()
            await run_until(agent, link, uplink, stop, page_of(agent))

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(20)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(stops, thread)


def _end(stops: list[Callable[[], object]], thread: threading.Thread) -> None:
    for stop in stops:
        stop()
    thread.join()


def _site(folder: Path, count: int, meter: int, port: int, token: str) -> Path:
    path = write_site(folder, devices(count), meter)
    write_certificate(folder, due_on="2099-12-31")
    (folder / "token").write_text(token)
    page = f'[page]\nport = {port}\ntoken_file = "{"token" if token else ""}"\n[batch]'
    uplink = f'[uplink]\nport = {free_port()}\ncollector_key = "{COLLECTOR_KEY.verifier.to_text()}"\n'
    path.write_text(path.read_text().replace("[batch]", uplink + page))
    return path
