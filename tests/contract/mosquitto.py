"""A real mosquitto on loopback, and an agent's side of it."""

import os
import queue
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from carbonmeter.ports import free_port
from collector.agents import batch_topic, receipt_topic
from evidence.log.envelope import Wanted, unseal_wanted

WAIT_S = 20.0
SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@dataclass(slots=True, kw_only=True)
class Mosquitto:
    """A broker on a free loopback port that can be stopped and started."""

    folder: Path
    program: str
    port: int = 0
    anonymous: str = "true"
    more: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.port = self.port or free_port()
        settings = self.folder / "mosquitto.conf"
        settings.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\n{self.more}"
            f"allow_anonymous {self.anonymous}\npersistence false\n"
        )
        self.process = subprocess.Popen(
            [self.program, "-c", str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: answers_at(self.port))

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


def mosquitto_in(folder: Path, require: Callable[[str, str], NoReturn]) -> Mosquitto:
    """The broker, not started; the test is skipped where there is none."""
    program = shutil.which("mosquitto", path=SEARCHED)
    if program is None:
        require("mosquitto", "mosquitto is not installed")
    folder.mkdir()
    return Mosquitto(folder=folder, program=program)


def answers_at(port: int) -> bool:
    """Whether something listens on a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def until(true: Callable[[], bool]) -> None:
    """Returns when something became true; fails after a while."""
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@dataclass(slots=True, kw_only=True)
class Side:
    """An agent's side of the broker: publishes batches, hears what the collector says."""

    port: int
    agent: str = "boiler-2"
    heard: "queue.Queue[tuple[Wanted, bool]]" = field(default_factory=queue.Queue)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"test-{self.agent}",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        self.client.on_message = self._hear
        self.client.on_connect = self._subscribe
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        until(self.client.is_connected)

    def _subscribe(self, client: Client, *_rest: object) -> None:
        client.subscribe(receipt_topic(self.agent), qos=1)

    def _hear(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self.heard.put((unseal_wanted(bytes(message.payload)), message.retain))

    def send(self, *payloads: bytes, topic: str = "", retain: bool = False) -> None:
        for payload in payloads:
            name = topic or batch_topic(self.agent)
            self.client.publish(name, payload, qos=1, retain=retain).wait_for_publish(WAIT_S)

    def hear(self, heard: Callable[[Wanted], bool]) -> Wanted:
        """The next thing said of which `heard` is true."""
        end = time.monotonic() + WAIT_S
        while True:
            wanted, _ = self.heard.get(timeout=max(0.01, end - time.monotonic()))
            if heard(wanted):
                return wanted

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
