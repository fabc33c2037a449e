"""Who may talk to a simulated OPC UA server, and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import AddressSpace
from asyncua.server.internal_server import InternalServer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSecurity:
    """Certificates and users of a simulated server.

    Attributes:
        certificate: The server's own, PEM; empty for an endpoint without security.
        key: Its private key, PEM.
        clients: Certificates of clients that may connect, DER; empty lets all.
        passwords: By user name; with any user, nobody comes in without a name.
        users: Certificates of users, DER.
    """

    certificate: bytes = b""
    key: bytes = b""
    clients: frozenset[bytes] = frozenset()
    passwords: Mapping[str, str] = field(default_factory=dict)
    users: frozenset[bytes] = frozenset()


class SimulatedInternalServer(InternalServer):  # type: ignore[misc]
    """asyncua's server inside, with a limit of sessions.

    Args:
        most_sessions: How many there may be now; None without a limit.
        former: The address space of a server that was stopped; to make a new one takes seconds.
    """

    def __init__(
        self, most_sessions: Callable[[], int | None], former: AddressSpace | None = None
    ) -> None:
        super().__init__()
        self._most_sessions, self._former = most_sessions, former

    async def load_standard_address_space(self, shelf_file: Path | None = None) -> None:
        """Takes over the nodes of the former server, without those who watched them."""
        if self._former is None:
            await super().load_standard_address_space(shelf_file)
            return
        self.aspace._nodes = self._former._nodes  # noqa: SLF001 - asyncua has no other way
        for node_id in list(self.aspace.keys()):
            for attribute in self.aspace[node_id].attributes.values():
                attribute.datachange_callbacks.clear()

    @property
    def sessions(self) -> int:
        """How many sessions clients have now."""
        return len(self._external_sessions)

    async def end_sessions(self) -> None:
        """Forgets all sessions and their subscriptions, as after a loss of memory."""
        for session in list(self._external_sessions.values()):
            await session.close_session()

    def create_session(self, name: str, *args: Any, external: bool = False, **more: Any) -> Any:  # noqa: ANN401
        """A session, unless there are as many as there may be."""
        most = self._most_sessions()
        if external and most is not None and self.sessions >= most:
            raise ServiceError(ua.StatusCodes.BadTooManySessions)
        return super().create_session(name, *args, external=external, **more)


class _Users:
    """Lets in who is named; asyncua asks it for every session."""

    def __init__(self, security: ServerSecurity) -> None:
        self._security = security

    def get_user(
        self,
        _server: object,
        username: str | None = None,
        password: str | None = None,
        certificate: bytes | None = None,
    ) -> Any:  # noqa: ANN401 - asyncua's
        """The user, or None."""
        known = self._security
        if username is not None:
            admitted = known.passwords.get(username) == password
        elif known.passwords or known.users:
            admitted = certificate in known.users
        else:
            admitted = True
        return User(role=UserRole.User) if admitted else None


async def secure(server: Server, security: ServerSecurity | None) -> None:
    """Sets up endpoints and users before the server starts."""
    if security is None or not security.certificate:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    else:
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        await server.load_certificate(security.certificate, "PEM")
        await server.load_private_key(security.key, format="PEM")
    if security is not None:
        server.iserver.set_user_manager(_Users(security))
        server.set_certificate_validator(_validator(security))


def _validator(security: ServerSecurity) -> Callable[[x509.Certificate, object], Any]:
    async def validate(certificate: x509.Certificate, _application: object) -> None:
        der = certificate.public_bytes(Encoding.DER)
        if security.clients and der not in security.clients:
            raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)

    return validate
