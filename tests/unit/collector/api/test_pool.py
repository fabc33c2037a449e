"""Work that can wait gives way to whoever is being answered."""

import threading

from collector.api.pool import SourcePool
from collector.ledger_read import read_ledger
from tests.unit.collector.api.plant import Plant

LONG_S = 60.0


def test_work_that_can_wait_begins_when_the_last_answer_is_given(fresh: Plant) -> None:
    pool = SourcePool(fresh.open_store, lambda: read_ledger(fresh.folder))
    began = threading.Event()

    def work() -> None:
        pool.wait_until_unused(LONG_S)
        began.set()

    thread = threading.Thread(target=work)
    with pool.lease():
        with pool.lease():
            thread.start()
        assert not began.is_set()
    assert began.wait(LONG_S / 2)
    thread.join()
    pool.close()


def test_work_that_can_wait_does_not_wait_for_ever(fresh: Plant) -> None:
    pool = SourcePool(fresh.open_store, lambda: read_ledger(fresh.folder))
    with pool.lease():
        pool.wait_until_unused(0.001)
    pool.wait_until_unused(LONG_S)
    pool.close()
