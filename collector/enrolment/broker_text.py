"""What a mosquitto is told: its configuration and its access list, as text. Pure.

Each line holds for Debian's 2.0.11 too: tests show it by what is received, for a broker grants
subscriptions that it never serves, and acknowledges in MQTT 3.1.1 what it throws away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collector.agents import batch_topic, receipt_topic

COLLECTOR: Final = "@collector"
"""Who the collector is to the broker; no agent's id holds an @."""
CLIENT: Final = "broker-client.pem"
"""The collector's own certificate and its key, in one file that is replaced as a whole."""
CA_CERTIFICATE: Final = "broker-ca.pem"
MAX_PACKET_BYTES: Final = 64 * 1024
MAX_KEEPALIVE_S: Final = 120
MAX_QUEUED: Final = 10_000
_HEAD: Final = "# Written by `carbonmeter collector broker`, again and again: do not edit.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPlace:
    """Where a broker listens and has its files.

    Attributes:
        directory: Its files.
        hosts: The names and addresses that its certificate is for; agents are told the first.
        port: Of TLS.
        listen: The address that it listens on; empty for all.
        user: Whom it runs as once it has started.
    """

    directory: Path
    hosts: tuple[str, ...]
    port: int = 8883
    listen: str = ""
    user: str = "mosquitto"

    @property
    def pid_file(self) -> Path:
        """Where it says which process it is; a folder of its own, for it alone writes there."""
        return self.directory / "run" / "mosquitto.pid"

    def section(self, state_dir: Path) -> str:
        """What collector.toml says of it; its paths are of the collector's own folder."""
        client = state_dir / CLIENT
        return (
            f'[broker]\nhost = "{self.hosts[0]}"\nport = {self.port}\n\n[broker.tls]\n'
            f'ca_file = "{state_dir / CA_CERTIFICATE}"\n'
            f'cert_file = "{client}"\nkey_file = "{client}"'
        )


def broker_settings(place: BrokerPlace) -> str:
    """The text of mosquitto.conf.

    TLS 1.2 at least, a certificate from everyone, and its common name is both the account and
    the client id: so nobody takes another one's connection by its client id. Nothing is kept
    over a restart: receipts are published again, and agents send what has none. An agent that
    floods is bounded by the largest packet and the queue of the collector.
    """
    at = place.directory
    return _HEAD + "\n".join(
        (
            f"user {place.user}",
            f"pid_file {place.pid_file}",
            "log_dest stderr",
            "persistence false",
            f"max_packet_size {MAX_PACKET_BYTES}",
            f"max_keepalive {MAX_KEEPALIVE_S}",
            f"max_queued_messages {MAX_QUEUED}",
            f"listener {place.port} {place.listen}".rstrip(),
            "allow_anonymous false",
            f"acl_file {at / 'acl'}",
            f"cafile {at / 'ca.pem'}",
            f"certfile {at / 'server.pem'}",
            f"keyfile {at / 'server.key'}",
            f"crlfile {at / 'crl.pem'}",
            "tls_version tlsv1.2",
            "require_certificate true",
            "use_identity_as_username true",
            "use_username_as_clientid true",
            "",
        )
    )


def access_list(agents: Iterable[str]) -> str:
    """The text of the access list: each agent its two topics, and the collector all of them.

    It names every agent instead of a pattern, since a broker asks it for each message: an
    agent that is not in it any more is cut off at once, while the list of withdrawn
    certificates is only looked at when somebody connects.

    Args:
        agents: Those that count, by their ids.
    """
    parts = [_account(COLLECTOR, read=batch_topic("+"), write=receipt_topic("+"))]
    parts += [
        _account(agent, read=receipt_topic(agent), write=batch_topic(agent))
        for agent in sorted(agents)
    ]
    return _HEAD + "\n" + "\n".join(parts)


def _account(user: str, *, read: str, write: str) -> str:
    return f"user {user}\ntopic read {read}\ntopic write {write}\n"
