"""Histories that contradict what is held: what a person sees of them, and does about them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from collector.database import Connect, Database, connect_sqlite
from collector.errors import LedgerAbsentError, LedgerOlderError
from collector.journal import Journal
from collector.ledger_notes import LedgerNotes
from collector.ledger_read import LEDGER
from collector.ledger_rows import Branch
from collector.ledger_schema import SCHEMA
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.log.entry import Act, Action

DIGITS: Final = 12


class BranchSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A branch, for a person.

    Attributes:
        root: The other root that was signed; 12 digits of it are enough to name it.
        agent, epoch, leaf: Where it leaves the log.
        code: E_EQUIVOCATION, or E_LOG_ROOT where a message altered on its way looks the same.
        first, last, seen: When it came, UTC, and how often.
        open: Whether nobody looked at it since it was last seen.
        released_by, reason: Who did, and what became of it.
    """

    root: str
    agent: str
    epoch: str
    leaf: int
    code: str
    first: str
    last: str
    seen: int
    open: bool
    released_by: str
    reason: str

    def to_line(self) -> str:
        """The fields, tab-separated; the root by 12 digits."""
        state = "open" if self.open else f"released by {self.released_by}: {self.reason}"
        place = f"{self.agent}/{self.epoch}/{self.leaf}"
        return "\t".join((self.root[:DIGITS], place, self.code, f"{self.seen}x", self.last, state))


def seen(branch: Branch) -> BranchSeen:
    """What a person sees of a branch."""
    return BranchSeen(
        root=branch.root.hex(),
        agent=branch.agent,
        epoch=branch.epoch,
        leaf=branch.sequence,
        code=branch.code,
        first=utc_text(branch.first_ns),
        last=utc_text(branch.last_ns),
        seen=branch.seen,
        open=branch.is_open,
        released_by=branch.released_by,
        reason=branch.reason,
    )


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody looked at a branch.

    Attributes:
        root: So many hexadecimal digits that one open branch alone begins with them.
        who, role: Who looked at it, as the journal names them.
        reason: What became of it.
    """

    root: str
    who: str
    role: str
    reason: str


def release(
    notes: LedgerNotes, journal: Journal, asked: Release, sites: Mapping[str, str], at_ns: int
) -> Branch:
    """The branch that was released; the journal has the entry of it.

    Args:
        notes: Where it is kept, and stays.
        journal: Where it is entered.
        asked: Which one, who and why.
        sites: Where each agent stands.
        at_ns: When, POSIX ns.

    Raises:
        LedgerAbsentError: None begins so, or more than one.
        EntryError, JournalError: It cannot be entered, so it was not released.
    """
    branch = notes.open_branch(asked.root)
    act = Act(
        who=asked.who,
        role=asked.role,
        action=Action.BRANCH_RELEASED,
        site=sites.get(branch.agent, ""),
        subject=f"{branch.agent}/{branch.epoch}/{branch.sequence}",
        reason=asked.reason,
        old={"root": branch.root.hex(), "code": branch.code, "seen": branch.seen},
    )
    with journal.recording(act):
        return notes.release_branch(branch.root.hex(), asked.who, asked.reason, at_ns)


def open_notes(state_dir: Path, connect: Connect = connect_sqlite) -> LedgerNotes:
    """The notes of a ledger, also while a collector appends to it: no leaf is touched here.

    Raises:
        LedgerAbsentError: There is no ledger.
        LedgerOlderError: Its tables are of an older version.
        LedgerError: It is newer, or not a ledger.
    """
    path = state_dir / LEDGER
    if not path.exists():
        raise LedgerAbsentError(str(path), what=Words("the ledger", "账本"))
    database = Database(path, connect)
    try:
        database.rows("PRAGMA busy_timeout = 5000")
        database.rows("PRAGMA synchronous = FULL")
        _require_current(database)
    except BaseException:
        database.close()
        raise
    return LedgerNotes(database)


def _require_current(database: Database) -> None:
    version = SCHEMA.known(database)
    if version != SCHEMA.version:
        raise LedgerOlderError(database.where, found=version, limit=SCHEMA.version)
