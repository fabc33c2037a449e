"""Who asks: the holder of a token, or, while no token was issued, somebody at this machine."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from collector.access import Role, Token, extends_to, identify, require_role
from collector.api.parts import Here
from collector.api.refusal import AnonymousError

# Behind a proxy every client looks local, so a request that was passed on is not anonymous.
_PASSED_ON: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_bearer: Final = HTTPBearer(auto_error=False, description="A token of `collector token new`")
Shown = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who may read; `token` is None for a local reader without one."""

    token: Token | None

    def sees(self, site: str) -> bool:
        """Whether what belongs to a site is shown."""
        return self.token is None or extends_to(self.token, site)

    def sees_channel(self, channel: str) -> bool:
        """Whether a channel, `<site>/<device>/<channel>`, is shown."""
        return self.sees(channel.partition("/")[0])


def reader_of(request: Request, parts: Here, shown: Shown) -> Reader:
    """Who asks, once it is known that they may read.

    Raises:
        AnonymousError: nobody is named, and tokens were issued or the request is not local.
        UnknownTokenError, ExpiredTokenError, TokenScopeError: the token does not do.
        TokenFileError: the tokens cannot be read, so nobody is let in.
    """
    tokens = parts.tokens.tokens()
    if "authorization" in request.headers:
        token = identify("" if shown is None else shown.credentials, tokens, parts.clock.now_ns())
        require_role(token, Role.READ)
        return Reader(token=token)
    if tokens or not is_local(request):
        raise AnonymousError("authorization")
    return Reader(token=None)


Asker = Annotated[Reader, Depends(reader_of)]


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine and was meant for it.

    The Host header must name this machine too: a page of another site that points its own
    name at 127.0.0.1 makes a browser here ask, but cannot change that header.
    """
    if request.client is None or any(name in request.headers for name in _PASSED_ON):
        return False
    host = request.headers.get("host", "")
    return _is_loopback(request.client.host) and _is_loopback(_without_port(host))


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
