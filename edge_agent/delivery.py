"""What the uplink takes from the spool: messages, and the log by which receipts are judged."""

from edge_agent.outbox import LogView
from edge_agent.spool import Spool
from evidence.log.envelope import Envelope, seal


def message(spool: Spool, sequence: int) -> bytes | None:
    """The message of a leaf; None if it is not kept."""
    leaf = spool.leaf(sequence)
    if leaf is None:
        return None
    return seal(
        Envelope(epoch=spool.epoch, sequence=sequence, checkpoint=leaf.checkpoint, leaf=leaf.frame)
    )


def log_view(spool: Spool, agent: str) -> LogView:
    """The log as it stands now."""
    return LogView(
        agent=agent,
        epoch=spool.epoch,
        base=spool.base,
        size=spool.size,
        root_at=spool.root_at,
        former=spool.former_epochs,
    )
