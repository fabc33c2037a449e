"""A serial port of the gateway; pyserial knows the port, the event loop waits for its bytes."""

import asyncio
import os
import termios
from typing import Final

import serial

from device_profiles.speed import Speed
from edge_agent.drivers.wire import Wire
from edge_agent.errors import ConnectionClosedError, NoSerialPortError

_PARITY: Final = {
    "none": serial.PARITY_NONE,
    "even": serial.PARITY_EVEN,
    "odd": serial.PARITY_ODD,
    "mark": serial.PARITY_MARK,
    "space": serial.PARITY_SPACE,
}
_READ_BYTES: Final = 4096
_PSEUDO_TERMINALS: Final = range(136, 144)
"""Major device numbers; their characters have no speed and no parity."""


def _is_pseudo(file: int) -> bool:
    return os.major(os.fstat(file).st_rdev) in _PSEUDO_TERMINALS


class SerialWire(Wire):
    """Bytes over a serial port that nobody else has open.

    Args:
        path: Of the port, e.g. /dev/ttyUSB0.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._port: serial.Serial | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._file = -1

    @property
    def is_open(self) -> bool:
        """Whether the port is ours."""
        return self._port is not None

    async def open(self, speed: Speed) -> None:
        """Opens the port alone; see `Wire.open`."""
        try:
            self._port = serial.Serial(self.where, timeout=0, write_timeout=0, exclusive=True)
        except (OSError, ValueError, termios.error) as wrong:  # a SerialException is an OSError
            await self.close()
            raise NoSerialPortError(self.where, what=str(wrong)[:200]) from None
        try:
            self.change(speed)
        except NoSerialPortError:
            await self.close()
            raise
        self._loop, self._file = asyncio.get_running_loop(), self._port.fileno()
        self._loop.add_reader(self._file, self._read)
        self.forget()

    def send(self, data: bytes) -> None:
        """Sends; see `Wire.send`."""
        if self._port is None:
            raise ConnectionClosedError(self.where)
        try:
            self._port.write(data)
        except OSError:
            self._drop()
            raise ConnectionClosedError(self.where) from None
        self._went(data)

    def change(self, speed: Speed) -> None:
        """Sets speed and form of the characters.

        Raises:
            NoSerialPortError: The port cannot have them.
        """
        if self._port is None or _is_pseudo(self._port.fileno()):
            return
        try:
            self._port.apply_settings(
                {
                    "baudrate": speed.bit_s,
                    "bytesize": speed.data_bits,
                    "parity": _PARITY[speed.parity],
                    "stopbits": speed.stop_bits,
                }
            )
        except (OSError, ValueError, termios.error) as wrong:
            raise NoSerialPortError(self.where, what=str(wrong)[:200]) from None

    async def close(self) -> None:
        """Gives the port back."""
        self._drop()

    def _read(self) -> None:
        try:
            data = self._port.read(_READ_BYTES) if self._port is not None else b""
        except OSError:  # the adapter was pulled out
            data = b""
        if data:
            self._came(data)
        else:
            self._drop()
            self._lost()

    def _drop(self) -> None:
        port, self._port = self._port, None
        if self._loop is not None:
            self._loop.remove_reader(self._file)
            self._loop = None
        if port is not None:
            port.close()
