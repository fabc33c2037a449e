"""A statement of what people entered is proven by the journal's entries, as far as they go."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from carbonmeter.cli import main
from collector.activity.acts import known_in
from collector.bundle_held import Held
from collector.bundling import choose
from collector.bundling_journal import Disclosure, journal_of, with_entries
from collector.config import load_config
from collector.journal_read import JournalReader
from collector.ledger import open_ledger
from collector.ledger_read import read_ledger
from collector.opening import open_store
from evidence.bundle import entered
from evidence.bundle.form import Key
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import Policy
from evidence.bundle.writing import Choice
from evidence.clock import SystemClock
from evidence.log.entry import Action
from evidence.log.parts import PartlyShown, parted, partly_shown
from evidence.software import SOFTWARE
from evidence.statement.datum import digest_of
from evidence.statement.entered.stating import entered_statement
from tests.unit.evidence.bundle.invoiced import after_january
from tests.unit.evidence.bundle.made import failed, outcomes, written
from tests.unit.evidence.bundle.read_by_eye import readings_bundled
from tests.unit.evidence.statement.entered.notebook import POWER, billed, read, span

FIGURES = (Check.VALUE, Check.UNCERTAINTY, Check.COMPONENTS, Check.COMPLETENESS, Check.TRACE)
TABLE = (
    "entered,channel,kind_of_quantity,unit,start,end,value,relative_standard_uncertainty,source\n"
    f"amount,{POWER},active_energy,kW.h,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,3010,0.01,bill\n"
    "amount,works/~gas-1/volume,volume,m3,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,9,0.01,bill\n"
)
JANUARY = span("2026-01-01", "2026-02-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A collector of which nothing is known but what people typed."""

    folder: Path

    def states(self, at_ns: int | None = None) -> str:
        """The digest of the statement of January as it follows now, and is kept."""
        with self._journal() as (journal, _), closing(open_store(self.folder / "state")) as store:
            datum = entered_statement(known_in(journal).book, POWER, JANUARY, SOFTWARE)
            assert datum is not None
            with store.transaction():
                now_ns = SystemClock().now_ns() if at_ns is None else at_ns
                kept = store.state_activity(datum, now_ns)
        return kept.digest

    def choice(self, digest: str, *, persons: bool = True, every: bool = False) -> Choice:
        """What a bundle of a statement holds."""
        state, key = self.folder / "state", Key(role="collector", of="plant-3", line="none")
        with read_ledger(state) as ledger, closing(open_store(state)) as store:
            held = Held(lookup=store.lookup, ledger=ledger, sites={}, keys=(key,))
            picked = replace(choose(held, digest), keys=())
        with self._journal() as (journal, own):
            return with_entries(picked, journal, own, Disclosure(persons=persons, every=every))

    def policy(self) -> Policy:
        """What an auditor pins who knows the journal's key."""
        with self._journal() as (_, own):
            return Policy(schema=1, journals=(own.line,), require=(Check.JOURNAL, Check.VALUE))

    @contextmanager
    def _journal(self) -> Iterator[tuple[JournalReader, Key]]:
        with journal_of(load_config(self.folder / "collector.toml")) as found:
            assert found is not None
            yield found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    assert main(["collector", "init", "--id", "plant-3"]) == 0
    (tmp_path / "bills.csv").write_text(TABLE, encoding="utf-8")
    assert main(["activity", "enter", "bills.csv", "--by", "Q. Wang", "--reason", "bills"]) == 0
    with open_ledger(tmp_path / "state"):
        pass  # as a collector makes it when it starts
    return Desk(folder=tmp_path)


def correct(value: str, entry: str = "0") -> None:
    """Enters another amount in the place of an earlier one."""
    one = "\n".join(TABLE.splitlines()[:2]).replace("3010", value)
    Path("right.csv").write_text(one, encoding="utf-8")
    assert main(["activity", "correct", entry, "right.csv", "--reason", "digits"]) == 0


def first_entry(desk: Desk) -> str:
    with desk._journal() as (journal, _):
        own = [each.position for each in journal.entries() if each.entry.subject == POWER]
    return str(own[0])


def test_the_figures_follow_from_the_entries_that_the_journal_signed(desk: Desk) -> None:
    data = written(desk.choice(desk.states()))
    found = outcomes(data, desk.policy())
    assert failed(data, desk.policy()) == set()
    assert {found[each].result for each in FIGURES} == {Result.OK}
    assert "people entered it" in found[Check.INDICATION].en
    assert found[Check.WITHHELD].result is Result.NOT_CHECKED
    assert b"~gas-1" not in data  # entries of other channels are withheld
    assert outcomes(data)[Check.PINNED].en == "the journal's key is pinned by nobody"


def test_an_amount_that_was_corrected_later_is_still_proven_as_it_was_known(desk: Desk) -> None:
    before = desk.states()
    correct("3100", first_entry(desk))
    after = desk.states()
    assert before != after
    for digest in (before, after):
        assert failed(written(desk.choice(digest)), desk.policy()) == set()


def test_an_amount_that_does_not_follow_is_found(desk: Desk) -> None:
    choice = desk.choice(desk.states())
    more = msgspec.structs.replace(choice.datum, value=choice.datum.value * 1.1)
    lie = replace(choice, datum=msgspec.structs.replace(more, digest=digest_of(more)))
    assert failed(written(lie), desk.policy()) == {Check.VALUE}
    assert choice.journal is not None
    bare = replace(choice, journal=replace(choice.journal, shown={}))
    assert Check.VALUE in failed(written(bare), desk.policy())
    assert Check.VALUE in failed(written(replace(choice, journal=None)))


