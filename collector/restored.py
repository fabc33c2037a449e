"""A state folder that was put back from an older copy: a person accepts it, and it is entered."""

from collector.config import CollectorConfig
from collector.journal import accept_restored_journal, open_journal
from collector.journal_errors import JournalRestoredError
from collector.ledger import accept_restored
from collector.ledger_head import Head
from collector.people.administration import at_this_machine
from evidence.clock import Clock
from evidence.log.entry import Act, Action


def accept_restored_state(config: CollectorConfig, by: str, reason: str, clock: Clock) -> Head:
    """The ledger's head from which the collector goes on; the journal says who accepted it.

    Ledger and journal may have been put back together, or one of them.

    Args:
        config: Of the collector, which must not run.
        by: Who accepts it.
        reason: Why the copy was put back, in that person's words.
        clock: When.

    Raises:
        LedgerError: The ledger cannot be used even so.
        JournalError: The journal cannot.
    """
    head = accept_restored(config.state_dir, by, clock.now_ns())
    doer, collector = at_this_machine(by), config.collector.id
    act = Act(
        who=doer.who,
        role=doer.role,
        action=Action.RESTORED,
        subject="ledger",
        reason=reason,
        new={"size": head.size, "root": head.root.hex()},
    )
    try:
        with open_journal(config.state_dir, collector, clock) as journal:
            journal.record(act)
    except JournalRestoredError:
        both = Act(
            who=doer.who,
            role=doer.role,
            action=Action.RESTORED,
            subject="journal",
            reason=reason,
        )
        accept_restored_journal(config.state_dir, collector, clock, both)
    return head
