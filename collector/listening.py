"""The address that the HTTP interface listens on, taken before anything is received."""

import os
import socket

from collector.config import ApiSection
from collector.errors import ApiAddressError


def listening(api: ApiSection) -> socket.socket:
    """A socket that listens where the configuration says; the caller closes it.

    Raises:
        ApiAddressError: another program listens there, it is no address of this machine, or this
            user may not.
    """
    try:
        (family, *_), *_ = socket.getaddrinfo(api.host, api.port, type=socket.SOCK_STREAM)
        return socket.create_server((api.host, api.port), family=family, backlog=2048)
    except OSError as problem:
        raise ApiAddressError(f"{api.host}:{api.port}", what=_said(problem)) from problem


def _said(problem: OSError) -> str:
    """The system's words; the library adds the address to its own."""
    if isinstance(problem, socket.gaierror) or not problem.errno:
        return problem.strerror or str(problem)
    return os.strerror(problem.errno)
