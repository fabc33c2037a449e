"""The authority's certificates by a foreign judge, and the broker's files."""

import signal
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from collector.config import parse_config
from collector.enrolment.authority import (
    AGENT_LIFE,
    AUTHORITY_LIFE,
    Withdrawn,
    broker_certificate,
    client_certificate,
    new_authority,
    new_key,
    revocation_list,
)
from collector.enrolment.broker_files import Standing, read_place, tell_broker, write_broker
from collector.enrolment.broker_text import BrokerPlace, access_list, broker_settings
from collector.enrolment.errors import BrokerFilesError
from collector.enrolment.files import (
    CA_KEY,
    certificate_pem,
    is_due,
    read_authority,
    read_certificate,
    write_authority,
)
from collector.enrolment.set_up import Asked, set_up
from tests.unit.collector.enrolment.office import Office

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
AUTHORITY = new_authority("works broker CA", new_key(), NOW)


def place_in(folder: Path) -> BrokerPlace:
    return BrokerPlace(directory=folder / "broker", hosts=("127.0.0.1", "broker.example"))


def standing(*agents: str, gone: tuple[int, ...] = (), days: float = 0) -> Standing:
    withdrawn = tuple(Withdrawn(serial=each, at=NOW) for each in gone)
    return Standing(agents=agents, withdrawn=withdrawn, now=NOW + timedelta(days=days))


