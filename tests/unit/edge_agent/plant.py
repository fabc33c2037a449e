"""A meter, an agent and a collector in one process, in time that moves when it is told to."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.installation import load_installation
from edge_agent.uplink import Uplink
from evidence.clock import SteppedClock
from evidence.log.batch import Stream
from tests.unit.edge_agent.collector_stub import Collector, CollectorLink
from tests.unit.edge_agent.modbus_server import Served, framed, serving
from tests.unit.edge_agent.site import (
    KEY,
    START_NS,
    S,
    world,
    write_site,
)

ENERGY, POWER = 0x5000, 0x5B14


class Meter:
    """Registers of a B23: energy counts 1 kWh a read, power stands still."""

    def __init__(self) -> None:
        self.energy_hundredths = 100_000
        self.power_hundredths = 2_000_000  # 20 kW
        self.dead: set[int] = set()

    async def __call__(self, served: Served) -> None:
        if served.unit in self.dead:
            return
        memory = dict.fromkeys(range(served.address, served.address + served.count), 0)
        self.energy_hundredths += 100
        memory |= _words(ENERGY, struct.pack(">Q", self.energy_hundredths))
        memory |= _words(POWER, struct.pack(">i", self.power_hundredths))
        places = range(served.address, served.address + served.count)
        data = b"".join(memory[place].to_bytes(2, "big") for place in places)
        served.send(framed(served, bytes([3, len(data)]) + data))


def _words(address: int, data: bytes) -> dict[int, int]:
    words = struct.unpack(f">{len(data) // 2}H", data)
    return {address + n: word for n, word in enumerate(words)}


@dataclass
class Plant:
    """A meter, an agent and a link to a collector; time moves only when it is told to."""

    folder: Path
    port: int
    meter: Meter
    link: CollectorLink
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(START_NS))
    network: SteppedClock = field(default_factory=lambda: SteppedClock(0))
    agent: Agent = field(init=False)
    uplink: Uplink = field(init=False)
    running: bool = False

    def start(self) -> None:
        installation = load_installation(self.folder / "agent.toml")
        self.agent = open_agent(installation, KEY, world(self.clock))
        key = self.link.collector.key.verifier
        self.uplink = attach_uplink(self.agent, self.link, key, self.network)
        self.link.connect()
        self.running = True

    async def poll(self, times: int) -> None:
        for _ in range(times):
            self.clock.advance(60 * S)
            await self.agent.poll(self.clock.now_ns())
            self.agent.close_due(self.clock.now_ns())

    async def deliver(self) -> None:
        """Pumps until all is receipted; a virtual minute is enough for what is in these tests."""
        self.agent.close_batch(self.clock.now_ns())
        for _ in range(240):
            self.agent.pump()
            if self.uplink.delivered:
                return
            self.network.advance(S // 4)
        pytest.fail("not delivered")

    async def stop(self) -> None:
        self.running = False
        await self.agent.stop()

    async def kill(self) -> None:
        """As a kill leaves it: what is pending stays pending."""
        self.running = False
        for line in self.agent.parts.lines.values():
            await line.close()
        self.agent.spool.close()


@asynccontextmanager
async def in_plant(folder: Path, devices: str, collector: Collector) -> AsyncIterator[Plant]:
    meter = Meter()
    async with serving(meter) as server:
        write_site(folder, devices, server.port)
        plant = Plant(folder, server.port, meter, CollectorLink(collector))
        plant.start()
        try:
            yield plant
        finally:
            if plant.running:
                await plant.stop()


def streams(collector: Collector) -> dict[str, list[Stream]]:
    found: dict[str, list[Stream]] = {}
    for batch in collector.batches():
        for stream in batch.streams:
            found.setdefault(stream.head.channel, []).append(stream)
    return found


def in_a_site(folder: Path, devices: str, test: Callable[[Plant], Awaitable[None]]) -> Collector:
    """Runs `test` in a plant, then delivers all; what the collector has."""
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(folder, devices, collector) as plant:
            await test(plant)
            await plant.deliver()

    asyncio.run(run())
    return collector
