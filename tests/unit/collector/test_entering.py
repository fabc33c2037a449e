"""Entries of people: checked and written in one transaction of the journal, and read back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.activity.acts import Acts, known_in
from collector.activity.entering import correct, enter, lock, release, unlock
from collector.journal import Journal, open_journal
from evidence.clock import SteppedClock, parse_utc
from evidence.log.entry import Act, Action, Json
from evidence.statement.entered.content import Content
from evidence.statement.entered.errors import (
    EntryCorrectsError,
    EntryOverlapError,
    EntryRefusedError,
    EntryUnreadError,
    EntryValueError,
)
from evidence.statement.entered.stating import entered_statement
from evidence.statement.locks import LockError
from tests.unit.evidence.statement.entered.notebook import GAS, POWER, billed, read, span
from tests.unit.evidence.statement.exports.rows import A, B

NOW = parse_utc("2026-07-01T08:00:00Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Somebody whose rights were looked at."""

    name: str = "q.wang"

    def act(
        self,
        action: Action,
        *,
        site: str,
        subject: str,
        reason: str,
        old: Json = None,
        new: Json = None,
    ) -> Act:
        return Act(
            who=self.name,
            role="analyst",
            action=action,
            site=site,
            subject=subject,
            reason=reason,
            old=old,
            new=new,
        )


CLERK = Clerk()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def journal(tmp_path: Path, clock: SteppedClock) -> Iterator[Journal]:
    with open_journal(tmp_path, "plant-3", clock) as opened:
        yield opened


def test_what_is_entered_is_signed_and_read_back_as_it_was(
    journal: Journal, clock: SteppedClock
) -> None:
    contents: list[Content] = [
        billed("2026-01-01", "2026-02-01", 3_100.0),
        read("2026-02-01T08:00:00+08:00", 10.0),
    ]
    assert enter(journal, CLERK, contents, clock, "first half") == [0, 1]
    first, second = journal.entries()
    assert (first.entry.action, second.entry.action) == ("manual-amount", "manual-reading")
    assert (first.entry.who, first.entry.role) == ("q.wang", "analyst")
    assert (first.entry.site, first.entry.subject, first.entry.reason) == (
        "works",
        POWER,
        "first half",
    )
    book = known_in(journal).book
    (entry,) = book.standing(POWER)
    assert (entry.entry, entry.at_ns, entry.who) == (0, NOW, "q.wang")
    assert entry.content == contents[0]
    (reading,) = book.standing(GAS)
    assert reading.content is not None
    assert reading.content.at == "2026-02-01T00:00:00Z"  # type: ignore[union-attr]
    assert journal.head().size == 2


def test_one_row_that_cannot_stand_keeps_all_of_a_table_out(
    journal: Journal, clock: SteppedClock
) -> None:
    table = [
        billed("2026-01-01", "2026-02-01", 1.0),
        billed("2026-02-01", "2026-03-01", 2.0),
        billed("2026-02-28", "2026-04-01", 3.0),
    ]
    with pytest.raises(EntryOverlapError) as refused:
        enter(journal, CLERK, table, clock, "bills")
    assert refused.value.where == "3/3 start, end"
    assert "entry 2 of those given with it covers 2026-02-01" in refused.value.say("en")
    assert "条目 2（本次录入） 已覆盖 2026-02-01" in refused.value.say("zh")
    assert journal.head().size == 0


def test_what_stands_already_is_named_by_its_number(journal: Journal, clock: SteppedClock) -> None:
    enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    table = [billed("2026-02-01", "2026-03-01", 2.0), billed("2026-01-31", "2026-02-01", 3.0)]
    with pytest.raises(EntryOverlapError) as refused:
        enter(journal, CLERK, table, clock, "bills")
    assert refused.value.where == "2/2 start, end"
    assert "entry 0 covers" in refused.value.say("en")
    with pytest.raises(EntryOverlapError) as refused:
        enter(journal, CLERK, table[1:], clock, "bills")
    assert refused.value.where == "start, end"


def test_a_table_that_is_given_again_is_not_entered_twice(
    journal: Journal, clock: SteppedClock
) -> None:
    table = [billed("2026-01-01", "2026-02-01", 1.0), billed("2026-02-01", "2026-03-01", 2.0)]
    enter(journal, CLERK, table[:1], clock, "bills")  # it was interrupted after its first row
    assert enter(journal, CLERK, table, clock, "bills") == [0, 1]
    assert enter(journal, CLERK, table, clock, "bills") == [0, 1]
    assert journal.head().size == 2


