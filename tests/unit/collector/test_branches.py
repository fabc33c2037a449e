"""What a person sees of contradicting histories, and that somebody looked at one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.branches import open_notes
from collector.cli import collector
from collector.config import load_config
from collector.errors import EquivocationError, LedgerAbsentError, LedgerOlderError
from collector.journal_read import read_journal
from collector.ledger import Ledger, open_ledger
from collector.outcome import Equivocation
from evidence.log.entry import Action
from tests.unit.collector.agent_log import START_NS, AgentLog, filled
from tests.unit.collector.intake_bench import Bench


@pytest.fixture
def toml(tmp_path: Path) -> str:
    path = tmp_path / "collector.toml"
    assert collector(["init", "--config", str(path)]) == 0
    return str(path)


@pytest.fixture
def ledger(toml: str) -> Iterator[Ledger]:
    with open_ledger(load_config(Path(toml)).state_dir) as made:
        yield made


def forked(ledger: Ledger) -> str:
    """A log with another history beside it; the root of that."""
    log = filled(3)
    bench = Bench(ledger, log)
    bench.take(log.topic, *(log.message(n) for n in range(3)))
    copy = AgentLog(leaves=[log.leaves[0], b"other 1"])
    bench.take(copy.topic, copy.message(1))
    (branch,) = ledger.branches()
    return branch.root.hex()


def test_a_person_lists_a_branch_and_releases_it_while_the_collector_runs(
    toml: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    root = forked(ledger)
    capsys.readouterr()
    assert collector(["branches", "list", "--config", toml]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[0] == root[:12]
    assert line.endswith("\topen")
    said = ["--by", "Q. Wang", "--reason", "the copy was stopped", "--config", toml]
    assert collector(["branches", "release", root[:12], *said]) == 0
    assert collector(["branches", "release", root[:12], *said]) == 78
    assert "E_LEDGER_ABSENT" in capsys.readouterr().err
    assert collector(["branches", "list", "--json", "--config", toml]) == 0
    (found,) = json.loads(capsys.readouterr().out)["branches"]
    assert (found["root"], found["open"], found["released_by"]) == (root, False, "Q. Wang")
    ((_, code, message),) = ledger.events()
    assert code == "E_EQUIVOCATION"
    assert message.endswith("released by Q. Wang: the copy was stopped")
    assert len(ledger.branches()) == 1
    with read_journal(Path(toml).parent / "state", "collector") as journal:
        (recorded,) = journal.entries()
    entry = recorded.entry
    assert (entry.who, entry.role, entry.action) == ("Q. Wang", "host", Action.BRANCH_RELEASED)
    assert (entry.reason, entry.old["root"]) == ("the copy was stopped", root)
    assert entry.subject == "/".join(map(str, (found["agent"], found["epoch"], found["leaf"])))


def test_what_cannot_be_entered_is_not_released(
    toml: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    root = forked(ledger)
    said = ["--by", "Q. Wang", "--reason", "two\nlines", "--config", toml]
    assert collector(["branches", "release", root, *said]) == 78
    assert "E_JOURNAL_ENTRY" in capsys.readouterr().err
    assert ledger.branches()[0].is_open


def test_a_branch_that_is_seen_again_is_open_again(ledger: Ledger) -> None:
    root = forked(ledger)
    (branch,) = ledger.branches()
    ledger.release_branch(root, "Q. Wang", "an old copy", branch.last_ns)
    assert not ledger.branches()[0].is_open
    error = EquivocationError(branch.agent, sequence=branch.sequence)
    again = Equivocation(
        error=error,
        agent=branch.agent,
        epoch=branch.epoch,
        sequence=branch.sequence,
        root=branch.root,
        note=branch.note,
        leaf=branch.leaf,
    )
    assert ledger.add_branch(again, branch.last_ns + 1)
    (found,) = ledger.branches()
    assert (found.is_open, found.seen, found.released_by) == (True, 2, "Q. Wang")


@pytest.mark.parametrize("root", ["", "zz", "00" * 32])
def test_a_root_that_names_no_open_branch_releases_none(ledger: Ledger, root: str) -> None:
    forked(ledger)
    with pytest.raises(LedgerAbsentError):
        ledger.release_branch(root, "Q. Wang", "-", START_NS)
    (branch,) = ledger.branches()
    assert branch.is_open


def test_tables_of_an_older_version_are_left_to_the_collector(ledger: Ledger) -> None:
    state = Path(ledger.database.where).parent
    ledger.database.rows("PRAGMA user_version = 1")
    with pytest.raises(LedgerOlderError):
        open_notes(state)


def test_without_a_ledger_there_is_nothing_to_list(tmp_path: Path) -> None:
    with pytest.raises(LedgerAbsentError):
        open_notes(tmp_path)
    assert not (tmp_path / "ledger.db").exists()
