"""Enrolment: the one-time code that a person carries, and the requests that an agent signs. Pure.

A code is never sent. It makes a key that signs the first request, so whoever listens learns
nothing that enrols another device; and it names the collector, so whoever answers in the
collector's place is found out. Renewals are signed by the key that is pinned already.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from evidence.errors import ForeignEvidenceError, MalformedNoteError, UnknownKeyError, Words
from evidence.log.key import Keyring, SigningKey, Verifier, generate, keyring, parse_verifier
from evidence.log.note import open_note, parse_note, sign

SECRET_BYTES: Final = 13
ANCHOR_BYTES: Final = 10
CHECK_BYTES: Final = 2
MAX_REQUEST_BYTES: Final = 4096
MAX_CSR_BYTES: Final = 4096
_CODE_BYTES: Final = SECRET_BYTES + ANCHOR_BYTES + CHECK_BYTES
_GROUP: Final = 5
_MISREAD: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})
_SEPARATORS: Final = re.compile(r"[\s-]+")
_FIRST_LINE: Final = "carbonmeter/enrolment/v1"
_TEXT: Final = re.compile(
    re.escape(_FIRST_LINE)
    + r"\npurpose (enrol|certificate|key)\nagent ([A-Za-z0-9][A-Za-z0-9._-]{0,63})"
    + r"\nkey (\S{1,200})\ncsr ([0-9a-f]{64}|-)\n"
)


class EnrolmentCodeError(ForeignEvidenceError):
    """A text is no enrolment code. It is never quoted."""

    code = "E_ENROL_CODE_TEXT"
    en = "this is not an enrolment code: {what}; copy all 8 groups that `collector enrol` printed"
    zh = "这不是注册码：{what}；请完整复制 `collector enrol` 打印的 8 组字符"


class EnrolmentRequestError(ForeignEvidenceError):
    """A request for enrolment does not follow its form."""

    code = "E_ENROL_REQUEST"
    en = "this is no enrolment request: {what}; it must be {limit}; update the agent's software"
    zh = "这不是有效的注册请求：{what}；必须为 {limit}；请升级代理软件"


class Purpose(StrEnum):
    """What a request asks for.

    Attributes:
        ENROL: That the agent's key is pinned; signed by the code and by that key.
        CERTIFICATE: Another certificate for the broker; signed by a pinned key.
        KEY: That a key follows the pinned one; signed by both.
    """

    ENROL = "enrol"
    CERTIFICATE = "certificate"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A one-time code, as a person carries it from the collector to the agent.

    Attributes:
        secret: 13 random bytes.
        anchor: The first 10 bytes of a digest over the collector's key and authority.
    """

    secret: bytes
    anchor: bytes

    def __repr__(self) -> str:
        return "Code(...)"

    def to_text(self) -> str:
        """8 groups of 5 letters and digits (RFC 4648 base32), with a check over the rest."""
        data = self.secret + self.anchor
        text = base64.b32encode(data + _check(data)).decode()
        return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))

    def key_for(self, agent: str) -> SigningKey:
        """The key that signs the request of this agent, and of no other."""
        seed = hashlib.sha256(b"carbonmeter enrolment code v1\n" + agent.encode() + b"\n")
        seed.update(self.secret)
        return generate(agent, seed.digest())

    def names(self, collector_key: str, authority: bytes) -> bool:
        """Whether this collector and this authority are the ones that the code was made for."""
        return hmac.compare_digest(self.anchor, anchor_of(collector_key, authority))


def anchor_of(collector_key: str, authority: bytes) -> bytes:
    """What a code holds of the collector, 10 bytes.

    Args:
        collector_key: The line that agents pin.
        authority: The certificate of the broker's authority, DER; empty if there is none.
    """
    hashed = hashlib.sha256(b"carbonmeter enrolment anchor v1\n" + collector_key.encode() + b"\n")
    hashed.update(hashlib.sha256(authority).digest())
    return hashed.digest()[:ANCHOR_BYTES]


def parse_code(text: str) -> Code:
    """The code in a text as typed: case, blanks, hyphens and 0 for O do not matter.

    Raises:
        EnrolmentCodeError: It is none, or a character is wrong.
    """
    plain = _SEPARATORS.sub("", text).upper().translate(_MISREAD)
    try:
        data = base64.b32decode(plain.encode("ascii", errors="replace"))
    except ValueError:
        raise _no_code(
            "it has other characters than A-Z and 2-7", "含 A-Z、2-7 以外的字符"
        ) from None
    if len(data) != _CODE_BYTES:
        raise _no_code(
            f"it has {len(plain)} characters, not 40", f"为 {len(plain)} 个字符，应为 40"
        )
    if _check(data[:-CHECK_BYTES]) != data[-CHECK_BYTES:]:
        raise _no_code("a character is wrong", "有字符错误")
    return Code(secret=data[:SECRET_BYTES], anchor=data[SECRET_BYTES:-CHECK_BYTES])


