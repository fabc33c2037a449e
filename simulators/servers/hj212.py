"""Simulated data loggers on real sockets: each connects to its centre, again and again."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from device_profiles.errors import ProfileError
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.stream import cut
from device_profiles.wire_errors import WireError
from evidence.clock import Clock
from simulators.servers.hj212_logger import LoggerSeat, ReportingLogger, Sending

RECONNECT_S: Final = 0.5
"""Between an end of a connection, or a try in vain, and the next try."""
LONGEST_WAIT_S: Final = 0.25
READ_BYTES: Final = 4096


class Reporting:
    """Data loggers of one line.

    Args:
        loggers: Each has a connection of its own.
        clock: What they stamp by, and when they report.
    """

    def __init__(self, loggers: Sequence[LoggerSeat], clock: Clock) -> None:
        self._loggers, self._clock = tuple(loggers), clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, host: str, port: int) -> int:
        """Begins to connect to the centre at `host`, and returns its port."""
        for seat in self._loggers:
            self._tasks.append(asyncio.create_task(self._live(seat, host, port)))
        return port

    async def close(self) -> None:
        """Ends all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _live(self, seat: LoggerSeat, host: str, port: int) -> None:
        logger = ReportingLogger(seat)
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(host, port)
                connected = _Connected(logger, reader, writer, self._clock)
                try:
                    await connected.until_it_ends()
                finally:
                    writer.close()
            await asyncio.sleep(RECONNECT_S)
            logger = ReportingLogger(seat, logger.interval_s, logger.retry)


class _Connected:
    """One logger's connection, for as long as it lasts."""

    def __init__(
        self,
        logger: ReportingLogger,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        clock: Clock,
    ) -> None:
        self._logger, self._clock = logger, clock
        self._reader, self._writer = reader, writer
        self._late: set[asyncio.TimerHandle] = set()

    async def until_it_ends(self) -> None:
        """Returns once one side has ended the connection."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._report())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for late in self._late:
                late.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        heard = b""
        while received := await self._reader.read(READ_BYTES):
            heard += received
            while (whole := cut(heard)) is not None:
                heard = whole.rest
                with suppress(WireError):
                    for packet in self._logger.heard(read_packet(whole.frame)):
                        self._write(packet)

    async def _report(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            again = self._logger.again(loop.time())
            if again is None:
                return
            for packet in again:
                self._write(packet)
            with suppress(ProfileError):
                for sending in self._logger.report(self._clock.now_ns(), loop.time()):
                    if sending.reply.closes:
                        return
                    await self._send(sending)
            wait_s = self._clock.real_seconds_until(self._logger.due_ns())
            await asyncio.sleep(min(max(wait_s, 0.01), LONGEST_WAIT_S))

    async def _send(self, sending: Sending) -> None:
        if sending.reply.delay_s > 0:
            loop = asyncio.get_running_loop()
            whole = b"".join(sending.pieces)
            self._late.add(loop.call_later(sending.reply.delay_s, self._write, whole))
            return
        for number, piece in enumerate(sending.pieces):
            if number:
                await asyncio.sleep(sending.pause_s)
            self._write(piece)
            await self._writer.drain()

    def _write(self, packet: bytes) -> None:
        if packet and not self._writer.is_closing():
            self._writer.write(packet)
