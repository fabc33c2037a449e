"""The tables of one kind of SQLite file: whose it is, which version, how it is made ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from collector.database import Database
from collector.errors import LedgerError

_SEEN: Final = (
    "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
    " FROM pragma_application_id, pragma_user_version"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """How one kind of file is known, and made.

    Attributes:
        name: Of the kind, with its article, such as "a ledger".
        application_id: That stands in the file's header.
        steps: The statements of each version, beyond those of the version before.
        damaged: Raised where the file is a database of something else.
        newer: Raised where it is of a version after the last of `steps`.
    """

    name: str
    application_id: int
    steps: Sequence[Sequence[str]]
    damaged: type[LedgerError]
    newer: type[LedgerError]

    @property
    def version(self) -> int:
        """That of this software."""
        return len(self.steps)

    def known(self, database: Database) -> int:
        """The version of a file's tables, 0 for an empty file.

        Raises:
            LedgerError: `newer` or `damaged`; or SQLite failed.
        """
        # One statement sees the file at one instant: another process may be making it.
        ((application, version, tables),) = database.rows(_SEEN)
        if application != self.application_id and (application or version or tables):
            what = f"its application id is {application:#x}, it is not {self.name}"
            raise self.damaged(database.where, what=what)
        if version > self.version:
            raise self.newer(database.where, found=version, limit=self.version)
        return int(version)

    def prepare(self, database: Database) -> None:
        """Brings a file's tables to this software's version, inside the transaction that is open.

        Raises:
            LedgerError: `newer` or `damaged`; or SQLite failed.
        """
        for statement in (each for step in self.steps[self.known(database) :] for each in step):
            database.rows(statement)
        database.rows(f"PRAGMA application_id = {self.application_id}")
        database.rows(f"PRAGMA user_version = {self.version}")
