"""A ledger that was put back with its head file: the derived data still know how far it was."""

import shutil
from pathlib import Path

import pytest

from collector.errors import LedgerRestoredError
from collector.ledger import accept_restored, open_ledger
from collector.opening import DERIVED, emptied_store, open_store, open_witnessed_ledger
from tests.unit.collector.agent_log import START_NS, filled
from tests.unit.collector.intake_bench import Bench


def put_back(folder: Path) -> None:
    """The ledger as it was two leaves ago, with its head; the derived data are of now."""
    log = filled(3)
    with open_ledger(folder) as ledger:
        Bench(ledger, log).take(log.topic, log.message(0))
    for name in ("ledger.db", "head"):
        shutil.copy(folder / name, folder / f"{name}.copy")
    with open_ledger(folder) as ledger:
        Bench(ledger, log).take(log.topic, log.message(1), log.message(2))
    store = open_store(folder)
    with store.transaction():
        store._db.execute("INSERT OR REPLACE INTO cursor (one, next, late) VALUES (1, 3, 0)")
    assert store.cursor() == 3
    store.close()
    for name in ("ledger.db", "head"):
        (folder / f"{name}.copy").replace(folder / name)


def test_it_is_not_opened_until_a_person_accepts_it(tmp_path: Path) -> None:
    put_back(tmp_path)
    open_ledger(tmp_path).close()  # the head alone cannot tell
    with pytest.raises(LedgerRestoredError, match="1 leaves, 3 were judged"):
        open_witnessed_ledger(tmp_path)
    accept_restored(tmp_path, "Q. Wang", START_NS)
    with emptied_store(tmp_path) as store:
        assert store.cursor() == 0
    with open_witnessed_ledger(tmp_path) as ledger:
        assert ledger.head().size == 1


def test_derived_data_that_cannot_be_read_are_no_witness(tmp_path: Path) -> None:
    put_back(tmp_path)
    (tmp_path / DERIVED).write_bytes(b"not a database, but as long as the head of one" * 9)
    for tail in ("-wal", "-shm"):
        (tmp_path / f"{DERIVED}{tail}").unlink(missing_ok=True)
    with open_witnessed_ledger(tmp_path) as ledger:
        assert ledger.head().size == 1
