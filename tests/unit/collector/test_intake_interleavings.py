"""Whatever is lost, doubled or reordered, the ledger ends as the agent's log, exactly."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.answers import Reply
from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from collector.ledger_check import first_damage
from evidence.clock import NS_PER_S, SteppedClock
from evidence.log.envelope import unseal_wanted
from evidence.log.receipt import open_receipt
from tests.unit.collector.agent_log import (
    OTHER_EPOCH,
    SIGNER,
    START_NS,
    AgentLog,
    agents_of,
    filled,
)

LEAVES = 6
LOGS = (filled(LEAVES), filled(LEAVES, epoch=OTHER_EPOCH))
MESSAGES = {log.epoch: [log.message(at) for at in range(LEAVES)] for log in LOGS}
BY_EPOCH = {log.epoch: log for log in LOGS}
FLUSH = (0, LEAVES)

steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 1), st.integers(0, LEAVES - 1)),
        st.just(FLUSH),
    ),
    max_size=40,
)


class Agreement:
    """Checks each answer against what is committed at that moment."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.wants = {log.epoch: 0 for log in LOGS}

    def hear(self, replies: list[Reply]) -> None:
        for reply in replies:
            wanted = unseal_wanted(reply.payload)
            log = BY_EPOCH[wanted.epoch]
            committed = [leaf.leaf for leaf in self.ledger.leaves(log.agent, log.epoch)]
            assert wanted.want == len(committed)
            assert wanted.cause == ""
            self.wants[wanted.epoch] = wanted.want
            if wanted.receipt:
                receipt = open_receipt(wanted.receipt, SIGNER.verifier)
                assert receipt.checkpoint.size == len(committed)
                assert receipt.checkpoint.root == log.root(len(committed))


@given(steps)
@settings(max_examples=60, deadline=None)
def test_random_interleavings_end_as_the_agents_own_logs(script: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder)) as ledger:
        clock = SteppedClock(START_NS)
        intake = Intake(ledger=ledger, agents=agents_of(*LOGS), signer=SIGNER, clock=clock)
        agreement = Agreement(ledger)
        for which, at in script:
            if (which, at) == FLUSH:
                agreement.hear(intake.flush())
            else:
                intake.feed(LOGS[which].topic, MESSAGES[LOGS[which].epoch][at])
        agreement.hear(intake.flush())
        for log in LOGS:
            _drain(intake, agreement, clock, log)
            stored = [leaf.leaf for leaf in ledger.leaves(log.agent, log.epoch)]
            assert stored == log.leaves
        assert ledger.head().size == 2 * LEAVES
        assert ledger.branches() == ()
        assert first_damage(ledger) is None


def _drain(intake: Intake, agreement: Agreement, clock: SteppedClock, log: AgentLog) -> None:
    """Does what an agent does: asks by sending its last leaf, then sends from `want` on."""
    intake.feed(log.topic, MESSAGES[log.epoch][-1])
    agreement.hear(intake.flush())
    clock.advance(NS_PER_S)
    for at in range(agreement.wants[log.epoch], LEAVES):
        intake.feed(log.topic, MESSAGES[log.epoch][at])
    agreement.hear(intake.flush())
