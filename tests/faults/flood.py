"""A fork bomb of clients, as a process: `python -m tests.faults.flood PORT CONNECTIONS RATE DIR`.

Opens connections to a broker and publishes, so many messages a second each, every payload of
every file of a folder on the topic that stands in the file's first line; until it is killed.
Prints one line once all connections stand.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.mqtt_packets import CONNACK, Splitter, connect, publish

_AT_ONCE = 50
_TICK_S = 0.02
_IDS = 65_535


async def connected(port: int, client_id: str) -> asyncio.StreamWriter:
    """A client that the broker has accepted; what comes on it is read and thrown away."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(connect(client_id))
    splitter = Splitter()
    while not (found := splitter.feed(await reader.read(4096))):
        if reader.at_eof():
            raise ConnectionError(client_id)
    if found[0].kind != CONNACK:
        raise ConnectionError(client_id)
    _READING.add(asyncio.ensure_future(_read(reader)))
    return writer


_READING: set[asyncio.Future[None]] = set()


async def _read(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass


async def crowd(port: int, connections: int) -> list[asyncio.StreamWriter]:
    """So many clients that only stand there."""
    found: list[asyncio.StreamWriter] = []
    for first in range(0, connections, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, connections))
        found += await asyncio.gather(*(connected(port, f"crowd-{n}") for n in some))
    return found


async def flood(port: int, topic: str, payload: bytes, rate_Hz: float) -> None:
    """Publishes without end, as fast as it is told to and the broker lets it."""
    writer = await connected(port, f"flood-{topic}-{len(payload)}-{hash(payload)}")
    loop, number = asyncio.get_running_loop(), 0
    began_s = loop.time()
    while True:
        while number < (loop.time() - began_s) * rate_Hz:
            writer.write(publish(topic, payload, number % _IDS + 1))
            number += 1
        await writer.drain()
        await asyncio.sleep(_TICK_S)


async def bomb(port: int, connections: int, rate_Hz: float, messages: Sequence[bytes]) -> None:
    """Everything at once."""
    standing = await crowd(port, connections)
    parts = [each.partition(b"\n") for each in messages]
    floods = [flood(port, topic.decode(), payload, rate_Hz) for topic, _, payload in parts]
    print(f"{len(standing)} connections, {len(floods)} floods", flush=True)  # noqa: T201
    await asyncio.gather(*floods)


def main(argv: Sequence[str]) -> None:
    """Runs until it is killed."""
    port, connections, rate_Hz, folder = argv
    messages = [each.read_bytes() for each in sorted(Path(folder).iterdir())]
    asyncio.run(bomb(int(port), int(connections), float(rate_Hz), messages))


if __name__ == "__main__":
    main(sys.argv[1:])
