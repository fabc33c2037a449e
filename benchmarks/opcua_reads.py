"""Row 17: OPC UA reads of many nodes a call through the driver, against asyncua's `read_values`.

The server has a process of its own; the two take turns within each round, over connections that
stay open. Ours keeps for each node the bytes, the status and both timestamps, and decodes all of
them; `read_values` keeps the values, and raises on the first that is not good.
"""

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable

from asyncua import Client

from benchmarks.figures import Bound, Figure, compared
from benchmarks.processes import python, running
from device_profiles.opcua.datavalue import decode
from device_profiles.opcua.delivery import split
from device_profiles.opcua.request import NodesRequest
from edge_agent.drivers.opcua import OpcUaConnection, OpcUaDriver
from edge_agent.drivers.opcua_settings import NoSecurity, OpcUaEndpoint
from evidence.clock import SystemClock

COUNTS, POINTS, ROUNDS = (100, 500), 10_000, 7
SPEED = Bound(goal=0.85, gate=0.70, sense=">=")
_Run = Callable[[], Awaitable[None]]


def measure() -> list[Figure]:
    """The figures of row 17: by the clock, which the server shares, and by the reader's CPU."""
    words = python("benchmarks.opcua_server", max(COUNTS))
    with running(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        return [each for count in COUNTS for each in asyncio.run(_figures(port, count))]


async def _figures(port: int, count: int) -> list[Figure]:
    url = f"opc.tcp://127.0.0.1:{port}/"
    nodes = tuple(f"ns=2;s=line/meter/{number}" for number in range(count))
    endpoint = OpcUaEndpoint(url=url, security=NoSecurity())
    connection = OpcUaConnection(endpoint, clock=SystemClock())
    driver, request = OpcUaDriver(connection, "meter"), NodesRequest(nodes=nodes)
    async with Client(url) as client:
        theirs = [client.get_node(node) for node in nodes]

        async def by_asyncua() -> None:
            await client.read_values(theirs)

        async def by_driver() -> None:
            reply = await driver.exchange(request)
            for delivery in split(reply.raw, count):
                decode(delivery.values[0])

        rounds = [
            (await _speed(by_asyncua, count), await _speed(by_driver, count))
            for _ in range(ROUNDS + 1)
        ][1:]
    await driver.close()
    name = f"read of {count} nodes a call"
    clock = [(its[0], mine[0]) for its, mine in rounds]
    cpu = [(its[1], mine[1]) for its, mine in rounds]
    return [
        compared(17, f"points/s, {name}", clock, unit="/s", against="asyncua", bound=SPEED),
        compared(17, f"reader's CPU a point, {name}", cpu, unit="µs", against="asyncua"),
    ]


async def _speed(run: _Run, count: int) -> tuple[float, float]:
    """Points a second by the clock, and microseconds of this process's CPU a point."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    for _ in range(POINTS // count):
        await run()
    took_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
    return POINTS / took_s, cpu_s / POINTS * 1e6
