"""A listener of HJ 212 on a real port, and packets of a logger, for tests."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from carbonmeter.ports import free_port
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.profile import hj212_of
from device_profiles.hj212.reading import Upload
from device_profiles.hj212.stream import cut
from device_profiles.load import load_profile
from edge_agent.driver import Reply
from edge_agent.drivers.hj212 import Centre, CentreTerms, Hj212Driver
from evidence.clock import SystemClock

HOST, MN, OTHER = "127.0.0.1", "010000A8900016F000169DC0", "MN-2"
QN = "20160801085857223"
PROFILE = hj212_of(load_profile("hj212-2017-cems").profile)
REAL_TIME = Upload(cn="2011")


def segment(value: float = 1.5, *, mn: str = MN, qn: str = QN, flag: int = 5) -> bytes:
    """Real-time data of one factor."""
    head = f"QN={qn};ST=31;CN=2011;PW=123456;MN={mn};Flag={flag};"
    return (head + f"CP=&&DataTime={qn[:14]};a21026-Rtd={value},a21026-Flag=N&&").encode()


def packet(value: float = 1.5, *, mn: str = MN, qn: str = QN, flag: int = 5) -> bytes:
    """The packet of `segment`."""
    return packet_of(segment(value, mn=mn, qn=qn, flag=flag))


@dataclass
class Here:
    """A centre that listens, two devices that it knows, and connections to it."""

    centre: Centre
    drivers: dict[str, Hj212Driver]
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def driver(self, mn: str, timeout_s: float) -> Hj212Driver:
        name = f"line {mn}"
        return Hj212Driver(self.centre, PROFILE, mn, device=name, timeout_s=timeout_s)

    async def read(self, mn: str = MN) -> Reply:
        return await self.drivers[mn].exchange(REAL_TIME)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(HOST, self.centre.terms.port)
        self.writers.append(writer)
        return reader, writer

    async def close(self) -> None:
        await self.centre.close()
        for writer in self.writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def held(
    story: Callable[[Here], Awaitable[None]],
    *,
    idle_s: float = 60.0,
    rtd_interval_s: int | None = None,
) -> None:
    """Tells a story in which a centre listens."""
    terms = CentreTerms(host=HOST, port=free_port(), idle_s=idle_s, rtd_interval_s=rtd_interval_s)

    async def telling() -> None:
        here = Here(Centre(terms, clock=SystemClock()), {})
        here.drivers = {mn: here.driver(mn, 10.0) for mn in (MN, OTHER)}
        await here.drivers[MN].open()
        try:
            async with asyncio.timeout(30):
                await story(here)
        finally:
            await here.close()

    asyncio.run(telling())


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The next packet that the centre sends."""
    heard = b""
    while (whole := cut(heard)) is None:
        heard += await reader.readexactly(1)
    return whole.frame


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the centre has ended the connection without another byte."""
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


def content(reply: Reply) -> bytes:
    """The one value in a reply."""
    return reply.content.partition(b"a21026-Rtd=")[2].partition(b",")[0]
