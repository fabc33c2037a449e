"""The MQTT 5 connection: one network thread that never dies of what a callback does.

It subscribes on every connect, acknowledges at once and hands each message over; receipts,
not acknowledgements, say what is kept.
"""

import logging
import socket
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from collector.agents import batch_topic
from collector.answers import Reply
from collector.broker_tls import tls_context
from collector.broker_tls_errors import tls_error
from collector.config import BrokerSection
from collector.errors import (
    BrokerError,
    BrokerRefusedError,
    BrokerTakenOverError,
    BrokerUnreachableError,
)
from collector.pace import Pace
from collector.private_files import broker_password
from evidence.clock import NS_PER_S, Clock
from evidence.errors import Words
from evidence.tls_fault import tls_fault, tls_words

KEEPALIVE_S: Final = 15
MAX_PACKET_BYTES: Final = 64 * 1024
MAX_QUEUED: Final = 1000
RETRY_S: Final = (1, 30)
_TAKEN_OVER: Final = 142
_HUNG_UP: Final = Words("it hung up before it answered", "对方在应答前断开")
_logger: Final = logging.getLogger(__name__)


class Broker:
    """A client of the broker that takes batches and publishes answers.

    Attributes:
        counters: How often what happened, by (event, code): connected, disconnected,
            unreachable, refused, retained, callback_failed, not_published.
    """

    def __init__(
        self,
        *,
        section: BrokerSection,
        client_id: str,
        clock: Clock,
        on_message: Callable[[str, bytes], None],
        on_up: Callable[[], None],
    ) -> None:
        """Prepares a client; nothing is connected yet.

        Args:
            section: Where the broker is, and the account.
            client_id: Unique at the broker.
            clock: Paces the log lines.
            on_message: Called in the network thread with topic and payload; must not wait.
            on_up: Called in the network thread after each subscription.

        Raises:
            ConfigFileError: The password or a TLS file cannot be used.
        """
        self._section = section
        self._clock = clock
        self._client_id = client_id
        self._on_message = on_message
        self._on_up = on_up
        self._stopping = threading.Event()
        self._pace = Pace(interval_ns=60 * NS_PER_S)
        self.counters: Counter[tuple[str, str]] = Counter()
        self._tls: ssl.SSLContext | None = None
        self._answered = False
        self._trouble: BrokerError | None = None
        self._client = self._make()
        self._thread = threading.Thread(target=self._run, name="collector-mqtt", daemon=True)

    def _make(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.suppress_exceptions = True  # the guards below say more; this is the second net
        client.reconnect_delay_set(*RETRY_S)
        client.max_queued_messages_set(MAX_QUEUED)
        if self._section.username is not None:
            client.username_pw_set(self._section.username, broker_password(self._section))
        if self._section.tls is not None:
            self._tls = tls_context(self._section.tls)
            client.tls_set_context(self._tls)
            client.on_pre_connect = self._take_renewed
        client.on_log = self._logged  # paho says nowhere else what a read failed of
        client.on_socket_open = self._opened
        # With it, `publish` leaves the writing to the network thread: two threads that write
        # into one TLS connection break its records, and the broker ends it.
        client.on_socket_register_write = _ours
        client.on_connect = self._connected
        client.on_connect_fail = self._unreachable
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        return client

    def start(self) -> None:
        """Begins to connect, and goes on trying until `stop`."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.MaximumPacketSize = MAX_PACKET_BYTES
        self._client.connect_async(
            self._section.host,
            self._section.port,
            keepalive=KEEPALIVE_S,
            clean_start=True,
            properties=properties,
        )
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Disconnects; waits at most `timeout_s` for the network thread."""
        self._stopping.set()
        self._client.disconnect()
        self._thread.join(timeout_s)

    @property
    def connected(self) -> bool:
        """Whether the broker accepted the connection and it stands."""
        return self._client.is_connected()

    @property
    def alive(self) -> bool:
        """Whether the network thread runs."""
        return self._thread.is_alive()

    def publish(self, reply: Reply) -> None:
        """Publishes an answer with QoS 1; without a connection it is left out.

        Every agent's receipt is published again on the next connect, so none is queued.
        """
        if not self.connected:
            self.counters["not_published", ""] += 1
            return
        self._client.publish(reply.topic, reply.payload, qos=1, retain=reply.retain)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                # Without a connection it only makes the sockets by which `publish` wakes this
                # thread; `loop_forever` alone would have an answer wait for up to a second.
                self._client.loop(timeout=0.0)
                self._client.loop_forever(retry_first_connection=True)
            except Exception:  # a thread that is gone would look like silence
                self.counters["callback_failed", "network"] += 1
                _logger.exception("the network loop failed and is begun again")
            self._stopping.wait(RETRY_S[0])

    def _take_renewed(self, _client: Client, _userdata: object) -> None:
        """A certificate that was renewed is shown from the next connection on."""
        tls = self._section.tls
        with self._guard("certificate"):
            if self._tls is not None and tls is not None and tls.cert_file is not None:
                self._tls.load_cert_chain(tls.cert_file, tls.key_file)

    def _connected(
        self,
        client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's signature
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._guard("connect"):
            self._answered = True
            if reason.is_failure:
                self._refused("CONNECT", str(reason))
                return
            self.counters["connected", ""] += 1
            options = SubscribeOptions(
                qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
            )
            client.subscribe(batch_topic("+"), options=options)

    def _subscribed(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's signature
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        with self._guard("subscribe"):
            for reason in reasons:
                if reason.is_failure:
                    self._refused("SUBSCRIBE", str(reason))
            self._on_up()

    def _received(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's signature
        message: MQTTMessage,
    ) -> None:
        with self._guard("message"):
            if message.retain:
                # Left over by someone: a data topic holds no retained message of ours.
                self.counters["retained", ""] += 1
                return
            self._on_message(message.topic, bytes(message.payload))

    def _disconnected(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's signature
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._guard("disconnect"):
            self.counters["disconnected", str(reason.value)] += 1
            if reason.value == _TAKEN_OVER:
                self._say(BrokerTakenOverError(self._where(), client=self._client_id))
            elif not self._answered and not self._stopping.is_set():
                hung_up = BrokerUnreachableError(self._where(), what=_HUNG_UP)
                self._say(self._trouble or hung_up)

    def _unreachable(self, _client: Client, _userdata: Any) -> None:  # noqa: ANN401 - paho's
        with self._guard("unreachable"):
            self.counters["unreachable", ""] += 1
            problem = sys.exception()  # paho calls this where it handles it
            wrong = self._of_tls(problem, shaking=True)
            what = Words("?", "?") if problem is None else tls_words(problem)
            self._say(wrong or BrokerUnreachableError(self._where(), what=what))

    def _logged(self, _client: Client, _userdata: object, _level: int, _text: str) -> None:
        """Keeps what a connection failed of after its handshake, such as a refused certificate."""
        with self._guard("log"):
            self._trouble = self._of_tls(sys.exception(), shaking=False) or self._trouble

    def _of_tls(self, problem: BaseException | None, *, shaking: bool) -> BrokerError | None:
        fault = tls_fault(problem, shaking=shaking and self._tls is not None)
        if fault is None or problem is None:
            return None
        return tls_error(fault, self._where(), tls_words(problem))

    def _opened(self, _client: Client, _userdata: object, connection: Any) -> None:  # noqa: ANN401 - paho's
        """Small packets are not held back: 20 acknowledgements that wait 40 ms slow all down."""
        self._answered, self._trouble = False, None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _refused(self, step: str, what: str) -> None:
        self.counters["refused", step] += 1
        self._say(BrokerRefusedError(self._where(), step=step, what=what))

    def _say(self, error: BrokerError) -> None:
        if self._pace.allows(error.code, str(error), self._clock.monotonic_ns()):
            _logger.warning("%s", error)

    def _where(self) -> str:
        return f"{self._section.host}:{self._section.port}"

    def _guard(self, name: str) -> "_Guard":
        return _Guard(name, self.counters)


class _Guard:
    """Keeps an exception inside a callback: in paho it would end the network thread."""

    def __init__(self, name: str, counters: Counter[tuple[str, str]]) -> None:
        self._name = name
        self._counters = counters

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, fault: object, _trace: object) -> bool:
        if kind is None or not issubclass(kind, Exception):
            return False
        self._counters["callback_failed", self._name] += 1
        _logger.error("callback %s failed: %r", self._name, fault)
        return True


def _ours(_client: Client, _userdata: object, _socket: object) -> None:
    """The thread that loops sees by itself that there is something to write."""
