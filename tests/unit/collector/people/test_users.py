"""Users: a token never reaches further than its user, and a password is kept as scrypt of it."""

import hashlib
from pathlib import Path

import pytest

from collector.access import Person, Token, issue
from collector.people.password import PasswordHash, hashed, matches
from collector.people.users import User, UserFile, authenticated, checked, person_of
from collector.rights import RIGHTS, Role
from collector.token_errors import (
    DisabledUserError,
    PasswordError,
    TokenFileError,
    TokenIssueError,
    TokenScopeError,
)

NOW_NS = 1_774_972_800_000_000_000
WORDS = "correct horse battery"
QUICK = PasswordHash(salt="ab" * 16, key="0" * 64, log2_n=10, p=1)
"""As the real ones, but quick."""


def user(
    name: str = "wang", role: Role = Role.ENGINEER, *sites: str, disabled: bool = False
) -> User:
    return User(name=name, role=role, sites=sites, disabled=disabled, created_ns=NOW_NS)


def token(role: Role, *sites: str, of: str = "wang") -> Token:
    return issue(
        "laptop",
        role,
        bytes(32),
        created_ns=NOW_NS,
        expires_ns=NOW_NS + 1,
        sites=sites,
        user=of,
    )[1]


def with_password(words: str) -> PasswordHash:
    key = hashlib.scrypt(
        words.encode(), salt=bytes.fromhex(QUICK.salt), n=1 << 10, r=8, p=1, dklen=32
    )
    return PasswordHash(salt=QUICK.salt, key=key.hex(), log2_n=10, p=1)


@pytest.mark.parametrize("of_token", Role)
@pytest.mark.parametrize("of_user", Role)
def test_a_token_may_do_no_more_than_its_user(of_user: Role, of_token: Role) -> None:
    shown, users = token(of_token), (user(role=of_user),)
    if RIGHTS[of_token] <= RIGHTS[of_user]:
        assert person_of(shown, users) == Person(name="wang", role=of_token)
    else:
        with pytest.raises(TokenScopeError):
            person_of(shown, users)


@pytest.mark.parametrize(
    ("of_user", "of_token", "both"),
    [
        ((), (), ()),
        (("a", "b"), (), ("a", "b")),
        ((), ("a",), ("a",)),
        (("a", "b"), ("b",), ("b",)),
        (("a", "b"), ("b", "c"), ("b",)),
    ],
)
def test_a_token_extends_to_the_sites_of_both(
    of_user: tuple[str, ...], of_token: tuple[str, ...], both: tuple[str, ...]
) -> None:
    shown = token(Role.ENGINEER, *of_token)
    assert person_of(shown, (user("wang", Role.ENGINEER, *of_user),)).sites == both


def test_where_token_and_user_have_no_site_in_common_nothing_is_seen() -> None:
    """An empty list means all sites, so it must not come out of two that are disjoint."""
    with pytest.raises(TokenScopeError):
        person_of(token(Role.ENGINEER, "c"), (user("wang", Role.ENGINEER, "a", "b"),))


def test_the_token_of_a_user_who_is_disabled_or_gone_opens_nothing() -> None:
    for users in ((), (user("li"),), (user(disabled=True),)):
        with pytest.raises(DisabledUserError, match="wang"):
            person_of(token(Role.ENGINEER), users)


def test_a_programs_token_is_not_looked_for_among_the_users() -> None:
    assert person_of(token(Role.AUDITOR, of=""), ()).name == "token:laptop"


def test_a_password_is_recognised_however_its_characters_were_typed() -> None:
    kept = hashed("pa\u0301ssword of 18", bytes(16))
    assert (kept.log2_n, kept.r, kept.p) == (15, 8, 3)
    assert matches(kept, "p\u00e1ssword of 18")
    assert not matches(kept, "password of 18")


def test_scrypt_is_that_of_rfc_7914() -> None:
    """Section 12, second vector: P = "password", S = "NaCl", N = 1024, r = 8, p = 16."""
    printed = (
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    made = hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16, dklen=64)
    assert made.hex() == printed


@pytest.mark.parametrize("words", ["", "short", "x" * 11, "x" * 257])
def test_a_password_of_another_length_is_not_taken(words: str) -> None:
    with pytest.raises(TokenIssueError, match="12 to 256"):
        hashed(words, bytes(16))


def test_name_and_password_together_tell_who_it_is() -> None:
    kept = with_password(WORDS)
    wang = User(name="wang", role=Role.ANALYST, password=kept, created_ns=1)
    gone = User(name="gone", role=Role.ANALYST, password=kept, disabled=True, created_ns=1)
    users = (user("li"), wang, gone)
    assert authenticated("wang", WORDS, users) == Person(name="wang", role=Role.ANALYST)
    wrong = (
        ("wang", "another password"),
        ("li", WORDS),
        ("nobody", WORDS),
        ("wang", ""),
        ("wang", WORDS + "\ud800"),
        ("gone", "another password"),
    )
    for name, words in wrong:
        with pytest.raises(PasswordError, match="E_PASSWORD user: name and password"):
            authenticated(name, words, users)
    with pytest.raises(DisabledUserError):
        authenticated("gone", WORDS, users)


def test_users_are_kept_in_a_private_file(tmp_path: Path) -> None:
    file = UserFile(tmp_path)
    assert file.all() == ()
    file.add(user())
    file.add(user("li", Role.AUDITOR, "jinan"))
    with pytest.raises(TokenIssueError, match="no user has"):
        file.add(user())
    changed = user(role=Role.ANALYST, disabled=True)
    file.replace(changed)
    assert UserFile(tmp_path).all() == (changed, user("li", Role.AUDITOR, "jinan"))
    with pytest.raises(TokenIssueError, match="one of: wang, li"):
        file.replace(user("nobody"))
    path = tmp_path / "users.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(TokenFileError, match="chmod 600"):
        file.all()


@pytest.mark.parametrize("content", [b"", b"{}x", b'{"version":2}', b"\xff", b"[" * 100_000])
def test_a_damaged_file_of_users_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "users.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TokenFileError, match="E_TOKEN_FILE"):
        UserFile(tmp_path).all()


@pytest.mark.parametrize("wrong", [user(""), user("a b"), user("a\n"), user("a", Role.ANALYST, "")])
def test_a_user_out_of_the_limits_is_not_made(wrong: User) -> None:
    with pytest.raises(TokenIssueError):
        checked(wrong)
