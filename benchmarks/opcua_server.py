"""A process with one simulated OPC UA server: `python -m benchmarks.opcua_server NODES`."""

import asyncio
import sys

from evidence.clock import SystemClock
from simulators.servers.opcua import OpcUaServer
from simulators.servers.opcua_image import Shown


def shows(at_ns: int) -> Shown:
    """A value that changes, with its timestamp."""
    return Shown(value=at_ns % 1_000_000_000 / 1e9, source_at_ns=at_ns)


async def _serve(count: int) -> None:
    nodes = {f"ns=2;s=line/meter/{number}": shows for number in range(count)}
    server = OpcUaServer(nodes, SystemClock())
    print(await server.start("127.0.0.1", 0), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # the parent closes it
    await server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
