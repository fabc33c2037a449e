"""Settings, files, and whom an endpoint trusts."""

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge_agent.drivers.opcua_credentials import Trust, first_certificate, read_pair, read_user
from edge_agent.drivers.opcua_errors import OpcUaFileError, OpcUaUntrustedError
from edge_agent.drivers.opcua_settings import (
    NoSecurity,
    OpcUaEndpoint,
    Sampling,
    SignAndEncrypt,
    UserPassword,
)
from tests.unit.edge_agent.opcua.bench import START_NS
from tests.unit.edge_agent.opcua.certificates import Pair, pair

URL = "opc.tcp://10.0.0.7:4840/path"
DAY_NS = 86_400_000_000_000


def endpoint(**settings: object) -> OpcUaEndpoint:
    return msgspec.convert({"url": URL, **settings}, OpcUaEndpoint)


def test_security_is_never_assumed() -> None:
    with pytest.raises(msgspec.ValidationError, match="security"):
        endpoint()
    assert endpoint(security={"type": "none"}).security == NoSecurity()
    files = {"certificate": "a.pem", "key": "a.key", "trust": "trusted"}
    found = endpoint(security={"type": "Basic256Sha256", **files}).security
    assert found == SignAndEncrypt(certificate="a.pem", key="a.key", trust="trusted")


@pytest.mark.parametrize(
    "url", ["http://a:4840", "opc.tcp://a", "opc.tcp://user:secret@a:4840", "opc.tcp://a b:1", ""]
)
def test_an_address_is_a_host_and_a_port_without_a_user(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        endpoint(url=url, security={"type": "none"})


@pytest.mark.parametrize(
    ("sampling_s", "asked_s", "granted_s", "size"),
    [(1.0, 1.0, 1.0, 2), (0.1, 1.0, 1.0, 20), (0.3, 1.0, 1.0, 8), (1.0, 0.1, 0.1, 2)],
)
def test_the_servers_queue_is_twice_what_a_publishing_interval_brings(
    sampling_s: float, asked_s: float, granted_s: float, size: int
) -> None:
    sampling = Sampling(sampling_s=sampling_s, publishing_s=asked_s)
    assert sampling.queue_size(granted_s) == size
    assert sampling.queue_size(granted_s + 4.0) > size
    assert sampling.keep_alive_count >= 1


def refused(trusted: Pair, shown: Pair, now_ns: int = START_NS) -> str:
    trust = Trust(place="trust/", certificates=(trusted.certificate,))
    with pytest.raises(OpcUaUntrustedError) as caught:
        trust.require(shown.der, "server", now_ns)
    return caught.value.say("en")


def test_a_listed_certificate_is_trusted_whatever_its_dates() -> None:
    old = pair("old", days=40)
    trust = Trust(place="trust/", certificates=(old.certificate,))
    assert trust.require(old.der, "server", START_NS + 4000 * DAY_NS) == old.certificate
    chain = old.der + pair("authority", authority=True).der
    assert trust.require(chain, "server", START_NS) == old.certificate


def test_an_issued_certificate_is_trusted_while_it_is_valid() -> None:
    authority, issued = pair("authority", authority=True), pair("issued", "authority", days=40)
    trust = Trust(place="trust/", certificates=(authority.certificate,))
    assert trust.require(issued.der, "server", START_NS) == issued.certificate
    assert "not valid today" in refused(authority, issued, START_NS + 11 * DAY_NS)
    assert "not valid today" in refused(authority, issued, START_NS - 31 * DAY_NS)


def test_who_is_no_authority_issues_nothing_and_names_alone_prove_nothing() -> None:
    impostor = pair("authority")  # the same name, another key, no authority
    assert "issuer" in refused(impostor, pair("issued", "authority", days=40))
    assert "issuer" in refused(pair("other", authority=True), pair("issued", "authority", days=40))


@pytest.mark.parametrize("shown", [b"", b"\x30\x82", b"\x30\x82\xff\xff\x00", b"x" * 100])
def test_what_is_no_certificate_is_not_trusted(shown: bytes) -> None:
    trust = Trust(place="trust/", certificates=(pair("other").certificate,))
    with pytest.raises(OpcUaUntrustedError):
        trust.require(shown, "server", START_NS)
    assert first_certificate(shown) in shown


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    certificate, _ = pair("agent").write(tmp_path, "agent")
    _, other = pair("other").write(tmp_path, "other")
    curve = tmp_path / "curve.key"
    curve.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    for key in (other, str(curve), certificate, str(tmp_path / "none")):
        with pytest.raises(OpcUaFileError) as caught:
            read_pair(certificate, key)
        assert key in str(caught.value)
    assert read_pair(certificate, str(tmp_path / "agent.key")).application_uri == "urn:test:agent"


def test_der_files_are_read_as_pem_files_are(tmp_path: Path) -> None:
    own = pair("agent")
    (tmp_path / "a.der").write_bytes(own.der)
    key = own.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "a.key").write_bytes(key)
    assert (
        read_pair(str(tmp_path / "a.der"), str(tmp_path / "a.key")).certificate == own.certificate
    )


def test_a_password_is_one_line_of_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes("秘密 pass \r\n".encode())
    assert read_user(UserPassword(name="m", password_file=str(file))) == ("m", "秘密 pass ")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(OpcUaFileError):
        read_user(UserPassword(name="m", password_file=str(file)))
