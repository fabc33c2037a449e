"""Acts of enrolment: a code issued, a request answered, a key pinned or revoked.

Each is entered in the journal before anything follows from it. What the broker is told comes
last: it can be told again, while an entry that is not there never happened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from collector.agents import PinnedKey
from collector.config import Id
from collector.enrolment.acts import CertificateIssued, CodeIssued, KeyRevoked, KeyTaken
from collector.enrolment.authority import client_certificate
from collector.enrolment.broker_files import read_place
from collector.enrolment.errors import BrokerFilesError, EnrolmentAgentError
from collector.enrolment.files import certificate_pem, read_authority
from collector.enrolment.granting import Granted, Known, grant, on_other_site, public_digest
from collector.enrolment.registered import Registered
from collector.enrolment.registrar import Registrar
from collector.enrolment.telling import Told, tell
from collector.errors import RevokedKeyError
from collector.people.administration import Doer
from collector.private_files import receipt_key
from evidence.clock import NS_PER_S, utc_text
from evidence.errors import Words
from evidence.load import read_verifier
from evidence.log.enrolment import (
    SECRET_BYTES,
    BrokerAddress,
    Code,
    Enrolled,
    Purpose,
    anchor_of,
)
from evidence.log.entry import Act, Action
from evidence.log.key import Algorithm, Verifier, require_algorithm

MAX_HOURS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAsked:
    """A code that somebody asks for.

    Attributes:
        hours: For how long it is good, 1 to 24.
        doer: Who asks for it.
        reason: Why, in their words.
    """

    hours: int
    doer: Doer
    reason: str


def issue_code(
    registrar: Registrar,
    where: tuple[str, str],
    asked: CodeAsked,
    entropy: Callable[[int], bytes],
) -> Code:
    """A code that enrols one key of an agent, once.

    Args:
        registrar: Whose agents they are.
        where: The agent's id, and the site where it will stand.
        asked: For how long, by whom and why.
        entropy: Random bytes from the operating system.

    Raises:
        EnrolmentAgentError: The agent stands on another site, or the time is out of range.
        KeyMaterialError: The collector's key cannot be used.
        JournalError: It cannot be entered, so there is no code.
    """
    (agent, site), hours = where, asked.hours
    if not 1 <= hours <= MAX_HOURS:
        raise _no_agent(f"hours {hours}", f"it is 1 to {MAX_HOURS}", f"应为 1 至 {MAX_HOURS}")
    _require_names(agent, site)
    code = Code(secret=entropy(SECRET_BYTES), anchor=anchor(registrar))
    with registrar.alone() as known:
        stands = known.registered.sites.get(agent, site)
        if stands != site:
            raise on_other_site(agent, stands, site)
        said = CodeIssued(
            site=site,
            key=code.key_for(agent).verifier.to_text(),
            expires=utc_text(known.now_ns + hours * 3600 * NS_PER_S),
        )
        registrar.enter(
            _act(asked.doer, Action.ENROLMENT_CODE_ISSUED, where, said, reason=asked.reason)
        )
    return code


def anchor(registrar: Registrar) -> bytes:
    """What codes hold of this collector: its key, and its broker's authority if it has one.

    Raises:
        KeyMaterialError, BrokerFilesError: One of them cannot be used.
    """
    authority = read_authority(registrar.config.state_dir)
    der = b"" if authority is None else authority.certificate.public_bytes(Encoding.DER)
    return anchor_of(receipt_key(registrar.config).verifier.to_text(), der)


def answer(registrar: Registrar, note: bytes, csr: bytes) -> Enrolled:
    """The answer to an agent's request, once it was granted and entered.

    Args:
        registrar: Whose agents they are.
        note: The signed request.
        csr: The request for a certificate beside it, PEM; empty for none.

    Raises:
        EnrolmentError, ForeignEvidenceError, KeyMaterialError, RevokedKeyError: not granted.
        JournalError, BrokerFilesError: It cannot be entered or certified now.
    """
    registrar.refresh()
    grant(note, csr, registrar.known())  # who is refused anyway holds up nobody
    with registrar.alone() as known:
        granted = grant(note, csr, known)
        acts = [_pinned(granted)] if granted.pins else []
        made, certificate = _certified(registrar, granted, known)
        registrar.enter(*acts, *made)
    tell(registrar)
    return _answered(registrar, granted, certificate)


def _pinned(granted: Granted) -> Act:
    asked = granted.request
    action = Action.AGENT_ENROLLED if asked.purpose is Purpose.ENROL else Action.KEY_PINNED
    said = KeyTaken(
        site=granted.site, key=asked.key.to_text(), code=granted.code, after=granted.after
    )
    return _act(_itself(granted), action, (asked.agent, granted.site), said)


def _itself(granted: Granted) -> Doer:
    return Doer(who=f"agent:{granted.request.agent}", role="agent")


def _certified(registrar: Registrar, granted: Granted, known: Known) -> tuple[list[Act], str]:
    """The entry of a certificate and the certificate, PEM; nothing where none was asked for."""
    public, asked = granted.public, granted.request
    if public is None:
        return [], ""
    authority = read_authority(registrar.config.state_dir)
    if authority is None and asked.purpose is Purpose.ENROL:
        return [], ""  # a new agent cannot know; it is told that there is no authority
    if authority is None:
        what = Words("no broker is set up here", "此处未配置消息服务器")
        raise BrokerFilesError("certificate", what=what)
    now = datetime.fromtimestamp(known.now_ns // NS_PER_S, UTC)
    made = client_certificate(authority, asked.agent, public, now)
    said = CertificateIssued(
        key=asked.key.to_text(),
        serial=f"{made.serial_number:x}",
        public_sha256=public_digest(public),
        not_after=utc_text(int(made.not_valid_after_utc.timestamp()) * NS_PER_S),
    )
    where = (asked.agent, granted.site)
    act = _act(_itself(granted), Action.CERTIFICATE_ISSUED, where, said)
    return [act], certificate_pem(made).decode()


def _answered(registrar: Registrar, granted: Granted, certificate: str) -> Enrolled:
    state_dir = registrar.config.state_dir
    place, authority = read_place(state_dir), read_authority(state_dir)
    return Enrolled(
        agent=granted.request.agent,
        site=granted.site,
        collector_key=receipt_key(registrar.config).verifier.to_text(),
        broker=None if place is None else BrokerAddress(host=place.hosts[0], port=place.port),
        authority="" if authority is None else certificate_pem(authority.certificate).decode(),
        certificate=certificate,
    )


def pin_key(
    registrar: Registrar, where: tuple[str, str], line: str, doer: Doer, reason: str
) -> tuple[Verifier, Told]:
    """A key that a person compared and pinned, beside those that the agent has.

    Args:
        registrar: Whose agents they are.
        where: The agent's id, and its site.
        line: As `agent init` or `agent rotate-key` printed it.
        doer: Who pins it.
        reason: Why, in that person's words.

    Raises:
        EnrolmentAgentError: The key is pinned, or the agent stands on another site.
        RevokedKeyError: It was revoked, for good.
        KeyMaterialError: The line is no Ed25519 note key.
    """
    agent, site = where
    _require_names(agent, site)
    verifier = read_verifier(line, "key")
    require_algorithm(verifier, Algorithm.ED25519)
    with registrar.alone() as known:
        _require_new(verifier, agent, known.registered)
        stands = known.registered.sites.get(agent, site)
        if stands != site:
            raise on_other_site(agent, stands, site)
        said = KeyTaken(site=site, key=verifier.to_text())
        registrar.enter(_act(doer, Action.KEY_PINNED, where, said, reason=reason))
    return verifier, tell(registrar)


def _require_new(verifier: Verifier, agent: str, registered: Registered) -> None:
    held = registered.agents.owners.get((verifier.name, verifier.key_id))
    if verifier.to_text() in registered.revoked_ns:
        raise RevokedKeyError(f"agent {agent}", key=verifier.label)
    if held is not None:
        what = f"the key '{verifier.label}' is pinned", f"密钥 '{verifier.label}' 已登记"
        raise _no_agent(f"agent {held.agent}", *what)


def revoke(
    registrar: Registrar, agent: str, key: str, doer: Doer, reason: str
) -> tuple[tuple[PinnedKey, ...], Told]:
    """The keys that were revoked: nothing more is taken under them; what is held stays valid.

    Args:
        registrar: Whose agents they are.
        agent: The agent's id.
        key: The label `name+hash8` or the line of one key; empty for all that count.
        doer: Who revokes.
        reason: Why, in that person's words.

    Raises:
        EnrolmentAgentError: The agent has no such key that counts.
        JournalError: It cannot be entered, so nothing was revoked.
    """
    with registrar.alone() as known:
        found = tuple(
            one
            for one in known.registered.valid(agent)
            if key in ("", one.verifier.label, one.verifier.to_text())
        )
        if not found:
            raise _no_agent(
                f"agent {agent[:64]}",
                f"it has no key '{key[:80]}' that counts",
                f"没有有效的密钥 '{key[:80]}'",
            )
        where = (agent, known.registered.sites[agent])
        registrar.enter(*(_revoked(doer, where, one.verifier, reason) for one in found))
    return found, tell(registrar)


def _revoked(doer: Doer, where: tuple[str, str], verifier: Verifier, reason: str) -> Act:
    said = KeyRevoked(key=verifier.to_text())
    return _act(doer, Action.KEY_REVOKED, where, said, reason=reason)


def _act(
    doer: Doer,
    action: Action,
    where: Sequence[str],
    said: msgspec.Struct,
    *,
    reason: str = "",
) -> Act:
    agent, site = where
    new = msgspec.to_builtins(said)
    return Act(
        who=doer.who,
        role=doer.role,
        action=action,
        site=site,
        subject=agent,
        reason=reason,
        new=new,
    )


def _require_names(*names: str) -> None:
    """Returns if each can be an agent's id or a site."""
    for name in names:
        try:
            msgspec.convert(name, Id)
        except msgspec.ValidationError:
            limit = "A-Z a-z 0-9 . _ -, at most 64, a letter or digit first"
            raise _no_agent(f"{name[:64]!r}", f"a name is {limit}", f"名称应为 {limit}") from None


def _no_agent(where: str, en: str, zh: str) -> EnrolmentAgentError:
    return EnrolmentAgentError(where, what=Words(en, zh))
