"""DL/T 645 on real lines, with a foreign implementation (PyPI dlt645) on the other end."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from dlt645.service.clientsvc.client_service import MeterClientService
from dlt645.service.serversvc.server_service import MeterServerService

from evidence.clock import SteppedClock
from simulators.serve import lines_of as served_lines
from simulators.serve import opened_lines
from tests.pains.bench import HOST, Bench, Meter, Row, agent_on, plant_of
from tests.unit.edge_agent.site import START_NS

SHOWN = {
    "active_energy_import": (0x00010000, 123_456.78),
    "active_energy_export": (0x00020000, 0.01),
    "voltage_l1": (0x02010100, 229.9),
    "frequency": (0x02800002, 50.02),
}
METER = Meter(spoken="dlt645", number=815, channels=tuple(SHOWN))
ON_THE_WIRE = bytes.fromhex(METER.address)[::-1]
"""Lowest digits first; their own text form is not turned round."""
ROW = Row(name="bus", kind="serial-tcp", meters=[METER], timeout_s=2.0)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of their meter, which shows what is above."""
    service = MeterServerService.new_tcp_server(HOST, 0, timeout=1.0)
    assert service.set_address(ON_THE_WIRE)
    for di, value in SHOWN.values():
        assert (service.set_00 if di < 0x01000000 else service.set_02)(di, value)
    assert service.start()
    yield service.server.port
    service.stop()


def test_an_agent_reads_their_meter(tmp_path: Path, port: int) -> None:
    async def meeting() -> Bench:
        clock, plant = SteppedClock(START_NS), plant_of([ROW])
        agent = agent_on(tmp_path, [ROW], {"bus": port}, clock)
        bench = Bench(plant=plant, agent=agent, clock=clock)
        await bench.poll(2)
        await agent.stop()
        return bench

    bench = asyncio.run(meeting())
    assert not any(bench.missed().values())
    for shown in bench.shown()[METER.name]:
        assert shown == pytest.approx({name: value for name, (_, value) in SHOWN.items()})


def read_by_them(client: MeterClientService) -> dict[str, float]:
    """What their master reads of our meter."""
    client.address = bytearray(ON_THE_WIRE)
    assert client.connect()
    try:
        found = {}
        for name, (di, _) in SHOWN.items():
            item = (client.read_00 if di < 0x01000000 else client.read_02)(di)
            assert item is not None, name
            found[name] = float(item.value)
        return found
    finally:
        client.disconnect()


@pytest.mark.parametrize("kind", ["serial-tcp", "pty"])
def test_their_master_reads_a_simulated_meter(kind: str) -> None:
    row = Row(name="bus", kind=kind, meters=[METER])
    plant, clock = plant_of([row]), SteppedClock(START_NS)
    place = plant.of_serial[METER.name]

    async def meeting() -> dict[str, float]:
        async with opened_lines(served_lines(plant, 0), clock, HOST) as reached:
            at = reached["bus"]
            client = (
                MeterClientService.new_tcp_client(HOST, at, timeout=5.0)
                if isinstance(at, int)
                else MeterClientService.new_rtu_client(at, 2400, 8, 1, "N", 5.0)
            )
            return await asyncio.to_thread(read_by_them, client)

    shown = place.indications(START_NS)
    assert asyncio.run(meeting()) == pytest.approx(
        {name: shown[name] for name in SHOWN}, abs=0.0101
    )
