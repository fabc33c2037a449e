"""A witness follows the journal of a collector that is served, and refuses every other history."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from carbonmeter.cli import main
from collector.api.parts import Parts
from collector.journal import KEY, REMEMBERED, open_journal
from collector.journal_heads import head_act
from collector.journal_read import JOURNAL
from collector.rights import Role
from evidence.load import read_signing_key
from evidence.log.entry import Act, Action
from evidence.log.receipt import open_receipt
from tests.unit.collector.api.plant import LINE_1, Plant, batch, served, stream
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.evidence.bundle.test_witness import listening


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path / "collector")
    built.log_profile()
    yield built
    built.close()


def grow(plant: Plant, count: int = 1) -> None:
    """More leaves, and an entry that names the ledger's head."""
    for _ in range(count):
        first = 4 * len(plant.gw1.leaves)
        plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, first, 4)]))
        with plant.parts().journal() as journal:
            journal.record(head_act("day"))


def pinned(plant: Plant) -> str:
    with plant.parts().journal() as journal:
        return journal.pinned


def witness(parts: Parts, folder: Path, key: str, *more: str) -> int:
    with listening(served(parts)) as url:
        code = main(
            [
                *("evidence", "witness", "--from", url, "--journal", "plant-3"),
                *("--state", str(folder), "--key", str(folder / "auditor.key")),
                *("--journal-key", key, *more),
            ]
        )
    parts.sources.close()
    return code


