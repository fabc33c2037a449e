"""Rows 1 and 2: CPU of a Modbus read through the guard, against libmodbus in C and bare pymodbus.

The server has a process of its own; the three take turns within each round. The guard is what
an agent runs: a line that owns the bus, with time-outs, and proof of every answer.
"""

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable

from pymodbus.client import AsyncModbusTcpClient

from benchmarks.figures import Bound, Figure, compared, skipped
from benchmarks.processes import UnavailableError, compiled, devices, running
from device_profiles.plan import ReadRequest
from edge_agent.blocks import Ask
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.line import Line, Station
from evidence.clock import SystemClock

READS, ROUNDS, IN_A_CYCLE = 2000, 9, 10
COUNTS = (2, 40, 100)
AGAINST_C = Bound(goal=12, gate=16)
AGAINST_PYMODBUS = Bound(goal=1.2, gate=1.5)
_Run = Callable[[], Awaitable[None]]


def measure() -> list[Figure]:
    """The figures of rows 1 and 2."""
    with devices() as (port,):
        return [figure for count in COUNTS for figure in _figures(port, count)]


def _figures(port: int, count: int) -> list[Figure]:
    name = f"read of {count} registers by the line"
    try:
        words = [compiled("libmodbus_client", "modbus"), port, count, READS]
    except UnavailableError as wrong:
        rounds = asyncio.run(_rounds(port, count, None))
        first = skipped(1, name, str(wrong))
    else:
        with running(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            rounds = asyncio.run(_rounds(port, count, client))
        pairs = [(row[0], row[2]) for row in rounds]
        first = compared(1, name, pairs, unit="µs", against="libmodbus", bound=AGAINST_C)
    pairs = [(row[1], row[2]) for row in rounds]
    bare = compared(2, name, pairs, unit="µs", against="pymodbus", bound=AGAINST_PYMODBUS)
    return [first, bare]


async def _rounds(
    port: int, count: int, client: "subprocess.Popen[str] | None"
) -> list[tuple[float, float, float]]:
    """CPU per read of libmodbus, pymodbus and the line, by round; the first is warming up."""
    bare = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=1, retries=0, reconnect_delay=0)
    await bare.connect()
    connection = ModbusConnection("127.0.0.1", port, clock=SystemClock())
    line = Line([Station(name="meter", driver=ModbusDriver(connection, 1))], clock=SystemClock())
    asks = {"meter": [Ask(request=ReadRequest(function=3, address=0, count=count))] * IN_A_CYCLE}

    async def by_pymodbus() -> None:
        for _ in range(READS):
            await bare.read_holding_registers(0, count=count, device_id=1)

    async def by_line() -> None:
        for _ in range(READS // IN_A_CYCLE):
            await line.cycle(asks)

    rounds = [
        (_libmodbus_us(client), await _cpu_us(by_pymodbus), await _cpu_us(by_line))
        for _ in range(ROUNDS + 1)
    ]
    bare.close()
    await line.close()
    return rounds[1:]


def _libmodbus_us(client: "subprocess.Popen[str] | None") -> float:
    """CPU of a read by the C client, which has a process of its own."""
    if client is None:
        return 1.0
    assert client.stdin is not None
    assert client.stdout is not None
    client.stdin.write("go\n")
    client.stdin.flush()
    return float(client.stdout.readline())


async def _cpu_us(run: _Run) -> float:
    """CPU of this process for one read, microseconds."""
    begin = time.process_time()
    await run()
    return (time.process_time() - begin) / READS * 1e6
