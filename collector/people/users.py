"""The people who may ask and write: names, roles, sites, passwords; and who is behind a token."""

from pathlib import Path
from typing import Annotated, Final

import msgspec

from collector.access import Name, Person, Token, holder_of
from collector.named_file import NamedFile
from collector.people.password import PasswordHash, matches
from collector.reach import has_role, has_sites, site_needed
from collector.rights import RIGHTS, ROLE_WORDS, Role
from collector.token_errors import (
    DisabledUserError,
    PasswordError,
    TokenIssueError,
    TokenScopeError,
)
from evidence.errors import Words

_NOBODY: Final = PasswordHash(salt="0" * 32, key="0" * 64)
"""No password leads to it; an unknown name is compared with it all the same."""


class User(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is known by name.

    Attributes:
        name: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first.
        role: What they are here for.
        sites: The sites they are limited to; empty for all.
        password: What is kept of it; None where there is none.
        disabled: They and their tokens are refused; users are never deleted.
        created_ns: When they were added, POSIX ns.
    """

    name: Name
    role: Role
    sites: tuple[Name, ...] = ()
    password: PasswordHash | None = None
    disabled: bool = False
    created_ns: int


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1
    users: tuple[User, ...] = ()


def checked(user: User) -> User:
    """The user, all fields within their limits.

    Raises:
        TokenIssueError: One is not.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(user), User)
    except msgspec.ValidationError as problem:
        limit = Words("letters, digits, . _ - , at most 64", "字母、数字、. _ -，至多 64 个")
        where = Words("name or site", "名称或厂区")
        raise _refused(where, str(problem), limit) from None


def as_person(user: User) -> Person:
    """The user as the journal names them.

    Raises:
        DisabledUserError: They may not come in any more.
    """
    if user.disabled:
        raise DisabledUserError("user", name=user.name)
    return Person(name=user.name, role=user.role, sites=user.sites)


def person_of(token: Token, users: tuple[User, ...]) -> Person:
    """Who is behind a token: as far as the token reaches, and never further than its user does now.

    Raises:
        DisabledUserError: Its user is disabled, or there is none of this name.
        TokenScopeError: Its user does not have its role's rights any more, or none of its sites.
    """
    if not token.user:
        return holder_of(token)
    found = [each for each in users if each.name == token.user]
    if not found:
        raise DisabledUserError("user", name=token.user)
    user = as_person(found[0])
    if not RIGHTS[token.role] <= RIGHTS[user.role]:
        own = has_role(user.name, "", user.role)
        raise TokenScopeError("user", found=own, limit=ROLE_WORDS[token.role])
    sites = _sites(token, user)
    return Person(name=user.name, role=token.role, sites=sites, token=token.name)


def _sites(token: Token, user: Person) -> tuple[str, ...]:
    """The sites of both; empty only where neither is limited."""
    if not token.sites or not user.sites:
        return token.sites or user.sites
    both = tuple(site for site in token.sites if site in user.sites)
    if not both:
        found, limit = has_sites(user.name, "", user.sites), site_needed(", ".join(token.sites))
        raise TokenScopeError("user", found=found, limit=limit)
    return both


def authenticated(name: str, password: str, users: tuple[User, ...]) -> Person:
    """Who comes with a name and a password; an unknown name takes as long as a known one.

    Raises:
        PasswordError: They do not belong together.
        DisabledUserError: They do, and the user is disabled.
    """
    found = [each for each in users if each.name == name and each.password is not None]
    kept = found[0].password if found else None
    fits = matches(_NOBODY if kept is None else kept, password)
    if not fits or kept is None:
        raise PasswordError("user")
    return as_person(found[0])


class UserFile(NamedFile[User]):
    """The users of a collector, in the file `users.json` of its state folder."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(state_dir / "users.json", "user", _decoded, _encoded)


def _decoded(data: bytes) -> tuple[User, ...]:
    return msgspec.json.decode(data, type=_File).users


def _encoded(users: tuple[User, ...]) -> bytes:
    return msgspec.json.encode(_File(users=users))


def _refused(name: str | Words, found: object, limit: str | Words) -> TokenIssueError:
    return TokenIssueError("user", name=name, found=found, limit=limit)
