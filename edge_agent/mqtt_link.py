"""The link over MQTT 5: paho-mqtt on one thread of its own, a new client for each connection.

paho keeps what was published in memory and sends all of it again on a reconnect, in front of
everything else; so no client outlives its connection, and the outbox decides what is sent.
Its callbacks run on our thread and never raise: an exception in one would end the thread.
"""

import ssl
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.broker import Broker
from edge_agent.broker_tls_errors import tls_error
from edge_agent.custody_errors import (
    BrokerRefusedError,
    BrokerUnreachableError,
    TakenOverError,
    UplinkError,
)
from edge_agent.link import Heard, LinkDown, LinkEvent, LinkUp, SendRefused
from edge_agent.taken_over import Yielding
from evidence.clock import SystemClock
from evidence.tls_fault import tls_fault, tls_words

KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 10.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
STEADY_NS: Final = 10_000_000_000
_LOOP_S: Final = 0.5
_MOST_PENDING: Final = 64
_TAKEN_OVER: Final = 142
"""MQTT 5, 4.13: another client connected with this client id."""


class MqttLink:
    """A `Link` over MQTT 5.

    Args:
        broker: Where to connect.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._events: list[LinkEvent] = []
        self._guard, self._sending = threading.Lock(), threading.Lock()
        self._stopping, self._renewing = threading.Event(), threading.Event()
        self._client: Client | None = None
        self._limits, self._said_why, self._useful = LinkUp(), False, False
        self._taken_over, self._least_s = False, 0.0
        self._of_tls: UplinkError | None = None
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
        with self._sending:
            client = self._client
            if client is not None:
                client.publish(self._broker.batch_topic, payload, qos=1)

    def renew(self) -> None:
        """Ends the connection; the next one is made after the pause."""
        self._renewing.set()

    def give_way(self, least_s: float) -> None:
        """Ends the connection, and leaves the client id to another one; see `taken_over`."""
        self._taken_over, self._least_s, self._said_why = True, least_s, True
        self._renewing.set()

    def stop(self) -> None:
        """Returns once the thread is gone; it alone touches the sockets."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        clock, pause_s, yielding = SystemClock(), 0.0, Yielding()
        while not self._stopping.is_set():
            started_ns, self._useful = clock.monotonic_ns(), False
            self._taken_over, self._least_s = False, 0.0
            self._serve()
            lasted_ns = clock.monotonic_ns() - started_ns
            pause_s = pause_after(pause_s, useful=self._useful or lasted_ns > STEADY_NS)
            yielding = yielding.after(lasted_ns, taken_over=self._taken_over, least_s=self._least_s)
            self._pause(self._yield(yielding.pause_s) if self._taken_over else pause_s)

    def _yield(self, pause_s: float) -> float:
        """Says that another client has our id, and how long it is left alone."""
        client = self._broker.client_id
        cause = TakenOverError(self._where, found=client, limit=round(pause_s))
        self._add(LinkDown(cause=cause))
        return pause_s

    def _pause(self, pause_s: float) -> None:
        """Waits until the next connection may be tried, or until it is stopped."""
        self._stopping.wait(pause_s)

    def _serve(self) -> None:
        """One connection, from its first byte to its end; says why it ended."""
        client, self._said_why, self._of_tls = None, False, None
        self._renewing.clear()
        try:
            client = self._connected()
            found = MQTTErrorCode.MQTT_ERR_SUCCESS
            while found == MQTTErrorCode.MQTT_ERR_SUCCESS and not self._is_ending:
                found = client.loop(timeout=_LOOP_S)
            self._down(found.name)
        except (OSError, ValueError) as wrong:  # also TLS, and addresses that are none
            self._failed(wrong, shaking=bool(self._broker.tls_ca))
            self._down(str(wrong) or type(wrong).__name__)
        finally:
            with self._sending:  # nobody is handing it a message while it is taken apart
                self._client = None
                if client is not None:
                    _let_go(client)

    def _connected(self) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_queued_messages_set(_MOST_PENDING)
        if broker.username:
            client.username_pw_set(broker.username, broker.password or None)
        if broker.tls_ca:
            client.tls_set_context(_tls_context(broker))
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        client.on_disconnect, client.on_log = self._on_disconnect, self._on_log
        # With it, `publish` leaves the writing to our thread: two would mix their packets up.
        client.on_socket_register_write = _ours
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
        self._useful = self._useful or not message.retain  # what a broker kept proves nothing
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
        if reason.value == _TAKEN_OVER:
            self._taken_over = self._said_why = True
        if reason.is_failure:
            self._down(str(reason))

    def _refused(self, what: str) -> BrokerRefusedError:
        return BrokerRefusedError(self._where, found=what)

    def _down(self, what: str) -> None:
        if not self._is_ending and not self._said_why:
            self._said_why = True
            unreachable = BrokerUnreachableError(self._where, found=what)
            self._add(LinkDown(cause=self._of_tls or unreachable))

    def _on_log(self, _client: Client, _userdata: object, _level: int, _text: str) -> None:
        """What a read failed of, such as a refused certificate: paho says it nowhere else."""
        self._failed(sys.exception(), shaking=False)

    def _failed(self, problem: BaseException | None, *, shaking: bool) -> None:
        """Keeps what is wrong with TLS, if that is what it is."""
        fault = tls_fault(problem, shaking=shaking)
        if fault is not None and problem is not None:
            self._of_tls = tls_error(fault, self._where, tls_words(problem))

    @property
    def _is_ending(self) -> bool:
        """Whether the connection ends because we want it to."""
        return self._stopping.is_set() or self._renewing.is_set()

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    def _add(self, event: LinkEvent) -> None:
        with self._guard:
            self._events.append(event)
        self._notify()


def pause_after(before_s: float, *, useful: bool) -> float:
    """How many seconds to wait after a connection has ended before the next is tried.

    Args:
        before_s: The last pause; 0 before the first.
        useful: Whether the collector was heard on it, or it stood for long. Each that was
            not doubles the pause, up to half a minute.
    """
    if useful:
        return FIRST_PAUSE_S
    return min(max(2 * before_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)


def _tls_context(broker: Broker) -> ssl.SSLContext:
    """For one connection: a certificate that was renewed is taken at the next."""
    context = ssl.create_default_context(cafile=broker.tls_ca)
    if broker.tls_cert:
        context.load_cert_chain(broker.tls_cert)
    return context


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


def _ours(_client: Client, _userdata: object, _socket: object) -> None:
    """The thread that loops sees by itself that there is something to write."""


def _nothing() -> None:
    """Before `start`, nobody is told."""
