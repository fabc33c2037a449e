"""How an OPC UA server is reached: address, security, user, subscription. No library is needed."""

import math
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

_END = r"(?![\s\S])"
Url = Annotated[str, Meta(pattern=r"^opc\.tcp://[^\s/@]{1,253}:[0-9]{1,5}(/\S{0,400})?" + _END)]
"""opc.tcp://host:port/path; a user stands elsewhere."""
Path = Annotated[str, Meta(min_length=1, max_length=4096)]
Seconds = Annotated[float, Meta(gt=0, le=3600)]


class NoSecurity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="none"):
    """Nothing is signed or encrypted: who is on the network can read and forge. By name only."""


class SignAndEncrypt(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="Basic256Sha256"
):
    """Policy Basic256Sha256, mode SignAndEncrypt.

    Args:
        certificate, key: the agent's own, PEM or DER; its subjectAltName holds the application URI.
        trust: the server's certificate, or a folder of certificates: of servers, or of
            authorities that issued theirs.
    """

    certificate: Path
    key: Path
    trust: Path


Security: TypeAlias = NoSecurity | SignAndEncrypt


class Anonymous(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="none"):
    """No user."""


class UserPassword(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="password"
):
    """A user by name; `password_file` has the password as its one line."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    password_file: Path


class UserCertificate(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="certificate"
):
    """A user by certificate and private key, PEM or DER."""

    certificate: Path
    key: Path


User: TypeAlias = Anonymous | UserPassword | UserCertificate


class OpcUaEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One server; all devices behind it share one session.

    Args:
        url: where it listens.
        security: never assumed; `none` only if asked by name.
        user: who asks.
        connect_timeout_s: longest time until a session stands.
        session_timeout_s: how long the server keeps a session that is silent. Short, since a
            session that was not closed occupies one of the few that a controller has.
        channel_lifetime_s: after three quarters of it the channel gets new keys.
        most_nodes: nodes of one Read, where the server tells no limit.
    """

    url: Url
    security: Security
    user: User = Anonymous()
    connect_timeout_s: Seconds = 5.0
    session_timeout_s: Annotated[float, Meta(ge=5, le=3600)] = 60.0
    channel_lifetime_s: Annotated[float, Meta(ge=0.1, le=86_400)] = 3600.0
    most_nodes: Annotated[int, Meta(ge=1, le=100_000)] = 1000


class Sampling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a subscription samples, and how much may wait.

    Args:
        sampling_s: how often the server looks at a node.
        publishing_s: how often it sends what changed.
        most_waiting: DataValues of one subscription that may wait for the next exchange; beyond
            it the subscription is ended, and the gap stated.
        silence_s: how long neither a message nor the server's time may fail to come.
    """

    sampling_s: Annotated[float, Meta(gt=0, le=3600)] = 1.0
    publishing_s: Annotated[float, Meta(gt=0, le=3600)] = 1.0
    most_waiting: Annotated[int, Meta(ge=1, le=1_000_000)] = 100_000
    silence_s: Annotated[float, Meta(gt=0, le=3600)] = 15.0

    def queue_size(self, publishing_s: float) -> int:
        """Values that the server is to keep per node: twice what a publishing interval brings.

        Args:
            publishing_s: the interval that the server grants, which may be longer than asked for.
        """
        return math.ceil(max(publishing_s, self.publishing_s) / self.sampling_s) * 2

    @property
    def keep_alive_count(self) -> int:
        """Publishing intervals without news after which the server says that it lives."""
        return max(1, math.floor(self.silence_s / 3 / self.publishing_s))


class IdentityNodes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nodes that hold what a device says of itself; empty where there is none."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    revision: str = ""
