"""Keys of C2SP signed notes (c2sp.org/signed-note): made, parsed once, written, pinned.

A key is known by its name and its id together; the id covers the algorithm, so a key for
receipts is never a key for notes, even over the same secret.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evidence.errors import (
    KeyAlgorithmError,
    KeyConflictError,
    KeyTextError,
    SignatureError,
    Words,
)

KEY_BYTES = 32
ID_BYTES = 4
KEY_NAME = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]+")
_FIELD = 2**255 - 19
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH})
"""The y of all points of order 1, 2, 4 and 8 on edwards25519 (RFC 8032, section 5.1)."""
_KEY_TAIL = re.compile(r"([0-9a-f]{8})\+(\S+)")
_SIGNING_PREFIX = "PRIVATE+KEY+"


class Algorithm(IntEnum):
    """What a key may sign, the type byte of C2SP signed-note."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key that is pinned here, parsed once.

    Attributes:
        name: Who signs: no spaces, no plus.
        algorithm: What the key may sign.
        public_bytes: The Ed25519 public key, 32 bytes.
        key_id: The first 4 bytes of SHA-256(name, newline, algorithm, public key).
    """

    name: str
    algorithm: Algorithm
    public_bytes: bytes
    key_id: bytes = field(init=False)
    _public: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not KEY_NAME.fullmatch(self.name):
            raise _bad_key(
                "key", "the name is empty or holds a space or a plus", "名称为空或含空格、加号"
            )
        if len(self.public_bytes) != KEY_BYTES:
            raise _bad_key("key", "the public key is not 32 bytes", "公钥不是 32 字节")
        if _is_of_small_order(self.public_bytes):
            what = "the public key is of small order: there is a signature that fits any text"
            raise _bad_key("key", what, "公钥为小阶点：存在适用于任意文本的签名")
        hashed = self.name.encode() + b"\n" + self._typed_bytes()
        object.__setattr__(self, "key_id", hashlib.sha256(hashed).digest()[:ID_BYTES])
        public = Ed25519PublicKey.from_public_bytes(self.public_bytes)
        object.__setattr__(self, "_public", public)

    @property
    def label(self) -> str:
        """Name and id as `name+hash8`, for messages."""
        return f"{self.name}+{self.key_id.hex()}"

    def to_text(self) -> str:
        """The line to pin on the other side: `name+hash8+base64`."""
        return f"{self.label}+{base64.b64encode(self._typed_bytes()).decode()}"

    def check(self, signature: bytes, message: bytes) -> None:
        """Returns if this key made the 64-byte Ed25519 signature over `message`.

        Raises:
            SignatureError: It did not.
        """
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            where = "note"
            raise SignatureError(where, key=self.label) from None

    def _typed_bytes(self) -> bytes:
        return bytes((self.algorithm,)) + self.public_bytes


def _is_of_small_order(public_bytes: bytes) -> bool:
    """Whether the point times 8 is the neutral one, however its y is written."""
    y = int.from_bytes(public_bytes, "little") & (2**255 - 1)
    return y % _FIELD in _SMALL_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A secret key, parsed once; neither its repr nor any error shows the secret.

    Attributes:
        verifier: The public half.
    """

    verifier: Verifier
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    def to_text(self) -> str:
        """The secret line `PRIVATE+KEY+name+hash8+base64`, for a 0600 file only."""
        typed = bytes((self.verifier.algorithm,)) + self._private.private_bytes_raw()
        return f"{_SIGNING_PREFIX}{self.verifier.label}+{base64.b64encode(typed).decode()}"

    def signature(self, message: bytes) -> bytes:
        """The Ed25519 signature of `message`, 64 bytes (RFC 8032)."""
        return self._private.sign(message)


Keyring = Mapping[tuple[str, bytes], Verifier]


def keyring(verifiers: Iterable[Verifier]) -> Keyring:
    """The pinned keys by (name, key id), built once and passed to each opening.

    Raises:
        KeyConflictError: Two different keys share name and id.
    """
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            where = "keyring"
            raise KeyConflictError(where, key=verifier.label)
    return known


