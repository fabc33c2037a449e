"""What is made of all documents of a store is made anew when one comes, and not before."""

import sqlite3
from collections.abc import Iterator

import pytest

from collector.document_list import MOST_MADE, DocumentList
from collector.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store(lambda: sqlite3.connect(":memory:"))
    yield made
    made.close()


def log(db: sqlite3.Connection, sequence: int, sha256: str = "ab") -> None:
    columns = [row[1] for row in db.execute("PRAGMA table_info(document)")]
    known = {"kind": "certificate", "agent": "gw-1", "epoch": "e", "sha256": sha256}
    row = [known.get(each, sequence) for each in columns]
    db.execute(f"INSERT INTO document VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - ours


@pytest.fixture
def db(store: Store) -> sqlite3.Connection:
    found: sqlite3.Connection = store.lookup._db
    return found


class Making:
    """Counts how often something is made."""

    def __init__(self, listed: DocumentList) -> None:
        self.listed, self.times = listed, 0

    def __call__(self) -> int:
        self.times += 1
        return len(self.listed.all(("certificate",)))


def test_it_is_made_once_until_a_document_comes(db: sqlite3.Connection) -> None:
    listed = DocumentList(db)
    making = Making(listed)
    log(db, 1)
    assert [listed.made("count", making) for _ in range(3)] == [1, 1, 1]
    assert making.times == 1
    db.execute("CREATE TABLE other (x)")
    db.execute("INSERT INTO other VALUES (1)")
    assert (listed.made("count", making), making.times) == (1, 1)
    log(db, 2)
    assert (listed.made("count", making), making.times) == (2, 2)


def test_what_is_taken_back_is_forgotten_even_if_another_comes_in_its_place(
    db: sqlite3.Connection,
) -> None:
    listed = DocumentList(db)
    db.execute("BEGIN")
    log(db, 1, "one")
    assert listed.made("which", lambda: listed.all(("certificate",))[0][1]) == "one"
    db.execute("ROLLBACK")
    log(db, 1, "other")
    assert listed.made("which", lambda: listed.all(("certificate",))[0][1]) == "other"


def test_few_things_are_kept(db: sqlite3.Connection) -> None:
    listed = DocumentList(db)
    for number in range(5 * MOST_MADE):
        assert listed.made(number, lambda number=number: number) == number  # type: ignore[misc]
        assert len(listed._made) <= MOST_MADE
