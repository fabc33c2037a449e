"""The page's own small server, in the agent's event loop: whatever it is sent, polling goes on.

One request a connection, in a few seconds; few connections; no byte kept beyond the head.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edge_agent.agent import Agent
from edge_agent.config import PageSettings
from edge_agent.config_errors import ConfigFileError, ConfigLimitError
from edge_agent.installation import Installation
from edge_agent.page.answer import Response, Source, answer, refusal
from edge_agent.page.findings import PageListenError
from edge_agent.page.gate import LEAST_TOKEN, Gate
from edge_agent.page.health import DeviceTold, Health
from edge_agent.page.request import MOST_HEAD_BYTES, Refused, Request, request_of
from edge_agent.page.snapshot import device_told, health_of, instant
from edge_agent.page.zone import MACHINE, Zone, zone_of
from edge_agent.seen import LastSeen

LOG = logging.getLogger("carbonmeter.agent")
LINGER_S: Final = 1.0
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What a server bears.

    Attributes:
        head_s: Longest wait for a request.
        answer_s: Longest wait for its answer to be taken.
        connections: Most at once.
        again_s: Until an address that could not be listened on is tried again.
    """

    head_s: float = 5.0
    answer_s: float = 10.0
    connections: int = 16
    again_s: float = 30.0


class AgentSource:
    """How an agent is, from itself.

    Args:
        agent: Of which what it sees is kept from now on.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent, agent.seen = agent, LastSeen()
        self._started: datetime = instant(agent.parts.clock.now_ns() / 1e6)

    def health(self) -> Health:
        """How it is now."""
        return health_of(self._agent, self._started)

    def device(self, name: str) -> DeviceTold | None:
        """How a device is now, with its channels; None if there is none of this name."""
        return device_told(self._agent, self.health(), name)


class PageServer:
    """Shows an agent's health; see `page_of`.

    Args:
        settings: Where to listen.
        source: Says how the agent is.
        gate: Who may look.
        patience: What is borne.
        zone: Of the times that are shown.
    """

    def __init__(
        self,
        settings: PageSettings,
        source: Source,
        gate: Gate,
        patience: Patience | None = None,
        zone: Zone = MACHINE,
    ) -> None:
        self._settings, self._source, self._gate = settings, source, gate
        self._patience, self._zone = patience or Patience(), zone
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self) -> None:
        """Runs until it is cancelled; an address that is taken is tried again and again."""
        told = ""
        while True:
            try:
                await self._listen()
            except OSError as wrong:
                place = f"{self._settings.host}:{self._settings.port}"
                error = PageListenError(place, what=wrong.strerror or type(wrong).__name__)
                if told != (told := error.say("en")):
                    LOG.warning("%s", told)
            await asyncio.sleep(self._patience.again_s)

    async def _listen(self) -> None:
        host, port = self._settings.host, self._settings.port
        server = await asyncio.start_server(
            self._connected, host, port, limit=MOST_HEAD_BYTES, backlog=16
        )
        LOG.info("the page is at http://%s:%d/", f"[{host}]" if ":" in host else host, port)
        try:
            await asyncio.Event().wait()
        finally:
            await _close(server)
            for writer in self._open:  # nobody who looks holds up the end of the agent
                writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._converse(reader, writer)
        except (OSError, TimeoutError):
            writer.transport.abort()  # whoever does not take an answer gets none
        finally:
            self._open.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await self._asked(reader)
        if asked is None:
            return
        whole = not isinstance(asked, Request) or asked.method == "GET"
        writer.write(self._answered(asked).to_bytes(body=whole))
        async with asyncio.timeout(self._patience.answer_s):
            await writer.drain()
            if isinstance(asked, Refused):
                await _discard(reader, writer)
            writer.close()
            await writer.wait_closed()

    async def _asked(self, reader: asyncio.StreamReader) -> Request | Refused | None:
        """What is asked for; None where whoever connected went away, or is one of far too many.

        Files that are open are limited for the whole process: polling needs some too.
        """
        if len(self._open) > self._patience.connections:
            far_too_many = len(self._open) > 2 * self._patience.connections
            return None if far_too_many else Refused(status=503)
        try:
            async with asyncio.timeout(self._patience.head_s):
                return request_of(await reader.readuntil(_END))
        except asyncio.LimitOverrunError:
            return Refused(status=431)
        except asyncio.IncompleteReadError as wrong:
            return Refused(status=400) if wrong.partial else None
        except TimeoutError:
            return Refused(status=408)

    def _answered(self, asked: Request | Refused) -> Response:
        if isinstance(asked, Refused):
            return refusal(asked)
        try:
            return answer(asked, self._source, self._gate, self._zone)
        except Exception:  # a page that fails must not end the agent that it is about
            LOG.exception("the page could not be made")
            return refusal(Refused(status=500))


async def _close(server: asyncio.Server) -> None:
    """Ends listening; whoever is being let in is let in first.

    A server closed between the two steps of that leaves the connection open for ever
    (CPython 109564).
    """
    for each in server.sockets:
        asyncio.get_running_loop().remove_reader(each.fileno())
    await asyncio.sleep(0)
    server.close()


async def _discard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lets what is still sent go by for a moment: else the answer is lost (RFC 9112, 9.6)."""
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while await reader.read(MOST_HEAD_BYTES):
                pass


def page_of(agent: Agent) -> PageServer | None:
    """The page of an agent, not serving yet; None where its configuration has none.

    Raises:
        ConfigFileError: the file with the token cannot be read.
        ConfigLimitError: the token is too short, or the zone is not known.
    """
    installation = agent.parts.installation
    settings = installation.config.page
    if settings is None:
        return None
    gate = Gate(_token(installation, settings))
    zone = zone_of(settings.zone, str(installation.path))
    return PageServer(settings, AgentSource(agent), gate, zone=zone)


def _token(installation: Installation, settings: PageSettings) -> bytes:
    if not settings.token_file:
        return b""
    where, key = str(installation.path), "page.token_file"
    limit = f"one line of {LEAST_TOKEN} or more ASCII characters"
    try:
        token = installation.beside(settings.token_file).read_bytes().strip()
    except OSError as wrong:
        found = wrong.strerror or type(wrong).__name__
        raise ConfigFileError(where, key=key, found=found, limit=limit) from None
    if len(token) < LEAST_TOKEN or not token.isascii() or len(token.split()) != 1:
        raise ConfigLimitError(where, key=key, found=f"{len(token)} bytes", limit=limit)
    return token
