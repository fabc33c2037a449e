"""Collector and agent against a mosquitto over TLS whose certificate, or authority, is not good."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.agents import PinnedKey, pin
from collector.config import BrokerSection, TlsSection
from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from collector.receive import Receiver
from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.broker import Broker
from edge_agent.line import Line
from edge_agent.link import LinkDown, LinkEvent
from edge_agent.mqtt_link import MqttLink
from evidence.clock import SteppedClock, SystemClock
from tests.contract.broker_certificates import (
    EXPIRED,
    EXPIRED_AUTHORITY,
    GOOD,
    NOT_YET_VALID,
    OTHER_HOST,
    Made,
    write,
)
from tests.contract.mosquitto import SEARCHED, Mosquitto, until
from tests.unit.collector.agent_log import SIGNER
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll, world

UNTRUSTED = {
    "its authority expired": EXPIRED_AUTHORITY,
    "it expired": EXPIRED,
    "it is not valid yet": NOT_YET_VALID,
    "it is for another host": OTHER_HOST,
}
SAID = {
    "its authority expired": "certificate has expired",
    "it expired": "certificate has expired",
    "it is not valid yet": "certificate is not yet valid",
    "it is for another host": "IP address mismatch",
}
# paho leaves the socket of a failed handshake to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    program = shutil.which("mosquitto", path=SEARCHED)
    if program is None:
        if "mosquitto" in os.environ.get("CARBONMETER_REQUIRE", "").split(","):
            pytest.fail("mosquitto is required here and is not installed")
        pytest.skip("mosquitto is not installed; TLS is not tested against a broker")
    folder = tmp_path / "broker"
    folder.mkdir()
    server = Mosquitto(folder=folder, program=program)
    yield server
    server.kill()


def shows(broker: Mosquitto, made: Made) -> None:
    """Starts a broker anew, under a certificate; its authority is beside it as `ca.pem`."""
    broker.kill()
    broker.more = write(broker.folder, made)
    broker.start()


class Impatient(MqttLink):
    """A link that remembers what it said, and hardly waits."""

    said: list[str]

    def events(self) -> list[LinkEvent]:
        found = super().events()
        self.said += [str(each.cause) for each in found if isinstance(each, LinkDown)]
        return found

    def _pause(self, pause_s: float) -> None:
        super()._pause(min(pause_s, 0.05))


def with_leaves(folder: Path, leaves: int) -> Agent:
    """An agent that has some leaves to deliver."""
    clock, site = SteppedClock(START_NS), installed(folder)
    agent = open_agent(site, KEY, world(clock), lines={"bus-1": Line([], clock=clock)})
    for _ in range(leaves):
        clock.advance(60 * S)
        number = agent.spool.next_sequence("feeder-1")
        agent.keep([poll(site, clock.now_ns(), number, float(number))])
        agent.close_batch(clock.now_ns())
    return agent


def receiving(broker: Mosquitto, ledger: Ledger) -> Receiver:
    clock = SystemClock()
    agents = pin([PinnedKey(agent="line-1", verifier=KEY.verifier)])
    intake = Intake(ledger=ledger, agents=agents, signer=SIGNER, clock=clock)
    tls = TlsSection(ca_file=str(broker.folder / "ca.pem"))
    section = BrokerSection(port=broker.port, tls=tls)
    found = Receiver(broker=section, collector_id="t", intake=intake, clock=clock)
    found.start()
    return found


@pytest.mark.parametrize("why", UNTRUSTED)
def test_a_collector_refuses_a_broker_that_is_not_to_be_trusted_by_a_code(
    broker: Mosquitto, tmp_path: Path, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    shows(broker, UNTRUSTED[why])
    with open_ledger(tmp_path / "ledger") as ledger:
        receiver = receiving(broker, ledger)
        until(lambda: receiver.counters["unreachable", ""] > 0)
        assert not receiver.health().connected
        receiver.stop()
        assert receiver.counters["connected", ""] == 0
    assert "E_BROKER_UNREACHABLE" in caplog.text


@pytest.mark.parametrize("why", UNTRUSTED)
def test_an_agent_refuses_a_broker_that_is_not_to_be_trusted_and_delivers_to_one_that_is(
    broker: Mosquitto, tmp_path: Path, why: str
) -> None:
    shows(broker, UNTRUSTED[why])
    agent = with_leaves(tmp_path / "agent", 3)
    place = Broker(
        host="127.0.0.1",
        port=broker.port,
        agent="line-1",
        tls_ca=str(broker.folder / "ca.pem"),
    )
    link = Impatient(place)
    link.said = []
    attach_uplink(agent, link, SIGNER.verifier)
    link.start(lambda: None)

    def said() -> bool:
        agent.pump()
        return bool(link.said)

    until(said)
    log = agent.spool.place()
    assert (agent.spool.base, log.sequence >= 3) == (0, True)
    assert link.said[0].startswith("E_UPLINK_UNREACHABLE ")
    assert SAID[why] in link.said[0]
    with open_ledger(tmp_path / "ledger") as ledger:

        def receipted() -> bool:
            agent.pump()
            return agent.spool.base == log.sequence

        shows(broker, GOOD)
        receiver = receiving(broker, ledger)
        until(receipted)
        receiver.stop()
        held = list(ledger.leaves("line-1", log.epoch))
        assert [each.sequence for each in held] == list(range(log.sequence))
    link.stop()
    agent.spool.close()
