"""When a reply's bytes leave: at once or late; whoever serves a line says how they leave."""

import asyncio
from collections.abc import Callable, Sequence

from simulators.servers.disturb import Reply


class Sending:
    """The replies of one line that are still to be sent.

    Args:
        send: Puts bytes on the line; it may be gone by then.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._late: set[asyncio.TimerHandle] = set()

    def all(self, replies: Sequence[Reply]) -> None:
        """Sends replies, those that are late in their own time."""
        for reply in replies:
            if reply.delay_s > 0:
                self._later(reply)
            elif reply.content:
                self._send(reply.content)

    def close(self) -> None:
        """Nothing is sent any more."""
        for each in self._late:
            each.cancel()
        self._late.clear()

    def _later(self, reply: Reply) -> None:
        loop = asyncio.get_running_loop()

        def due() -> None:
            self._late.discard(handle)
            self._send(reply.content)

        handle = loop.call_later(reply.delay_s, due)
        self._late.add(handle)