def test_a_journal_that_goes_on_is_cosigned_and_so_is_the_ledger_that_it_names(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, key = tmp_path / "witness", pinned(plant)
    folder.mkdir()
    for count in (0, 1, 5, 0):
        grow(plant, count)
        assert witness(plant.parts(), folder, key) == 0
    note = Path(capsys.readouterr().out.splitlines()[-1]).read_bytes()
    own = read_signing_key(folder / "auditor.key").verifier
    head = open_receipt(note, own).checkpoint
    with plant.parts().journal() as journal:
        assert (head.size, head.root) == (6, journal.head().root)
    kept = json.loads((folder / "plant-3-journal.json").read_bytes())
    assert kept["ledger_size"] == plant.ledger.head().size
    assert kept["ledger_root"] == plant.ledger.head().root.hex()


def test_a_journal_of_more_than_a_page_is_followed_whole(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carbonmeter.journal_witness.PORTION", 4)
    folder, key = tmp_path / "witness", pinned(plant)
    folder.mkdir()
    act = Act(
        who="li",
        role="analyst",
        action=Action.MANUAL_READING,
        site="jinan",
        subject="m",
        reason="r",
    )
    with plant.parts().journal() as journal:
        for _ in range(11):
            journal.record(act)
    assert witness(plant.parts(), folder, key) == 0
    kept = json.loads((folder / "plant-3-journal.json").read_bytes())
    assert kept["frontier"].startswith("11:")


def test_entries_that_are_withheld_are_followed_by_their_hashes(
    plant: Plant, tmp_path: Path
) -> None:
    folder, key, token = tmp_path / "witness", pinned(plant), tmp_path / "token"
    folder.mkdir()
    grow(plant, 2)
    act = Act(
        who="li", role="analyst", action=Action.INVOICE, site="weifang", subject="bill", reason="r"
    )
    with plant.parts().journal() as journal:
        journal.record(act)
    shown = bearer(plant, Role.AUDITOR, "jinan")["authorization"].partition(" ")[2]
    token.write_text(shown)
    assert witness(plant.parts(), folder, key) == 69
    assert witness(plant.parts(), folder, key, "--token-file", str(token)) == 0
    kept = json.loads((folder / "plant-3-journal.json").read_bytes())
    assert (kept["frontier"].partition(":")[0], kept["ledger_size"]) == ("3", 4)


def test_a_journal_with_another_history_is_a_fork_and_what_was_shown_is_kept(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, key, state = tmp_path / "witness", pinned(plant), plant.folder
    folder.mkdir()
    grow(plant, 3)
    assert witness(plant.parts(), folder, key) == 0
    for name in (JOURNAL, REMEMBERED):
        (state / name).unlink()
    _only_key_left(state)
    with open_journal(state, "plant-3", plant.bench.clock) as journal:
        for _ in range(4):
            journal.record(head_act("another history"))
    assert witness(plant.parts(), folder, key) == 1
    assert "E_LOG_FORK" in capsys.readouterr().err
    (fork,) = folder.glob("*.fork-4.json")
    shown = json.loads(fork.read_bytes())
    assert len(shown["entries"]) == 1
    assert shown["remembered"]["frontier"].startswith("3:")
    kept = json.loads((folder / "plant-3-journal.json").read_bytes())
    assert kept["frontier"].startswith("3:")


def _only_key_left(state: Path) -> None:
    for each in state.glob(f"{JOURNAL}*"):
        each.unlink()
    assert (state / KEY).exists()


def test_a_journal_that_went_back_is_not_cosigned(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, key, state = tmp_path / "witness", pinned(plant), plant.folder
    folder.mkdir()
    grow(plant, 2)
    shutil.copy(state / JOURNAL, tmp_path / "older")
    shutil.copy(state / REMEMBERED, tmp_path / "older-head")
    grow(plant, 2)
    assert witness(plant.parts(), folder, key) == 0
    shutil.copy(tmp_path / "older", state / JOURNAL)
    shutil.copy(tmp_path / "older-head", state / REMEMBERED)
    assert witness(plant.parts(), folder, key) == 2
    assert "E_LOG_LAGGING" in capsys.readouterr().err


def test_a_ledger_that_was_rewritten_is_a_fork_though_the_journal_goes_on(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The journal is honest; the ledger behind it was made anew with one leaf altered."""
    folder, key = tmp_path / "witness", pinned(plant)
    folder.mkdir()
    grow(plant, 3)
    assert witness(plant.parts(), folder, key) == 0
    _rewrite(plant, tmp_path / "rewritten")
    assert witness(plant.parts(), folder, key) == 1
    told = capsys.readouterr().err
    assert "plant-3/journal ledger" in told
    (fork,) = folder.glob("*.fork-4.json")
    assert "ledger" in json.loads(fork.read_bytes())["why"]


def _rewrite(plant: Plant, folder: Path) -> None:
    """Another ledger with one leaf more in the place of this one."""
    other = Plant(folder)
    other.gw1.key, other.gw2.key = plant.gw1.key, plant.gw2.key
    other.log_profile()
    for number in range(4):
        other.take(other.gw1, batch(other.gw1, [stream(LINE_1, 4 * number + 100, 4)]))
    other.close()
    plant.ledger.close()
    for each in plant.folder.glob("ledger.db*"):
        each.unlink()
    for name in ("ledger.db", "head"):
        shutil.copy(folder / name, plant.folder / name)
    plant.ledger = type(plant)(folder.with_name("unused")).ledger
    with plant.parts().journal() as journal:
        journal.record(head_act("day"))


@pytest.mark.parametrize("back", [1, 2, 4])
def test_a_ledger_that_went_back_is_a_fork(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str], back: int
) -> None:
    folder, key = tmp_path / "witness", pinned(plant)
    folder.mkdir()
    grow(plant, 3)
    assert witness(plant.parts(), folder, key) == 0
    with sqlite3.connect(plant.folder / "ledger.db") as db:
        (root,) = db.execute(
            "SELECT ledger_root FROM leaves WHERE position = ?", (5 - back - 1,)
        ).fetchone()
    db.close()
    assert root
    with plant.parts().journal() as journal:
        journal._ledger_head = lambda: type(plant.ledger.head())(size=5 - back, root=root)
        journal.record(head_act("day"))
    assert witness(plant.parts(), folder, key) == 1
    assert "went back" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--journal", "plant-3", "--agent-key", "x"],
        ["--log", "gw-1/0", "--journal-key", "x"],
        ["--log", "gw-1/0", "--journal", "plant-3", "--journal-key", "x"],
        ["--journal-key", "x"],
        ["--journal", "plant-3"],
    ],
)
def test_a_log_goes_with_an_agents_key_and_a_journal_with_its_own(
    words: list[str], tmp_path: Path
) -> None:
    more = ["--from", "http://127.0.0.1:1", "--state", str(tmp_path), "--key", "k"]
    with pytest.raises(SystemExit):
        main(["evidence", "witness", *words, *more])


def test_another_key_or_another_collector_is_refused(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "witness"
    folder.mkdir()
    with open_journal(tmp_path / "other", "plant-3", plant.bench.clock) as other:
        key = other.pinned
    assert witness(plant.parts(), folder, key) == 2
    assert "E_SIG_UNKNOWN_KEY" in capsys.readouterr().err
    assert witness(plant.parts(), folder, "plant-3/journal") == 2
    assert not list(folder.glob("*.json"))
