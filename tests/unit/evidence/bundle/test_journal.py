"""A bundle carries entries of the journal that concern what it holds; each lie in them is found."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.bundling import choose
from collector.bundling_journal import Disclosure, with_entries
from collector.journal_heads import head_act
from evidence.bundle.form import Key
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import NO_POLICY, Policy
from evidence.bundle.writing import Choice
from evidence.log.entry import Act, Action
from evidence.log.key import generate
from tests.unit.collector.api.plant import LINE_1, MILL, Plant, batch, stream
from tests.unit.evidence.bundle.journaled import JOURNAL, chosen, leaves, with_journal
from tests.unit.evidence.bundle.made import (
    Made,
    failed,
    held,
    members,
    outcomes,
    packed,
    stated,
    text_of,
    written,
)

FIRST_DAY = "start=2026-03-30&end=2026-03-31"
PINNED = Policy(schema=1, journals=(JOURNAL.verifier.to_text(),), require=(Check.JOURNAL,))
OTHER = generate("collector-1/journal", b"o" * 32)


def test_entries_that_stand_in_the_signed_head_are_ok(one: Made) -> None:
    data = written(with_journal(one.choice))
    for policy, said in ((NO_POLICY, "2 entries; its key is pinned by nobody"), (PINNED, "2 ")):
        found = outcomes(data, policy)[Check.JOURNAL]
        assert found.result is Result.OK
        assert found.en.startswith(said)
    assert failed(data, PINNED) == set()
    assert "2 条记录" in outcomes(data, NO_POLICY)[Check.JOURNAL].zh


def test_a_bundle_without_entries_says_so_and_fails_where_they_are_required(one: Made) -> None:
    found = outcomes(one.data)[Check.JOURNAL]
    assert (found.result, found.en) == (Result.NOT_CHECKED, "no entry of a journal is here")
    assert failed(one.data, PINNED) == {Check.JOURNAL}


def test_another_key_than_the_pinned_one_is_found(one: Made) -> None:
    entries = chosen(leaves(), key=OTHER)
    data = written(with_journal(one.choice, entries, OTHER))
    assert failed(data) == set()
    assert failed(data, PINNED) == {Check.JOURNAL}


def test_every_lie_about_the_journal_is_found(one: Made) -> None:
    data = leaves()
    good = chosen(data)
    altered = data[1].replace(b"wang", b"li")
    lies: dict[str, Choice] = {
        "text": with_journal(one.choice, replace(good, shown={1: altered, 4: data[4]})),
        "place": with_journal(one.choice, replace(good, shown={2: data[1], 4: data[4]})),
        "no entry": with_journal(one.choice, chosen([data[0], b"{}", *data[2:]])),
        "note": with_journal(one.choice, replace(good, note=good.note.replace(b"7", b"8", 1))),
        "shorter": with_journal(one.choice, replace(good, note=chosen(data[:6]).note)),
        "back": with_journal(one.choice, chosen(leaves(back_at=4))),
        "no key": replace(with_journal(one.choice), keys=one.choice.keys),
        "key alone": replace(with_journal(one.choice), journal=None),
    }
    for name, choice in lies.items():
        assert failed(written(choice)) == {Check.JOURNAL}, name


@pytest.mark.parametrize("name", ["checkpoint.txt", "entries.bin", "tree.bin"])
def test_damaged_and_missing_members_of_the_journal_are_found(one: Made, name: str) -> None:
    parts = members(written(with_journal(one.choice)))
    name = f"journal/{name}"
    for damaged in (b"", parts[name][:-1], parts[name] + b"\0", b"\xff" + parts[name]):
        assert failed(packed({**parts, name: damaged})) == {Check.JOURNAL}
    assert failed(packed({each: data for each, data in parts.items() if each != name})) == {
        Check.JOURNAL
    }


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = Plant(tmp_path_factory.mktemp("journaled"))
    built.log_profile()
    built.take(built.gw1, batch(built.gw1, [stream(LINE_1, 0, 96)]))
    built.judging.catch_up()
    yield built
    built.close()


def test_where_nothing_concerns_it_the_journal_is_left_out(plant: Plant) -> None:
    picked = choose(held(plant), stated(plant, LINE_1, FIRST_DAY).digest)
    with plant.parts().journal() as journal:
        journal.record(head_act("day"))
        key = Key(role="journal", of="plant-3", line=journal.pinned)
        assert with_entries(picked, journal, key) == picked


def test_what_people_did_to_what_is_in_a_bundle_is_in_it_and_nothing_else_is(
    plant: Plant,
) -> None:
    datum = stated(plant, LINE_1, FIRST_DAY)
    subjects = ("gw-1", f"gw-1/{plant.gw1.epoch}/3", LINE_1, datum.digest, "gw-2", MILL, "grafana")
    with plant.parts().journal() as journal:
        first = journal.head().size
        for subject in subjects:
            journal.record(
                Act(
                    who="wang",
                    role="engineer",
                    action=Action.CORRECTION,
                    subject=subject,
                    reason="r",
                )
            )
        journal.record(head_act("day"))
        picked = choose(held(plant), datum.digest)
        line = journal.pinned
        choice = with_entries(picked, journal, Key(role="journal", of="plant-3", line=line))
    assert choice.journal is not None
    assert sorted(choice.journal.shown) == [first + each for each in range(4)]
    data = written(choice)
    policy = Policy(schema=1, journals=(line,), require=(Check.JOURNAL,))
    found = outcomes(data, policy)[Check.JOURNAL]
    assert (found.result, found.en) == (Result.OK, "4 entries")
    assert b"grafana" not in b"".join(members(data).values())


def test_a_boundary_that_has_the_channel_is_in_its_bundle(plant: Plant) -> None:
    terms = [{"channel": LINE_1, "factor": "1"}]
    new = {"id": "jinan/line-1", "name": "Line 1", "terms": terms}
    act = Act(
        who="wang",
        role="engineer",
        action=Action.BOUNDARY_SET,
        subject="jinan/line-1",
        reason="r",
        new=new,
    )
    with plant.parts().journal() as journal:
        position = journal.record(act)
        key = Key(role="journal", of="plant-3", line=journal.pinned)
        picked = choose(held(plant), stated(plant, LINE_1, FIRST_DAY).digest)
        choice = with_entries(picked, journal, key)
    assert choice.journal is not None
    assert position in choice.journal.shown
    assert failed(written(choice), Policy(schema=1, journals=(key.line,))) == set()


def test_persons_in_the_journal_can_be_withheld_and_the_entries_still_stand_in_its_head(
    one: Made,
) -> None:
    with one.plant.parts().journal() as journal:
        journal.record(
            Act(
                who="wang.li",
                role="engineer",
                action=Action.CORRECTION,
                subject=LINE_1,
                reason="misread by zhao",
                old=1.0,
                new=2.0,
            )
        )
        journal.record(
            Act(
                who="wang.li",
                role="admin",
                action=Action.USER_ADDED,
                subject="gw-1/zhao",
                reason="r",
            )
        )
        journal.record(  # it concerns nothing by its subject, and the channel by what it says
            Act(who="wang.li", role="admin", action=Action.RESTORED, reason=f"zhao, {LINE_1}")
        )
        key = Key(role="journal", of="plant-3", line=journal.pinned)
        shown = with_entries(one.choice, journal, key)
        silent = with_entries(one.choice, journal, key, Disclosure(persons=False))
    policy = Policy(schema=1, journals=(key.line,), require=(Check.JOURNAL,))
    assert failed(written(shown), policy) == failed(written(silent), policy) == set()
    assert b"zhao" in text_of(written(shown))
    assert not [name for name in (b"zhao", b"wang.li") if name in text_of(written(silent))]
    assert b'"action":"correction"' in text_of(written(silent))
    assert outcomes(written(silent), policy)[Check.JOURNAL].en == "3 entries"
