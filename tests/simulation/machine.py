"""One process's hold on its databases: killed between any two statements, or refused room.

A kill leaves the files as a dead process does: what was committed is in the WAL, and nobody
closes the database.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE", "COMMIT", "CREATE")
_SUFFIXES: Final = ("", "-wal")


class Killed(BaseException):
    """The process ended here; no handler of its own runs to any effect."""


class Handle(sqlite3.Connection):
    """A connection that asks its machine before each statement, and tells it after."""

    machine: "Machine"
    path: Path

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
        self.machine.before(sql)
        found = super().execute(sql, parameters)
        self.machine.after(self, sql)
        return found

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self.machine.before(sql)
        found = super().executemany(sql, parameters)
        self.machine.after(self, sql)
        return found

    def look(self, sql: str, *parameters: object) -> list[Any]:
        """Rows for a witness, whom no fault touches."""
        return super().execute(sql, parameters).fetchall()

    def close(self) -> None:
        if not self.machine.dead:
            self.machine.handles.remove(self)
            super().close()

    def drop(self) -> None:
        """Closes it when its process is gone."""
        super().close()


class Machine:
    """What one life of a process can do to its files, and what can be done to it.

    Args:
        committed: Told of each commit, with the connection that made it.
        connector: How a file is opened, so that another VFS can be put below.
        statements: The life ends at its n-th statement from now, n >= 1; None for no such end.
        after: Whether that last statement is still carried out.
    """

    def __init__(
        self,
        committed: Callable[[Handle], None],
        connector: Callable[[Path], Handle] | None = None,
        *,
        statements: int | None = None,
        after: bool = False,
    ) -> None:
        self._committed, self._connector = committed, connector or plain_handle
        self.statements, self.after_it = statements, after
        self.handles: list[Handle] = []
        self.dead, self.full = False, False
        self.refusals = 0
        self.last = ""

    def connect(self, path: Path) -> Handle:
        """A connection to the file at `path`."""
        if self.dead:
            raise Killed
        handle = self._connector(path)
        handle.machine, handle.path = self, path
        self.handles.append(handle)
        return handle

    def before(self, sql: str) -> None:
        """Ends the process or refuses the statement, if that is what is to happen now."""
        if self.dead:
            raise Killed
        self.last = sql
        if self.statements == 1 and not self.after_it:
            self.die()
        if self.full and sql.lstrip().startswith(_WRITES):
            self.refusals += 1
            raise full_error()

    def after(self, handle: Handle, sql: str) -> None:
        """Tells the witness of a commit; ends the process, if this was its last statement."""
        if sql.startswith("COMMIT"):
            self._committed(handle)
        if self.statements == 1:
            self.die()
        if self.statements is not None:
            self.statements -= 1

    def die(self) -> None:
        """Ends the process where it stands."""
        self.dead = True
        raise Killed

    def bury(self) -> None:
        """Closes what the dead process had open; its files stay as they were."""
        self.dead = True
        paths = list(dict.fromkeys(each.path for each in self.handles))
        files = [each.with_name(each.name + end) for each in paths for end in _SUFFIXES]
        copies = [(_copied(file), file) for file in files if file.exists()]
        for handle in self.handles:
            handle.drop()
        self.handles.clear()
        for copy, file in copies:
            copy.replace(file)


def plain_handle(path: Path) -> Handle:
    """A connection to a file of this machine's disk."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Handle)


def full_error() -> sqlite3.OperationalError:
    """What SQLite says on a full disk."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    error.sqlite_errorname = "SQLITE_FULL"
    return error


def _copied(file: Path) -> Path:
    copy = file.with_name(file.name + ".dead")
    shutil.copyfile(file, copy)
    return copy


def copy_state(source: Path, target: Path, *, without: str = "") -> None:
    """Copies a state directory as a backup does between two transactions."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted(source.iterdir()):
        if file.name.endswith(("-shm", "lock", ".ballast")) or file.name == without:
            continue
        shutil.copyfile(file, target / file.name)