def _check(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:CHECK_BYTES]


def _no_code(en: str, zh: str) -> EnrolmentCodeError:
    return EnrolmentCodeError("code", what=Words(en, zh))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an agent asks for.

    Attributes:
        purpose: What for.
        agent: The agent's id.
        key: The agent's signing key, public half; for `KEY` the one that shall follow.
        csr_sha256: Of the certificate request that goes along, hexadecimal; "-" for none.
    """

    purpose: Purpose
    agent: str
    key: Verifier
    csr_sha256: str = "-"

    def to_text(self) -> str:
        """The text that is signed; its second line is no number, so it is no checkpoint."""
        lines = (
            _FIRST_LINE,
            f"purpose {self.purpose}",
            f"agent {self.agent}",
            f"key {self.key.to_text()}",
            f"csr {self.csr_sha256}",
        )
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request and who signed it.

    Attributes:
        request: What is asked for.
        signed_by: The known keys whose signatures fit; the request's own key is among them.
    """

    request: Request
    signed_by: tuple[Verifier, ...]


def csr_digest(csr: bytes) -> str:
    """What a request says of the certificate request beside it: "-" for none."""
    return hashlib.sha256(csr).hexdigest() if csr else "-"


def sign_request(request: Request, signers: tuple[SigningKey, ...]) -> bytes:
    """The signed note of a request."""
    return sign(request.to_text(), signers)


def read_request(data: bytes) -> Request:
    """What a signed note asks for; nothing of it is verified yet.

    Raises:
        EnrolmentRequestError: The bytes are no such note.
        KeyMaterialError: The key in it is none.
    """
    if len(data) > MAX_REQUEST_BYTES:
        what = Words(f"{len(data)} bytes", f"{len(data)} 字节")
        raise EnrolmentRequestError("note", what=what, limit=f"<= {MAX_REQUEST_BYTES}")
    try:
        text = parse_note(data).text
    except MalformedNoteError as cause:
        what = Words(cause.say("en"), cause.say("zh"))
        raise EnrolmentRequestError(
            "note", what=what, limit=Words("a C2SP signed note", "C2SP 签名便笺")
        ) from None
    match = _TEXT.fullmatch(text)
    if match is None:
        what = Words("its lines are others", "内容行不符")
        limit = f"{_FIRST_LINE}, purpose, agent, key, csr"
        raise EnrolmentRequestError("note", what=what, limit=limit)
    purpose, agent, key, csr = match.groups()
    return Request(
        purpose=Purpose(purpose), agent=agent, key=parse_verifier(key, "key"), csr_sha256=csr
    )


def open_request(data: bytes, known: Keyring) -> SignedRequest:
    """A request that its own key signed, and the known keys that signed it too.

    Args:
        data: The note as received.
        known: The keys that count here: codes that are open, or keys that are pinned.

    Raises:
        EnrolmentRequestError: The bytes are no such note, or its own key did not sign it.
        KeyMaterialError: The key in it is none, or is not for notes.
        SignatureError: A signature does not fit.
    """
    request = read_request(data)
    own = (request.key.name, request.key.key_id)
    try:
        signed_by = open_note(data, {**keyring([request.key]), **known}).signed_by
    except UnknownKeyError:  # which keys are known is not for strangers
        signed_by = ()
    if own not in {(each.name, each.key_id) for each in signed_by}:
        what = Words("its own key did not sign it", "其自身密钥未签名")
        raise EnrolmentRequestError(
            "note", what=what, limit=Words("signed by the key that it names", "由其所列密钥签名")
        )
    return SignedRequest(request=request, signed_by=signed_by)


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent sends.

    Args:
        request: the signed note.
        csr: a request for a certificate (PKCS #10, PEM); empty for none.
    """

    request: Annotated[str, Meta(max_length=MAX_REQUEST_BYTES)]
    csr: Annotated[str, Meta(max_length=MAX_CSR_BYTES)] = ""


class BrokerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where an agent finds the broker: one of the names that its certificate is for."""

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)]


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent is answered; it believes what its code, or what it has, vouches for.

    Args:
        agent: the agent's id.
        site: where it stands.
        collector_key: the line to pin, whose receipts count.
        broker: where to publish; null if the collector sets up no broker.
        authority: the certificate of the broker's authority, PEM; empty for none.
        certificate: the agent's own, PEM; empty if none was asked for.
    """

    agent: str
    site: str
    collector_key: str
    broker: BrokerAddress | None = None
    authority: str = ""
    certificate: str = ""
