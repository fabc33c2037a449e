"""The collector's side over TLS: answers while messages come, and a certificate renewed."""

import os
import shutil
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from collector.agents import batch_topic, receipt_topic
from collector.config import BrokerSection, TlsSection
from collector.enrolment.authority import client_certificate, new_key
from collector.enrolment.broker_text import CLIENT, COLLECTOR
from collector.enrolment.files import certificate_pem, key_pem, read_certificate
from collector.intake import Intake
from collector.ledger import open_ledger
from collector.receive import Receiver
from evidence.clock import SystemClock
from evidence.log.envelope import unseal_wanted
from tests.contract.mosquitto import SEARCHED, until
from tests.contract.tls_broker import NOW, Access, Party
from tests.unit.collector.agent_log import SIGNER, agents_of, filled

LEAVES = 300


@pytest.fixture
def access(tmp_path: Path) -> Iterator[Access]:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        if "mosquitto" in os.environ.get("CARBONMETER_REQUIRE", "").split(","):
            pytest.fail("mosquitto is required here and is not installed")
        pytest.skip("mosquitto is not installed; the receiver is not tested over TLS")
    made = Access(folder=tmp_path)
    made.start()
    yield made
    made.kill()


def section(access: Access) -> BrokerSection:
    """What `collector broker` printed."""
    client = str(access.folder / CLIENT)
    ca = str(access.place.directory / "ca.pem")
    tls = TlsSection(ca_file=ca, cert_file=client, key_file=client)
    return BrokerSection(port=access.place.port, tls=tls)


@pytest.fixture
def receiver(access: Access, tmp_path: Path) -> Iterator[Receiver]:
    clock = SystemClock()
    with open_ledger(tmp_path / "ledger") as ledger:
        agents = agents_of(filled(0), filled(0, "press-9"))
        intake = Intake(ledger=ledger, agents=agents, signer=SIGNER, clock=clock)
        made = Receiver(broker=section(access), collector_id="test", intake=intake, clock=clock)
        made.start()
        until(lambda: made.health().connected)
        yield made
        made.stop()


def has_heard(side: Party, size: int) -> bool:
    """Whether a receipt for so many leaves has come."""
    return any(unseal_wanted(each).want == size for _, each in side.heard)


def test_answers_that_go_out_while_messages_come_in_leave_the_connection_whole(
    access: Access, receiver: Receiver
) -> None:
    """The thread that commits publishes, the network thread reads: one of them alone writes."""
    log = filled(LEAVES)
    side = access.party("boiler-2").connect()
    side.listen([receipt_topic("boiler-2")])
    for at in range(LEAVES):
        side.client.publish(batch_topic("boiler-2"), log.message(at), qos=1)
    until(partial(has_heard, side, LEAVES))
    side.close()
    assert receiver.counters["connected", ""] == 1, dict(receiver.counters)
    assert "Protocol error" not in access.said()


def test_a_certificate_that_was_renewed_is_shown_at_the_next_connection(
    access: Access, receiver: Receiver
) -> None:
    path, key = access.folder / CLIENT, new_key()
    made = client_certificate(access.authority, COLLECTOR, key.public_key(), NOW)
    path.write_bytes(certificate_pem(made) + key_pem(key))
    shown = receiver._broker._tls
    assert shown is not None
    loaded: list[str] = []

    class Watched(ssl.SSLContext):
        def load_cert_chain(self, certfile: str, *_more: object) -> None:  # type: ignore[override]
            loaded.append(certfile)
            super().load_cert_chain(certfile)

    shown.__class__ = Watched
    access.kill()
    until(lambda: not receiver.health().connected)
    access.start()
    until(lambda: receiver.health().connected)
    assert loaded
    assert set(loaded) == {str(path)}
    found = read_certificate(path)
    assert found is not None
    assert found.serial_number == made.serial_number, "it was left, for it is not due"


def test_an_answer_does_not_wait_for_the_network_thread_to_look_up(
    access: Access, receiver: Receiver
) -> None:
    log, clock = filled(10), SystemClock()
    side = access.party("boiler-2").connect()
    side.listen([receipt_topic("boiler-2")])
    began_ns = clock.monotonic_ns()
    for at in range(10):
        side.client.publish(batch_topic("boiler-2"), log.message(at), qos=1)
        until(partial(has_heard, side, at + 1))
    took_s = (clock.monotonic_ns() - began_ns) / 1e9
    side.close()
    assert receiver.health().connected
    assert took_s < 5, "each answer waited for a second"
