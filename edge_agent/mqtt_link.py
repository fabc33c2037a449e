"""The link over MQTT 5: paho-mqtt on one thread of its own, a new client for each connection.

paho keeps what was published in memory and sends all of it again on a reconnect, in front of
everything else; so no client outlives its connection, and the outbox decides what is sent.
Its callbacks run on our thread and never raise: an exception in one would end the thread.
"""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.custody_errors import BrokerRefusedError, BrokerUnreachableError
from edge_agent.link import Heard, LinkDown, LinkEvent, LinkUp, SendRefused
from evidence.clock import SystemClock

KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 10.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
STEADY_NS: Final = 10_000_000_000
_LOOP_S: Final = 0.5
_MOST_PENDING: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is, and who we are to it.

    Attributes:
        host, port: Its address.
        agent: Id of the agent: it stands in the topics and in the client id.
        username, password: Empty for none; the password is never shown.
        tls_ca: File with its certificate authority; empty for no TLS.
    """

    host: str
    port: int
    agent: str
    username: str = ""
    password: str = ""
    tls_ca: str = ""

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


class MqttLink:
    """A `Link` over MQTT 5.

    Args:
        broker: Where to connect.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._events: list[LinkEvent] = []
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._limits, self._said_why = LinkUp(), False
        self._thread: threading.Thread | None = None
        self._notify: Callable[[], None] = _nothing

    def start(self, notify: Callable[[], None]) -> None:
        """Begins to connect; see `Link`."""
        self._notify = notify
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)
        self._thread.start()

    def events(self) -> list[LinkEvent]:
        """What happened since the last call, in order."""
        with self._guard:
            found, self._events = self._events, []
        return found

    def send(self, payload: bytes) -> None:
        """Publishes at QoS 1, if there is a connection."""
        client = self._client
        if client is not None:
            client.publish(self._broker.batch_topic, payload, qos=1)

    def stop(self) -> None:
        """Returns once the thread is gone; it alone touches the sockets."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        clock, pause_s = SystemClock(), FIRST_PAUSE_S
        while not self._stopping.is_set():
            started_ns = clock.monotonic_ns()
            self._serve()
            if clock.monotonic_ns() - started_ns > STEADY_NS:
                pause_s = FIRST_PAUSE_S
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _serve(self) -> None:
        """One connection, from its first byte to its end; says why it ended."""
        client, self._said_why = None, False
        try:
            client = self._connected()
            found = MQTTErrorCode.MQTT_ERR_SUCCESS
            while found == MQTTErrorCode.MQTT_ERR_SUCCESS and not self._stopping.is_set():
                found = client.loop(timeout=_LOOP_S)
            self._down(found.name)
        except (OSError, ValueError) as wrong:  # also TLS, and addresses that are none
            self._down(str(wrong) or type(wrong).__name__)
        finally:
            self._client = None
            if client is not None:
                _let_go(client)

    def _connected(self) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"carbonmeter-{broker.agent}",
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_queued_messages_set(_MOST_PENDING)
        if broker.username:
            client.username_pw_set(broker.username, broker.password or None)
        if broker.tls_ca:
            client.tls_set_context(ssl.create_default_context(cafile=broker.tls_ca))
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        client.on_disconnect = self._on_disconnect
        client.connect(broker.host, broker.port, KEEPALIVE_S, clean_start=True)
        return client

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._said_why = True
            self._add(LinkDown(cause=self._refused(f"connection, {reason}")))
            client.disconnect()
            return
        self._limits = LinkUp(
            largest_bytes=_stated(properties, "MaximumPacketSize"),
            window=_stated(properties, "ReceiveMaximum"),
        )
        client.subscribe(self._broker.receipt_topic, qos=1)

    def _on_subscribe(
        self,
        client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            topic, self._said_why = self._broker.receipt_topic, True
            self._add(LinkDown(cause=self._refused(f"subscription to {topic}, {reasons[0]}")))
            client.disconnect()
            return
        self._client = client
        self._add(self._limits)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._add(Heard(payload=bytes(message.payload), retained=message.retain))

    def _on_publish(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        # Success means that the broker took it, and nothing more: only a receipt counts.
        if reason.is_failure:
            self._add(SendRefused(cause=self._refused(f"{self._broker.batch_topic}, {reason}")))

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._client = None
        if reason.is_failure:
            self._down(str(reason))

    def _refused(self, what: str) -> BrokerRefusedError:
        return BrokerRefusedError(self._where, found=what)

    def _down(self, what: str) -> None:
        if not self._stopping.is_set() and not self._said_why:
            self._said_why = True
            self._add(LinkDown(cause=BrokerUnreachableError(self._where, found=what)))

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    def _add(self, event: LinkEvent) -> None:
        with self._guard:
            self._events.append(event)
        self._notify()


def _stated(properties: Properties | None, name: str) -> int | None:
    """A limit of the broker's CONNACK; None if it states none."""
    found: Any = getattr(properties, name, None)
    return found if isinstance(found, int) else None


def _let_go(client: Client) -> None:
    """Closes the sockets now: paho would leave that to the garbage collector."""
    client.disconnect()
    client.loop(timeout=0.0)
    client._sock_close()  # noqa: SLF001 - there is no public way
    client._reset_sockets(sockpair_only=True)  # noqa: SLF001


def _nothing() -> None:
    """Before `start`, nobody is told."""
