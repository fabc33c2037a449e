"""Collector and agent against a mosquitto over TLS whose certificate, or authority, is not good."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
from tests.conftest import Require
from tests.contract.broker_certificates import (
    EXPIRED,
    EXPIRED_AUTHORITY,
    GOOD,
    NOT_YET_VALID,
    OTHER_HOST,
    Made,
    write,
)
from tests.contract.mosquitto import Mosquitto, mosquitto_in, until
from tests.unit.collector.agent_log import SIGNER
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll, world

WANTS_ONE = "require_certificate true\ncafile {folder}/ca.pem\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A broker that is not to be trusted, or does not trust us, and the fault that is named.

    Attributes:
        made: Its certificate.
        more: Further lines of its configuration.
        foreign: Whether another authority than its own is trusted here.
        plain: Whether it speaks no TLS at all.
    """

    fault: str
    made: Made = GOOD
    more: str = ""
    foreign: bool = False
    plain: bool = False

    def starts(self, broker: Mosquitto) -> None:
        """Starts a broker anew; what is trusted is beside it as `ca.pem`."""
        broker.kill()
        lines = write(broker.folder, self.made) + self.more.format(folder=broker.folder)
        broker.more = "" if self.plain else lines
        broker.start()
        if self.foreign:
            foreign = broker.folder / "foreign"
            foreign.mkdir()
            write(foreign, GOOD)
            (foreign / "ca.pem").replace(broker.folder / "ca.pem")


WELL = Case(fault="")
CASES = {
    "its authority expired": Case(fault="EXPIRED", made=EXPIRED_AUTHORITY),
    "it expired": Case(fault="EXPIRED", made=EXPIRED),
    "it is not valid yet": Case(fault="NOT_YET_VALID", made=NOT_YET_VALID),
    "it is for another host": Case(fault="HOST", made=OTHER_HOST),
    "it is of another authority": Case(fault="AUTHORITY", foreign=True),
    "it wants a certificate": Case(fault="REFUSED", more=WANTS_ONE),
    "it speaks no TLS": Case(fault="NO_TLS", plain=True),
}
# paho leaves the socket of a failed handshake to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def broker(tmp_path: Path, require: Require) -> Iterator[Mosquitto]:
    server = mosquitto_in(tmp_path / "broker", require)
    yield server
    server.kill()


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


def receiving(broker: Mosquitto, ledger: Ledger, *, tls: bool = True) -> Receiver:
    clock = SystemClock()
    agents = pin([PinnedKey(agent="line-1", verifier=KEY.verifier)])
    intake = Intake(ledger=ledger, agents=agents, signer=SIGNER, clock=clock)
    trusting = TlsSection(ca_file=str(broker.folder / "ca.pem"))
    section = BrokerSection(port=broker.port, tls=trusting if tls else None)
    found = Receiver(broker=section, collector_id="t", intake=intake, clock=clock)
    found.start()
    return found


@pytest.mark.parametrize("why", CASES)
def test_a_collector_names_what_is_wrong_with_a_broker_over_tls(
    broker: Mosquitto, tmp_path: Path, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    CASES[why].starts(broker)
    code = f"E_BROKER_TLS_{CASES[why].fault} "
    with open_ledger(tmp_path / "ledger") as ledger:
        receiver = receiving(broker, ledger)
        until(lambda: code in caplog.text)
        assert not receiver.health().connected
        receiver.stop()
        assert receiver.counters["connected", ""] == 0
    assert set(re.findall(r"E_BROKER\w*", caplog.text)) <= {code.strip(), "E_BROKER_UNREACHABLE"}


def test_a_collector_speaks_to_a_broker_that_is_to_be_trusted_and_names_nothing(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The control."""
    WELL.starts(broker)
    with open_ledger(tmp_path / "ledger") as ledger:
        receiver = receiving(broker, ledger)
        until(lambda: receiver.health().connected)
        receiver.stop()
    assert "E_BROKER" not in caplog.text


def test_a_collector_without_tls_at_a_port_of_tls_says_that_it_was_hung_up_on(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    WELL.starts(broker)
    with open_ledger(tmp_path / "ledger") as ledger:
        receiver = receiving(broker, ledger, tls=False)
        until(lambda: "E_BROKER_UNREACHABLE" in caplog.text)
        receiver.stop()
    assert "hung up before it answered" in caplog.text


@pytest.mark.parametrize("why", CASES)
def test_an_agent_names_what_is_wrong_and_delivers_to_a_broker_that_is_to_be_trusted(
    broker: Mosquitto, tmp_path: Path, why: str
) -> None:
    CASES[why].starts(broker)
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

    code = f"E_UPLINK_TLS_{CASES[why].fault} "

    def said() -> bool:
        agent.pump()
        return any(each.startswith(code) for each in link.said)

    until(said)
    log = agent.spool.place()
    assert (agent.spool.base, log.sequence >= 3) == (0, True)
    assert {each.partition(" ")[0] for each in link.said} <= {code.strip(), "E_UPLINK_UNREACHABLE"}
    with open_ledger(tmp_path / "ledger") as ledger:

        def receipted() -> bool:
            agent.pump()
            return agent.spool.base == log.sequence

        WELL.starts(broker)
        receiver = receiving(broker, ledger)
        until(receipted)
        receiver.stop()
        held = list(ledger.leaves("line-1", log.epoch))
        assert [each.sequence for each in held] == list(range(log.sequence))
    link.stop()
    agent.spool.close()
