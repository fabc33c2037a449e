"""Statements under a plan are kept beside those that are not, also in an older file."""

import sqlite3
from pathlib import Path

import msgspec
from msgspec import UNSET

from collector.store import Store
from evidence.statement.locks import place_of
from tests.unit.evidence.statement.exports.rows import A
from tests.unit.evidence.statement.planned import UNDER_PLAN


def test_a_file_of_an_earlier_version_keeps_its_statements_and_takes_those_under_plans(
    tmp_path: Path,
) -> None:
    path = tmp_path / "derived.sqlite"
    Store(lambda: sqlite3.connect(path)).close()
    with sqlite3.connect(path) as old:
        old.execute("ALTER TABLE activity DROP COLUMN under_plan")
        row = ("a" * 64, A.channel, A.period.start, A.period.end, 10, msgspec.json.encode(A))
        old.execute("INSERT INTO activity VALUES (?,?,?,?,?,?)", row)
    old.close()
    store = Store(lambda: sqlite3.connect(path))
    planned = msgspec.structs.replace(A, digest="b" * 64, under_plan=UNDER_PLAN)
    with store.transaction():
        assert store.state_activity(planned, 20).supersedes is None
    assert store.lookup.newest(place_of(A)) == ("a" * 64, 10)
    assert store.lookup.newest(place_of(planned)) == (planned.digest, 20)
    assert [each.under_plan for each in store.lookup.stated_before(99)] == [UNSET, UNDER_PLAN]
    store.close()
