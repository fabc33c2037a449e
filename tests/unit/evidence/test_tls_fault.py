"""Why TLS fails, by real handshakes in memory; what no fault of TLS is, is none."""

import socket
import ssl
from pathlib import Path

import pytest

from evidence.tls_fault import TlsFault, tls_fault, tls_words
from tests.contract.broker_certificates import (
    EXPIRED,
    EXPIRED_AUTHORITY,
    GOOD,
    NOT_YET_VALID,
    OTHER_HOST,
    Made,
    write,
)


class End:
    """One end of a connection in memory, and what it failed of."""

    def __init__(self, context: ssl.SSLContext, *, server: bool) -> None:
        self.heard, self.said = ssl.MemoryBIO(), ssl.MemoryBIO()
        host = None if server else "127.0.0.1"
        self._tls = context.wrap_bio(
            self.heard, self.said, server_side=server, server_hostname=host
        )
        self.wrong: ssl.SSLError | None = None

    def go_on(self) -> None:
        """Shakes hands, and reads: in TLS 1.3 a server refuses a client after its handshake."""
        if self.wrong is not None:
            return
        try:
            self._tls.do_handshake()
            self._tls.read(1)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as wrong:
            self.wrong = wrong


def server_of(folder: Path, made: Made = GOOD) -> ssl.SSLContext:
    write(folder, made)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "broker.pem", folder / "key.pem")
    return context


def met(folder: Path, server: ssl.SSLContext) -> ssl.SSLError | None:
    """What a client that trusts `ca.pem` fails of."""
    client = End(ssl.create_default_context(cafile=folder / "ca.pem"), server=False)
    other = End(server, server=True)
    for _ in range(6):
        client.go_on()
        other.heard.write(client.said.read())
        other.go_on()
        client.heard.write(other.said.read())
    return client.wrong


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (GOOD, None),
        (EXPIRED, TlsFault.EXPIRED),
        (EXPIRED_AUTHORITY, TlsFault.EXPIRED),
        (NOT_YET_VALID, TlsFault.NOT_YET_VALID),
        (OTHER_HOST, TlsFault.HOST),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told(
    tmp_path: Path, made: Made, fault: TlsFault | None
) -> None:
    assert tls_fault(met(tmp_path, server_of(tmp_path, made))) is fault


def test_another_authority_is_told_also_where_it_has_the_name_of_the_trusted_one(
    tmp_path: Path,
) -> None:
    server = server_of(tmp_path)
    write(tmp_path, GOOD)
    assert tls_fault(met(tmp_path, server)) is TlsFault.AUTHORITY
    (tmp_path / "ca.pem").write_bytes((tmp_path / "broker.pem").read_bytes())
    assert tls_fault(met(tmp_path, server)) is TlsFault.AUTHORITY


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_wants_a_certificate_is_told(tmp_path: Path, latest: ssl.TLSVersion) -> None:
    server = server_of(tmp_path)
    server.verify_mode, server.maximum_version = ssl.CERT_REQUIRED, latest
    server.load_verify_locations(tmp_path / "ca.pem")
    assert tls_fault(met(tmp_path, server)) is TlsFault.REFUSED


def test_a_certificate_that_a_server_does_not_trust_is_told(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    server.verify_mode = ssl.CERT_REQUIRED
    trusted, other = tmp_path / "ca.pem", tmp_path / "other"
    other.mkdir()
    write(other, GOOD)
    server.load_verify_locations(other / "ca.pem")
    context = ssl.create_default_context(cafile=trusted)
    context.load_cert_chain(tmp_path / "broker.pem", tmp_path / "key.pem")
    client, far = End(context, server=False), End(server, server=True)
    for _ in range(6):
        client.go_on()
        far.heard.write(client.said.read())
        far.go_on()
        client.heard.write(far.said.read())
    assert tls_fault(client.wrong) is TlsFault.REFUSED


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_of_old_versions_alone_is_told(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    server.set_ciphers("ALL:@SECLEVEL=0")
    server.minimum_version = ssl.TLSVersion.TLSv1
    server.maximum_version = ssl.TLSVersion.TLSv1_1
    assert tls_fault(met(tmp_path, server)) is TlsFault.VERSION


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00\x00 mqtt"])
def test_what_speaks_no_tls_is_told(words: bytes) -> None:
    end = End(ssl.create_default_context(), server=False)
    end.heard.write(words)
    end.go_on()
    assert tls_fault(end.wrong) is TlsFault.NO_TLS


def test_who_hangs_up_speaks_no_tls_if_it_is_during_the_handshake_alone() -> None:
    end = End(ssl.create_default_context(), server=False)
    end.heard.write_eof()
    end.go_on()
    for each in (end.wrong, ConnectionResetError(), BrokenPipeError()):
        assert tls_fault(each, shaking=True) is TlsFault.NO_TLS
        assert tls_fault(each) is None


@pytest.mark.parametrize(
    "problem",
    [
        None,
        ConnectionRefusedError(),
        TimeoutError(),
        socket.gaierror(),
        ValueError(),
        ssl.SSLWantReadError(),
    ],
)
def test_what_is_no_fault_of_tls_is_none(problem: BaseException | None) -> None:
    assert tls_fault(problem, shaking=True) is None


def test_a_fault_without_a_name_is_another_one_and_words_are_one_line(tmp_path: Path) -> None:
    assert tls_fault(ssl.SSLError(1, "no reason")) is TlsFault.OTHER
    assert tls_words(OSError(5, "a\nb")) == "[Errno 5] a b"
    assert tls_words(TimeoutError()) == "TimeoutError"
    wrong = met(tmp_path, server_of(tmp_path, EXPIRED))
    assert wrong is not None
    assert tls_words(wrong) == "certificate has expired"
