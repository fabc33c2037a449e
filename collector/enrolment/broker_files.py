"""The broker's files: written from what is registered, whenever that changed or one is due."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509

from collector.enrolment.authority import (
    BROKER_LIFE,
    Authority,
    Withdrawn,
    broker_certificate,
    client_certificate,
    new_key,
    revocation_list,
)
from collector.enrolment.broker_text import (
    CLIENT,
    COLLECTOR,
    BrokerPlace,
    access_list,
    broker_settings,
)
from collector.enrolment.files import (
    ALL_READ,
    GROUP_READS,
    SECRET,
    certificate_pem,
    is_due,
    key_pem,
    read_certificate,
    read_file,
    replace_file,
    unusable,
)
from evidence.errors import Words

PLACE: Final = "broker.json"
PROGRAM: Final = "mosquitto"


class _PlaceFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Content of broker.json: what `collector broker` was told."""

    directory: str
    hosts: tuple[str, ...]
    port: int
    listen: str
    user: str


def write_place(state_dir: Path, place: BrokerPlace) -> None:
    """Remembers where a broker has its files, for who enrols and revokes.

    Raises:
        BrokerFilesError: It cannot be written.
    """
    content = _PlaceFile(
        directory=str(place.directory),
        hosts=place.hosts,
        port=place.port,
        listen=place.listen,
        user=place.user,
    )
    data = msgspec.json.format(msgspec.json.encode(content)) + b"\n"
    replace_file(state_dir / PLACE, data, ALL_READ)


def read_place(state_dir: Path) -> BrokerPlace | None:
    """Where the broker has its files; None if none was set up.

    Raises:
        BrokerFilesError: It cannot be read.
    """
    path = state_dir / PLACE
    data = read_file(path)
    if data is None:
        return None
    try:
        said = msgspec.json.decode(data, type=_PlaceFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise unusable(path, problem) from problem
    return BrokerPlace(
        directory=Path(said.directory),
        hosts=said.hosts,
        port=said.port,
        listen=said.listen,
        user=said.user,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the broker's files shall say.

    Attributes:
        agents: Who may connect, by id.
        withdrawn: Certificates that do not count any more.
        now: UTC.
    """

    agents: Sequence[str]
    withdrawn: Sequence[Withdrawn]
    now: datetime


def write_broker(
    state_dir: Path, place: BrokerPlace, authority: Authority, standing: Standing
) -> tuple[str, ...]:
    """The names of the files that were written; those that say the same already are left.

    The access list comes last: who watches it for changes finds everything else in place.

    Raises:
        BrokerFilesError: One cannot be written.
    """
    at = place.directory
    _make_folders(place)
    texts = (
        ("mosquitto.conf", broker_settings(place).encode()),
        ("ca.pem", certificate_pem(authority.certificate)),
    )
    written = [name for name, data in texts if _differs(at / name, data)]
    written += _broker_certificate(place, authority, standing.now)
    written += _client_certificate(state_dir, authority, standing.now)
    written += _revocations(at / "crl.pem", authority, standing)
    written += [n for n in ("acl",) if _differs(at / n, access_list(standing.agents).encode())]
    return tuple(written)


def _make_folders(place: BrokerPlace) -> None:
    """The broker's folder, and one in it where its group may write: there it keeps its number."""
    run = place.pid_file.parent
    try:
        place.directory.mkdir(parents=True, exist_ok=True)
        if not run.exists():
            run.mkdir()
            run.chmod(0o770)
    except OSError as problem:
        raise unusable(run, problem) from problem


def _differs(path: Path, data: bytes) -> bool:
    """Whether a file was written; one that says this already is left as it is."""
    if read_file(path) == data:
        return False
    replace_file(path, data, ALL_READ)
    return True


def _broker_certificate(place: BrokerPlace, authority: Authority, now: datetime) -> list[str]:
    path = place.directory / "server.pem"
    if _stands(path, authority, now, place.hosts):
        return []
    key = new_key()
    made = broker_certificate(authority, place.hosts, key.public_key(), now)
    replace_file(path.with_suffix(".key"), key_pem(key), GROUP_READS)
    replace_file(path, certificate_pem(made), ALL_READ)
    return ["server.key", "server.pem"]


def _client_certificate(state_dir: Path, authority: Authority, now: datetime) -> list[str]:
    path = state_dir / CLIENT
    if _stands(path, authority, now, ()):
        return []
    key = new_key()
    made = client_certificate(authority, COLLECTOR, key.public_key(), now, BROKER_LIFE)
    replace_file(path, certificate_pem(made) + key_pem(key), SECRET)
    return [CLIENT]


def _stands(path: Path, authority: Authority, now: datetime, hosts: Sequence[str]) -> bool:
    """Whether a certificate is of this authority, for these hosts, and not due."""
    found = read_certificate(path)
    if found is None or is_due(found, now) or not _is_signed(found, authority):
        return False
    with suppress(x509.ExtensionNotFound):
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return {str(name.value) for name in names} == set(hosts)
    return not hosts


def _is_signed(found: x509.Certificate, authority: Authority) -> bool:
    try:
        found.verify_directly_issued_by(authority.certificate)
    except Exception:  # noqa: BLE001 - whatever the reason: it is made anew
        return False
    return True


def _revocations(path: Path, authority: Authority, standing: Standing) -> list[str]:
    """The list is written when another certificate is withdrawn, or the authority is another."""
    if _listed(path, authority) == {one.serial for one in standing.withdrawn}:
        return []
    made = revocation_list(authority, standing.withdrawn, standing.now)
    replace_file(path, certificate_pem(made), ALL_READ)
    return [path.name]


def _listed(path: Path, authority: Authority) -> set[int] | None:
    """The serial numbers on a list of this authority; None if there is no such list."""
    data = read_file(path)
    try:
        found = None if data is None else x509.load_pem_x509_crl(data)
    except ValueError:
        return None
    if found is None or not found.is_signature_valid(authority.key.public_key()):
        return None
    return {one.serial_number for one in found}


def tell_broker(
    place: BrokerPlace, send: Callable[[int, int], None] = os.kill, proc: Path = Path("/proc")
) -> Words | None:
    """Lets the broker read its files again (SIGHUP); why it was not told, None if it was.

    Its own file says which process it is; a number that another program has by now is not
    signalled.
    """
    data = read_file(place.pid_file)
    if data is None or not data.strip().isdigit():
        where = place.directory
        return Words(f"no broker runs from {where}", f"{where} 无运行中的服务器")
    number = int(data)
    strange = Words(f"process {number} is no mosquitto", f"进程 {number} 不是 mosquitto")
    try:
        if (proc / str(number) / "comm").read_text().strip() != PROGRAM:
            return strange
        send(number, signal.SIGHUP)
    except (ProcessLookupError, FileNotFoundError):
        return strange
    except PermissionError:
        return Words(
            f"this user may not signal process {number}; run: systemctl reload mosquitto",
            f"当前用户无权向进程 {number} 发送信号；请执行：systemctl reload mosquitto",
        )
    return None
