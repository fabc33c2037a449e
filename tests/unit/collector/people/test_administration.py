"""Each change of users and tokens leaves one entry, and none is made without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.access import Token, TokenFile, issue
from collector.journal import open_journal
from collector.journal_errors import JournalFullError
from collector.people.administration import (
    Administration,
    Doer,
    administration,
    at_this_machine,
    enter_found,
)
from collector.people.password import PasswordHash
from collector.people.users import User, UserFile
from collector.rights import Role
from collector.token_errors import TokenFileError, TokenIssueError, TokenScopeError
from evidence.clock import SteppedClock, parse_utc
from evidence.log.entry import Action, Entry, EntryError

NOW_NS = parse_utc("2026-11-30T08:00:00Z")
DOER = Doer(who="chief", role="administrator")
WANG = User(name="wang", role=Role.ENGINEER, sites=("jinan", "weifang"), created_ns=NOW_NS)
PASSWORD = PasswordHash(salt="ab" * 16, key="cd" * 32)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Administration]:
    with open_journal(tmp_path, "plant-3", SteppedClock(NOW_NS)) as journal:
        yield administration(journal, tmp_path)


def token(name: str = "grafana", user: str = "", *sites: str, role: Role = Role.AUDITOR) -> Token:
    expires_ns = NOW_NS + 10**18
    secret = name.encode().ljust(32, b".")
    return issue(
        name, role, secret, created_ns=NOW_NS, expires_ns=expires_ns, sites=sites, user=user
    )[1]


def entries(office: Administration) -> list[Entry]:
    return [each.entry for each in office.journal.entries()]


def test_a_token_leaves_an_entry_when_it_is_issued_and_when_it_is_withdrawn(
    office: Administration,
) -> None:
    assert office.issue(token(), DOER, "for the control room") == 0
    assert office.withdraw("grafana", DOER, "the screen is gone") == 1
    issued, withdrawn = entries(office)
    assert (issued.who, issued.role, issued.action) == (
        "chief",
        "administrator",
        Action.TOKEN_ISSUED,
    )
    assert (issued.subject, issued.reason) == ("grafana", "for the control room")
    assert issued.new == withdrawn.old
    assert issued.new["sha256"] == token().sha256
    assert (issued.new["role"], issued.new["expires"]) == ("auditor", "2058-08-08T09:46:40Z")
    assert (withdrawn.action, withdrawn.new) == (Action.TOKEN_WITHDRAWN, None)
    assert office.tokens.all() == ()


def test_a_change_of_a_user_says_what_was_and_what_is_but_nothing_of_the_password(
    office: Administration,
) -> None:
    office.add(WANG, DOER, "new here")
    office.change(replace(WANG, role=Role.ANALYST, password=PASSWORD), DOER, "another desk")
    office.change(replace(WANG, role=Role.ANALYST, password=None), DOER, "left")
    added, changed, again = entries(office)
    assert added.new == {
        "name": "wang",
        "role": "engineer",
        "sites": ["jinan", "weifang"],
        "disabled": False,
        "password": "none",
    }
    assert changed.old == added.new
    assert changed.new == {**added.new, "role": "analyst", "password": "changed"}
    assert (again.old["password"], again.new["password"]) == ("set", "changed")
    text = (office.journal.database.where, PASSWORD.key, PASSWORD.salt)
    kept = Path(text[0]).read_bytes() + Path(f"{text[0]}-wal").read_bytes()
    assert text[1].encode() not in kept
    assert text[2].encode() not in kept


def test_what_is_refused_leaves_no_entry_and_what_cannot_be_entered_is_not_done(
    office: Administration,
) -> None:
    office.issue(token(), DOER, "for a desk")
    office.add(WANG, DOER, "new here")
    with pytest.raises(TokenIssueError):
        office.issue(token(), DOER, "for a desk")
    with pytest.raises(TokenIssueError):
        office.withdraw("nobody", DOER, "gone")
    with pytest.raises(TokenIssueError):
        office.add(WANG, DOER, "new here")
    with pytest.raises(TokenIssueError):
        office.change(replace(WANG, name="li"), DOER, "gone")
    with pytest.raises(EntryError):
        office.withdraw("grafana", DOER, "two\nlines")
    with pytest.raises(EntryError):
        office.change(replace(WANG, disabled=True), DOER, "\x1b[2J")
    assert len(entries(office)) == 2
    assert len(office.tokens.all()) == 1
    assert office.users.all() == (WANG,)


def test_a_token_is_not_issued_beyond_its_user(office: Administration) -> None:
    office.add(WANG, DOER, "new here")
    office.issue(token("laptop", "wang", role=Role.ENGINEER), DOER, "for a desk")
    office.issue(token("phone", "wang", "jinan"), DOER, "for a desk")
    with pytest.raises(TokenScopeError):
        office.issue(token("other", "wang", role=Role.ADMINISTRATOR), DOER, "for a desk")
    with pytest.raises(TokenIssueError, match="sites"):
        office.issue(token("other", "wang", "jinan", "qingdao"), DOER, "for a desk")
    with pytest.raises(TokenIssueError, match="one of: wang"):
        office.issue(token("other", "nobody"), DOER, "for a desk")
    assert [each.name for each in office.tokens.all()] == ["laptop", "phone"]


def test_what_is_in_the_files_past_the_journal_is_entered_once(office: Administration) -> None:
    office.issue(token(), DOER, "for a desk")
    office.add(WANG, DOER, "new here")
    office.change(replace(WANG, password=PASSWORD), DOER, "forgotten")
    assert office.enter_found() == 0
    office.tokens.add(token("past"))
    office.tokens.remove("grafana")
    office.users.replace(replace(WANG, role=Role.ADMINISTRATOR, password=PASSWORD))
    assert office.enter_found() == 3
    assert office.enter_found() == 0
    gone, past, wang = entries(office)[3:]
    assert (gone.action, gone.subject, gone.new) == (Action.TOKEN_FOUND, "grafana", None)
    assert (past.action, past.subject, past.old) == (Action.TOKEN_FOUND, "past", None)
    assert (wang.action, wang.old["role"], wang.new["role"]) == (
        Action.USER_FOUND,
        "engineer",
        "administrator",
    )
    assert {each.who for each in (gone, past, wang)} == {"collector"}


def test_a_file_that_cannot_be_read_does_not_keep_the_collector_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tokens.json").write_text("{")
    (tmp_path / "tokens.json").chmod(0o600)
    with open_journal(tmp_path, "plant-3", SteppedClock(NOW_NS)) as journal:
        enter_found(journal, tmp_path)
        assert journal.head().size == 0
    assert "E_TOKEN_FILE" in caplog.text


def test_whoever_gives_a_command_is_named_by_themselves_or_by_their_account() -> None:
    assert at_this_machine("Q. Wang") == Doer(who="Q. Wang", role="host")
    assert at_this_machine().who.startswith("host:")


class FullTokens(TokenFile):
    """A file of tokens on a disk without room."""

    def add(self, token: Token) -> None:
        raise TokenFileError(token.name, what="No space left on device")


def test_a_token_that_could_not_be_kept_leaves_no_entry(
    office: Administration, tmp_path: Path
) -> None:
    full = Administration(
        journal=office.journal, tokens=FullTokens(tmp_path), users=UserFile(tmp_path)
    )
    with pytest.raises(TokenFileError):
        full.issue(token(), DOER, "for a desk")
    assert entries(office) == []


def test_a_journal_that_is_full_keeps_a_token_from_being_issued(
    office: Administration,
) -> None:
    office.issue(token(), DOER, "for a desk")
    pages = office.journal.database.rows("PRAGMA page_count")[0][0]
    office.journal.database.rows(f"PRAGMA max_page_count = {pages}")

    def until_full() -> None:
        for number in range(100):
            office.issue(token(f"t{number}"), DOER, "x" * 1000)

    with pytest.raises(JournalFullError):
        until_full()
    kept = len(office.tokens.all())
    assert kept == len(entries(office)) < 100
