"""The link to a real broker: how long it waits before it tries again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from carbonmeter.ports import free_port
from edge_agent.broker import Broker
from edge_agent.link import Heard, LinkEvent, LinkUp
from edge_agent.mqtt_link import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MqttLink,
    pause_after,
)
from tests.unit.edge_agent import broker

TOPIC = "carbonmeter/v1/line-1/receipt"


def test_each_connection_that_was_of_no_use_doubles_the_pause_up_to_half_a_minute() -> None:
    pauses = [0.0]
    for _ in range(8):
        pauses.append(pause_after(pauses[-1], useful=False))
    assert pauses[1:] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert pause_after(LONGEST_PAUSE_S, useful=True) == FIRST_PAUSE_S


class Impatient(MqttLink):
    """A link that says how long it would wait, and does not."""

    def __init__(self, port: int) -> None:
        super().__init__(Broker(host="127.0.0.1", port=port, agent="line-1"))
        self.pauses: list[float] = []
        self.seen: list[LinkEvent] = []

    def _pause(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        super()._pause(0.02)

    def saw(self, kind: type[LinkEvent]) -> bool:
        self.seen += self.events()
        return any(isinstance(each, kind) for each in self.seen)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def life(link: Impatient, folder: Path, port: int) -> Iterator[Client]:
    """A life of the broker in which the link connected; another client is there too."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    with broker.running(folder, port=port):
        client.connect("127.0.0.1", port)
        client.loop_start()
        link.seen.clear()
        until(lambda: link.saw(LinkUp))
        yield client
        client.disconnect()
        client.loop_stop()
        client._reset_sockets()
        tried = len(link.pauses)
    until(lambda: len(link.pauses) > tried)
    link.pauses = link.pauses[tried:]


@pytest.fixture
def link() -> Iterator[Impatient]:
    found = Impatient(free_port())
    yield found
    found.stop()


def test_the_pause_begins_anew_once_the_collector_was_heard(
    tmp_path: Path, link: Impatient
) -> None:
    port = link._broker.port
    link.start(lambda: None)
    until(lambda: len(link.pauses) > 2)  # nobody is there
    for _ in range(2):
        with life(link, tmp_path, port) as collector:
            collector.publish(TOPIC, b"receipt", qos=1, retain=True)
            until(lambda: link.saw(Heard))
        assert link.pauses[0] == FIRST_PAUSE_S
        until(lambda: len(link.pauses) > 2)


def test_a_connection_on_which_nobody_spoke_does_not_shorten_the_pause(
    tmp_path: Path, link: Impatient
) -> None:
    """A receipt that the broker had kept is no word of the collector either."""
    port = link._broker.port
    kept = f"allow_anonymous true\npersistence true\npersistence_location {tmp_path}/\n"
    with broker.running(tmp_path, kept, port):
        other = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        other.connect("127.0.0.1", port)
        other.loop_start()
        other.publish(TOPIC, b"receipt", qos=1, retain=True).wait_for_publish(20)
        other.disconnect()
        other.loop_stop()
        other._reset_sockets()
    link.start(lambda: None)
    until(lambda: len(link.pauses) > 2)
    with broker.running(tmp_path, kept, port):
        until(lambda: link.saw(Heard))
        tried = len(link.pauses)
    until(lambda: len(link.pauses) > tried)
    assert link.pauses[tried] == pause_after(link.pauses[tried - 1], useful=False)
    assert link.pauses[tried] > FIRST_PAUSE_S
