"""Basic256Sha256, certificates and users: what is let in, and what is refused before it costs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.drivers.opcua import OpcUaDriver
from edge_agent.drivers.opcua_errors import (
    OpcUaFileError,
    OpcUaPasswordInClearError,
    OpcUaSecurityOfferError,
    OpcUaSecurityRefusedError,
    OpcUaUntrustedError,
    OpcUaUserRefusedError,
)
from edge_agent.drivers.opcua_settings import (
    NoSecurity,
    SignAndEncrypt,
    User,
    UserCertificate,
    UserPassword,
)
from edge_agent.errors import AgentError
from simulators.servers.opcua import OpcUaSettings
from simulators.servers.opcua_security import ServerSecurity
from tests.unit.edge_agent.opcua.bench import NODES, Bench, met, values
from tests.unit.edge_agent.opcua.certificates import Pair, pair


@contextmanager
def restarted(bench: Bench, security: ServerSecurity | None) -> Iterator[Bench]:
    """The server with this security; afterwards as it was."""
    before = bench.server.set_up(OpcUaSettings(security=security))
    bench.stop()
    bench.start()
    try:
        yield bench
    finally:
        bench.server.set_up(before)
        bench.stop()
        bench.start()


@pytest.fixture(scope="module")
def secured(running_bench: Bench) -> Iterator[Bench]:
    """A server that an authority vouches for, which knows one client and two users."""
    server = pair("server", "authority")
    security = ServerSecurity(
        certificate=server.pem,
        key=server.key_pem,
        clients=frozenset({pair("agent").der}),
        passwords={"meter": "秘密 pass"},
        users=frozenset({pair("user").der}),
    )
    with restarted(running_bench, security):
        yield running_bench


@pytest.fixture
def by_name(tmp_path: Path) -> UserPassword:
    file = tmp_path / "password"
    file.write_text("秘密 pass\n", encoding="utf-8")
    return UserPassword(name="meter", password_file=str(file))


def trusting(folder: Path, trusted: Pair | None = None, agent: str = "agent") -> SignAndEncrypt:
    """The agent's own files, and trust in one certificate, by default the server's."""
    certificate, key = pair(agent).write(folder, agent)
    trust = (trusted or pair("server", "authority")).write(folder, "trusted")[0]
    return SignAndEncrypt(certificate=certificate, key=key, trust=trust)


def refusal(bench: Bench, **endpoint: object) -> AgentError:
    """The error with which a meeting ends before it begins; nobody is left on the server."""

    async def meeting(driver: OpcUaDriver) -> AgentError:
        with pytest.raises(AgentError) as caught:
            await driver.open()
        return caught.value

    before = bench.server.reads
    error = met(bench.connection(**endpoint), meeting)
    bench.wait_until_left()
    assert bench.server.reads == before
    assert error.skips_line
    return error


def first_value(bench: Bench, **endpoint: object) -> object:
    return met(bench.connection(**endpoint), lambda driver: values(driver, NODES[3]))[0].value


def test_values_come_over_a_signed_and_encrypted_channel(
    secured: Bench, tmp_path: Path, by_name: UserPassword
) -> None:
    assert first_value(secured, security=trusting(tmp_path), user=by_name) == 3.0


def test_a_user_is_known_by_certificate_too(secured: Bench, tmp_path: Path) -> None:
    certificate, key = pair("user").write(tmp_path, "user")
    user = UserCertificate(certificate=certificate, key=key)
    assert first_value(secured, security=trusting(tmp_path), user=user) == 3.0


def test_a_server_is_trusted_for_the_authority_that_issued_its_certificate(
    secured: Bench, tmp_path: Path, by_name: UserPassword
) -> None:
    certificate, key = pair("agent").write(tmp_path, "agent")
    folder = tmp_path / "trust"
    folder.mkdir()
    pair("other").write(folder, "other")
    (folder / "authority.der").write_bytes(pair("authority", authority=True).der)
    security = SignAndEncrypt(certificate=certificate, key=key, trust=str(folder))
    assert first_value(secured, security=security, user=by_name) == 3.0
    (folder / "authority.der").unlink()
    error = refusal(secured, security=security, user=by_name)
    assert isinstance(error, OpcUaUntrustedError)


def test_a_server_with_another_certificate_is_refused_before_anything_is_told(
    secured: Bench, tmp_path: Path, by_name: UserPassword
) -> None:
    error = refusal(secured, security=trusting(tmp_path, pair("other")), user=by_name)
    assert isinstance(error, OpcUaUntrustedError)
    assert "SHA-256" in error.say("en")
    assert "证书" in error.say("zh")


def test_a_server_without_the_key_of_the_certificate_that_it_shows_is_refused(
    tmp_path: Path, secured: Bench, by_name: UserPassword
) -> None:
    server, impostor = pair("server", "authority"), pair("impostor")
    stolen = ServerSecurity(certificate=server.pem, key=impostor.key_pem)
    with restarted(secured, stolen):
        security = trusting(tmp_path)
        error = refusal(secured, security=security, user=by_name, connect_timeout_s=1.0)
        assert isinstance(error, OpcUaSecurityRefusedError)
    assert first_value(secured, security=trusting(tmp_path), user=by_name) == 3.0


def test_a_client_that_the_server_does_not_know_is_told_so(
    secured: Bench, tmp_path: Path, by_name: UserPassword
) -> None:
    error = refusal(secured, security=trusting(tmp_path, agent="stranger"), user=by_name)
    assert isinstance(error, OpcUaSecurityRefusedError)
    assert "BadCertificateUntrusted" in str(error)


@pytest.mark.parametrize("wrong", ["password", "name", "nobody", "certificate"])
def test_a_wrong_user_is_told_so(
    secured: Bench, tmp_path: Path, by_name: UserPassword, wrong: str
) -> None:
    (tmp_path / "wrong").write_text("secret", encoding="utf-8")
    certificate, key = pair("stranger").write(tmp_path, "stranger")
    users: dict[str, User | None] = {
        "password": UserPassword(name="meter", password_file=str(tmp_path / "wrong")),
        "name": UserPassword(name="other", password_file=by_name.password_file),
        "certificate": UserCertificate(certificate=certificate, key=key),
        "nobody": None,
    }
    given = {} if users[wrong] is None else {"user": users[wrong]}
    error = refusal(secured, security=trusting(tmp_path), **given)
    assert isinstance(error, OpcUaUserRefusedError)


def test_a_password_is_never_sent_in_clear(secured: Bench, by_name: UserPassword) -> None:
    with restarted(secured, None):
        error = refusal(secured, security=NoSecurity(), user=by_name)
        assert isinstance(error, OpcUaPasswordInClearError)


def test_a_server_without_security_is_told_from_one_that_cannot_be_reached(
    secured: Bench, tmp_path: Path
) -> None:
    with restarted(secured, None):
        error = refusal(secured, security=trusting(tmp_path))
    assert isinstance(error, OpcUaSecurityOfferError)
    assert "None None" in str(error)


def test_no_security_is_refused_by_a_server_that_wants_it(secured: Bench) -> None:
    assert isinstance(refusal(secured, security=NoSecurity()), OpcUaSecurityOfferError)


@pytest.mark.parametrize("missing", ["certificate", "key", "trust"])
def test_a_file_that_cannot_be_used_is_named(secured: Bench, tmp_path: Path, missing: str) -> None:
    security = trusting(tmp_path)
    file = Path(getattr(security, missing))
    file.write_bytes(b"-----BEGIN NONSENSE-----")
    error = refusal(secured, security=security)
    assert isinstance(error, OpcUaFileError)
    assert str(file) in str(error)
    file.unlink()
    assert isinstance(refusal(secured, security=security), OpcUaFileError)


def test_a_channel_gets_new_keys_in_time_and_the_session_goes_on(
    secured: Bench, tmp_path: Path, by_name: UserPassword
) -> None:
    connection = secured.connection(
        security=trusting(tmp_path), user=by_name, channel_lifetime_s=0.2
    )

    async def meeting(driver: OpcUaDriver) -> int:
        session = await connection.session()
        renewals, before = 0, session._renew_at_s
        while renewals < 3:
            await asyncio.sleep(0.02)
            assert (await values(driver, NODES[3]))[0].value == 3.0
            renewals += session._renew_at_s != before
            before = session._renew_at_s
        assert await connection.session() is session
        return renewals

    assert met(connection, meeting) == 3