def judged(folder: Path, certificate: x509.Certificate, purpose: str, *more: str) -> str:
    """What OpenSSL says of a certificate under the authority and its list."""
    (folder / "one.pem").write_bytes(certificate_pem(certificate))
    (folder / "ca.pem").write_bytes(certificate_pem(AUTHORITY.certificate))
    at = str(int((NOW + timedelta(days=1)).timestamp()))
    words = ["openssl", "verify", "-x509_strict", "-attime", at, "-purpose", purpose]
    words += ["-CAfile", "ca.pem", *more, "one.pem"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_openssl_takes_each_certificate_for_its_own_purpose_alone(tmp_path: Path) -> None:
    client = client_certificate(AUTHORITY, "line-1", new_key().public_key(), NOW)
    broker = broker_certificate(AUTHORITY, ("127.0.0.1",), new_key().public_key(), NOW)
    assert "one.pem: OK" in judged(tmp_path, client, "sslclient")
    assert "one.pem: OK" in judged(tmp_path, broker, "sslserver")
    assert "OK" not in judged(tmp_path, client, "sslserver")
    assert "OK" not in judged(tmp_path, broker, "sslclient")
    assert "one.pem: OK" in judged(tmp_path, broker, "sslserver", "-verify_ip", "127.0.0.1")
    assert "OK" not in judged(tmp_path, broker, "sslserver", "-verify_ip", "127.0.0.2")


def test_openssl_refuses_what_is_on_the_list_and_nothing_else(tmp_path: Path) -> None:
    gone, stays = (
        client_certificate(AUTHORITY, name, new_key().public_key(), NOW) for name in ("a", "b")
    )
    listed = revocation_list(AUTHORITY, [Withdrawn(serial=gone.serial_number, at=NOW)], NOW)
    (tmp_path / "crl.pem").write_bytes(certificate_pem(listed))
    checked = ("-crl_check", "-CRLfile", "crl.pem")
    assert "revoked" in judged(tmp_path, gone, "sslclient", *checked)
    assert "one.pem: OK" in judged(tmp_path, stays, "sslclient", *checked)


def test_a_list_is_never_overdue_before_its_authority() -> None:
    listed = revocation_list(AUTHORITY, (), NOW)
    assert listed.next_update_utc == AUTHORITY.certificate.not_valid_after_utc
    assert AUTHORITY.certificate.not_valid_after_utc == NOW + AUTHORITY_LIFE


def test_no_secret_is_shown_by_a_repr() -> None:
    assert repr(AUTHORITY) == "Authority(CN=works broker CA)"


def test_a_certificate_is_due_in_its_last_quarter() -> None:
    made = client_certificate(AUTHORITY, "line-1", new_key().public_key(), NOW)
    assert not is_due(made, NOW + AGENT_LIFE * 0.7)
    assert is_due(made, NOW + AGENT_LIFE * 0.8)
    assert is_due(made, NOW + AGENT_LIFE * 2)


def test_files_are_written_once_and_again_only_when_they_say_something_else(
    tmp_path: Path,
) -> None:
    place = place_in(tmp_path)

    def written(now: Standing, where: BrokerPlace = place) -> set[str]:
        return set(write_broker(tmp_path, where, AUTHORITY, now))

    everything = {"mosquitto.conf", "ca.pem", "server.key", "server.pem", "crl.pem", "acl"}
    assert written(standing("line-1")) == {*everything, "broker-client.pem"}
    assert written(standing("line-1", days=200)) == set()
    assert written(standing("line-1", "line-2")) == {"acl"}
    assert written(standing("line-1", gone=(7,))) == {"crl.pem", "acl"}
    assert written(standing("line-1", gone=(7,), days=3)) == set()
    due = {"server.key", "server.pem", "broker-client.pem"}
    assert written(standing("line-1", gone=(7,), days=320)) == due
    moved = replace(place, hosts=("127.0.0.1",), port=8884)
    found = written(standing("line-1", gone=(7,), days=320), moved)
    assert found == {"mosquitto.conf", "server.key", "server.pem"}


def test_another_authority_makes_everything_anew(tmp_path: Path) -> None:
    write_broker(tmp_path, place_in(tmp_path), AUTHORITY, standing("line-1"))
    other = new_authority("works broker CA", new_key(), NOW)
    found = set(write_broker(tmp_path, place_in(tmp_path), other, standing("line-1")))
    assert found == {"ca.pem", "server.key", "server.pem", "broker-client.pem", "crl.pem"}


def test_secrets_are_private_and_the_brokers_key_is_for_its_group(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    write_authority(tmp_path, AUTHORITY)
    write_broker(tmp_path, place, AUTHORITY, standing("line-1"))

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(tmp_path / CA_KEY) == mode(tmp_path / "broker-client.pem") == 0o600
    assert mode(place.directory / "server.key") == 0o640
    names = {path.name for path in place.directory.iterdir()}
    assert not any(name.startswith("broker-ca.key") for name in names)
    assert not any(name.endswith(".new") for name in names)


def test_the_access_list_names_each_agent_and_no_pattern() -> None:
    text = access_list({"line-2", "line-1"})
    assert text.index("user line-1") < text.index("user line-2")
    assert "pattern" not in text
    assert "topic write carbonmeter/v1/line-1/batch\n" in text
    assert "topic read carbonmeter/v1/+/batch\n" in text
    assert "#\n" not in text.replace(": do not edit.\n", "")


def test_the_settings_ask_everyone_for_a_certificate() -> None:
    text = broker_settings(place_in(Path("/etc/mosquitto/works")))
    for line in (
        "allow_anonymous false",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "tls_version tlsv1.2",
        "crlfile /etc/mosquitto/works/broker/crl.pem",
    ):
        assert f"\n{line}\n" in text


def test_the_section_that_is_printed_is_one_that_the_collector_takes(office: Office) -> None:
    registrar = office.registrar()
    place, _ = set_up(registrar, Asked(directory=office.folder / "b", hosts=("h.example",)))
    text = '[collector]\nid = "c"\nstate_dir = "s"\n' + place.section(office.state)
    config = parse_config(text.encode(), "collector.toml", office.folder)
    assert (config.broker.host, config.broker.port) == ("h.example", 8883)
    assert config.broker.tls is not None
    assert config.broker.tls.cert_file == str(office.state / "broker-client.pem")


def test_set_up_again_keeps_the_authority_and_takes_what_is_new(office: Office) -> None:
    registrar = office.registrar()
    folder = office.folder / "b"
    set_up(registrar, Asked(directory=folder, hosts=("LINE.example", "::0001")))
    before = read_authority(office.state)
    place, told = set_up(registrar, Asked(directory=None, port=8884))
    assert (place.hosts, place.port, place.directory) == (("line.example", "::1"), 8884, folder)
    assert told.written == ("mosquitto.conf",)
    after = read_authority(office.state)
    assert before is not None
    assert after is not None
    assert after.certificate == before.certificate
    assert read_place(office.state) == place


@pytest.mark.parametrize(
    "asked",
    [
        Asked(directory=None, hosts=("h",)),
        Asked(directory=Path("d")),
        Asked(directory=Path("d"), hosts=("h\nuser root",)),
        Asked(directory=Path("d"), hosts=("h",), user="root\nallow_anonymous true"),
        Asked(directory=Path("d"), hosts=("h",), listen="0.0.0.0 x"),
        Asked(directory=Path("d"), hosts=("h",), port=0),
        Asked(directory=Path("d"), hosts=("博客",)),
    ],
)
def test_what_would_be_another_line_of_the_settings_is_refused(
    office: Office, asked: Asked
) -> None:
    with pytest.raises(BrokerFilesError):
        set_up(office.registrar(), asked)


def test_an_authority_whose_key_is_open_to_others_gone_or_junk_is_refused(tmp_path: Path) -> None:
    write_authority(tmp_path, AUTHORITY)
    key = tmp_path / CA_KEY
    key.chmod(0o644)
    with pytest.raises(BrokerFilesError, match="chmod 600"):
        read_authority(tmp_path)
    key.write_bytes(b"junk")
    key.chmod(0o600)
    with pytest.raises(BrokerFilesError):
        read_authority(tmp_path)
    key.unlink()
    with pytest.raises(BrokerFilesError, match="missing"):
        read_authority(tmp_path)
    (tmp_path / "broker-ca.pem").write_bytes(b"junk")
    with pytest.raises(BrokerFilesError):
        read_certificate(tmp_path / "broker-ca.pem")


@pytest.mark.parametrize(
    ("pid", "program", "told"),
    [
        ("4321\n", "mosquitto\n", True),
        ("4321\n", "postgres\n", False),
        ("4321\n", None, False),
        ("", "mosquitto\n", False),
        ("-1\n", "mosquitto\n", False),
        (None, "mosquitto\n", False),
    ],
)
def test_only_a_running_mosquitto_is_signalled(
    tmp_path: Path, pid: str | None, program: str | None, *, told: bool
) -> None:
    place = place_in(tmp_path)
    place.pid_file.parent.mkdir(parents=True)
    if pid is not None:
        place.pid_file.write_text(pid)
    if program is not None:
        (tmp_path / "proc" / "4321").mkdir(parents=True)
        (tmp_path / "proc" / "4321" / "comm").write_text(program)
    sent: list[tuple[int, int]] = []
    untold = tell_broker(place, lambda *about: sent.append(about), tmp_path / "proc")
    assert sent == ([(4321, signal.SIGHUP)] if told else [])
    assert (untold is None) == told


def test_who_may_not_signal_the_broker_is_told_what_to_do(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    place.pid_file.parent.mkdir(parents=True)
    place.pid_file.write_text("7\n")
    (tmp_path / "proc" / "7").mkdir(parents=True)
    (tmp_path / "proc" / "7" / "comm").write_text("mosquitto\n")

    def refuse(_process: int, _signal: int) -> None:
        raise PermissionError

    untold = tell_broker(place, refuse, tmp_path / "proc")
    assert untold is not None
    assert "systemctl reload mosquitto" in untold.en
