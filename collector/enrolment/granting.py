"""Whether a request for enrolment is granted, and what is entered if it is. Pure.

Who asks is known by signatures alone: of the code that a person carried, or of a key that is
pinned. A request that is repeated, because its answer was lost, is granted again; one that is
replayed by somebody else is refused, for its certificate's key was certified before.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from collector.agents import PinnedKey
from collector.enrolment.errors import (
    EnrolmentAgentError,
    EnrolmentCodeUnknownError,
    EnrolmentCsrError,
    EnrolmentKeyError,
)
from collector.enrolment.registered import Registered
from collector.enrolment.registry import IssuedCode, Registry
from collector.errors import RevokedKeyError
from evidence.errors import Words
from evidence.log.enrolment import (
    MAX_CSR_BYTES,
    Purpose,
    Request,
    SignedRequest,
    csr_digest,
    open_request,
    read_request,
)
from evidence.log.key import Verifier, keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a request comes to.

    Attributes:
        request: What was asked for.
        site: Where the agent stands.
        pins: Whether its key is pinned by this; else it is already.
        code: The line of the code's key, where one was used.
        after: The line of the key that it follows, where it follows one.
        public: The key that a certificate is asked for; None for none.
    """

    request: Request
    site: str
    pins: bool
    code: str = ""
    after: str = ""
    public: EllipticCurvePublicKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known when a request comes.

    Attributes:
        registry: What the journal's entries come to.
        registered: The agents that count.
        now_ns: The instant now, POSIX ns.
    """

    registry: Registry
    registered: Registered
    now_ns: int


def grant(note: bytes, csr: bytes, known: Known) -> Granted:
    """What a request comes to.

    Args:
        note: The signed request, as it came.
        csr: The request for a certificate beside it (PKCS #10, PEM); empty for none.
        known: What is known now.

    Raises:
        EnrolmentError, EnrolmentRequestError, RevokedKeyError: it is not granted.
        ForeignEvidenceError, KeyMaterialError: a signature or key does not fit.
    """
    purpose = read_request(note).purpose
    if purpose is Purpose.ENROL:
        found = _enrolled(note, known)
    elif purpose is Purpose.KEY:
        found = _followed(note, known)
    else:
        found = _renewed(note, known)
    return _with_public(found, csr, known.registry)


def _enrolled(note: bytes, known: Known) -> Granted:
    asked = read_request(note)
    codes = known.registry.open_codes(asked.agent, known.now_ns)
    signed = open_request(note, keyring(codes))
    line, code = _code(signed, codes, known.registry)
    pinned = _own(asked, known.registered)
    _require_site(asked.agent, code.site, known.registered)
    repeated = pinned is not None and code.used_by != ""
    return Granted(request=asked, site=code.site, pins=not repeated, code=line)


def _code(
    signed: SignedRequest, codes: tuple[Verifier, ...], registry: Registry
) -> tuple[str, IssuedCode]:
    """The code that signed, if it is open, or was used by this very key."""
    key = signed.request.key.to_text()
    for verifier in signed.signed_by:
        if verifier in codes and verifier != signed.request.key:
            code = registry.codes[verifier.to_text()]
            if code.used_by in ("", key):
                return verifier.to_text(), code
    raise EnrolmentCodeUnknownError("code", agent=signed.request.agent)


def _own(asked: Request, registered: Registered) -> PinnedKey | None:
    """The entry of the request's key, None if there is none; it may be nobody else's."""
    key = asked.key
    if key.name != asked.agent:
        raise _wrong_key(key, f"is not named '{asked.agent}'", f"的名称不是 '{asked.agent}'")
    found = registered.agents.owners.get((key.name, key.key_id))
    if found is None:
        return None
    if found.agent != asked.agent or found.verifier != key:
        raise _wrong_key(key, "is of another agent", "属于其他代理")
    if found.revoked:
        raise RevokedKeyError(f"agent {asked.agent}", key=key.label)
    return found


def _require_site(agent: str, site: str, registered: Registered) -> None:
    stands = registered.sites.get(agent, site)
    if stands != site:
        raise on_other_site(agent, stands, site)


def on_other_site(agent: str, stands: str, asked: str) -> EnrolmentAgentError:
    """The refusal of an agent that stands on another site."""
    what = Words(
        f"the agent stands on '{stands}', not on '{asked}'",
        f"该代理位于厂区 '{stands}'，而非 '{asked}'",
    )
    return EnrolmentAgentError(f"agent {agent}", what=what)


def _renewed(note: bytes, known: Known) -> Granted:
    asked = open_request(note, known.registered.agents.keys).request
    if _own(asked, known.registered) is None:
        raise _wrong_key(asked.key, "is not pinned here", "未在此登记")
    return Granted(request=asked, site=known.registered.sites[asked.agent], pins=False)


def _followed(note: bytes, known: Known) -> Granted:
    signed = open_request(note, known.registered.agents.keys)
    asked = signed.request
    pinned = _own(asked, known.registered)
    former = _former(signed, known.registered)
    return Granted(
        request=asked,
        site=known.registered.sites[asked.agent],
        pins=pinned is None,
        after=former.verifier.to_text(),
    )


def _former(signed: SignedRequest, registered: Registered) -> PinnedKey:
    """The key of the same agent that signed the succession and counts."""
    for verifier in signed.signed_by:
        owner = registered.agents.owners.get((verifier.name, verifier.key_id))
        if owner is None or owner.verifier == signed.request.key:
            continue
        if owner.agent == signed.request.agent:
            if owner.revoked:
                raise RevokedKeyError(f"agent {owner.agent}", key=verifier.label)
            return owner
    raise _wrong_key(
        signed.request.key, "follows no key that is pinned here", "未由此处登记的密钥签署接替"
    )


def _wrong_key(key: Verifier, en: str, zh: str) -> EnrolmentKeyError:
    return EnrolmentKeyError(f"key {key.label}", key=key.label, what=Words(en, zh))


def _with_public(found: Granted, csr: bytes, registry: Registry) -> Granted:
    asked = found.request
    if csr_digest(csr) != asked.csr_sha256:
        raise _no_csr("it is not the one that was signed", "与所签名的不符", asked.csr_sha256)
    if not csr:
        if asked.purpose is Purpose.CERTIFICATE:
            raise _no_csr("there is none", "没有证书请求", "PKCS #10, PEM")
        return found
    public = certified_key(csr)
    if public_digest(public) in registry.certificates:
        raise _no_csr("its key was certified before", "其密钥此前已签发证书", "a new key")
    return Granted(
        request=asked,
        site=found.site,
        pins=found.pins,
        code=found.code,
        after=found.after,
        public=public,
    )


def certified_key(csr: bytes) -> EllipticCurvePublicKey:
    """The key of a certificate request; nothing else of it counts.

    Args:
        csr: PKCS #10 in PEM, signed by the key that it names, at most 4096 bytes.

    Raises:
        EnrolmentCsrError: It is none, or its key is not on P-256.
    """
    if len(csr) > MAX_CSR_BYTES:
        raise _no_csr(f"{len(csr)} bytes", f"{len(csr)} 字节", f"<= {MAX_CSR_BYTES}")
    try:
        read = x509.load_pem_x509_csr(csr)
        public, fits = read.public_key(), read.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as cause:
        raise _no_csr(f"{cause}"[:200], f"{cause}"[:200], "PKCS #10, PEM") from None
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise _no_csr("its key is of another kind", "密钥类型不符", "ECDSA on P-256")
    if not fits:
        raise _no_csr("its own key did not sign it", "未由其自身密钥签名", "a signed request")
    return public


def public_digest(public: EllipticCurvePublicKey) -> str:
    """SHA-256 of a public key (SubjectPublicKeyInfo, DER), hexadecimal."""
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _no_csr(en: str, zh: str, limit: str) -> EnrolmentCsrError:
    return EnrolmentCsrError("csr", what=Words(en, zh), limit=limit)
