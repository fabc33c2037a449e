"""A running agent hears loggers from its start on, however seldom it polls."""

import asyncio
from pathlib import Path

from carbonmeter.ports import free_port
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.installation import load_installation
from edge_agent.service import run_until
from evidence.clock import SystemClock
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.hj212_site import HOST, MN, answer, packet
from tests.unit.edge_agent.site import KEY, world

CONFIG = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "stacks"
kind = "hj212"
host = "127.0.0.1"
port = {port}
[[lines.devices]]
name = "stack-1"
profile = "hj212-2017-cems"
serial = "DL-1"
address = "{mn}"
period_s = 3600
"""


def test_a_logger_is_answered_long_before_the_first_poll(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "agent.toml").write_text(CONFIG.format(port=port, mn=MN))

    async def run() -> bytes:
        agent = open_agent(load_installation(tmp_path / "agent.toml"), KEY, world(SystemClock()))
        link = CollectorLink(Collector(agent=KEY.verifier))
        uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
        stop = asyncio.Event()
        running = asyncio.create_task(run_until(agent, link, uplink, stop))
        async with asyncio.timeout(30):
            reader, writer = await connected(port)
            writer.write(packet())
            heard = await answer(reader)
        writer.close()
        stop.set()
        await running
        return heard

    assert b";CN=9014;" in asyncio.run(run())


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection, once the agent listens."""
    while True:
        try:
            return await asyncio.open_connection(HOST, port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
