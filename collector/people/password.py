"""Passwords of users, kept as scrypt (RFC 7914) of them. Pure."""

import hashlib
import hmac
import unicodedata
from typing import Annotated, Final

import msgspec

from collector.token_errors import TokenIssueError
from evidence.errors import Words

SALT_BYTES: Final = 16
LEAST: Final = 12
MOST: Final = 256
_KEY_BYTES: Final = 32
Power = Annotated[int, msgspec.Meta(ge=10, le=18)]
Few = Annotated[int, msgspec.Meta(ge=1, le=16)]
Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32,64}$(?!\n)")]


class PasswordHash(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of a password.

    Attributes:
        salt: 16 random bytes, hexadecimal.
        key: What scrypt makes of password and salt, 32 bytes, hexadecimal.
        log2_n: Binary logarithm of scrypt's cost; 15 with r = 8 takes 32 MiB.
        r, p: Its block size and parallelisation.
    """

    salt: Hex
    key: Hex
    log2_n: Power = 15
    r: Few = 8
    p: Few = 3


def hashed(password: str, salt: bytes) -> PasswordHash:
    """What is kept of a new password.

    Args:
        password: 12 to 256 characters; compared by its characters, not by how they were typed
            (Unicode NFC).
        salt: 16 bytes from the operating system's random source.

    Raises:
        TokenIssueError: It is too short or too long, or no text.
    """
    if not LEAST <= len(password) <= MOST:
        found = Words(f"{len(password)} characters", f"{len(password)} 个字符")
        limit = Words(f"{LEAST} to {MOST} characters", f"{LEAST} 至 {MOST} 个字符")
        raise TokenIssueError("user", name="password", found=found, limit=limit)
    empty = PasswordHash(salt=salt.hex(), key="0" * 64)
    return msgspec.structs.replace(empty, key=_scrypt(password, empty).hex())


def matches(kept: PasswordHash, password: str) -> bool:
    """Whether it is the password that was kept; takes as long either way."""
    cut = password[: MOST + 1]
    return hmac.compare_digest(_scrypt(cut, kept), bytes.fromhex(kept.key))


def _scrypt(password: str, kept: PasswordHash) -> bytes:
    text = unicodedata.normalize("NFC", password)
    return hashlib.scrypt(
        text.encode(errors="surrogatepass"),
        salt=bytes.fromhex(kept.salt),
        n=1 << kept.log2_n,
        r=kept.r,
        p=kept.p,
        maxmem=256 * kept.r * ((1 << kept.log2_n) + kept.p),  # twice what it needs
        dklen=_KEY_BYTES,
    )
