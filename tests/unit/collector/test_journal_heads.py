"""The ledger's head is in the journal from the start to the end, and each day between."""

from pathlib import Path

import pytest

from collector.journal import Journal, open_journal
from collector.journal_errors import JournalFullError
from collector.journal_heads import HeadThread
from collector.journal_read import read_journal
from evidence.clock import NS_PER_S, SteppedClock, parse_utc
from tests.contract.mosquitto import until

DAY_NS = 86_400 * NS_PER_S


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(parse_utc("2026-11-30T23:00:00Z"))


def reasons(folder: Path) -> list[str]:
    with read_journal(folder, "plant-3") as journal:
        return [each.entry.reason for each in journal.entries()]


def test_a_head_is_entered_at_the_start_on_each_day_and_at_the_end(
    tmp_path: Path, clock: SteppedClock
) -> None:
    heads = HeadThread(lambda: open_journal(tmp_path, "plant-3", clock), clock, every_s=0.01)
    heads.start()
    for day in (1, 2):
        clock.advance(DAY_NS)
        until(lambda day=day: len(reasons(tmp_path)) == 1 + day)  # type: ignore[misc]
    heads.stop()
    assert reasons(tmp_path) == ["start", "day", "day", "stop"]


def test_a_journal_that_cannot_be_written_is_tried_again_and_holds_up_nothing(
    tmp_path: Path, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    open_journal(tmp_path, "plant-3", clock).close()
    failures = [1, 2]

    def opened() -> Journal:
        if failures:
            failures.pop()
            where = "journal.sqlite"
            raise JournalFullError(where)
        return open_journal(tmp_path, "plant-3", clock)

    heads = HeadThread(opened, clock, every_s=0.01)
    heads.start()
    until(lambda: bool(reasons(tmp_path)))
    heads.stop()
    assert "E_JOURNAL_FULL" in caplog.text
    assert reasons(tmp_path)[-1] == "stop"
