"""Intake under faults: no receipt without a leaf on the disk, whatever fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from collector.ledger_check import first_damage
from evidence.clock import SteppedClock
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import Envelope, compress, seal
from tests.unit.collector.agent_log import (
    SIGNER,
    START_NS,
    AgentLog,
    agents_of,
    filled,
    noise,
)
from tests.unit.collector.intake_bench import Bench, covered, said
from tests.unit.collector.test_ledger_faults import small


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def test_a_full_disk_receipts_nothing_tells_the_cause_and_recovers(tmp_path: Path) -> None:
    log = AgentLog(leaves=[noise(number, blocks=100) for number in range(80)])
    with open_ledger(tmp_path, small(45)) as ledger:
        bench = Bench(ledger, log)
        answers = [
            said(reply) for at in range(80) for reply in bench.take(log.topic, log.message(at))
        ]
        held = ledger.state(log.agent, log.epoch).size
    assert 0 < held < 80
    refused = [each for each in answers if each.cause]
    assert {each.cause for each in refused} == {"E_LEDGER_FULL"}
    receipted = [each for each in answers if not each.cause]
    assert max(each.want for each in receipted) == held
    assert bench.intake.counters["not_committed", "E_LEDGER_FULL"] > 0
    with open_ledger(tmp_path) as ledger:
        (reply,) = Bench(ledger, log).take(log.topic, *map(log.message, range(held, 80)))
        assert covered(reply, log) == 80
        assert first_damage(ledger) is None


def test_without_a_remembered_head_nothing_is_signed(tmp_path: Path) -> None:
    log = filled(2)
    with open_ledger(tmp_path) as ledger:
        bench = Bench(ledger, log)
        (tmp_path / "head.new").mkdir()  # the head cannot be written
        (reply,) = bench.take(log.topic, log.message(0))
        assert (said(reply).cause, said(reply).receipt) == ("E_LEDGER", b"")
        (tmp_path / "head.new").rmdir()
        (reply,) = bench.take(log.topic, log.message(0))
        assert covered(reply, log) == 1


def fail(*_commit: object) -> None:
    raise ZeroDivisionError


def test_a_failing_hook_is_counted_and_holds_up_nothing(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    log = filled(1)
    intake = Intake(
        ledger=ledger,
        agents=agents_of(log),
        signer=SIGNER,
        clock=SteppedClock(START_NS),
        on_commit=fail,
    )
    intake.feed(log.topic, log.message(0))
    (reply,) = intake.flush()
    assert covered(reply, log) == 1
    assert intake.counters["hook_failed", ""] == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_crash_after_the_commit_and_before_the_receipt_is_made_good_at_start(
    tmp_path: Path,
) -> None:
    log = filled(3)
    with open_ledger(tmp_path) as ledger:
        Bench(ledger, log).take(log.topic, log.message(0))
    with open_ledger(tmp_path) as ledger:
        bench = Bench(ledger, log)
        (reply,) = bench.take(log.topic, log.message(1), log.message(2))
        ledger.set_receipt(log.agent, log.epoch, 1, b"the old one")
    with open_ledger(tmp_path) as ledger:
        (reply,) = Bench(ledger, log).intake.resume()
        assert covered(reply, log) == 3


def test_a_checkpoint_as_long_as_allowed_still_fits_into_its_receipt(ledger: Ledger) -> None:
    log = filled(1)
    lines = tuple("x" * 60 for _ in range(60))
    checkpoint = Checkpoint(
        origin=origin(log.agent, log.epoch), size=1, root=log.root(1), extensions=lines
    )
    note = sign_checkpoint(checkpoint, [log.key])
    payload = seal(
        Envelope(epoch=log.epoch, sequence=0, checkpoint=note, leaf=compress(log.leaves[0]))
    )
    (reply,) = Bench(ledger, log).take(log.topic, payload)
    assert covered(reply, log) == 1
