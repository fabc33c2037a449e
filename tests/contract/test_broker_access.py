"""Who may do what at a mosquitto under our files: by what is received, never by SUBACK.

A broker grants subscriptions that it never serves, and in MQTT 3.1.1 acknowledges what it
throws away, so a message that was heard, or was not, is the only witness.
"""

import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from paho.mqtt.enums import MQTTProtocolVersion

from collector.agents import batch_topic, receipt_topic
from collector.enrolment.authority import Withdrawn, new_authority, new_key
from collector.enrolment.broker_text import COLLECTOR
from tests.contract.mosquitto import SEARCHED, until
from tests.contract.tls_broker import NOW, Access, Party

BOILER, PRESS = "boiler-2", "press-9"
NOBODY_LISTENS = "No matching subscribers"
"""What mosquitto answers to a message that it took and has nobody for."""
ELSEWHERE = ["#", "+/+/+/+", "$share/g/#", batch_topic("+"), batch_topic(BOILER)]
ELSEWHERE += [receipt_topic(BOILER), receipt_topic("+"), "$share/g/" + receipt_topic(BOILER)]


@pytest.fixture(autouse=True)
def _mosquitto() -> None:
    if shutil.which("mosquitto", path=SEARCHED) is None:
        if "mosquitto" in os.environ.get("CARBONMETER_REQUIRE", "").split(","):
            pytest.fail("mosquitto is required here and is not installed")
        pytest.skip("mosquitto is not installed; access at a broker is not tested")


