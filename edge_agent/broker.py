"""The broker that an agent speaks to, and who the agent is to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is, and who we are to it.

    Attributes:
        host, port: Its address.
        agent: Id of the agent: it stands in the topics and in the client id.
        username, password: Empty for none; the password is never shown.
        tls_ca: File with its certificate authority; empty for no TLS.
        tls_cert: File with the agent's own certificate and key; empty for none.
    """

    host: str
    port: int
    agent: str
    username: str = ""
    password: str = ""
    tls_ca: str = ""
    tls_cert: str = ""

    def __repr__(self) -> str:
        return f"Broker({self.host}:{self.port} as {self.agent})"

    @property
    def batch_topic(self) -> str:
        """Where leaves are published."""
        return f"carbonmeter/v1/{self.agent}/batch"

    @property
    def receipt_topic(self) -> str:
        """Where the collector answers."""
        return f"carbonmeter/v1/{self.agent}/receipt"

    @property
    def client_id(self) -> str:
        """Under which the broker keeps one connection, and no second one."""
        return f"carbonmeter-{self.agent}"
