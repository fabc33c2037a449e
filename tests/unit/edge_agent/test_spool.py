"""The spool: what is committed stays, what is receipted goes, and nothing else does."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from edge_agent.batcher import BatchHead, packed_batches, packed_documents
from edge_agent.custody_errors import (
    SpoolForeignError,
    SpoolLockedError,
    SpoolStorageError,
    SpoolVersionError,
)
from edge_agent.installation import Installation
from edge_agent.poll import Noted
from edge_agent.relog import Opening
from edge_agent.spool import Spool
from edge_agent.spool_schema import connect_file
from edge_agent.spool_start import Found, SpoolTerms, open_spool
from evidence.log.batch import Batch, ClockState, Record, RecordKind, decode
from evidence.log.checkpoint import open_checkpoint, origin
from evidence.log.envelope import decompress
from evidence.log.key import keyring
from evidence.log.merkle import leaf_hash, root_of
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll

TERMS = SpoolTerms(agent="line-1", key=KEY, limit_bytes=64 * 1024 * 1024)
HEAD = BatchHead(
    software="test", clock=ClockState(standard_uncertainty_s=0.05), closed_ms=1, seed=b"s" * 32
)
EPOCH = "ab" * 16


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    return installed(tmp_path)


def opened(folder: Path, site: Installation) -> tuple[Spool, Found]:
    """The spool of a state directory; a new epoch where one is needed."""
    spool, found = open_spool(folder, TERMS)
    if found.reason:
        spool.open_epoch(opening(EPOCH if found.reason == "new" else "cd" * 16, site))
    spool.remember([each.setup for each in site.devices.values()], site.documents)
    return spool, found


def opening(epoch: str, site: Installation, documents: bool = False) -> Opening:  # noqa: FBT001, FBT002
    record = Record(kind=RecordKind.EPOCH_OPENED, at_ms=1, facts={"reason": "test"})
    files = site.documents if documents else ()
    return Opening(epoch=epoch, records=(record,), documents=files, head=HEAD)


def close(spool: Spool, site: Installation) -> None:
    leaves = packed_batches(spool.waiting, site.calibrations, HEAD, spool.place())
    spool.append(leaves)


def keep_polls(spool: Spool, site: Installation, count: int) -> None:
    for _ in range(count):
        n = spool.next_sequence("feeder-1")
        spool.keep([poll(site, START_NS + n * S, n, 100.0 + n)])


def leaves_of(spool: Spool) -> list[bytes]:
    found = [spool.leaf(sequence) for sequence in range(spool.base, spool.size)]
    return [decompress(leaf.frame) for leaf in found if leaf is not None]


def shown(leaves: Sequence[bytes]) -> list[float]:
    decoded = [decode(leaf) for leaf in leaves]
    batches = [leaf for leaf in decoded if isinstance(leaf, Batch)]
    return [value for batch in batches for stream in batch.streams for value in stream.indication]


def test_what_was_committed_is_pending_after_a_kill(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    keep_polls(spool, site, 3)
    kept = spool.waiting
    spool.close()
    spool, found = opened(tmp_path / "s", site)
    assert found == Found(reason="")
    assert spool.waiting == kept
    assert spool.next_sequence("feeder-1") == 3
    assert spool.state.stamp_ms == START_NS // 1_000_000 + 2000
    spool.close()


def test_a_poll_that_gave_nothing_is_stamped_too(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    spool.keep([poll(site, START_NS + 5 * S, 0)])
    assert spool.state.stamp_ms == START_NS // 1_000_000 + 5000
    spool.close()


def test_closing_moves_everything_pending_into_signed_leaves(
    tmp_path: Path, site: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site)
    keep_polls(spool, site, 4)
    close(spool, site)
    keep_polls(spool, site, 2)
    close(spool, site)
    assert not spool.waiting
    leaves = leaves_of(spool)
    assert shown(leaves) == [100.0 + n for n in range(6)]
    for size in range(1, spool.size + 1):
        stored = spool.leaf(size - 1)
        assert stored is not None
        head = open_checkpoint(stored.checkpoint, keyring([KEY.verifier])).checkpoint
        assert (head.origin, head.size) == (origin("line-1", EPOCH), size)
        assert head.root == root_of([leaf_hash(leaf) for leaf in leaves[:size]])
        assert spool.root_at(size) == head.root
    spool.close()


def test_a_receipt_trims_what_it_covers_with_the_next_commit(
    tmp_path: Path, site: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site)
    for _ in range(5):
        keep_polls(spool, site, 1)
        close(spool, site)
    before = leaves_of(spool)
    head = spool.root_at(4)
    spool.receipted(4, 1000)
    assert (spool.base, spool.receipt_s) == (4, 1000)
    assert spool.leaf(3) is not None  # the deletion rides in the next commit
    keep_polls(spool, site, 1)
    assert spool.leaf(3) is None
    assert leaves_of(spool) == before[4:]
    assert spool.root_at(4) == head
    assert spool.root_at(3) is None
    spool.close()
    spool, found = opened(tmp_path / "s", site)
    assert found.reason == ""
    assert (spool.base, spool.size, spool.receipt_s) == (4, 6, 1000)
    spool.close()


def test_what_is_not_flushed_before_a_kill_is_sent_again(
    tmp_path: Path, site: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site)
    keep_polls(spool, site, 1)
    close(spool, site)
    spool.receipted(2, 1000)
    spool.close()
    spool, _ = opened(tmp_path / "s", site)
    assert spool.base == 0
    spool.receipted(2, 1000)
    spool.flush()
    assert spool.leaf(1) is None
    spool.close()


def test_two_agents_cannot_share_a_state_directory(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    with pytest.raises(SpoolLockedError, match="E_SPOOL_LOCKED"):
        open_spool(tmp_path / "s", TERMS)
    spool.close()
    opened(tmp_path / "s", site)[0].close()


def test_another_agent_s_spool_is_refused(tmp_path: Path, site: Installation) -> None:
    opened(tmp_path / "s", site)[0].close()
    with pytest.raises(SpoolForeignError, match="E_SPOOL_AGENT"):
        open_spool(tmp_path / "s", replace(TERMS, agent="line-2"))


def test_a_newer_program_s_spool_is_refused_and_left_alone(
    tmp_path: Path, site: Installation
) -> None:
    opened(tmp_path / "s", site)[0].close()
    db = connect_file(tmp_path / "s" / "spool.sqlite")
    db.execute("CREATE TABLE of_a_later_version (x)")
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(SpoolVersionError, match="E_SPOOL_VERSION"):
        open_spool(tmp_path / "s", TERMS)
    assert not (tmp_path / "s" / "damaged.sqlite").exists()


def test_a_new_epoch_logs_again_what_has_no_receipt(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    files = packed_documents(site.documents, spool.place(), HEAD.seed)
    spool.append(files, [each.sha256 for each in site.documents])
    for _ in range(70):
        keep_polls(spool, site, 1)
        close(spool, site)
    keep_polls(spool, site, 1)
    spool.receipted(40, 1000)
    spool.open_epoch(opening("ef" * 16, site, documents=True))
    assert spool.epoch == "ef" * 16
    assert spool.former_epochs == {EPOCH}
    leaves = [decode(leaf) for leaf in leaves_of(spool)]
    assert [leaf.sequence for leaf in leaves] == list(range(spool.size))
    assert {leaf.epoch for leaf in leaves} == {"ef" * 16}
    missing = 40 - 1 - len(files)
    assert shown(leaves_of(spool)) == [100.0 + n for n in range(missing, 70)]
    assert len(spool.waiting) == 1  # belongs to no epoch yet
    spool.close()
    assert opened(tmp_path / "s", site)[1].reason == ""


def test_a_kill_in_the_middle_of_logging_again_loses_nothing(
    tmp_path: Path, site: Installation
) -> None:
    spool, _ = opened(tmp_path / "s", site)
    for _ in range(150):
        keep_polls(spool, site, 1)
        close(spool, site)
    spool.log_again = lambda: None  # type: ignore[method-assign] # killed right after the opening
    spool.open_epoch(opening("ef" * 16, site))
    spool.close()
    spool, found = opened(tmp_path / "s", site)
    assert found.reason == ""
    assert spool.size == 1
    spool.log_again()
    assert shown(leaves_of(spool)) == [100.0 + n for n in range(150)]
    spool.close()


def test_a_record_that_is_made_once_is_told_once(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    record = Record(kind=RecordKind.EXCHANGE, at_ms=1)
    assert not spool.is_told("exchange 1")
    spool.keep([Noted(record=record)], told=["exchange 1"], configuration="aa")
    spool.close()
    spool, _ = opened(tmp_path / "s", site)
    assert spool.is_told("exchange 1")
    assert spool.state.configuration == "aa"
    spool.close()


def test_setups_that_nothing_refers_to_are_forgotten(tmp_path: Path, site: Installation) -> None:
    spool, _ = opened(tmp_path / "s", site)
    other = installed(tmp_path, devices=None).devices["feeder-1"].setup
    old = type(other)(
        device="old",
        profile="00" * 32,
        period_ms=1000,
        installed=other.installed,
        channels=other.channels,
    )
    spool.remember([old], [])
    assert [each.device for each in spool.setups()] == ["old"]
    spool.remember([other], [])
    assert [each.device for each in spool.setups()] == ["feeder-1"]
    spool.close()


class Failing:
    """A connection that can be told to fail as a disk does; it remembers how much was deleted."""

    def __init__(self, path: Path) -> None:
        self.db, self.fails = connect_file(path), False
        self.deleted: list[int] = []

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        if self.fails:
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise fault
        cursor = self.db.execute(sql, parameters)
        if sql.startswith("DELETE FROM leaf"):
            self.deleted.append(cursor.rowcount)
        return cursor

    def __getattr__(self, name: str) -> object:
        return getattr(self.db, name)


def on_a_failing_disk(folder: Path, site: Installation) -> tuple[Spool, Failing]:
    made: list[Failing] = []

    def connect(path: Path) -> sqlite3.Connection:
        made.append(Failing(path))
        return cast("sqlite3.Connection", made[0])

    spool, _ = open_spool(folder, replace(TERMS, connect=connect))
    spool.open_epoch(opening(EPOCH, site))
    return spool, made[0]


def test_what_the_disk_does_not_give_back_is_a_coded_error(
    tmp_path: Path, site: Installation
) -> None:
    spool, disk = on_a_failing_disk(tmp_path / "s", site)
    disk.fails = True
    asked: list[Callable[[], object]] = [
        lambda: spool.leaf(0),
        lambda: spool.root_at(1),
        lambda: spool.is_told("x"),
        lambda: spool.unlogged("00"),
        lambda: spool.document("00"),
        spool.setups,
        spool.log_again,
    ]
    for ask in asked:
        with pytest.raises(SpoolStorageError, match="E_SPOOL_STORAGE"):
            ask()
    disk.fails = False
    assert spool.leaf(0) is not None
    spool.close()


def test_many_leaves_are_deleted_in_portions_for_the_log_of_changes_has_to_hold_them(
    tmp_path: Path, site: Installation
) -> None:
    spool, disk = on_a_failing_disk(tmp_path / "s", site)
    spool.remember([each.setup for each in site.devices.values()], ())
    for _ in range(150):
        keep_polls(spool, site, 1)
        close(spool, site)
    disk.deleted.clear()
    spool.receipted(151, 1000)
    spool.flush()
    assert disk.deleted == [64, 64, 23]
    assert (spool.base, spool.receipt_s) == (151, 1000)
    spool.close()


def test_what_is_deleted_is_not_written_over(tmp_path: Path, site: Installation) -> None:
    """Some builds of SQLite do: the log of changes would need the room that a trim is to make."""
    spool, _ = opened(tmp_path / "s", site)
    assert spool._db.execute("PRAGMA secure_delete").fetchone() == (0,)
    spool.close()


def test_a_database_that_keeps_no_log_of_changes_is_refused(tmp_path: Path) -> None:
    connect = lambda _: sqlite3.connect(":memory:", isolation_level=None)  # noqa: E731
    with pytest.raises(SpoolStorageError, match="journal_mode is 'memory'"):
        open_spool(tmp_path / "s", replace(TERMS, connect=connect))
