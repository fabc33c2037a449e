"""A file is known by one look at it, whoever makes it meanwhile."""

from pathlib import Path

import pytest

from collector.database import Database, Row, Value
from collector.journal_errors import JournalDamagedError
from collector.journal_schema import SCHEMA, JournalDatabase


def made(path: Path) -> None:
    database = JournalDatabase(path)
    with database.transaction():
        SCHEMA.prepare(database)
    database.close()


class Overtaken(JournalDatabase):
    """Another process makes the file as soon as this one has looked at it once."""

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        found = super().rows(sql, *parameters)
        made(Path(self.where))
        return found


def test_a_file_that_another_process_makes_meanwhile_is_not_taken_for_a_foreign_one(
    tmp_path: Path,
) -> None:
    database = Overtaken(tmp_path / "journal.sqlite")
    assert SCHEMA.known(database) == 0
    assert SCHEMA.known(database) == SCHEMA.version
    database.close()


def test_the_control_looked_at_three_times_it_is_taken_for_one(tmp_path: Path) -> None:
    database = Overtaken(tmp_path / "journal.sqlite")
    ((application,),) = database.rows("PRAGMA application_id")
    ((tables,),) = database.rows("SELECT count(*) FROM sqlite_schema")
    assert (application, tables > 0) == (0, True)
    database.close()


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    foreign = Database(tmp_path / "other.sqlite")
    foreign.rows("CREATE TABLE notes (text TEXT)")
    foreign.close()
    database = JournalDatabase(tmp_path / "other.sqlite")
    with pytest.raises(JournalDamagedError, match="it is not a journal"):
        SCHEMA.known(database)
    database.close()
