"""Stands between the network and asyncua: no message of a server grows without bounds.

asyncua waits for as many bytes as a header announces, up to 4 GiB, and takes any number of
chunks if the server says so. Layout: OPC 10000-6, 7.1.2.2 (message header).
"""

import asyncio
import struct

MOST_CHUNK_BYTES = 1_048_576
"""The agent announces 64 KiB; some servers do not keep to it."""
MOST_MESSAGE_BYTES = 16_777_216
"""All chunks of one answer: some 300,000 DataValues."""

_HEADER = struct.Struct("<3sBI")
_FINAL, _ABORT = ord("F"), ord("A")


class Bounds:
    """Follows the chunks of a stream. Pure."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0
        self._message = 0

    def admits(self, received: bytes) -> bool:
        """Whether all chunks that begin in these bytes stay within the bounds."""
        at = 0
        while at < len(received):
            if self._left:
                step = min(self._left, len(received) - at)
                self._left -= step
                at += step
                continue
            step = min(_HEADER.size - len(self._head), len(received) - at)
            self._head += received[at : at + step]
            at += step
            if len(self._head) == _HEADER.size and not self._begins():
                return False
        return True

    def _begins(self) -> bool:
        _kind, chunk, size = _HEADER.unpack(self._head)
        self._head = b""
        if not _HEADER.size <= size <= MOST_CHUNK_BYTES:
            return False
        self._left = size - _HEADER.size
        self._message += size
        within = self._message <= MOST_MESSAGE_BYTES
        if chunk in {_FINAL, _ABORT}:
            self._message = 0
        return within


class Guard(asyncio.Protocol):
    """Hands what is within the bounds to asyncua's protocol; else ends the connection.

    Args:
        inner: asyncua's protocol, connected.
        transport: Its transport.
    """

    def __init__(self, inner: asyncio.Protocol, transport: asyncio.Transport) -> None:
        self._inner, self._transport, self._bounds = inner, transport, Bounds()
        self.open = True

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._bounds.admits(data):
            self._inner.data_received(data)
        else:
            self._transport.abort()

    def eof_received(self) -> bool | None:
        """The other end says no more."""
        return self._inner.eof_received()

    def abort(self) -> None:
        """Ends the connection at once."""
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.open = False
        self._inner.connection_lost(exc)
