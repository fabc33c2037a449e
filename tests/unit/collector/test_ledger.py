"""The ledger: exact bytes, one commit, and what is kept beside the leaves."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from collector import ledger_schema
from collector.database import Database
from collector.errors import (
    EquivocationError,
    LedgerAbsentError,
    LedgerError,
    LedgerPositionError,
    LogRootError,
)
from collector.ledger import Ledger, open_ledger
from collector.ledger_check import first_damage
from collector.ledger_notes import MAX_BRANCHES
from collector.ledger_read import read_ledger
from collector.outcome import Equivocation
from evidence.log.envelope import compress
from tests.unit.collector.agent_log import OTHER_EPOCH, START_NS, AgentLog, filled
from tests.unit.collector.ledger_steps import admitted, keep


def branch_of(log: AgentLog, sequence: int, root: bytes | None = None) -> Equivocation:
    return Equivocation(
        error=EquivocationError("log", sequence=sequence),
        agent=log.agent,
        epoch=log.epoch,
        sequence=sequence,
        root=log.root(sequence + 1) if root is None else root,
        note=log.note(sequence + 1),
        leaf=log.leaves[sequence],
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()


def test_a_leaf_comes_back_byte_for_byte_with_its_place(ledger: Ledger) -> None:
    log = filled(3)
    keep(ledger, log, range(3))
    leaf = ledger.leaf(log.agent, log.epoch, 1)
    assert (leaf.leaf, leaf.sequence, leaf.position) == (log.leaves[1], 1, 1)
    assert leaf.root == log.root(2)
    assert leaf.received_ns == START_NS
    state = ledger.state(log.agent, log.epoch)
    assert (state.frontier, state.note, state.receipt) == (log.frontier(3), log.note(3), b"")


def test_a_leaf_is_kept_in_the_frame_that_came(ledger: Ledger) -> None:
    log = filled(1)
    frame = zstandard.ZstdCompressor(level=1, write_checksum=True).compress(log.leaves[0])
    assert frame != compress(log.leaves[0])
    ledger.append(dataclasses.replace(admitted(log, 0), frame=frame), START_NS)
    assert ledger.database.rows("SELECT leaf FROM leaves") == [(frame,)]
    assert ledger.leaf(log.agent, log.epoch, 0).leaf == log.leaves[0]


def test_what_is_not_held_has_an_empty_state_and_no_leaf(ledger: Ledger) -> None:
    assert ledger.state("nobody", OTHER_EPOCH).size == 0
    assert ledger.held("nobody", OTHER_EPOCH, 0) is None
    assert ledger.epochs("nobody") == ()
    with pytest.raises(LedgerAbsentError, match="leaf 0 of nobody"):
        ledger.leaf("nobody", OTHER_EPOCH, 0)


def test_logs_of_two_epochs_and_two_agents_stay_apart(ledger: Ledger) -> None:
    one, two, press = filled(2), filled(3, epoch=OTHER_EPOCH), filled(1, "press-9")
    ledger.append_many(
        [admitted(one, 0), admitted(two, 0), admitted(press, 0), admitted(one, 1)], START_NS
    )
    assert ledger.epochs("boiler-2") == (one.epoch, two.epoch)
    assert ledger.agents() == ("boiler-2", "press-9")
    assert [leaf.leaf for leaf in ledger.leaves("boiler-2", one.epoch)] == one.leaves
    assert [leaf.agent for leaf in ledger.since(1)] == ["boiler-2", "press-9", "boiler-2"]
    assert first_damage(ledger) is None


def test_leaves_are_read_on_in_order_past_the_reading_chunk(ledger: Ledger) -> None:
    log = filled(150)
    keep(ledger, log, range(150))
    read = [leaf.leaf for leaf in ledger.leaves(log.agent, log.epoch, from_sequence=7)]
    assert read == log.leaves[7:]
    assert [leaf.position for leaf in ledger.since(60)] == list(range(60, 150))


@pytest.mark.parametrize("sequences", [(1,), (0, 0), (0, 2), (0, 1, 1)])
def test_a_group_with_a_leaf_out_of_place_leaves_nothing_behind(
    ledger: Ledger, sequences: tuple[int, ...]
) -> None:
    log = filled(3)
    with pytest.raises(LedgerPositionError):
        keep(ledger, log, sequences)
    assert ledger.head().size == 0
    assert ledger.state(log.agent, log.epoch).size == 0
    keep(ledger, log, range(3))


def test_a_transaction_that_fails_takes_what_was_written_inside_with_it(ledger: Ledger) -> None:
    def spoiled() -> None:
        with ledger.transaction():
            keep(ledger, filled(1), [0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoiled()
    assert ledger.head().size == 0
    keep(ledger, filled(1), [0])


def test_commits_are_durable_by_wal_and_full_synchronisation(ledger: Ledger) -> None:
    assert ledger.database.rows("PRAGMA journal_mode") == [("wal",)]
    assert ledger.database.rows("PRAGMA synchronous") == [(2,)]


def test_files_are_for_their_owner_only(ledger: Ledger, tmp_path: Path) -> None:
    keep(ledger, filled(1), [0])
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"ledger.db", "head", "lock"} <= set(modes)


def test_a_receipt_is_kept_and_never_for_more_than_is_held(ledger: Ledger) -> None:
    log = filled(2)
    keep(ledger, log, range(2))
    ledger.set_receipt(log.agent, log.epoch, 2, b"signed")
    state = ledger.state(log.agent, log.epoch)
    assert (state.receipt, state.receipt_size) == (b"signed", 2)
    with pytest.raises(LedgerPositionError, match="has 2 leaves"):
        ledger.set_receipt(log.agent, log.epoch, 3, b"too far")


def test_readers_see_what_is_committed_beside_the_writer(ledger: Ledger, tmp_path: Path) -> None:
    log = filled(2)
    keep(ledger, log, [0])
    with read_ledger(tmp_path) as reader:
        with ledger.transaction():
            ledger.append(admitted(log, 1), START_NS)
            assert reader.head().size == 1
        assert reader.head().size == 2
        with pytest.raises(LedgerError):
            reader.database.rows("DELETE FROM leaves")
    with pytest.raises(LedgerAbsentError):
        read_ledger(tmp_path / "nothing")


def test_both_branches_are_kept_and_counted(ledger: Ledger) -> None:
    log, other = filled(2), AgentLog(leaves=[b"other"])
    keep(ledger, log, range(2))
    for at_ns in (START_NS, START_NS + 5):
        assert ledger.add_branch(branch_of(other, 0), at_ns)
    (branch,) = ledger.branches()
    assert (branch.leaf, branch.root, branch.note) == (b"other", other.root(1), other.note(1))
    assert (branch.first_ns, branch.last_ns, branch.seen) == (START_NS, START_NS + 5, 2)
    assert branch.code == "E_EQUIVOCATION"
    assert ledger.leaf(log.agent, log.epoch, 0).leaf == log.leaves[0]


def test_a_branch_ends_when_the_original_of_an_altered_message_arrives(ledger: Ledger) -> None:
    log = filled(1)
    altered = branch_of(AgentLog(leaves=[b"altered"]), 0, root=log.root(1))
    assert ledger.add_branch(altered, START_NS)
    keep(ledger, log, [0])
    assert ledger.branches() == ()


def test_branches_of_one_log_are_bounded(ledger: Ledger) -> None:
    other = AgentLog(leaves=[b"other"])
    with ledger.transaction():
        for number in range(MAX_BRANCHES):
            root = number.to_bytes(32, "big")
            assert ledger.add_branch(branch_of(other, 0, root=root), START_NS)
    assert not ledger.add_branch(branch_of(other, 0), START_NS)
    assert len(ledger.branches()) == MAX_BRANCHES
    assert LogRootError.code == "E_LOG_ROOT"


def test_a_ledger_of_the_first_version_loses_the_tables_that_nothing_used(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.db")
    for statement in ledger_schema._VERSION_1:
        database.rows(statement)
    database.rows(f"PRAGMA application_id = {ledger_schema.SCHEMA.application_id}")
    database.rows("PRAGMA user_version = 1")
    database.close()
    with open_ledger(tmp_path) as ledger:
        names = {name for (name,) in ledger.database.rows("SELECT name FROM sqlite_schema")}
        assert ledger_schema.SCHEMA.known(ledger.database) == ledger_schema.SCHEMA.version
    assert not names & {"documents", "quarantine"}


def test_mistakes_of_the_caller_are_not_dressed_up_as_disk_errors(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        ledger.database.rows("SELECT ?")
    with pytest.raises(LedgerError, match="FOREIGN KEY"):
        ledger.database.rows("INSERT INTO leaves VALUES (0, 7, 0, x'', x'', x'', 0, x'')")


def test_what_was_held_at_an_instant_is_known_by_its_size(ledger: Ledger) -> None:
    log = filled(7)
    for number in range(7):
        ledger.append(admitted(log, number), START_NS + 10 * number)
    sizes = [ledger.size_at(START_NS + after) for after in (-1, 0, 9, 10, 35, 60, 10**9)]
    assert sizes == [0, 1, 1, 2, 4, 7, 7]
    assert ledger.received_ns(log.agent, log.epoch, 3) == START_NS + 30
    assert ledger.received_ns(log.agent, log.epoch, 7) is None
    assert ledger.received_ns("nobody", log.epoch, 0) is None
