"""Enrolling at a collector, renewing the certificate, announcing the key that follows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge_agent.enrolment.certificate import Wish, read_pem, require_own, wish
from edge_agent.enrolment.errors import (
    EnrolAnswerError,
    EnrolFileError,
    EnrolSiteError,
    NotEnrolledError,
)
from edge_agent.enrolment.post import post
from edge_agent.installation import Installation
from evidence.errors import Words
from evidence.load import read_signing_key, read_verifier
from evidence.log.enrolment import (
    Asked,
    Code,
    Enrolled,
    Purpose,
    Request,
    csr_digest,
    sign_request,
)
from evidence.log.key import Algorithm, SigningKey, require_algorithm

KEY: Final = "agent.key"
AUTHORITY: Final = "broker-ca.pem"
CERTIFICATE: Final = "broker.pem"
"""The agent's certificate and its key, in one file that is replaced as a whole."""
KEPT: Final = "enrolment.json"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an enrolment: where to renew, and whose answer is believed there.

    Args:
        url: of the collector.
        collector_key: the line that the code vouched for.
        has_certificate: whether the collector's broker wants one.
    """

    url: str
    collector_key: str
    has_certificate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The agent's side of a question."""

    agent: str
    site: str
    folder: Path
    url: str


def enrol(installation: Installation, url: str, code: Code) -> Enrolled:
    """What the collector answered, once it was believed and its files were written.

    The agent's key must be there (`agent init`); its certificate's key is made here.

    Raises:
        EnrolError: It is not enrolled; nothing was changed here.
        KeyMaterialError: The agent's key cannot be used.
    """
    side = _side(installation, url)
    key, own = read_signing_key(side.folder / KEY), wish(side.agent)
    request = _request(Purpose.ENROL, side.agent, key, own)
    answer = _answered(side, request, (code.key_for(side.agent), key), own)
    authority = _authority(answer)
    der = b"" if authority is None else authority.public_bytes(Encoding.DER)
    if not code.names(answer.collector_key, der):
        found = "collector or authority are not those that the code was made for"
        raise EnrolAnswerError(url[:200], found=found)
    _require_collector(answer)
    if authority is not None:
        _write(side.folder / AUTHORITY, authority.public_bytes(Encoding.PEM))
    _keep_certificate(side, answer, authority, own)
    kept = Kept(url=url, collector_key=answer.collector_key, has_certificate=authority is not None)
    _write(side.folder / KEPT, msgspec.json.format(msgspec.json.encode(kept)))
    return answer


def renew(installation: Installation) -> Enrolled:
    """What the collector answered, once another certificate of the agent's was written.

    Raises:
        NotEnrolledError: There was no enrolment, or its broker wants no certificate.
        EnrolError: The certificate stays as it was.
        KeyMaterialError: The agent's key cannot be used.
    """
    kept = kept_of(_folder(installation))
    if kept is None or not kept.has_certificate:
        raise NotEnrolledError(str(installation.path))
    side = _side(installation, kept.url)
    key, own = read_signing_key(side.folder / KEY), wish(side.agent)
    request = _request(Purpose.CERTIFICATE, side.agent, key, own)
    return _renewed(side, kept, request, (key,), own)


def announce(installation: Installation, following: SigningKey) -> Enrolled:
    """What the collector answered, once it pinned the key that follows; signed by both keys.

    The certificate is renewed with it: one stands and falls with the key that asked for it.

    Raises:
        NotEnrolledError: There was no enrolment.
        EnrolError: It was not announced.
        KeyMaterialError: The agent's key cannot be used.
    """
    kept = kept_of(_folder(installation))
    if kept is None:
        raise NotEnrolledError(str(installation.path))
    side = _side(installation, kept.url)
    key = read_signing_key(side.folder / KEY)
    own = wish(side.agent) if kept.has_certificate else None
    request = _request(Purpose.KEY, side.agent, following, own)
    return _renewed(side, kept, request, (key, following), own)


def _renewed(
    side: _Side, kept: Kept, request: Request, signers: Sequence[SigningKey], own: Wish | None
) -> Enrolled:
    answer = _answered(side, request, signers, own)
    if answer.collector_key != kept.collector_key:
        raise EnrolAnswerError(
            side.url[:200], found=Words("another collector answered", "应答来自另一采集器")
        )
    if own is not None:
        _keep_certificate(side, answer, read_pem(_read(side.folder / AUTHORITY), "authority"), own)
    return answer


def kept_of(folder: Path) -> Kept | None:
    """What is kept of an enrolment in a state directory; None if there was none.

    Raises:
        EnrolFileError: It cannot be read.
    """
    path = folder / KEPT
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(_read(path), type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise EnrolFileError(str(path), found=str(wrong)[:200]) from None


def certificate_of(folder: Path) -> x509.Certificate:
    """The certificate that is in use.

    Raises:
        EnrolError: It cannot be read.
    """
    return read_pem(_read(folder / CERTIFICATE), str(folder / CERTIFICATE))


def _folder(installation: Installation) -> Path:
    return installation.beside(installation.config.agent.state_dir)


def _side(installation: Installation, url: str) -> _Side:
    settings = installation.config.agent
    return _Side(agent=settings.id, site=settings.site, folder=_folder(installation), url=url)


def _request(purpose: Purpose, agent: str, key: SigningKey, own: Wish | None) -> Request:
    csr = b"" if own is None else own.csr
    return Request(purpose=purpose, agent=agent, key=key.verifier, csr_sha256=csr_digest(csr))


def _answered(
    side: _Side, request: Request, signers: Sequence[SigningKey], own: Wish | None
) -> Enrolled:
    note = sign_request(request, tuple(signers))
    csr = "" if own is None else own.csr.decode()
    answer = post(side.url, Asked(request=note.decode(), csr=csr))
    if answer.agent != side.agent:
        raise EnrolAnswerError(
            side.url[:200], found=Words("it is for another agent", "属于另一代理")
        )
    if answer.site != side.site:
        raise EnrolSiteError(side.url[:200], found=answer.site[:64], limit=side.site)
    return answer


def _authority(answer: Enrolled) -> x509.Certificate | None:
    return read_pem(answer.authority.encode(), "authority") if answer.authority else None


def _require_collector(answer: Enrolled) -> None:
    """Returns if the key that the code vouches for is one that receipts can be checked with."""
    verifier = read_verifier(answer.collector_key, "collector_key")
    require_algorithm(verifier, Algorithm.COSIGNATURE_V1)


def _keep_certificate(
    side: _Side, answer: Enrolled, authority: x509.Certificate | None, own: Wish
) -> None:
    if authority is None:
        return
    made = read_pem(answer.certificate.encode(), "certificate")
    require_own(made, authority, own)
    _write(side.folder / CERTIFICATE, own.with_key(made))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise EnrolFileError(str(path), found=wrong.strerror or "?") from None


def _write(path: Path, data: bytes) -> None:
    """Puts a file (mode 0600) in the place of another, whole and on the disk."""
    fresh = path.with_name(path.name + ".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as wrong:
        raise EnrolFileError(str(path), found=wrong.strerror or "?") from None