def test_a_correction_says_what_it_was_and_why(journal: Journal, clock: SteppedClock) -> None:
    (wrong,) = enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 3_010.0)], clock, "bills")
    right = billed("2026-01-01", "2026-02-01", 3_100.0)
    entry = correct(journal, Clerk(name="auditor"), wrong, right, "digits exchanged", clock)
    recorded = journal.entries(entry)[0].entry
    assert recorded.action == "correction"
    assert (recorded.old["entry"], recorded.old["content"]["value"]) == (wrong, 3_010.0)
    assert recorded.new["value"] == 3_100.0
    known = known_in(journal)
    datum = entered_statement(known.book, POWER, span("2026-01-01", "2026-02-01"), "test")
    assert datum is not None
    assert datum.value == 3_100.0
    assert datum.entered.entries == (entry,)  # type: ignore[union-attr]
    with pytest.raises(EntryCorrectsError, match=f"entry {entry} corrected it"):
        correct(journal, CLERK, wrong, right, "again", clock)
    assert correct(journal, CLERK, entry, None, "not ours", clock) == entry + 1
    assert known_in(journal).book.standing(POWER) == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_corrected_or_decided_without_a_reason(
    journal: Journal, clock: SteppedClock, reason: str
) -> None:
    (entry,) = enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    with pytest.raises(EntryValueError, match="no reason"):
        correct(journal, CLERK, entry, None, reason, clock)
    for decide in (release, lock, unlock):
        with pytest.raises(EntryValueError, match="no reason"):
            decide(journal, CLERK, A, reason)
    assert journal.head().size == 1


def test_a_correction_of_another_channel_or_of_nothing_is_refused(
    journal: Journal, clock: SteppedClock
) -> None:
    (entry,) = enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    for number, content in ((entry, read("2026-01-01T00:00:00Z", 1.0)), (7, None)):
        with pytest.raises(EntryCorrectsError):
            correct(journal, CLERK, number, content, "why", clock)


def test_two_who_write_at_once_cannot_both_take_one_period(
    tmp_path: Path, journal: Journal, clock: SteppedClock
) -> None:
    """The second looked before the first wrote; inside the transaction it looks again."""
    from collector.activity import entering  # noqa: PLC0415

    before = known_in(journal)
    with open_journal(tmp_path, "plant-3", clock) as other:
        enter(other, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    late = billed("2026-01-15", "2026-02-15", 2.0)
    act = entering._entering(CLERK, late, "bills")
    with pytest.raises(EntryOverlapError):
        entering._entered(journal, before, late, act, clock)
    assert journal.head().size == 1


def test_only_a_released_statement_is_locked_and_only_a_locked_one_unlocked(
    journal: Journal,
) -> None:
    with pytest.raises(LockError):
        lock(journal, CLERK, A, "year end")
    released = release(journal, CLERK, A, "year end")
    with pytest.raises(LockError, match="released before"):
        release(journal, CLERK, A, "year end")
    locked = lock(journal, CLERK, A, "year end")
    assert (released, locked) == (0, 1)
    for datum in (A, B):
        with pytest.raises(LockError):
            lock(journal, CLERK, datum, "again")
    with pytest.raises(LockError):
        unlock(journal, CLERK, B, "not that one")
    known = known_in(journal)
    (act,) = known.locks.locked.values()
    assert (act.digest, act.channel, act.entry, act.reason) == (A.digest, A.channel, 1, "year end")
    recorded = journal.entries(1)[0].entry
    assert (recorded.new["value"], recorded.new["unit"]) == (A.value, A.unit)
    unlock(journal, CLERK, A, "the certificate was wrong")
    assert known_in(journal).locks.locked == {}
    assert journal.head().size == 3


def test_a_running_collector_sees_what_a_command_entered(
    tmp_path: Path, journal: Journal, clock: SteppedClock
) -> None:
    acts = Acts(lambda: open_journal(tmp_path, "plant-3", clock))
    assert acts.known().book.channels() == []
    enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    assert acts.known().book.channels() == [POWER]
    release(journal, CLERK, A, "year end")
    assert set(acts.known().locks.released) == {A.digest}
    acts.close()


def test_an_entry_of_a_newer_form_is_not_left_out_in_silence(
    journal: Journal, clock: SteppedClock
) -> None:
    enter(journal, CLERK, [billed("2026-01-01", "2026-02-01", 1.0)], clock, "bills")
    new = {"entered": "guess", "value": 1.0}
    journal.record(CLERK.act(Action.INVOICE, site="works", subject=POWER, reason="r", new=new))
    known = known_in(journal)
    with pytest.raises(EntryUnreadError, match="entry 1"):
        known.require_read(POWER)
    known.require_read(GAS)
    with pytest.raises(EntryRefusedError):
        enter(journal, CLERK, [billed("2026-02-01", "2026-03-01", 1.0)], clock, "bills")
