"""What the agent's own page costs with 200 devices: a real agent, polled once over real frames."""

import asyncio
import time
from pathlib import Path

from msgspec.structs import replace

from benchmarks.figures import Bound, Figure, measured
from benchmarks.processes import scratch_folder
from edge_agent.page.answer import answer
from edge_agent.page.gate import Gate
from edge_agent.page.request import Request
from edge_agent.page.server import AgentSource
from tests.unit.edge_agent.collector_stub import Collector
from tests.unit.edge_agent.plant import in_plant
from tests.unit.edge_agent.site import KEY, device, write_certificate

DEVICES, RUNS = 200, 5
_CHANNELS = ("active_energy_import", "active_power")
_HERE = {"host": "127.0.0.1"}


def figures(bound: Bound) -> list[Figure]:
    """The figures of the overview, of one page of it, of a device, and of the JSON beside."""
    with scratch_folder() as folder:
        return asyncio.run(_figures(folder, bound))


async def _figures(folder: Path, bound: Bound) -> list[Figure]:
    devices = "".join(device(f"feeder-{unit}", unit, _CHANNELS) for unit in range(1, DEVICES + 1))
    found: list[Figure] = []
    async with in_plant(folder, devices, Collector(agent=KEY.verifier)) as plant:
        write_certificate(folder)
        await plant.poll(1)
        source, gate = AgentSource(plant.agent), Gate()
        asked = {
            "overview": Request(method="GET", path="/", fields=_HERE),
            "its second page": Request(method="GET", path="/", query={"page": "2"}, fields=_HERE),
            "a device": Request(method="GET", path="/devices/feeder-77", fields=_HERE),
            "its JSON": Request(method="GET", path="/health.json", fields=_HERE),
        }
        for name, request in asked.items():
            took = []
            for _ in range(RUNS):
                begin = time.process_time()
                told = answer(request, source, gate)
                took.append((time.process_time() - begin) * 1000)
                assert told.status == 200, told.body
            figure = measured(20, f"agent, {name}", took, unit="ms", bound=bound)
            note = f"{figure.note}; {len(told.body) / 1000:.0f} kB"
            found.append(replace(figure, note=note))
    return found
