"""The file of the InfluxDB view's memory: opened, brought to this version, its errors coded.

Nothing in it is evidence: deleted, the view is written anew.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from collector.views.influx_errors import (
    InfluxFileDamagedError,
    InfluxFileError,
    InfluxStateError,
)
from evidence.errors import Words

STATE: Final = "influx.sqlite"
STEPS: Final = ("influx.sql", "influx_2.sql", "influx_3.sql")
"""The way from one version of the tables to the next."""
SCHEMA_VERSION: Final = len(STEPS)


class StateFile:
    """Statements and transactions on the view's file, for one thread at a time.

    Raises:
        InfluxStateError: it was written by a newer version.
        InfluxFileDamagedError: it is no database, or a damaged one.
        InfluxFileError: it cannot be used otherwise, such as for want of room.
    """

    def __init__(self, state_dir: Path) -> None:
        self.where = str(state_dir / STATE)
        with self._coded():
            self._db = sqlite3.connect(
                self.where, isolation_level=None, check_same_thread=False, timeout=10
            )
        try:
            self.rows("PRAGMA journal_mode=WAL")
            self._bring_up()
        except BaseException:
            self.close()
            raise

    def _bring_up(self) -> None:
        if self._version() == SCHEMA_VERSION:
            return
        with self.transaction():
            version = self._version()  # somebody else may have been faster
            if version > SCHEMA_VERSION:
                what = Words(f"its version is {version}", f"其版本为 {version}")
                limit = str(SCHEMA_VERSION)
                raise InfluxStateError(self.where, what=what, limit=limit)
            for name in STEPS[version:]:
                script = files("collector.views").joinpath(name).read_text("utf-8")
                for statement in script.split(";"):
                    self.rows(statement)
            self.rows(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _version(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one statement."""
        with self._coded():
            return list(self._db.execute(sql, parameters))

    def changed(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """How many rows a statement changed."""
        with self._coded():
            return self._db.execute(sql, parameters).rowcount

    def each(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Runs a statement for each of some parameters."""
        with self._coded():
            self._db.executemany(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # some errors have ended it already
                self.rows("ROLLBACK")
            raise

    @contextmanager
    def _coded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as problem:
            raise InfluxFileError(self.where, what=str(problem)) from problem
        except sqlite3.Error as problem:
            raise InfluxFileDamagedError(self.where, what=str(problem)) from problem


def remove_state(state_dir: Path) -> None:
    """Deletes the view's file; it is written anew."""
    for name in (STATE, f"{STATE}-wal", f"{STATE}-shm"):
        (state_dir / name).unlink(missing_ok=True)
