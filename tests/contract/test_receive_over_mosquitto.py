"""The receiver against a real mosquitto over MQTT 5: commit, receipt, and what goes wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.agents import batch_topic
from collector.config import BrokerSection, TlsSection
from collector.errors import ConfigFileError
from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from collector.ledger_check import first_damage
from collector.receive import Receiver
from evidence.clock import SystemClock
from evidence.log.envelope import Wanted
from evidence.log.receipt import open_receipt
from tests.conftest import Require
from tests.contract.mosquitto import WAIT_S, Mosquitto, Side, mosquitto_in, until
from tests.unit.collector.agent_log import OTHER_EPOCH, SIGNER, AgentLog, agents_of, filled


@pytest.fixture
def broker(tmp_path: Path, require: Require) -> Iterator[Mosquitto]:
    server = mosquitto_in(tmp_path / "broker", require)
    server.start()
    yield server
    server.kill()


@dataclass(slots=True, kw_only=True)
class Collector:
    """A running receiver with a ledger of its own."""

    ledger: Ledger
    intake: Intake
    receiver: Receiver


def covers(wanted: Wanted, log: AgentLog, size: int) -> None:
    receipt = open_receipt(wanted.receipt, SIGNER.verifier)
    assert (receipt.checkpoint.size, receipt.checkpoint.root) == (size, log.root(size))


@pytest.fixture
def collector(broker: Mosquitto, tmp_path: Path) -> Iterator[Collector]:
    with open_ledger(tmp_path / "state") as ledger:
        running = collecting(broker, ledger)
        yield running
        running.receiver.stop()
        health = running.receiver.health()
        assert not health.owner_alive
        assert not health.network_alive
        assert running.receiver.counters["callback_failed", "message"] == 0


def collecting(broker: Mosquitto, ledger: Ledger) -> Collector:
    clock = SystemClock()
    agents = agents_of(filled(0), filled(0, "press-9"))
    intake = Intake(ledger=ledger, agents=agents, signer=SIGNER, clock=clock)
    section = BrokerSection(port=broker.port)
    receiver = Receiver(broker=section, collector_id="test", intake=intake, clock=clock)
    receiver.start()
    until(lambda: receiver.health().connected)
    return Collector(ledger=ledger, intake=intake, receiver=receiver)


@pytest.fixture
def side(broker: Mosquitto, collector: Collector) -> Iterator[Side]:
    assert collector.receiver.health().connected
    agent = Side(port=broker.port)
    yield agent
    agent.close()


def test_batches_are_committed_and_the_last_receipt_is_retained(
    broker: Mosquitto, collector: Collector, side: Side
) -> None:
    log = filled(200)
    side.send(*(log.message(at) for at in range(200)))
    covers(side.hear(lambda wanted: wanted.want == 200), log, 200)
    assert [leaf.leaf for leaf in collector.ledger.leaves(log.agent, log.epoch)] == log.leaves
    side.close()
    later = Side(port=broker.port)
    wanted, retained = later.heard.get(timeout=WAIT_S)
    later.close()
    assert retained
    covers(wanted, log, 200)


def test_a_gap_is_asked_for_and_closed(collector: Collector, side: Side) -> None:
    log = filled(4)
    side.send(log.message(0), log.message(2), log.message(3))
    side.hear(lambda wanted: wanted.want == 1)
    side.send(log.message(1), log.message(2), log.message(3))
    covers(side.hear(lambda wanted: wanted.want == 4), log, 4)
    assert first_damage(collector.ledger) is None


def test_junk_and_spoofs_stop_nobody(collector: Collector, side: Side) -> None:
    log = filled(1)
    side.send(b"", b"junk", bytes(60_000), log.message(0)[:-9])
    side.send(log.message(0), topic=batch_topic("press-9"))
    refused = side.hear(lambda wanted: wanted.cause != "")
    assert (refused.cause, refused.want) == ("E_TOPIC_SPOOF", 0)
    side.send(log.message(0))
    covers(side.hear(lambda wanted: wanted.want == 1), log, 1)
    counted = collector.intake.counters
    assert counted["refused", "E_SIZE"] == 1
    assert counted["refused", "E_ENVELOPE"] == 3
    assert counted["refused", "E_TOPIC_SPOOF"] == 1


def test_a_message_over_the_announced_packet_size_never_reaches_the_collector(
    collector: Collector, side: Side
) -> None:
    log = filled(1)
    side.send(bytes(70_000))
    side.send(log.message(0))
    covers(side.hear(lambda wanted: wanted.want == 1), log, 1)
    assert collector.intake.counters["refused", "E_SIZE"] == 0


def test_a_retained_batch_is_not_taken_at_the_next_connection(
    broker: Mosquitto, tmp_path: Path
) -> None:
    log = filled(2)
    agent = Side(port=broker.port)
    agent.send(log.message(0), retain=True)
    with open_ledger(tmp_path / "late") as ledger:
        running = collecting(broker, ledger)
        new = filled(1, epoch=OTHER_EPOCH)
        agent.send(new.message(0))
        agent.hear(lambda wanted: wanted.epoch == OTHER_EPOCH)
        assert ledger.epochs("boiler-2") == (OTHER_EPOCH,)
        running.receiver.stop()
    agent.close()


def test_a_broker_that_was_killed_and_forgot_everything_loses_nothing(
    broker: Mosquitto, collector: Collector, side: Side
) -> None:
    log = filled(3)
    side.send(log.message(0))
    side.hear(lambda wanted: wanted.want == 1)
    broker.kill()
    until(lambda: not collector.receiver.health().connected)
    broker.start()
    until(lambda: collector.receiver.health().connected and side.client.is_connected())
    # Nobody sent anything yet: the receipt that the broker forgot is published again.
    covers(side.hear(lambda wanted: wanted.want == 1), log, 1)
    side.send(log.message(1), log.message(2))
    covers(side.hear(lambda wanted: wanted.want == 3), log, 3)


def test_a_collector_that_starts_before_its_broker_connects_when_it_comes(
    broker: Mosquitto, tmp_path: Path
) -> None:
    broker.kill()
    log = filled(1)
    clock = SystemClock()
    with open_ledger(tmp_path / "early") as ledger:
        intake = Intake(ledger=ledger, agents=agents_of(log), signer=SIGNER, clock=clock)
        receiver = Receiver(
            broker=BrokerSection(port=broker.port), collector_id="e", intake=intake, clock=clock
        )
        receiver.start()
        until(lambda: receiver.counters["unreachable", ""] > 0)
        broker.start()
        until(lambda: receiver.health().connected)
        receiver.stop()
        assert not receiver.health().network_alive


def test_a_hook_that_fails_and_an_intake_that_fails_do_not_end_the_threads(
    broker: Mosquitto, tmp_path: Path
) -> None:
    log, clock = filled(2), SystemClock()

    def fail(_agent: str, _epoch: str, _sequences: Sequence[int]) -> None:
        raise ZeroDivisionError

    class Fails(Intake):
        """Fails at the first message, as a mistake in the program would."""

        def feed(self, topic: str, payload: bytes) -> None:  # type: ignore[override]
            if not self.counters["spoiled", ""]:
                self.counters["spoiled", ""] += 1
                raise ZeroDivisionError
            super().feed(topic, payload)

    with open_ledger(tmp_path / "failing") as ledger:
        intake = Fails(
            ledger=ledger, agents=agents_of(log), signer=SIGNER, clock=clock, on_commit=fail
        )
        receiver = Receiver(
            broker=BrokerSection(port=broker.port), collector_id="f", intake=intake, clock=clock
        )
        receiver.start()
        until(lambda: receiver.health().connected)
        agent = Side(port=broker.port)
        agent.send(log.message(0))
        agent.send(log.message(0), log.message(1))
        covers(agent.hear(lambda wanted: wanted.want == 2), log, 2)
        agent.close()
        assert receiver.counters["failed", "feed"] == 1
        assert intake.counters["hook_failed", ""] >= 1
        receiver.stop()


def test_a_refused_account_is_named_and_the_thread_goes_on_trying(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker.kill()
    broker.anonymous = "false"
    broker.start()
    password = tmp_path / "password"
    password.write_text("wrong\n")
    password.chmod(0o600)
    clock = SystemClock()
    with open_ledger(tmp_path / "refused") as ledger:
        intake = Intake(ledger=ledger, agents=agents_of(filled(0)), signer=SIGNER, clock=clock)
        section = BrokerSection(port=broker.port, username="collector", password_file=str(password))
        receiver = Receiver(broker=section, collector_id="r", intake=intake, clock=clock)
        receiver.start()
        until(lambda: receiver.counters["refused", "CONNECT"] > 1)
        assert receiver.health().network_alive
        receiver.stop()
    assert "E_BROKER_REFUSED" in caplog.text
    assert "wrong" not in caplog.text


def test_tls_files_that_cannot_be_used_are_named_before_anything_starts(tmp_path: Path) -> None:
    clock = SystemClock()
    section = BrokerSection(tls=TlsSection(ca_file=str(tmp_path / "absent.pem")))
    with open_ledger(tmp_path) as ledger:
        intake = Intake(ledger=ledger, agents=agents_of(filled(0)), signer=SIGNER, clock=clock)
        with pytest.raises(ConfigFileError, match=r"broker\.tls"):
            Receiver(broker=section, collector_id="s", intake=intake, clock=clock)
