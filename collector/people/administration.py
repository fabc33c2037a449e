"""What is done to users and tokens: each act leaves one entry in the journal, or is not done."""

import logging
import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from collector.access import Token, TokenFile
from collector.errors import CollectorError
from collector.journal import Journal
from collector.journal_heads import COLLECTOR
from collector.people.users import User, UserFile, person_of
from collector.token_errors import TokenIssueError
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.log.entry import Act, Action, Json

HOST: Final = "host"
_logger: Final = logging.getLogger(__name__)
_TOKENS: Final = (Action.TOKEN_ISSUED, Action.TOKEN_WITHDRAWN, Action.TOKEN_FOUND)
_USERS: Final = (Action.USER_ADDED, Action.USER_CHANGED, Action.USER_FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who administers.

    Attributes:
        who: As the journal names them.
        role: Their role; `host` at the machine.
    """

    who: str
    role: str

    def act(self, action: Action, subject: str, reason: str) -> Act:
        """What they do; it concerns all sites."""
        return Act(who=self.who, role=self.role, action=action, subject=subject, reason=reason)


def at_this_machine(by: str | None = None) -> Doer:
    """Whoever gives a command at the machine: the name they give, or their account's."""
    if by is not None:
        return Doer(who=by, role=HOST)
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account of a container need not have a name
        account = str(os.getuid())
    return Doer(who=f"{HOST}:{account}", role=HOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """The files of users and tokens, and the journal that says who changed them."""

    journal: Journal
    tokens: TokenFile
    users: UserFile

    def issue(self, token: Token, doer: Doer, reason: str) -> int:
        """The position of the entry by which a token was kept.

        Raises:
            TokenIssueError: There is one of this name, or it would reach further than its user.
            TokenFileError, JournalError: Nothing was kept.
        """
        if token.user:
            _require_within(token, self.users.named(token.user))
        act = replace(doer.act(Action.TOKEN_ISSUED, token.name, reason), new=token_said(token))
        with self.journal.recording(act) as position:
            self.tokens.add(token)
        return position

    def withdraw(self, name: str, doer: Doer, reason: str) -> int:
        """The position of the entry by which a token was withdrawn.

        Raises:
            TokenIssueError: There is none of this name.
            TokenFileError, JournalError: It was not withdrawn.
        """
        said = token_said(self.tokens.named(name))
        act = replace(doer.act(Action.TOKEN_WITHDRAWN, name, reason), old=said)
        with self.journal.recording(act) as position:
            self.tokens.remove(name)
        return position

    def add(self, user: User, doer: Doer, reason: str) -> int:
        """The position of the entry by which a user was added.

        Raises:
            TokenIssueError: There is one of this name.
            TokenFileError, JournalError: Nobody was added.
        """
        act = replace(doer.act(Action.USER_ADDED, user.name, reason), new=user_said(user))
        with self.journal.recording(act) as position:
            self.users.add(user)
        return position

    def change(self, user: User, doer: Doer, reason: str) -> int:
        """The position of the entry by which a user became this one.

        Raises:
            TokenIssueError: There is none of this name.
            TokenFileError, JournalError: Nothing was changed.
        """
        before = self.users.named(user.name)
        old, new = user_said(before), user_said(user)
        if user.password != before.password:
            new = {**new, "password": "changed"}
        act = replace(doer.act(Action.USER_CHANGED, user.name, reason), old=old, new=new)
        with self.journal.recording(act) as position:
            self.users.replace(user)
        return position

    def enter_found(self) -> int:
        """How many tokens and users were entered that the journal does not know as they are.

        They were issued before there was a journal, or past it, or the machine failed between
        file and journal.
        """
        tokens = {each.name: token_said(each) for each in self.tokens.all()}
        users = {each.name: user_said(each) for each in self.users.all()}
        found = [
            *_differing(Action.TOKEN_FOUND, tokens, _latest(self.journal, _TOKENS)),
            *_differing(Action.USER_FOUND, users, _latest(self.journal, _USERS)),
        ]
        for act in found:
            self.journal.record(act)
        return len(found)


def administration(journal: Journal, state_dir: Path) -> Administration:
    """The files of a collector's folder, with its journal."""
    return Administration(journal=journal, tokens=TokenFile(state_dir), users=UserFile(state_dir))


def enter_found(journal: Journal, state_dir: Path) -> None:
    """Enters what the files say otherwise than the journal; what cannot be now, is next time."""
    try:
        administration(journal, state_dir).enter_found()
    except CollectorError as wrong:
        _logger.warning("tokens and users were not compared with the journal: %s", wrong)


def token_said(token: Token) -> dict[str, Json]:
    """What the journal says of a token; its digest leads to none that was not shown."""
    return {
        "name": token.name,
        "role": token.role.value,
        "sites": list(token.sites),
        "user": token.user,
        "expires": utc_text(token.expires_ns),
        "sha256": token.sha256,
    }


def user_said(user: User) -> dict[str, Json]:
    """What the journal says of a user; of the password, only whether there is one."""
    return {
        "name": user.name,
        "role": user.role.value,
        "sites": list(user.sites),
        "disabled": user.disabled,
        "password": "none" if user.password is None else "set",
    }


def _latest(journal: Journal, actions: Iterable[Action]) -> dict[str, Json]:
    """What the journal says last of each name; None where it was withdrawn."""
    return {each.entry.subject: each.entry.new for each in journal.of(tuple(actions))}


def _differing(
    action: Action, held: Mapping[str, Json], known: Mapping[str, Json]
) -> Iterator[Act]:
    """One act for each name that is held otherwise than it is known, or not at all."""
    for name in sorted({*held, *known}):
        before, now = known.get(name), held.get(name)
        if _as_set(before) != now:
            yield Act(
                who=COLLECTOR,
                role=COLLECTOR,
                action=action,
                subject=name,
                reason="the file says otherwise than the journal",
                old=before,
                new=now,
            )


def _as_set(said: Json) -> Json:
    """A password that was changed is one that is set."""
    changed = isinstance(said, dict) and said.get("password") == "changed"
    return {**said, "password": "set"} if changed else said


def _require_within(token: Token, user: User) -> None:
    """Returns if a token would reach no further than its user."""
    if person_of(token, (user,)).sites != (token.sites or user.sites):
        own = ", ".join(user.sites)
        limit = Words(f"of {own}", f"属于 {own}")
        raise TokenIssueError("token", name="sites", found=", ".join(token.sites), limit=limit)
