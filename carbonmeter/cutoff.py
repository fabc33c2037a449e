"""A wire that can be cut: a TCP relay between an agent and the broker."""

import contextlib
import socket
import threading
from typing import Final

CHUNK: Final = 65536


class CutOff:
    """Relays connections to a loopback port until it is cut, and again once it is healed.

    Args:
        target_port: on 127.0.0.1.
    """

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._open.set()
        self._sockets: set[socket.socket] = set()
        self._guard = threading.Lock()
        threading.Thread(target=self._accept, name="cutoff", daemon=True).start()

    @property
    def port(self) -> int:
        """Where to connect instead of to the target."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Ends all connections and refuses new ones."""
        self._open.clear()
        with self._guard:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def heal(self) -> None:
        """Relays again."""
        self._open.set()

    def close(self) -> None:
        """Ends the relay."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _ = self._listener.accept()
                threading.Thread(target=self._relay, args=(inner,), daemon=True).start()

    def _relay(self, inner: socket.socket) -> None:
        with inner, contextlib.suppress(OSError):
            if not self._open.is_set():
                return
            with socket.create_connection(self._target, 5.0) as outer:
                self._join(inner, outer)

    def _join(self, inner: socket.socket, outer: socket.socket) -> None:
        outer.settimeout(None)
        with self._guard:
            self._sockets |= {inner, outer}
        back = threading.Thread(target=_pump, args=(outer, inner), daemon=True)
        back.start()
        _pump(inner, outer)
        back.join()
        with self._guard:
            self._sockets -= {inner, outer}


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Copies until one side ends, then ends the other."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
