"""Meters whose every answer is another value, and the value says which answer it was.

A Modbus TCP server of its own: no code of the product makes the bytes that the tests trust.
"""

import socket
import socketserver
import struct
import threading
import time
from typing import Final

METER: Final = 1_000_000_000
FIRST_REGISTER: Final = 0x5000  # active energy of an ABB B23: one uint64
_REQUEST: Final = struct.Struct(">HHHBBHH")


class Meters(socketserver.ThreadingTCPServer):
    """Serves any unit id; answer number n of unit u is u * 10^9 + n.

    Attributes:
        served: (unit, n) -> when it was answered, UTC ns.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.served: dict[tuple[int, int], int] = {}
        self._last: dict[int, int] = {}
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def answers(self) -> int:
        """How many questions were answered."""
        return len(self.served)

    def answer(self, unit: int) -> int:
        with self._guard:
            number = self._last.get(unit, 0) + 1
            self._last[unit] = number
            self.served[unit, number] = time.time_ns()
        return unit * METER + number

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)


class _Line(socketserver.BaseRequestHandler):
    """One connection of an agent, which may be killed at any byte."""

    server: Meters

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while request := self._received(_REQUEST.size):
                transaction, _, _, unit, function, address, count = _REQUEST.unpack(request)
                assert (function, address, count) == (3, FIRST_REGISTER, 4)
                body = struct.pack(">BBBQ", unit, function, 8, self.server.answer(unit))
                self.request.sendall(struct.pack(">HHH", transaction, 0, len(body)) + body)
        except ConnectionError:
            return

    def _received(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.request.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data