def generate(name: str, seed: bytes, algorithm: Algorithm = Algorithm.ED25519) -> SigningKey:
    """The key of `name` made from 32 random bytes drawn by the caller.

    Args:
        name: Who signs: no spaces, no plus.
        seed: 32 bytes from the operating system's random source; the secret itself.
        algorithm: ED25519 for an agent's log, COSIGNATURE_V1 for a collector's receipts.

    Raises:
        KeyTextError: `name` cannot be a key name, or `seed` is not 32 bytes.
    """
    if len(seed) != KEY_BYTES:
        raise _bad_key("signing key", "the seed is not 32 bytes", "种子不是 32 字节")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public_bytes = private.public_key().public_bytes_raw()
    verifier = Verifier(name=name, algorithm=algorithm, public_bytes=public_bytes)
    return SigningKey(verifier=verifier, _private=private)


def parse_verifier(text: str, where: str = "key") -> Verifier:
    """The public key of a line `name+hash8+base64` (C2SP signed-note).

    Raises:
        KeyTextError: The line is not of that form, or its id is of another key.
        KeyAlgorithmError: The key is neither Ed25519 nor cosignature/v1.
    """
    if text.startswith(_SIGNING_PREFIX):
        raise _bad_key(where, "it is a secret key; pin the public line", "这是私钥；应登记公钥行")
    name, key_id, algorithm, public_bytes = _key_parts(text, where)
    verifier = Verifier(name=name, algorithm=algorithm, public_bytes=public_bytes)
    _require_id(verifier, key_id, where)
    return verifier


def parse_signing_key(text: str, where: str = "signing key") -> SigningKey:
    """The secret key of a line `PRIVATE+KEY+name+hash8+base64`.

    Raises:
        KeyTextError: The line is not of that form, or its id is of another key.
        KeyAlgorithmError: The key is neither Ed25519 nor cosignature/v1.
    """
    if not text.startswith(_SIGNING_PREFIX):
        raise _bad_key(where, "it does not begin with PRIVATE+KEY+", "不以 PRIVATE+KEY+ 开头")
    name, key_id, algorithm, seed = _key_parts(text.removeprefix(_SIGNING_PREFIX), where)
    key = generate(name, seed, algorithm)
    _require_id(key.verifier, key_id, where)
    return key


def _key_parts(text: str, where: str) -> tuple[str, str, Algorithm, bytes]:
    name, _, tail = text.partition("+")
    match = _KEY_TAIL.fullmatch(tail)
    if match is None or not KEY_NAME.fullmatch(name):
        raise _bad_key(where, "it is not name+hash8+base64", "格式不是 name+hash8+base64")
    typed = strict_base64(match[2])
    if typed is None or len(typed) != 1 + KEY_BYTES:
        raise _bad_key(where, "its base64 does not hold 33 bytes", "其 base64 不是 33 字节")
    if typed[0] not in tuple(Algorithm):
        raise KeyAlgorithmError(
            where, found=typed[0], limit="0x01 (Ed25519), 0x04 (cosignature/v1)"
        )
    return name, match[1], Algorithm(typed[0]), typed[1:]


def _require_id(verifier: Verifier, key_id: str, where: str) -> None:
    if verifier.key_id.hex() != key_id:
        raise _bad_key(where, "the id does not belong to this name and key", "标识与名称和密钥不符")


def _bad_key(where: str, en: str, zh: str) -> KeyTextError:
    return KeyTextError(where, what=Words(en, zh))


def require_algorithm(verifier: Verifier, algorithm: Algorithm) -> None:
    """Returns if the key is for `algorithm`: each purpose has its own keys.

    Raises:
        KeyAlgorithmError: It is for another.
    """
    if verifier.algorithm is not algorithm:
        limit = f"0x{algorithm:02x}"
        raise KeyAlgorithmError(verifier.label, found=verifier.algorithm, limit=limit)


def strict_base64(text: str) -> bytes | None:
    """The bytes of canonical padded base64 (RFC 4648 section 4), None for anything else.

    Python alone would let spare bits pass, so that one signature had several spellings.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None
