"""Intake: commit, then receipt; whatever the network did to the messages on their way."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.agents import receipt_topic
from collector.ledger import Ledger, open_ledger
from collector.outcome import Admitted, Duplicate
from evidence.clock import NS_PER_S
from evidence.log.envelope import Envelope, Wanted, compress, seal
from evidence.log.key import generate
from evidence.log.receipt import open_receipt
from tests.unit.collector.agent_log import (
    OTHER_EPOCH,
    SIGNER,
    START_NS,
    AgentLog,
    agents_of,
    filled,
)
from tests.unit.collector.intake_bench import Bench, covered, said


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def test_one_receipt_answers_a_group_and_covers_all_of_it(ledger: Ledger) -> None:
    log = filled(4)
    bench = Bench(ledger, log)
    (reply,) = bench.take(log.topic, *(log.message(at) for at in range(4)))
    assert reply.topic == receipt_topic("boiler-2") == "carbonmeter/v1/boiler-2/receipt"
    assert reply.retain
    assert (said(reply).epoch, said(reply).want, said(reply).cause) == (log.epoch, 4, "")
    assert covered(reply, log) == 4
    assert open_receipt(said(reply).receipt, SIGNER.verifier).at_s == START_NS // NS_PER_S
    assert bench.committed == [("boiler-2", log.epoch, (0, 1, 2, 3))]
    assert bench.intake.counters["admitted", ""] == 4
    assert bench.intake.counters["receipt", ""] == 1


def test_nothing_is_answered_before_the_flush_that_commits(ledger: Ledger) -> None:
    log = filled(1)
    bench = Bench(ledger, log)
    assert isinstance(bench.intake.feed(log.topic, log.message(0)), Admitted)
    assert ledger.head().size == 0
    assert bench.intake.pending_bytes == len(log.leaves[0])
    assert bench.committed == []
    bench.intake.flush()
    assert ledger.head().size == 1
    assert bench.intake.pending_bytes == 0
    assert bench.intake.flush() == []


def test_a_repetition_within_a_group_is_a_duplicate_of_what_is_not_committed_yet(
    ledger: Ledger,
) -> None:
    log = filled(2)
    bench = Bench(ledger, log)
    bench.intake.feed(log.topic, log.message(0))
    assert isinstance(bench.intake.feed(log.topic, log.message(0)), Duplicate)
    assert isinstance(bench.intake.feed(log.topic, log.message(1)), Admitted)
    (reply,) = bench.intake.flush()
    assert covered(reply, log) == 2


def test_a_duplicate_is_answered_with_the_current_receipt_unchanged(ledger: Ledger) -> None:
    log = filled(3)
    bench = Bench(ledger, log)
    (first,) = bench.take(log.topic, *(log.message(at) for at in range(3)))
    bench.clock.advance(3600 * NS_PER_S)
    (again,) = bench.take(log.topic, log.message(0))
    assert again == first
    assert bench.intake.counters["duplicate", ""] == 1
    assert len(bench.committed) == 1


def test_a_gap_is_answered_with_the_leaf_that_lacks_but_not_at_every_message(
    ledger: Ledger,
) -> None:
    log = filled(6)
    bench = Bench(ledger, log)
    bench.take(log.topic, log.message(0))
    (reply,) = bench.take(log.topic, log.message(2))
    assert (said(reply).want, said(reply).cause) == (1, "")
    assert covered(reply, log) == 1
    assert bench.take(log.topic, log.message(3)) == []
    bench.clock.advance(NS_PER_S)
    (reply,) = bench.take(log.topic, log.message(4))
    assert said(reply).want == 1
    bench.take(log.topic, log.message(1))
    (reply,) = bench.take(log.topic, log.message(3))  # another gap is news at once
    assert said(reply).want == 2
    assert bench.intake.counters["gap", ""] == 4


def test_a_gap_before_the_first_leaf_is_answered_without_receipt_and_not_retained(
    ledger: Ledger,
) -> None:
    log = filled(2)
    (reply,) = Bench(ledger, log).take(log.topic, log.message(1))
    assert (said(reply).want, said(reply).receipt, reply.retain) == (0, b"", False)


def test_a_refusal_of_a_known_signer_names_the_cause_and_is_not_retained(ledger: Ledger) -> None:
    log = filled(2)
    bench = Bench(ledger, log, filled(0, "press-9"))
    bench.take(log.topic, log.message(0))
    (reply,) = bench.take("carbonmeter/v1/press-9/batch", log.message(1))
    assert reply.topic == receipt_topic("boiler-2")
    assert (said(reply).cause, said(reply).want, reply.retain) == ("E_TOPIC_SPOOF", 1, False)
    assert covered(reply, log) == 1
    assert bench.take("carbonmeter/v1/press-9/batch", log.message(1)) == []
    assert bench.intake.counters["refused", "E_TOPIC_SPOOF"] == 2
    assert ledger.head().size == 1


def test_an_unknown_key_is_told_once_a_second_that_it_is_unknown_and_nothing_else(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    log = filled(1)
    bench = Bench(ledger, log)
    stranger = AgentLog(key=generate("boiler-2", b"?" * 32), leaves=log.leaves)
    with caplog.at_level(logging.WARNING):
        (reply,) = bench.take(log.topic, *[stranger.message(0)] * 5)
        assert bench.take(log.topic, stranger.message(0)) == []
        assert bench.take(log.topic, b"junk") == []
    assert (reply.topic, reply.retain) == (receipt_topic("boiler-2"), False)
    assert said(reply) == Wanted(epoch=log.epoch, want=0, cause="E_SIG_UNKNOWN_KEY")
    assert bench.intake.counters["refused", "E_SIG_UNKNOWN_KEY"] == 6
    assert [record.getMessage()[:9] for record in caplog.records] == ["E_SIG_UNK", "E_ENVELOP"]
    assert ledger.head().size == 0


def test_an_equivocation_keeps_both_and_stops_nothing_else(ledger: Ledger) -> None:
    log = filled(3)
    copy = AgentLog(leaves=[log.leaves[0], b"other 1"])
    bench = Bench(ledger, log)
    bench.take(log.topic, log.message(0), log.message(1))
    (reply,) = bench.take(log.topic, copy.message(1))
    assert (said(reply).cause, said(reply).want, reply.retain) == ("E_EQUIVOCATION", 2, False)
    assert covered(reply, log) == 2
    (branch,) = ledger.branches()
    assert (branch.leaf, branch.note) == (b"other 1", copy.note(2))
    assert ledger.leaf(log.agent, log.epoch, 1).leaf == log.leaves[1]
    (reply,) = bench.take(log.topic, log.message(2))
    assert covered(reply, log) == 3


def test_a_message_altered_on_its_way_leaves_no_branch_once_the_original_came(
    ledger: Ledger,
) -> None:
    log = filled(1)
    bench = Bench(ledger, log)
    envelope = log.envelope(0)
    altered = Envelope(
        epoch=log.epoch, sequence=0, checkpoint=envelope.checkpoint, leaf=compress(b"forged")
    )
    (reply,) = bench.take(log.topic, seal(altered))
    assert (said(reply).cause, said(reply).want) == ("E_LOG_ROOT", 0)
    assert len(ledger.branches()) == 1
    (reply,) = bench.take(log.topic, log.message(0))
    assert covered(reply, log) == 1
    assert ledger.branches() == ()


def test_only_the_latest_epoch_is_retained_so_a_replay_of_the_old_one_hides_nothing(
    ledger: Ledger,
) -> None:
    old, new = filled(2), filled(1, epoch=OTHER_EPOCH)
    bench = Bench(ledger, old)
    bench.take(old.topic, old.message(0), old.message(1))
    (fresh,) = bench.take(new.topic, new.message(0))
    latest, replayed = bench.take(old.topic, old.message(1))
    assert (fresh.retain, latest.retain, replayed.retain) == (True, True, False)
    assert (said(latest).epoch, said(replayed).epoch) == (OTHER_EPOCH, old.epoch)
    (current,) = bench.intake.resume()
    assert said(current).epoch == OTHER_EPOCH
    assert current.retain
    assert covered(current, new) == 1


def test_agents_are_answered_each_on_its_own_topic(ledger: Ledger) -> None:
    one, two = filled(1), filled(1, "press-9")
    bench = Bench(ledger, one, two)
    bench.intake.feed(one.topic, one.message(0))
    replies = bench.take(two.topic, two.message(0))
    assert {reply.topic for reply in replies} == {
        receipt_topic("boiler-2"),
        receipt_topic("press-9"),
    }
    assert {covered(reply, log) for reply, log in zip(replies, (one, two), strict=True)} == {1}


def test_a_key_that_was_revoked_meanwhile_admits_nothing_and_others_go_on(ledger: Ledger) -> None:
    one, two = filled(2), filled(1, "press-9")
    bench = Bench(ledger, one, two)
    bench.take(one.topic, one.message(0))
    bench.intake.repin(agents_of(two))
    (told,) = bench.take(one.topic, one.message(1))
    assert (said(told).cause, said(told).receipt) == ("E_SIG_UNKNOWN_KEY", b"")
    (reply,) = bench.take(two.topic, two.message(0))
    assert covered(reply, two) == 1
    assert ledger.state(one.agent, one.epoch).size == 1
