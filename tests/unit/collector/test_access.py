"""Tokens: only their hash is kept, and each reaches as far as it was issued for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.access import (
    Person,
    Token,
    TokenFile,
    holder_of,
    identify,
    issue,
)
from collector.rights import RIGHTS, Right, Role
from collector.token_errors import (
    ExpiredTokenError,
    TokenFileError,
    TokenIssueError,
    TokenScopeError,
    UnknownTokenError,
)

NOW_NS = 1_774_972_800_000_000_000
LATER_NS = NOW_NS + 3600 * 1_000_000_000


def issued(
    name: str = "grafana", role: Role = Role.AUDITOR, sites: tuple[str, ...] = ()
) -> tuple[str, Token]:
    secret = name.encode().ljust(32, b".")
    return issue(name, role, secret, created_ns=NOW_NS, expires_ns=LATER_NS, sites=sites)


def test_a_token_is_recognised_by_its_text_until_it_expires() -> None:
    text, token = issued()
    _, other = issued("auditor")
    assert identify(text, (other, token), NOW_NS) == token
    assert identify(text, (token,), LATER_NS - 1) == token
    with pytest.raises(ExpiredTokenError, match="'grafana' expired at 2026-03-31T17:00:00Z"):
        identify(text, (token,), LATER_NS)


@pytest.mark.parametrize("shown", ["", "cmt_", "x" * 10_000, "\ud800", "cmt_密"])
def test_what_is_no_token_is_not_known(shown: str) -> None:
    text, token = issued()
    for wrong in (shown, text[:-1], text + "A", token.sha256):
        with pytest.raises(UnknownTokenError):
            identify(wrong, (token,), NOW_NS)
    with pytest.raises(UnknownTokenError):
        identify(text, (), NOW_NS)


def test_the_text_of_a_token_is_kept_nowhere(tmp_path: Path) -> None:
    text, token = issued()
    TokenFile(tmp_path).add(token)
    for path in tmp_path.iterdir():
        assert text not in path.read_text()
    assert text not in repr(token)
    with pytest.raises(ExpiredTokenError) as caught:
        identify(text, (token,), LATER_NS)
    assert text not in str(caught.value)


@pytest.mark.parametrize("role", Role)
def test_a_holder_has_the_rights_of_the_role_and_no_others(role: Role) -> None:
    holder = holder_of(issued(role=role)[1])
    assert holder.name == "token:grafana"
    for right in Right:
        if right in RIGHTS[role]:
            holder.require(right)
        else:
            with pytest.raises(TokenScopeError, match=rf"is for an? {role}; this needs {right} \("):
                holder.require(right)


@pytest.mark.parametrize(
    ("token", "english", "chinese"),
    [
        (
            "",
            "'chen' is an analyst; this needs an administrator",
            "'chen' 的角色为分析员；此操作需要管理员：请联系管理员",
        ),
        (
            "laptop",
            "the token 'laptop' is for an analyst; this needs administer (an administrator)",
            "令牌 'laptop' 的角色为分析员；此操作需要 administer（管理员）：请联系管理员",
        ),
    ],
)
def test_a_person_and_a_token_are_refused_in_their_words(
    token: str, english: str, chinese: str
) -> None:
    with pytest.raises(TokenScopeError) as caught:
        Person(name="chen", role=Role.ANALYST, token=token).require(Right.ADMINISTER)
    assert caught.value.say("en").endswith(f": {english}: ask an administrator")
    assert caught.value.say("zh").endswith(f": {chinese}")


def test_a_site_that_is_needed_is_said_to_a_person_too() -> None:
    with pytest.raises(TokenScopeError) as caught:
        Person(name="chen", role=Role.ANALYST, sites=("a", "b")).require_site("c")
    assert "'chen' is limited to a, b; this needs site c" in caught.value.say("en")
    assert "'chen' 仅限厂区 a、b；此操作需要厂区 c" in caught.value.say("zh")


def test_a_token_extends_to_its_sites_only_and_to_what_concerns_all_without_a_limit() -> None:
    everywhere = holder_of(issued()[1])
    hall = holder_of(issued(sites=("hall-1",))[1])
    assert everywhere.sees("hall-2")
    assert everywhere.sees("")
    hall.require_site("hall-1")
    for site, named in (("hall-2", "site hall-2"), ("", "all sites")):
        with pytest.raises(TokenScopeError, match=named):
            hall.require_site(site)


EARLIER = """{"version": 1, "tokens": [%s]}"""
ONE_EARLIER = """{"name": "%s", "role": "%s", "sha256": "%s", "created_ns": 1,
 "expires_ns": 9, "sites": ["hall-1"]}"""


@pytest.mark.parametrize(
    ("before", "role"),
    [("read", Role.AUDITOR), ("auditor", Role.AUDITOR), ("admin", Role.ADMINISTRATOR)],
)
def test_tokens_of_the_first_version_reach_as_far_as_they_did(
    tmp_path: Path, before: str, role: Role
) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(EARLIER % ONE_EARLIER % ("old", before, "0" * 64))
    path.chmod(0o600)
    (found,) = TokenFile(tmp_path).all()
    assert (found.name, found.role, found.sites) == ("old", role, ("hall-1",))
    TokenFile(tmp_path).add(issued("new")[1])
    assert [each.name for each in TokenFile(tmp_path).all()] == ["old", "new"]
    assert b'"version": 2' in path.read_bytes()


@pytest.mark.parametrize(
    ("name", "secret", "expires_ns", "sites"),
    [
        ("", bytes(32), LATER_NS, ()),
        ("a b", bytes(32), LATER_NS, ()),
        ("a\n", bytes(32), LATER_NS, ()),
        ("a", bytes(31), LATER_NS, ()),
        ("a", bytes(32), NOW_NS, ()),
        ("a", bytes(32), LATER_NS, ("",)),
    ],
)
def test_a_token_is_not_issued_out_of_its_limits(
    name: str, secret: bytes, expires_ns: int, sites: tuple[str, ...]
) -> None:
    with pytest.raises(TokenIssueError, match="E_TOKEN_ISSUE"):
        issue(name, Role.AUDITOR, secret, created_ns=NOW_NS, expires_ns=expires_ns, sites=sites)


def test_tokens_are_kept_in_a_private_file_and_withdrawn_by_name(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    assert file.all() == ()
    (_, one), (_, two) = issued("one"), issued("two", Role.ADMINISTRATOR, ("hall-1",))
    file.add(one)
    file.add(two)
    assert TokenFile(tmp_path).all() == (one, two)
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(TokenIssueError, match="no token has"):
        file.add(one)
    file.remove("one")
    assert file.all() == (two,)
    with pytest.raises(TokenIssueError, match="one of: two"):
        file.remove("one")


def test_tokens_issued_at_the_same_time_do_not_lose_each_other(tmp_path: Path) -> None:
    tokens = [issued(f"t{number}")[1] for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda token: TokenFile(tmp_path).add(token), tokens))
    assert {token.name for token in TokenFile(tmp_path).all()} == {t.name for t in tokens}


@pytest.mark.parametrize(
    "content", [b"", b"{}x", b'{"version":3}', b'{"extra":1}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_file_of_tokens_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TokenFileError, match="E_TOKEN_FILE"):
        TokenFile(tmp_path).all()


def test_a_file_of_tokens_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    TokenFile(tmp_path).add(issued()[1])
    (tmp_path / "tokens.json").chmod(0o644)
    with pytest.raises(TokenFileError, match="chmod 600"):
        TokenFile(tmp_path).all()
    with pytest.raises(TokenFileError):
        TokenFile(tmp_path / "absent").add(issued()[1])
