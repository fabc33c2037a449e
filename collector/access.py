"""Who may ask the collector what: tokens with a role, sites and an expiry.

A token is 256 random bits, shown once; only its SHA-256 is kept, in a 0600 file beside the
ledger, so that tokens can be issued and withdrawn while the collector runs.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from collector.named_file import NamedFile
from collector.reach import has_role, has_sites, roles_needed, site_needed
from collector.rights import Right, Role, may
from collector.token_errors import (
    ExpiredTokenError,
    TokenIssueError,
    TokenScopeError,
    UnknownTokenError,
)
from evidence.clock import utc_text

SECRET_BYTES: Final = 32
_PREFIX: Final = "cmt_"

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
# What tokens of the first version were for: to read everything, or to do everything.
_EARLIER: Final = {"read": Role.AUDITOR, "auditor": Role.AUDITOR, "admin": Role.ADMINISTRATOR}


class Token(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of a token.

    Attributes:
        name: Who holds it: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first.
        role: What it is for.
        sha256: Of the token's text, hexadecimal.
        created_ns: When it was issued, POSIX ns.
        expires_ns: From when on it is refused, POSIX ns.
        sites: The sites it extends to; empty for all, or for all of its user's.
        user: Whose it is; empty for a program's. It never reaches further than its user.
    """

    name: Name
    role: Role
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    created_ns: int
    expires_ns: int
    sites: tuple[Name, ...] = ()
    user: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\n)")] = ""


class _TokenFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content."""

    version: Annotated[int, msgspec.Meta(ge=2, le=2)] = 2
    tokens: tuple[Token, ...] = ()


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which version a file is of; the first one could leave it out."""

    version: int = 1


class _EarlierToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token as the first version kept it."""

    name: Name
    role: Literal["read", "auditor", "admin"]
    sha256: str
    created_ns: int
    expires_ns: int
    sites: tuple[Name, ...] = ()


class _EarlierFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first version's content."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1
    tokens: tuple[_EarlierToken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is behind a request.

    Attributes:
        name: As the journal names them: a user, or `token:<name>` of a token that is nobody's.
        role: What they are here for.
        sites: The sites they are limited to; empty for all.
        token: Name of the token that was shown; "" for somebody who signed in.
    """

    name: str
    role: Role
    sites: tuple[str, ...] = ()
    token: str = field(default="", compare=False)

    def sees(self, site: str) -> bool:
        """Whether they extend to a site; to what concerns all sites, only without a limit."""
        return not self.sites or site in self.sites

    def require(self, right: Right) -> None:
        """Returns if they have a right.

        Raises:
            TokenScopeError: They do not.
        """
        if not may(self.role, right):
            found = has_role(self.name, self.token, self.role)
            raise TokenScopeError(self._shown, found=found, limit=roles_needed(right, self.token))

    def require_site(self, site: str) -> None:
        """Returns if they extend to a site; "" stands for all of them.

        Raises:
            TokenScopeError: They do not.
        """
        if not self.sees(site):
            found = has_sites(self.name, self.token, self.sites)
            raise TokenScopeError(self._shown, found=found, limit=site_needed(site))

    @property
    def _shown(self) -> str:
        return "token" if self.token else "user"


def holder_of(token: Token) -> Person:
    """Who is behind a token that is nobody's in particular."""
    return Person(name=f"token:{token.name}", role=token.role, sites=token.sites, token=token.name)


def issue(
    name: str,
    role: Role,
    secret: bytes,
    *,
    created_ns: int,
    expires_ns: int,
    sites: tuple[str, ...] = (),
    user: str = "",
) -> tuple[str, Token]:
    """The text of a new token, to be shown once, and what is kept of it.

    Args:
        name: Who will hold it.
        role: What it is for.
        secret: 32 bytes from the operating system's random source.
        created_ns: The instant now, POSIX ns.
        expires_ns: From when on it is refused, POSIX ns; after `created_ns`.
        sites: The sites it extends to; empty for all.
        user: Whose it is; empty for a program's.

    Raises:
        TokenIssueError: A value is out of its limits.
    """
    if len(secret) != SECRET_BYTES:
        raise _not_issued("secret", f"{len(secret)} bytes", f"{SECRET_BYTES} bytes")
    if expires_ns <= created_ns:
        raise _not_issued("expires", expires_ns, f"after {created_ns}")
    text = _PREFIX + base64.urlsafe_b64encode(secret).decode().rstrip("=")
    token = Token(
        name=name,
        role=role,
        sha256=_digest(text),
        created_ns=created_ns,
        expires_ns=expires_ns,
        sites=sites,
        user=user,
    )
    try:
        return text, msgspec.convert(msgspec.to_builtins(token), Token)
    except msgspec.ValidationError as problem:
        limit = "letters, digits, . _ - , at most 64"
        raise _not_issued("name or site", str(problem), limit) from None


def _not_issued(name: str, found: object, limit: str) -> TokenIssueError:
    return TokenIssueError("token", name=name, found=found, limit=limit)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def identify(text: str, tokens: tuple[Token, ...], now_ns: int) -> Token:
    """The token that a request shows. All are compared, each in constant time.

    Args:
        text: What was shown; empty if nothing was.
        tokens: All that were issued.
        now_ns: The instant now, POSIX ns.

    Raises:
        UnknownTokenError: It is none of them.
        ExpiredTokenError: Its time is over.
    """
    shown = _digest(text)
    found = [token for token in tokens if hmac.compare_digest(token.sha256, shown)]
    if not found:
        raise UnknownTokenError("token")
    token = found[0]
    if now_ns >= token.expires_ns:
        raise ExpiredTokenError("token", name=token.name, limit=utc_text(token.expires_ns))
    return token


class TokenFile(NamedFile[Token]):
    """The tokens of a collector, in the file `tokens.json` of its state folder.

    What is removed is refused from then on.
    """

    def __init__(self, state_dir: Path) -> None:
        super().__init__(state_dir / "tokens.json", "token", _decoded, _encoded)


def _encoded(tokens: tuple[Token, ...]) -> bytes:
    return msgspec.json.encode(_TokenFile(tokens=tokens))


def _decoded(data: bytes) -> tuple[Token, ...]:
    """The tokens of a file, also of one that the first version wrote.

    Its `read` reached as far as its `auditor`: it may go on reading what it read.
    """
    if msgspec.json.decode(data, type=_Version).version != 1:
        return msgspec.json.decode(data, type=_TokenFile).tokens
    earlier = msgspec.json.decode(data, type=_EarlierFile).tokens
    fields = [{**msgspec.to_builtins(each), "role": _EARLIER[each.role]} for each in earlier]
    return tuple(msgspec.convert(fields, type=tuple[Token, ...]))
