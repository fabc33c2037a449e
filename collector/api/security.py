"""Who asks: the holder of a token, or, while no token was issued, somebody at this machine."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from collector.access import Person, identify
from collector.api.allowed import right_of
from collector.api.cookies import COOKIE, require_csrf
from collector.api.parts import Here, Parts
from collector.api.refusal import AnonymousError
from collector.api.sent import require_unconditional
from collector.errors import CollectorError
from collector.people.sessions import Session
from collector.people.users import as_person, person_of
from collector.rights import READING
from collector.token_errors import DisabledUserError
from evidence.log.entry import Act, Action, Json

# Behind a proxy every client looks local, so a request that was passed on is not anonymous.
_PASSED_ON: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_bearer: Final = HTTPBearer(auto_error=False, description="A token of `collector token new`")
Shown = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who may read.

    Attributes:
        person: None for a local reader whom nobody named.
        session: Of somebody who signed in with a browser.
    """

    person: Person | None
    session: Session | None = None

    def sees(self, site: str) -> bool:
        """Whether what belongs to a site is shown; "" is what concerns all sites."""
        return self.person is None or self.person.sees(site)

    def sees_channel(self, channel: str) -> bool:
        """Whether a channel, `<site>/<device>/<channel>`, is shown."""
        return self.sees(channel.partition("/")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who may write what the route is for; always somebody who is named."""

    person: Person

    def sees(self, site: str) -> bool:
        """Whether what belongs to a site is shown; "" is what concerns all sites."""
        return self.person.sees(site)

    def act(
        self,
        action: Action,
        *,
        site: str,
        subject: str,
        reason: str,
        old: Json = None,
        new: Json = None,
    ) -> Act:
        """What they do, to be entered into the journal.

        Args:
            action: What it is.
            site: That it concerns; empty for what concerns all sites.
            subject: What it is done to.
            reason: Why, in their words.
            old: What it was before.
            new: What it is afterwards.

        Raises:
            TokenScopeError: They do not extend to the site.
        """
        self.person.require_site(site)
        return Act(
            who=self.person.name,
            role=self.person.role,
            action=action,
            site=site,
            subject=subject,
            reason=reason,
            old=old,
            new=new,
        )


def reader_of(request: Request, parts: Here, shown: Shown) -> Reader:
    """Who asks, once it is known that they may: by a token, or signed in with a browser.

    Raises:
        AnonymousError: nobody is named, and somebody is known here or the request is not local.
        UnknownTokenError, ExpiredTokenError, TokenScopeError: the token does not do.
        TokenFileError: the tokens cannot be read, so nobody is let in.
    """
    right = right_of(request)
    if "authorization" in request.headers:
        person = _named(parts, shown)
        person.require(right)
        return Reader(person=person)
    session = parts.sessions.find(request.cookies.get(COOKIE, ""))
    if session is not None:
        person = _signed_in(parts, session)
        person.require(right)
        return Reader(person=person, session=session)
    if right not in READING or _anybody(parts) or not is_local(request):
        raise AnonymousError("authorization")
    return Reader(person=None)


def signed_in(request: Request, parts: Parts) -> Reader | None:
    """Who is signed in with a browser, whatever they may do; None for nobody, or an unknown one.

    For a page that refuses, which must not be refused itself.
    """
    try:
        session = parts.sessions.find(request.cookies.get(COOKIE, ""))
        if session is None:
            return None
        return Reader(person=_signed_in(parts, session), session=session)
    except CollectorError:
        return None


async def author_of(request: Request, reader: Annotated[Reader, Depends(reader_of)]) -> Author:
    """Who writes, once it is known that they may do what the route is for.

    Raises:
        AnonymousError: nobody is named, whether or not somebody is known here.
        CsrfError: a browser sends it, and not from a page of theirs.
        ConditionError: it is to be done under a condition.
    """
    if reader.person is None:
        raise AnonymousError("authorization")
    if reader.session is not None:
        await require_csrf(request, reader.session)
    await require_unconditional(request)
    return Author(person=reader.person)


def _anybody(parts: Parts) -> bool:
    """Whether anybody can be named here: then nobody comes in without a name."""
    return bool(parts.tokens.all() or parts.users.all())


def _signed_in(parts: Parts, session: Session) -> Person:
    """Who is behind a session, as they stand now.

    Raises:
        DisabledUserError: they are disabled, or gone.
    """
    found = [each for each in parts.users.all() if each.name == session.user]
    if not found:
        raise DisabledUserError("user", name=session.user)
    return as_person(found[0])


def _named(parts: Parts, shown: HTTPAuthorizationCredentials | None) -> Person:
    text = "" if shown is None else shown.credentials
    token = identify(text, parts.tokens.all(), parts.clock.now_ns())
    return person_of(token, parts.users.all() if token.user else ())


Asker = Annotated[Reader, Depends(reader_of)]
Writer = Annotated[Author, Depends(author_of)]


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
