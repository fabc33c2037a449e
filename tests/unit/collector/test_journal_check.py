"""Whoever edits the journal's file is found: each column, each row, the edge, the head."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from collector.journal import open_journal
from collector.journal_check import require_sound
from collector.journal_errors import JournalDamagedError
from collector.journal_read import JOURNAL, read_journal
from evidence.clock import SteppedClock
from evidence.log.key import Verifier
from tests.unit.collector.test_journal import NOW_NS, act


def written(folder: Path) -> Verifier:
    with open_journal(folder, "plant-3", SteppedClock(NOW_NS)) as journal:
        for at in range(5):
            journal.record(act(f"gw-{at}"))
        require_sound(journal, journal.verifier)
        return journal.verifier


EDITS = (
    "UPDATE entries SET leaf = CAST(replace(leaf, 'gw-2', 'gw-9') AS BLOB) WHERE position = 2",
    "UPDATE entries SET hash = zeroblob(32) WHERE position = 2",
    "UPDATE entries SET root = zeroblob(32) WHERE position = 2",
    "UPDATE entries SET action = 'released' WHERE position = 2",
    "UPDATE entries SET site = 'weifang' WHERE position = 2",
    "UPDATE entries SET subject = 'gw-9' WHERE position = 2",
    "DELETE FROM entries WHERE position = 2",
    "DELETE FROM entries WHERE position = 4",
    "UPDATE entries SET position = 9 WHERE position = 4",
    "INSERT INTO entries SELECT 5, hash, root, leaf, action, site, subject FROM entries LIMIT 1",
    "UPDATE journal SET frontier = '0:'",
    "UPDATE journal SET frontier = 'x'",
    "UPDATE journal SET note = CAST(replace(note, '5', '4') AS BLOB)",
    "DELETE FROM journal",
)


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_found(tmp_path: Path, edit: str) -> None:
    key = written(tmp_path)
    with sqlite3.connect(tmp_path / JOURNAL) as db:
        db.execute(edit)
    db.close()
    with read_journal(tmp_path, "plant-3") as journal:
        with pytest.raises(JournalDamagedError) as found:
            require_sound(journal, key)
        if "WHERE position = 2" in edit:
            assert "2" in found.value.say("en").partition("damaged")[2]


def test_a_journal_that_another_key_signed_is_not_sound(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    key = written(tmp_path / "here")
    written(tmp_path / "there")
    shutil.copy(tmp_path / "there" / JOURNAL, tmp_path / "here" / JOURNAL)
    with (
        read_journal(tmp_path / "here", "plant-3") as journal,
        pytest.raises(JournalDamagedError, match="E_SIG_UNKNOWN_KEY"),
    ):
        require_sound(journal, key)