@pytest.fixture
def access(tmp_path: Path) -> Iterator[Access]:
    made = Access(folder=tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def parties() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def at(parties: ExitStack, party: Party) -> Party:
    parties.callback(party.close)
    return party.connect()


def test_each_agent_is_heard_on_its_own_topic_and_hears_its_own_receipts(
    access: Access, parties: ExitStack
) -> None:
    collector = at(parties, access.collector())
    collector.listen([batch_topic("+")])
    for name in (BOILER, PRESS):
        agent = at(parties, access.party(name))
        agent.listen([receipt_topic(name)])
        assert agent.send(batch_topic(name), name.encode()) == "Success"
        collector.hears(name.encode())
        collector.send(receipt_topic(name), b"to " + name.encode())
        agent.hears(b"to " + name.encode())
        assert agent.heard == [(receipt_topic(name), b"to " + name.encode())]
    heard = [(batch_topic(BOILER), BOILER.encode()), (batch_topic(PRESS), PRESS.encode())]
    assert collector.heard == heard


def test_an_agent_hears_nothing_of_another_whatever_it_subscribes_to(
    access: Access, parties: ExitStack
) -> None:
    collector, spy = at(parties, access.collector()), at(parties, access.party(PRESS))
    boiler = at(parties, access.party(BOILER))
    spy.listen([*ELSEWHERE, receipt_topic(PRESS)])  # each is granted
    boiler.listen([receipt_topic(BOILER)])
    boiler.send(batch_topic(BOILER), b"a batch")
    collector.send(receipt_topic(BOILER), b"a receipt")
    boiler.hears(b"a receipt")
    collector.send(receipt_topic(PRESS), b"last")
    spy.hears(b"last")  # what came before it would have come by now
    assert {payload for _, payload in spy.heard} == {b"last"}


def test_an_agent_cannot_speak_for_another_nor_for_the_collector(
    access: Access, parties: ExitStack
) -> None:
    collector, press = at(parties, access.collector()), at(parties, access.party(PRESS))
    boiler = at(parties, access.party(BOILER))
    collector.listen([batch_topic("+"), "#"])
    boiler.listen([receipt_topic(BOILER)])
    forged = [batch_topic(BOILER), receipt_topic(BOILER), receipt_topic(PRESS), "elsewhere"]
    assert {press.send(topic, b"forged") for topic in forged} == {"Not authorized"}
    press.send(batch_topic(PRESS), b"own")
    collector.hears(b"own")
    collector.send(receipt_topic(BOILER), b"true")
    boiler.hears(b"true")
    assert {payload for _, payload in collector.heard} == {b"own"}
    assert {payload for _, payload in boiler.heard} == {b"true"}


def test_an_older_client_is_told_success_and_is_not_heard_either(
    access: Access, parties: ExitStack
) -> None:
    collector = at(parties, access.collector())
    collector.listen([batch_topic("+")])
    old = at(parties, access.party(PRESS, protocol=MQTTProtocolVersion.MQTTv311))
    assert old.send(batch_topic(BOILER), b"forged") == "Success"
    old.send(batch_topic(PRESS), b"own")
    collector.hears(b"own")
    assert collector.heard == [(batch_topic(PRESS), b"own")]


def test_nobody_takes_another_ones_connection_by_its_client_id(
    access: Access, parties: ExitStack
) -> None:
    collector = at(parties, access.collector())
    collector.listen([batch_topic("+")])
    boiler = at(parties, access.party(BOILER))
    for stolen in (BOILER, COLLECTOR, boiler.client_id):
        access.certified(PRESS)
        at(parties, access.party(PRESS, client_id=stolen)).send(batch_topic(PRESS), b"here")
    boiler.send(batch_topic(BOILER), b"still here")
    collector.hears(b"still here")
    assert (boiler.ended, collector.ended) == ([], [])


def test_a_second_connection_with_the_same_certificate_ends_the_first(
    access: Access, parties: ExitStack
) -> None:
    """The control of the test before: client ids do count, and are the certificate's name."""
    boiler = at(parties, access.party(BOILER))
    at(parties, access.party(BOILER, client_id="another id"))
    until(lambda: bool(boiler.ended))


def test_who_has_no_certificate_or_another_authoritys_does_not_come_in(access: Access) -> None:
    assert Party(access=access, name="nobody", file=None).refused()
    other = new_authority("test broker CA", new_key(), NOW)
    access.certified("stranger", other)
    assert Party(access=access, name="stranger", file=access.folder / "stranger.pem").refused()
    assert not access.party(BOILER).refused()


def test_who_is_certified_and_not_listed_hears_and_says_nothing(
    access: Access, parties: ExitStack
) -> None:
    collector, ghost = at(parties, access.collector()), at(parties, access.party("ghost"))
    collector.listen([batch_topic("+")])
    ghost.listen(["#", receipt_topic("ghost")])
    assert ghost.send(batch_topic("ghost"), b"boo") == "Not authorized"
    boiler = at(parties, access.party(BOILER))
    boiler.listen([receipt_topic(BOILER)])
    boiler.send(batch_topic(BOILER), b"batch")
    collector.hears(b"batch")
    collector.send(receipt_topic("ghost"), b"receipt")
    collector.send(receipt_topic(BOILER), b"last")
    boiler.hears(b"last")  # what was sent to others before has been dealt with
    assert (collector.heard, ghost.heard) == ([(batch_topic(BOILER), b"batch")], [])


def test_one_that_is_revoked_is_not_heard_from_the_reload_on_and_others_go_on(
    access: Access, parties: ExitStack
) -> None:
    collector, boiler = at(parties, access.collector()), at(parties, access.party(BOILER))
    certificate = access.certified(PRESS)
    press = at(parties, access.party(PRESS))
    collector.listen([batch_topic("+")])
    press.send(batch_topic(PRESS), b"before")
    collector.hears(b"before")
    gone = Withdrawn(serial=certificate.serial_number, at=datetime.now(UTC))
    access.agents, access.withdrawn = (BOILER,), (gone,)
    assert access.write() == ("crl.pem", "acl")
    access.reload()
    assert press.send(batch_topic(PRESS), b"after") == "Not authorized"
    boiler.send(batch_topic(BOILER), b"others")
    collector.hears(b"others")
    assert (batch_topic(PRESS), b"after") not in collector.heard
    assert (boiler.ended, collector.ended) == ([], [])
    assert access.party(PRESS).refused()


def test_a_list_of_withdrawn_certificates_alone_does_not_end_a_connection(
    access: Access, parties: ExitStack
) -> None:
    """Why the access list names every agent: mosquitto looks at the other list on connect only."""
    collector, certificate = at(parties, access.collector()), access.certified(PRESS)
    press = at(parties, access.party(PRESS))
    collector.listen([batch_topic("+")])
    access.withdrawn = (Withdrawn(serial=certificate.serial_number, at=datetime.now(UTC)),)
    assert access.write() == ("crl.pem",)
    access.reload()
    assert press.send(batch_topic(PRESS), b"still") == "Success"
    collector.hears(b"still")
    assert access.party(PRESS).refused()


def test_an_agent_that_is_added_is_heard_after_the_reload(
    access: Access, parties: ExitStack
) -> None:
    collector, late = at(parties, access.collector()), at(parties, access.party("late"))
    collector.listen([batch_topic("+")])
    assert late.send(batch_topic("late"), b"early") == "Not authorized"
    access.agents = (*access.agents, "late")
    access.write()
    access.reload()
    assert late.send(batch_topic("late"), b"now") == "Success"
    collector.hears(b"now")


def test_the_broker_shows_its_renewed_certificate_after_the_reload(access: Access) -> None:
    def shown() -> int:
        context = ssl.create_default_context(cafile=access.place.directory / "ca.pem")
        access.certified(BOILER)
        context.load_cert_chain(access.folder / f"{BOILER}.pem")
        with (
            socket.create_connection(("127.0.0.1", access.place.port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
        ):
            der = wrapped.getpeercert(binary_form=True)
            assert wrapped.version() in ("TLSv1.2", "TLSv1.3")
            assert der is not None
            return x509.load_der_x509_certificate(der).serial_number

    before = shown()
    access.place = replace(access.place, hosts=("127.0.0.1", "broker.works.example"))
    assert "server.pem" in access.write()
    access.reload()
    assert shown() != before


def test_tls_1_1_is_refused(access: Access) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(access.place.directory / "ca.pem")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", access.place.port), timeout=5) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can start a broker as somebody else")
def test_a_broker_that_is_not_root_reads_its_files_at_the_reload_too(
    parties: ExitStack,
) -> None:
    """As the page says: the folder is the collector's, and of the broker's group."""
    folder = Path(tempfile.mkdtemp(prefix="broker-"))  # pytest's own is closed to other users
    parties.callback(shutil.rmtree, folder)
    folder.chmod(0o755)
    access = Access(folder=folder, user="mosquitto")
    access.place.directory.mkdir()
    shutil.chown(access.place.directory, group="mosquitto")
    access.place.directory.chmod(0o2750)
    access.start()
    parties.callback(access.kill)
    boiler = at(parties, access.party(BOILER))
    assert boiler.send(batch_topic(BOILER), b"batch") == NOBODY_LISTENS
    access.agents = (PRESS,)
    access.place = replace(access.place, hosts=("127.0.0.1", "broker.works.example"))
    assert set(access.write()) == {"server.key", "server.pem", "acl"}
    access.reload()
    assert boiler.send(batch_topic(BOILER), b"batch") == "Not authorized"
    assert at(parties, access.party(PRESS)).send(batch_topic(PRESS), b"x") == NOBODY_LISTENS