def test_only_the_whole_journal_tells_that_nobody_corrected_it(desk: Desk) -> None:
    correct("3100", first_entry(desk))
    digest = desk.states()
    whole = desk.choice(digest, every=True)
    assert outcomes(written(whole))[Check.WITHHELD].result is Result.OK
    assert whole.journal is not None
    hidden = {at: each for at, each in whole.journal.shown.items() if b"3100" not in _bytes(each)}
    cut = replace(whole, journal=replace(whole.journal, shown=hidden))
    assert outcomes(written(cut))[Check.WITHHELD].result is Result.NOT_CHECKED
    assert Check.VALUE in failed(written(cut))


def test_who_entered_it_is_shown_even_where_persons_are_withheld(desk: Desk) -> None:
    data = written(desk.choice(desk.states(), persons=False))
    assert failed(data, desk.policy()) == set()


def test_an_entry_of_the_channel_that_is_shown_in_part_is_refused(desk: Desk) -> None:
    choice = desk.choice(desk.states())
    assert choice.journal is not None
    part = {at: _without_content(_bytes(each)) for at, each in choice.journal.shown.items()}
    lie = replace(choice, journal=replace(choice.journal, shown=part))
    assert {Check.WITHHELD, Check.VALUE} <= failed(written(lie))


def _without_content(entry: bytes) -> PartlyShown:
    found = parted(entry)
    assert found is not None
    return partly_shown(found, lambda number: b"3010" not in found.lines[number - 1])


def _bytes(shown: object) -> bytes:
    assert isinstance(shown, bytes)
    return shown


def test_the_commands_write_and_verify_such_a_bundle(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = desk.states()
    assert main(["evidence", "bundle", "--activity", digest, "out.zip", "--whole"]) == 0
    (desk.folder / "policy.toml").write_text(
        f'schema = 1\njournals = ["{desk.policy().journals[0]}"]\nrequire = [19, 21, 26]\n',
        encoding="utf-8",
    )
    assert main(["evidence", "verify", "out.zip", "--policy", "policy.toml"]) == 0
    assert "3010" in capsys.readouterr().out


FIRST_BILL = msgspec.to_builtins(billed("2026-01-01", "2026-02-01", 3_010.0))
SPOILT = {
    "the same month twice": {"new": FIRST_BILL},
    "another unit": {"new": {**FIRST_BILL, "unit": "MW.h", "start": "2026-02-01T00:00:00Z"}},
    "a number no float holds": {"new": {**FIRST_BILL, "value": 10**400}},
    "no amount at all": {"new": {"entered": "amount"}},
    "a correction of a list": {"action": Action.CORRECTION, "old": {"entry": [1]}, "new": None},
    "a correction of a word": {"action": Action.CORRECTION, "old": "entry", "new": None},
    "a correction of nothing": {"action": Action.CORRECTION, "old": {"entry": 7}, "new": None},
    "nothing": {"new": None},
}


@pytest.mark.parametrize("name", SPOILT)
def test_whatever_a_journal_signed_is_refused_and_crashes_nothing(name: str) -> None:
    assert failed(after_january(**SPOILT[name])) == {Check.VALUE}


def test_the_second_month_alone_does_not_hinder_the_first() -> None:
    assert failed(after_january()) == set()


def test_more_entries_than_can_be_held_against_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entered, "MOST_ENTRIES", 1)
    assert failed(after_january()) == {Check.VALUE}


def test_the_journal_s_pinned_key_is_all_that_has_to_be_pinned(desk: Desk) -> None:
    data = written(desk.choice(desk.states()))
    assert outcomes(data, desk.policy())[Check.PINNED].result is Result.OK


def test_a_collector_whose_clock_is_behind_that_of_the_command_proves_it_too(desk: Desk) -> None:
    digest = desk.states(at_ns=JANUARY[1])
    assert failed(written(desk.choice(digest)), desk.policy()) == set()


EXCHANGED = (
    read("2026-01-01T00:00:00Z", 100.0, serial="A"),
    read("2026-01-20T00:00:00Z", 10.0, serial="B"),
    read("2026-01-20T00:00:00Z", 500.0, serial="A"),
    read("2026-02-01T00:00:00Z", 110.0, serial="B"),
)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (3, 2, 1, 0)])
def test_an_exchange_at_one_instant_is_proven_in_any_order_of_entering(
    order: tuple[int, ...],
) -> None:
    choice = readings_bundled([EXCHANGED[each] for each in order], "2026-01-01", "2026-02-01")
    assert (choice.datum.value, choice.datum.completeness.ratio) == (500.0, 1.0)
    assert failed(written(choice)) == set()


def test_a_register_that_an_earlier_version_let_fall_is_proven_as_it_is_stated() -> None:
    """The journal keeps such a reading; what it was taken for then is found wrong."""
    fell = read("2026-02-11T00:00:00Z", 10.0, serial="B")
    choice = readings_bundled([*EXCHANGED, fell], "2026-01-01", "2026-03-01")
    assert choice.datum.completeness.missing == {"not_entered": 18 * 24, "register_fell": 10 * 24}
    assert failed(written(choice)) == set()
    less = msgspec.structs.replace(choice.datum, value=choice.datum.value - 100.0)
    lie = replace(choice, datum=msgspec.structs.replace(less, digest=digest_of(less)))
    assert failed(written(lie)) == {Check.VALUE}
