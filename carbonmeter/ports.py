"""Loopback ports for servers that are started a little later, or again after they died.

The kernel gives a port of its ephemeral range to any connection that is opened meanwhile; one
from outside that range stays free until its server takes it.
"""

import secrets
import socket
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
LEAST: Final = 10_240
MOST: Final = 65_535
ENOUGH: Final = 1_000
"""Fewer ports than this are not worth choosing from: two processes would meet in them."""
_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port on 127.0.0.1 that is free now, for TCP and UDP, and not given out by the kernel."""
    choice = outside(*_ephemeral())
    while True:
        port = secrets.choice(choice)
        if _is_free(port):
            return port


def outside(low: int, high: int) -> range:
    """The ports from 10240 on that lie below an ephemeral range, or else above it.

    Args:
        low: First port of the range.
        high: Last port of the range.

    Returns:
        At least 1000 ports; all from 10240 on where the range leaves fewer on either side.
    """
    below, above = range(LEAST, low), range(high + 1, MOST + 1)
    return next((each for each in (below, above) if len(each) >= ENOUGH), range(LEAST, MOST + 1))


def _ephemeral() -> tuple[int, int]:
    """Linux's own setting; its default where it cannot be read."""
    try:
        low, high = map(int, _RANGE.read_text("ascii").split())
    except (OSError, ValueError):
        return 32_768, 60_999
    return low, high


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(type=kind) as probe:
                probe.bind((LOOPBACK, port))
    except OSError:
        return False
    return True
