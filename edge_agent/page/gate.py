"""Who may look at the page. Pure.

A page that only its own machine reaches asks for no token; but a stranger's web page, open in a
browser there, may reach it under a name of the stranger's. So its own names alone are answered.
"""

import binascii
import hmac
import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from edge_agent.config_parse import is_loopback
from edge_agent.page.request import Refused, Request

LEAST_TOKEN: Final = 16
_HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:\[\]]+))(?::[0-9]{1,5})?")
"""A name or an address with a port, which is any where a tunnel leads here."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may look: whoever shows the token; where there is none, whoever names this machine."""

    token: bytes = b""

    def refused(self, request: Request) -> Refused | None:
        """How a request is refused; None if it may be answered."""
        if self.token:
            shown = _shown(request.fields.get("authorization", ""))
            return None if hmac.compare_digest(shown, self.token) else Refused(status=401)
        return None if is_loopback(_name(request.fields.get("host", "").lower())) else Refused(status=421)


def _shown(authorization: str) -> bytes:
    """The token in a field, as programs send it or as browsers do, who ask for a password."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode()
    if scheme.lower() != "basic":
        return b""
    try:
        return b64decode(rest.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _name(host: str) -> str:
    """The name in a Host field, without the port; empty if it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]) if found else ""
