"""A mosquitto under the files that `collector broker` writes, and clients with certificates."""

import os
import shutil
import signal
import ssl
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from carbonmeter.ports import free_port
from collector.enrolment.authority import (
    Authority,
    Withdrawn,
    client_certificate,
    new_authority,
    new_key,
)
from collector.enrolment.broker_files import Standing, tell_broker, write_broker
from collector.enrolment.broker_text import CLIENT, COLLECTOR, BrokerPlace
from collector.enrolment.files import certificate_pem, key_pem
from tests.contract.mosquitto import SEARCHED, WAIT_S, answers_at, until

NOW = datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Access:
    """A broker, its authority, and who may do what at it."""

    folder: Path
    agents: tuple[str, ...] = ("boiler-2", "press-9")
    authority: Authority = field(
        default_factory=lambda: new_authority("test broker CA", new_key(), NOW)
    )
    withdrawn: tuple[Withdrawn, ...] = ()
    user: str = "root" if os.getuid() == 0 else "mosquitto"
    place: BrokerPlace = field(init=False)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.place = BrokerPlace(
            directory=self.folder / "broker",
            hosts=("127.0.0.1",),
            port=free_port(),
            listen="127.0.0.1",
            user=self.user,
        )

    def write(self) -> tuple[str, ...]:
        standing = Standing(agents=self.agents, withdrawn=self.withdrawn, now=datetime.now(UTC))
        return write_broker(self.folder, self.place, self.authority, standing)

    def start(self) -> None:
        self.write()
        program = shutil.which("mosquitto", path=SEARCHED)
        assert program is not None
        settings = self.place.directory / "mosquitto.conf"
        with (self.folder / "said").open("wb") as said:
            self.process = subprocess.Popen([program, "-c", settings], stdout=said, stderr=said)
        until(self.place.pid_file.exists)  # which is there before it listens
        until(lambda: answers_at(self.place.port))

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def reload(self) -> None:
        """Tells the broker as the collector does, and waits until it has done so."""
        before = self.said().count("Reloading config")
        assert tell_broker(self.place) is None
        until(lambda: self.said().count("Reloading config") > before)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def certified(self, name: str, authority: Authority | None = None) -> x509.Certificate:
        """The certificate of a client, written with its key to `<name>.pem`."""
        key = new_key()
        made = client_certificate(authority or self.authority, name, key.public_key(), NOW)
        (self.folder / f"{name}.pem").write_bytes(certificate_pem(made) + key_pem(key))
        return made

    def collector(self) -> "Party":
        return Party(access=self, name=COLLECTOR, file=self.folder / CLIENT)

    def party(
        self,
        name: str,
        *,
        client_id: str = "",
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
    ) -> "Party":
        if not (self.folder / f"{name}.pem").exists():
            self.certified(name)
        file = self.folder / f"{name}.pem"
        return Party(
            access=self,
            name=name,
            file=file,
            client_id=client_id or name,
            protocol=protocol,
        )


@dataclass(slots=True, kw_only=True)
class Party:
    """Somebody at the broker; what is received is all that counts.

    Attributes:
        heard: Topic and payload of what came.
        acknowledged: What the broker answered to each message, in words.
    """

    access: Access
    name: str
    file: Path | None
    client_id: str = "anything"
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    subscribed: threading.Event = field(default_factory=threading.Event)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self.client_id, protocol=self.protocol
        )
        ca = str(self.access.place.directory / "ca.pem")
        context = ssl.create_default_context(cafile=ca)
        if self.file is not None:
            context.load_cert_chain(self.file)
        client.tls_set_context(context)
        client.reconnect_delay_set(1, 1)
        client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        client.on_publish = lambda _c, _u, _m, reason, _p: self.acknowledged.append(str(reason))
        client.on_disconnect = lambda _c, _u, _f, reason, _p: self.ended.append(str(reason))
        client.on_subscribe = lambda *_: self.subscribed.set()
        self.client = client

    def connect(self) -> "Party":
        self.client.connect("127.0.0.1", self.access.place.port)
        self.client.loop_start()
        until(self.client.is_connected)
        return self

    def refused(self) -> bool:
        """Whether a connection came to nothing."""
        try:
            self.client.connect("127.0.0.1", self.access.place.port)
        except OSError:
            self.close()
            return True
        self.client.loop_start()
        try:
            until(lambda: bool(self.ended) or self.client.is_connected())
            return not self.client.is_connected()
        finally:
            self.close()

    def listen(self, topics: Sequence[str]) -> None:
        for topic in topics:
            self.subscribed.clear()
            self.client.subscribe(topic, qos=1)
            assert self.subscribed.wait(WAIT_S)

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> str:
        """What the broker answered to a message."""
        before = len(self.acknowledged)
        self.client.publish(topic, payload, qos=1, retain=retain)
        until(lambda: len(self.acknowledged) > before)
        return self.acknowledged[-1]

    def hears(self, payload: bytes) -> None:
        """Returns once this came."""
        until(lambda: any(each == payload for _, each in self.heard))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
        self.client._reset_sockets()  # paho would leave them to the garbage collector
