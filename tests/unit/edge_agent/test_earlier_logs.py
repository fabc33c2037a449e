"""A new log says how far each log before it had receipts: an older ledger cannot hide it."""

import sqlite3
from pathlib import Path

import pytest

from edge_agent.earlier_logs import MOST_SAID, earlier_logs, is_size, note_sizes, read_sizes
from edge_agent.spool_schema import VERSION, create_tables
from evidence.log.batch import RecordKind
from tests.unit.edge_agent.collector_stub import Collector, CollectorLink
from tests.unit.edge_agent.site import KEY
from tests.unit.edge_agent.test_uplink import Delivering


@pytest.fixture
def db() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(made)
    return made


def test_a_size_that_was_noted_never_shrinks(db: sqlite3.Connection) -> None:
    note_sizes(db, {"a": 3, "b": 5, "none": 0})
    note_sizes(db, {"a": 7, "b": 4})
    assert read_sizes(db) == {"b": 5, "a": 7}


def test_a_row_whose_number_flipped_is_not_what_was_written(db: sqlite3.Connection) -> None:
    note_sizes(db, {"a": 3})
    (row,) = db.execute("SELECT epoch, size, crc FROM receipted").fetchall()
    assert is_size(*row)
    assert not is_size(row[0], row[1] ^ 8, row[2])


def test_no_more_logs_are_told_than_fit_a_leaf() -> None:
    told = earlier_logs({f"{n:032x}": n + 1 for n in range(200)}, 5)
    assert [record.facts["receipted_size"] for record in told] == list(range(201 - MOST_SAID, 201))
    assert {record.kind for record in told} == {RecordKind.EARLIER_LOG}


def test_a_log_tells_of_every_log_before_it_not_of_the_last_alone(tmp_path: Path) -> None:
    delivering = Delivering(tmp_path, CollectorLink(Collector(agent=KEY.verifier)))
    known: dict[str, int] = {}
    for _ in range(3):
        delivering.log(4)
        delivering.link.connect()
        delivering.run(seconds=40)
        delivering.agent.spool.flush()
        assert delivering.uplink.delivered
        told = [
            record.facts
            for batch in delivering.link.collector.batches()
            for record in batch.records
            if record.kind is RecordKind.EARLIER_LOG
        ]
        assert {str(each["epoch"]): each["receipted_size"] for each in told} == known
        known[delivering.agent.spool.epoch] = delivering.agent.spool.base
        delivering.link.collector = Collector(agent=KEY.verifier)  # an empty copy
        delivering.link.cut()
    delivering.close()


def test_a_spool_of_the_version_before_is_brought_up_and_goes_on(tmp_path: Path) -> None:
    delivering = Delivering(tmp_path, CollectorLink(Collector(agent=KEY.verifier)))
    delivering.log(2)
    epoch = delivering.agent.spool.epoch
    delivering.close()
    db = sqlite3.connect(tmp_path / "state" / "spool.sqlite", isolation_level=None)
    db.execute("DROP TABLE receipted")
    db.execute("DROP TABLE leaf_version")
    db.execute("PRAGMA user_version=1")
    db.close()
    again = Delivering(tmp_path, delivering.link)
    assert again.agent.spool.epoch == epoch
    again.close()
    db = sqlite3.connect(tmp_path / "state" / "spool.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert read_sizes(db) == {}
    db.close()
