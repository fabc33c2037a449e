"""A serial port that exists only on this machine: a pseudo terminal with a bus behind it."""

import asyncio
import os
import tty

from simulators.servers.bus import Bus, Now
from simulators.servers.sending import Sending

_READ_BYTES = 4096


class PseudoTerminal:
    """Serves a bus as a serial port; whoever opens its path is the line's master.

    Args:
        bus: The line's devices.
        now: The instant.
    """

    def __init__(self, bus: Bus, now: Now) -> None:
        self._bus, self._now = bus, now
        self._ours = self._theirs = -1
        self._sending = Sending(self._send)

    async def start(self) -> str:
        """Makes the port and returns its path, e.g. /dev/pts/3.

        Raises:
            OSError: the machine has no more of them.
        """
        self._ours, self._theirs = os.openpty()
        for file in (self._ours, self._theirs):
            tty.setraw(file)
        os.set_blocking(self._ours, False)
        asyncio.get_running_loop().add_reader(self._ours, self._read)
        return os.ttyname(self._theirs)

    async def close(self) -> None:
        """Takes the port away."""
        self._sending.close()
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            # The other end stays open here all the time, so that a master may come and go.
            os.close(self._theirs)
            os.close(self._ours)
            self._ours = self._theirs = -1

    def _read(self) -> None:
        try:
            data = os.read(self._ours, _READ_BYTES)
        except OSError:
            return
        self._sending.all(self._bus.hear(data, self._now()))

    def _send(self, data: bytes) -> None:
        try:
            os.write(self._ours, data)
        except OSError:
            return  # nobody reads, and the port is full: on a line, bytes are lost then too
