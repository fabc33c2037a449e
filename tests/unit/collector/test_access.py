"""Tokens: only their hash is kept, and each reaches as far as it was issued for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.access import (
    Role,
    Token,
    TokenFile,
    extends_to,
    identify,
    issue,
    require_role,
    require_site,
)
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
    name: str = "grafana", role: Role = Role.READ, sites: tuple[str, ...] = ()
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


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.READ, {Role.READ}),
        (Role.AUDITOR, {Role.READ, Role.AUDITOR}),
        (Role.ADMIN, {Role.READ, Role.AUDITOR, Role.ADMIN}),
    ],
)
def test_each_role_may_do_what_those_before_it_may(role: Role, may: set[Role]) -> None:
    _, token = issued(role=role)
    for needed in Role:
        if needed in may:
            require_role(token, needed)
        else:
            with pytest.raises(TokenScopeError, match=f"for {role}; {needed} is needed"):
                require_role(token, needed)


def test_a_token_extends_to_its_sites_only() -> None:
    _, everywhere = issued()
    _, hall = issued(sites=("hall-1",))
    assert extends_to(everywhere, "hall-2")
    require_site(hall, "hall-1")
    with pytest.raises(TokenScopeError, match="site hall-2"):
        require_site(hall, "hall-2")


@pytest.mark.parametrize(
    ("name", "secret", "expires_ns", "sites"),
    [
        ("", bytes(32), LATER_NS, ()),
        ("a b", bytes(32), LATER_NS, ()),
        ("a", bytes(31), LATER_NS, ()),
        ("a", bytes(32), NOW_NS, ()),
        ("a", bytes(32), LATER_NS, ("",)),
    ],
)
def test_a_token_is_not_issued_out_of_its_limits(
    name: str, secret: bytes, expires_ns: int, sites: tuple[str, ...]
) -> None:
    with pytest.raises(TokenIssueError, match="E_TOKEN_ISSUE"):
        issue(name, Role.READ, secret, created_ns=NOW_NS, expires_ns=expires_ns, sites=sites)


def test_tokens_are_kept_in_a_private_file_and_withdrawn_by_name(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    assert file.tokens() == ()
    (_, one), (_, two) = issued("one"), issued("two", Role.ADMIN, ("hall-1",))
    file.add(one)
    file.add(two)
    assert TokenFile(tmp_path).tokens() == (one, two)
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(TokenIssueError, match="no token has"):
        file.add(one)
    file.withdraw("one")
    assert file.tokens() == (two,)
    with pytest.raises(TokenIssueError, match="one of: two"):
        file.withdraw("one")


def test_tokens_issued_at_the_same_time_do_not_lose_each_other(tmp_path: Path) -> None:
    tokens = [issued(f"t{number}")[1] for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda token: TokenFile(tmp_path).add(token), tokens))
    assert {token.name for token in TokenFile(tmp_path).tokens()} == {t.name for t in tokens}


@pytest.mark.parametrize(
    "content", [b"", b"{}x", b'{"version":2}', b'{"extra":1}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_file_of_tokens_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TokenFileError, match="E_TOKEN_FILE"):
        TokenFile(tmp_path).tokens()


def test_a_file_of_tokens_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    TokenFile(tmp_path).add(issued()[1])
    (tmp_path / "tokens.json").chmod(0o644)
    with pytest.raises(TokenFileError, match="chmod 600"):
        TokenFile(tmp_path).tokens()
    with pytest.raises(TokenFileError):
        TokenFile(tmp_path / "absent").add(issued()[1])
