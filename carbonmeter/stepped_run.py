"""A site through agent, broker and collector, in one process on a stepped clock.

Real loopback sockets to the meters and to the broker, both ledgers on disk, real receipts.
"""

import asyncio
import os
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from carbonmeter.broker import embedded_broker
from carbonmeter.ports import free_port
from carbonmeter.progress import Progress
from carbonmeter.stepped_collector import Sender, collector_on
from edge_agent.agent import Agent
from edge_agent.assembly import (
    World,
    attach_uplink,
    collector_key,
    open_agent,
    signing_key,
)
from edge_agent.connected import mqtt_link
from edge_agent.installation import load_installation
from evidence.clock import SteppedClock, SystemClock
from evidence.load import write_signing_key
from evidence.log.key import generate
from simulators.load import write_documents
from simulators.serve import Line
from simulators.servers.modbus import ModbusServer

DELIVERY_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedSite:
    """Meters on one simulated Modbus line, and the agent that polls them.

    Attributes:
        agent, site: their ids.
        line: of the simulation.
        papers: folder of what the agent is told besides its configuration.
        devices: of the line, as in agent.toml.
        instants_ns: of the polls, UTC; each on the grid of all devices.
        polls_a_batch: after so many a batch is closed.
        arriving: documents by file name that come into the folder at an instant, UTC ns; the agent
            is restarted then.
    """

    agent: str
    site: str
    line: Line
    papers: Path
    devices: str
    instants_ns: range
    polls_a_batch: int
    arriving: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


async def run_through(made: SteppedSite, folder: Path) -> None:
    """Every poll through the meters' socket, the agent, the broker, and the collector.

    Args:
        made: The site.
        folder: Holds all that the run leaves behind; the collector's part is in "collector".

    Raises:
        CodedError: something on the way cannot be used.
        TimeoutError: what was sent is not receipted.
    """
    clock, key = SteppedClock(made.instants_ns[0]), _agent_key(made.agent, folder)
    sender = Sender(agent=made.agent, site=made.site, key=key)
    async with _wires(made, folder, clock) as wires:
        with collector_on(folder, wires.broker, clock, sender) as pinned:
            path = folder / "agent.toml"
            path.write_text(_configuration(made, folder, wires, pinned), encoding="utf-8")
            await _poll_all(made, path, clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wires:
    """Loopback ports of the meters and of the broker."""

    meters: int
    broker: int


@asynccontextmanager
async def _wires(made: SteppedSite, folder: Path, clock: SteppedClock) -> AsyncIterator[_Wires]:
    server = ModbusServer(made.line.places, clock)
    meters, port = await server.start("127.0.0.1", 0), free_port()
    broker = embedded_broker(folder, port)
    try:
        yield _Wires(meters=meters, broker=port)
    finally:
        broker.stop()
        await server.close()


def _agent_key(agent: str, folder: Path) -> str:
    """The agent's key in its state folder; the line to pin at the collector."""
    key, state = generate(agent, os.urandom(32)), folder / "agent"
    state.mkdir(mode=0o700)
    write_signing_key(state / "agent.key", key)
    return key.verifier.to_text()


def _configuration(made: SteppedSite, folder: Path, wires: _Wires, pinned: str) -> str:
    return f"""\
schema = 1
[agent]
id = "{made.agent}"
site = "{made.site}"
state_dir = "{folder / "agent"}"
[uplink]
port = {wires.broker}
collector_key = "{pinned}"
[batch]
max_age_s = 3600.0
readings_per_channel = {made.polls_a_batch}
[clock]
standard_uncertainty_s = 0.0
[calibration]
directory = "{made.papers}"
[[lines]]
name = "{made.line.id}"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {wires.meters}
{made.devices}"""


async def _poll_all(made: SteppedSite, config: Path, clock: SteppedClock) -> None:
    progress = Progress("polls", len(made.instants_ns), SystemClock())
    for instants in _between_arrivals(made):
        for at_ns, texts in made.arriving.items():
            if at_ns <= instants[0]:
                write_documents(made.papers, texts)
        clock.set_to(instants[0])
        with _agent_of(config, clock) as agent:
            for at_ns in instants:
                await _poll(made, agent, at_ns, clock)
                progress.at(made.instants_ns.index(at_ns) + 1)
            agent.close_batch(clock.now_ns())
            await _delivered(agent)
            await agent.stop()


async def _poll(made: SteppedSite, agent: Agent, at_ns: int, clock: SteppedClock) -> None:
    clock.set_to(at_ns)
    await agent.poll(at_ns)
    if made.instants_ns.index(at_ns) % made.polls_a_batch == made.polls_a_batch - 1:
        agent.close_batch(at_ns)
    agent.pump()


def _between_arrivals(made: SteppedSite) -> Iterator[range]:
    """The instants during which nothing arrives, in order; none is empty."""
    instants = made.instants_ns
    places = {bisect_left(instants, at_ns) for at_ns in made.arriving}
    inside = sorted(each for each in places if 0 < each < len(instants))
    for first, last in pairwise((0, *inside, len(instants))):
        yield instants[first:last]


async def _delivered(agent: Agent) -> None:
    async with asyncio.timeout(DELIVERY_S):
        while agent.uplink is not None and not agent.uplink.delivered:
            agent.pump()
            await asyncio.sleep(0.01)


@contextmanager
def _agent_of(config: Path, clock: SteppedClock) -> Iterator[Agent]:
    """An agent on its configuration, its link to the broker started."""
    installation = load_installation(config)
    agent = open_agent(
        installation, signing_key(installation), World(clock=clock, entropy=os.urandom)
    )
    link = mqtt_link(installation)
    attach_uplink(agent, link, collector_key(installation))
    link.start(lambda: None)
    try:
        yield agent
    finally:
        link.stop()
