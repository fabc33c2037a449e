"""A real mosquitto on a free loopback port, and a collector behind it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from carbonmeter.ports import free_port
from evidence.log.envelope import seal
from tests.unit.edge_agent.collector_stub import Collector


def mosquitto_or_skip() -> str:
    """Its path; without it the test is skipped, unless it is required here."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        if "mosquitto" in os.environ.get("CARBONMETER_REQUIRE", ""):
            pytest.fail("mosquitto is required and not installed")
        pytest.skip("mosquitto is not installed")
    return found


@contextmanager
def running(folder: Path, settings: str = "allow_anonymous true\n", port: int = 0) -> Iterator[int]:
    """The port of a broker that runs inside."""
    binary, port = mosquitto_or_skip(), port or free_port()
    config = folder / "mosquitto.conf"
    owner = "user root\n" if os.getuid() == 0 else ""  # else it could not read the folder
    config.write_text(f"listener {port} 127.0.0.1\n{owner}{settings}")
    process = subprocess.Popen(
        [binary, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("the broker did not come up")


@contextmanager
def collecting(collector: Collector, port: int, agent: str) -> Iterator[None]:
    """The collector behind the broker: takes every batch, answers retained."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)

    def answer(client: Client, _userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401
        word = seal(collector.take(bytes(message.payload)))
        client.publish(f"carbonmeter/v1/{agent}/receipt", word, qos=1, retain=True)

    client.on_message = answer
    client.connect("127.0.0.1", port)
    client.subscribe(f"carbonmeter/v1/{agent}/batch", qos=1)
    client.loop_start()
    try:
        yield
    finally:
        client.disconnect()
        client.loop_stop()
        client._reset_sockets()
