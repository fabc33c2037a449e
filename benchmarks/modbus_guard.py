"""CPU of a Modbus read through the guard, as a ratio to bare pymodbus in the same run.

Server in a process of its own; subject and yardstick alternate; median of 9 rounds.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from pymodbus.client import AsyncModbusTcpClient

from device_profiles.plan import ReadRequest
from edge_agent.blocks import Ask
from edge_agent.drivers.modbus import ModbusConnection, ModbusDriver
from edge_agent.line import Line, Station
from evidence.clock import SystemClock

READS, ROUNDS = 2000, 9
SERVER = r"""
import asyncio, struct
class Answering(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        count = int.from_bytes(data[10:12], "big")
        head = struct.pack(">HBBB", 3 + 2 * count, data[6], data[7], 2 * count)
        self.transport.write(data[:4] + head + bytes(2 * count))
async def main():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


async def cpu_us(run: Callable[[], Awaitable[None]]) -> float:
    """CPU of this process for one read, microseconds."""
    begin = time.process_time()
    await run()
    return (time.process_time() - begin) / READS * 1e6


async def measure(port: int, count: int) -> str:
    """A line of results for reads of `count` registers."""
    bare = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=1, retries=0, reconnect_delay=0)
    await bare.connect()
    connection = ModbusConnection("127.0.0.1", port, clock=SystemClock())
    driver = ModbusDriver(connection, 1)
    line = Line([Station(name="meter", driver=driver)], clock=SystemClock())
    request = ReadRequest(function=3, address=0, count=count)

    async def by_pymodbus() -> None:
        for _ in range(READS):
            await bare.read_holding_registers(0, count=count, device_id=1)

    async def by_driver() -> None:
        for _ in range(READS):
            await driver.exchange(request)

    async def by_line() -> None:
        for _ in range(READS // 10):
            await line.cycle({"meter": [Ask(request=request)] * 10})

    subjects = (by_pymodbus, by_driver, by_line)
    rounds = [[await cpu_us(each) for each in subjects] for _ in range(ROUNDS + 1)][1:]
    bare.close()
    await line.close()
    pymodbus_us, driver_us, line_us = (
        statistics.median(each) for each in zip(*rounds, strict=True)
    )
    ratios = [statistics.median(row[k] / row[0] for row in rounds) for k in (1, 2)]
    return (
        f"{count:>4} registers: pymodbus {pymodbus_us:.0f} us, driver {driver_us:.0f} us "
        f"({ratios[0]:.2f}x), line {line_us:.0f} us ({ratios[1]:.2f}x)"
    )


def main() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    try:
        for count in (2, 20, 100):
            print(asyncio.run(measure(port, count)))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
