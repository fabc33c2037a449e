"""`collector user`, `collector token`, `collector journal`: what is typed and what is told."""

import io
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from collector.access import TokenFile, identify
from collector.cli import collector
from collector.journal_read import read_journal
from collector.people.users import UserFile, authenticated, person_of
from collector.rights import Role
from evidence.clock import SystemClock
from tests.unit.collector.test_cli import initialised

WHY = ("--reason", "new here")


@pytest.fixture
def toml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    initialised(tmp_path)
    capsys.readouterr()
    return tmp_path / "collector.toml"


def run(toml: Path, *words: str) -> int:
    return collector([*words, "--config", str(toml)])


def actions(toml: Path) -> list[tuple[str, str, str]]:
    with read_journal(toml.parent / "state", "plant-3") as journal:
        found = [each.entry for each in journal.entries()]
    return [(each.action, each.subject, each.who) for each in found]


def test_a_user_comes_gets_a_token_changes_and_goes(
    toml: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = toml.parent / "state"
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    add = ["user", "add", "wang", "--role", "engineer", "--site", "jinan", "--password"]
    assert run(toml, *add, "--by", "chief", *WHY) == 0
    assert (
        run(toml, "token", "new", "--name", "laptop", "--user", "wang", *WHY, "--by", "chief") == 0
    )
    text = capsys.readouterr().out.strip()
    tokens, users = TokenFile(state).all(), UserFile(state).all()
    found = identify(text, tokens, SystemClock().now_ns())
    person = person_of(found, users)
    assert (person.name, person.role, person.sites) == ("wang", Role.ENGINEER, ("jinan",))
    assert authenticated("wang", "correct horse battery", users) == person
    change = ["user", "change", "wang", "--role", "analyst", "--all-sites", "--disable"]
    assert run(toml, *change, "--reason", "left", "--by", "chief") == 0
    (wang,) = UserFile(state).all()
    assert (wang.role, wang.sites, wang.disabled) == (Role.ANALYST, (), True)
    assert run(toml, "token", "withdraw", "laptop", "--reason", "left", "--by", "chief") == 0
    assert actions(toml) == [
        ("user-added", "wang", "chief"),
        ("token-issued", "laptop", "chief"),
        ("user-changed", "wang", "chief"),
        ("token-withdrawn", "laptop", "chief"),
    ]
    for each in state.iterdir():
        assert b"correct horse" not in each.read_bytes()
        assert text.encode() not in each.read_bytes()
        assert stat.S_IMODE(each.stat().st_mode) & 0o077 in (0, 0o044)


def test_users_and_tokens_are_listed(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(toml, "user", "add", "li", "--role", "auditor", *WHY)
    run(toml, "token", "new", "--name", "grafana", "--role", "analyst", "--site", "jinan", *WHY)
    capsys.readouterr()
    assert run(toml, "user", "list") == 0
    assert capsys.readouterr().out == "li\tauditor\tall sites\tenabled\tno password\n"
    assert run(toml, "token", "list") == 0
    assert capsys.readouterr().out.startswith("grafana\tanalyst\tjinan\t-\t20")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["user", "add", "li", "--role", "auditor"], "E_JOURNAL_REASON"),
        (["user", "change", "li", "--disable"], "E_TOKEN_ISSUE"),  # there is none to change
        (["token", "new", "--name", "a", "--role", "auditor"], "E_JOURNAL_REASON"),
        (["token", "withdraw", "a"], "E_TOKEN_ISSUE"),
    ],
)
def test_a_command_that_writes_is_refused_without_a_reason(
    toml: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    with pytest.raises(SystemExit):
        run(toml, *words)
    assert "--reason" in capsys.readouterr().err
    assert run(toml, *words, "--reason", " ") == 78
    assert code in capsys.readouterr().err
    assert actions(toml) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["user", "add", "a b", "--role", "auditor", *WHY], "E_TOKEN_ISSUE"),
        (["user", "change", "nobody", "--reason", "x"], "E_TOKEN_ISSUE"),
        (["token", "new", "--name", "a", *WHY], "E_TOKEN_ISSUE"),
        (
            ["token", "new", "--name", "a", "--role", "auditor", "--days", "0", *WHY],
            "E_TOKEN_ISSUE",
        ),
        (
            ["token", "new", "--name", "a", "--role", "auditor", "--user", "x", *WHY],
            "E_TOKEN_ISSUE",
        ),
        (["token", "withdraw", "a", "--reason", "x"], "E_TOKEN_ISSUE"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_no_entry(
    toml: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    assert run(toml, *words) == 78
    told = capsys.readouterr().err
    assert told.count(code) == 2
    assert actions(toml) == []


def test_the_journal_is_printed_checked_and_its_key_told(
    toml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(toml, "user", "add", "li", "--role", "auditor", "--by", "chief", "--reason", "new")
    capsys.readouterr()
    assert run(toml, "journal", "list") == 0
    line = capsys.readouterr().out.rstrip("\n").split("\t")
    assert [line[0], *line[2:]] == ["0", "user-added", "chief (host)", "li", "new"]
    assert run(toml, "journal", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["new"]["name"] == "li"
    assert run(toml, "journal", "list", "--first", "1") == 0
    assert capsys.readouterr().out == ""
    assert run(toml, "journal", "key") == 0
    assert capsys.readouterr().out.startswith("plant-3/journal+")
    assert run(toml, "journal", "check") == 0
    assert capsys.readouterr().out.startswith("1 entries, root ")
    with sqlite3.connect(toml.parent / "state" / "journal.sqlite") as db:
        db.execute("UPDATE entries SET subject = 'wang'")
    db.close()
    assert run(toml, "journal", "check") == 78
    assert "entry 0 is listed otherwise" in capsys.readouterr().err
