"""How a session comes about: who is there, is it trusted, secure channel, session, user."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from edge_agent.drivers.opcua_credentials import (
    Credentials,
    KeyPair,
    first_certificate,
    read_credentials,
    read_user,
)
from edge_agent.drivers.opcua_errors import (
    OpcUaPasswordInClearError,
    OpcUaSecurityOfferError,
    OpcUaSecurityRefusedError,
)
from edge_agent.drivers.opcua_faults import fault
from edge_agent.drivers.opcua_guard import Guard
from edge_agent.drivers.opcua_session import Session, farewell
from edge_agent.drivers.opcua_settings import (
    Anonymous,
    NoSecurity,
    OpcUaEndpoint,
    SignAndEncrypt,
    UserPassword,
)
from edge_agent.errors import AgentError, NoConnectionError
from evidence.errors import Words

_WANTED = "Basic256Sha256 SignAndEncrypt"
_NAME = "carbonmeter"
# A server that does not trust us, or has another key than its certificate's, often says nothing.
_HUNG_UP = Words("it closed the connection or gave no answer", "连接被关闭或没有应答")
_OPEN, _OTHERS = Words("no security", "无安全策略"), Words("others", "其他端点")


@dataclass(slots=True)
class _Attempt:
    """A client on its way to a session."""

    client: Client
    guard: Guard | None = None
    stage: Literal["transport", "channel", "session", "user"] = "transport"


async def connected(endpoint: OpcUaEndpoint, now_ns: int) -> Session:
    """A new session, with a new client.

    Args:
        endpoint: Which server, and how.
        now_ns: UTC, for the dates of certificates.

    Raises:
        AgentError: none came about in time, and why.
    """
    attempt = _Attempt(_client(endpoint))
    try:
        async with asyncio.timeout(endpoint.connect_timeout_s):
            return await _session(endpoint, attempt, now_ns)
    except BaseException as wrong:
        await farewell(attempt.client, attempt.guard)
        if not isinstance(wrong, Exception):
            raise
        raise _reason(wrong, endpoint, attempt) from None


async def _session(endpoint: OpcUaEndpoint, attempt: _Attempt, now_ns: int) -> Session:
    client = attempt.client
    if isinstance(endpoint.security, SignAndEncrypt):
        credentials = read_credentials(endpoint.security)
        await _secure(client, endpoint, credentials, now_ns)
    user = _user(endpoint)
    guard = attempt.guard = await _transport(client)
    attempt.stage = "channel"
    await client.open_secure_channel()
    attempt.stage = "session"
    await client.create_session()
    attempt.stage = "user"
    await client.activate_session(**_activation(client, user))
    session = Session(client, guard, endpoint.url, endpoint.most_nodes)
    await session.learn()
    return session


def _client(endpoint: OpcUaEndpoint) -> Client:
    client = Client(endpoint.url, timeout=endpoint.connect_timeout_s)
    client.session_timeout = round(endpoint.session_timeout_s * 1000)
    client.secure_channel_timeout = round(endpoint.channel_lifetime_s * 1000)
    client.name = client.description = _NAME
    client.application_uri = "urn:carbonmeter:agent"
    client.product_uri = "urn:carbonmeter"
    return client


async def _transport(client: Client) -> Guard:
    """A connection on which both sides have said hello, bounded from the first byte on."""
    await client.connect_socket()
    protocol = client.uaclient.protocol
    guard = Guard(protocol, protocol.transport)
    protocol.transport.set_protocol(guard)
    try:
        await client.send_hello()
    except BaseException:
        guard.abort()
        raise
    return guard


async def _secure(
    client: Client, endpoint: OpcUaEndpoint, credentials: Credentials, now_ns: int
) -> None:
    """Sets the client's security up for the certificate that the server shows, if it is trusted."""
    shown = await _shown_certificate(endpoint)
    trusted = credentials.trust.require(shown, endpoint.url, now_ns)
    own = credentials.own
    client.application_uri = own.application_uri or client.application_uri
    mode = ua.MessageSecurityMode.SignAndEncrypt
    policy = SecurityPolicyBasic256Sha256(trusted, own.certificate, own.key, mode)
    client.security_policy = policy
    client.uaclient.set_security(policy)


async def _shown_certificate(endpoint: OpcUaEndpoint) -> bytes:
    """The certificate of the endpoint that is wanted, asked for on a connection of its own."""
    client, guard = _client(endpoint), None
    try:
        guard = await _transport(client)
        await client.open_secure_channel()
        offers = await client.get_endpoints()
    finally:
        await farewell(client, guard)
    for offer in offers:
        secured = offer.SecurityMode == ua.MessageSecurityMode.SignAndEncrypt
        if secured and offer.SecurityPolicyUri == SecurityPolicyBasic256Sha256.URI:
            return first_certificate(offer.ServerCertificate or b"")
    raise OpcUaSecurityOfferError(endpoint.url, wanted=_WANTED, offered=_said(offers))


def _said(offers: list[Any]) -> str:
    words = {
        f"{str(each.SecurityPolicyUri).rpartition('#')[2]} {each.SecurityMode.name.rstrip('_')}"
        for each in offers
    }
    return ", ".join(sorted(words))[:200] or "-"


def _user(endpoint: OpcUaEndpoint) -> tuple[str, str] | KeyPair | None:
    if isinstance(endpoint.user, Anonymous):
        return None
    if isinstance(endpoint.user, UserPassword) and isinstance(endpoint.security, NoSecurity):
        raise OpcUaPasswordInClearError(endpoint.url)
    return read_user(endpoint.user)


def _activation(client: Client, user: tuple[str, str] | KeyPair | None) -> dict[str, object]:
    if isinstance(user, KeyPair):
        client.user_private_key = user.key
        return {"certificate": user.certificate}
    if user is not None:
        return {"username": user[0], "password": user[1]}
    return {}


def _reason(wrong: Exception, endpoint: OpcUaEndpoint, attempt: _Attempt) -> AgentError:
    """The error that says what to do about it."""
    if hasattr(wrong, "code") or isinstance(wrong, AgentError):
        return fault(wrong, endpoint.url, endpoint.connect_timeout_s)
    secured = isinstance(endpoint.security, SignAndEncrypt)
    if isinstance(wrong, OSError | UnicodeError):
        if secured and attempt.stage == "channel":
            return OpcUaSecurityRefusedError(endpoint.url, status=_HUNG_UP)
        return NoConnectionError(endpoint.url, timeout_s=endpoint.connect_timeout_s)
    if isinstance(wrong, ua.UaError) and attempt.stage == "session":
        if secured:
            return OpcUaSecurityRefusedError(endpoint.url, status=str(wrong)[:200])
        return OpcUaSecurityOfferError(endpoint.url, wanted=_OPEN, offered=_OTHERS)
    return fault(wrong, endpoint.url, endpoint.connect_timeout_s)
