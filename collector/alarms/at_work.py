"""Devices that answer and do not measure: in a check, blown back, on standby or worked on.

They are not dead. Their agent logs with each poll why it gave no reading.
"""

from collections.abc import Iterator
from typing import Final

from calibration.indication import MissReason
from collector.api.pool import Sources
from collector.errors import LedgerError
from collector.lookup import ChannelRow
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, Miss, decode

NOT_MEASURING: Final = (
    MissReason.CALIBRATING,
    MissReason.BLOW_BACK,
    MissReason.STANDBY,
    MissReason.MAINTENANCE,
)
LOOKED_BACK: Final = 3
"""Leaves: the last ones of an agent's log tell its last minutes."""


class AtWork:
    """What channels without readings do instead; for one answer.

    Args:
        sources: Whose ledger holds what their agents logged.
    """

    def __init__(self, sources: Sources) -> None:
        self._ledger = sources.ledger
        self._last: dict[str, dict[str, Miss]] = {}

    def reason(self, row: ChannelRow) -> MissReason | None:
        """Why the last poll of a channel gave no reading, if its device is at work on itself.

        None where it gave one, where the reason is another, and where nothing is known.
        """
        if row.agent not in self._last:
            self._last[row.agent] = dict(self._misses(row.agent))
        last = self._last[row.agent].get(row.channel)
        if last is None or last.at_ms <= row.last_ms or last.reason not in NOT_MEASURING:
            return None
        return last.reason

    def _misses(self, agent: str) -> Iterator[tuple[str, Miss]]:
        """The last miss of each channel in each of an agent's last leaves, in their order."""
        for leaf in self._leaves(agent):
            for stream in leaf.streams:
                if stream.missed:
                    yield stream.head.channel, stream.missed[-1]

    def _leaves(self, agent: str) -> Iterator[Batch]:
        """The last leaves that can be read."""
        for epoch in self._ledger.epochs(agent)[-1:]:
            first = max(0, self._ledger.state(agent, epoch).size - LOOKED_BACK)
            for each in range(first, first + LOOKED_BACK):
                try:
                    leaf = decode(self._ledger.leaf(agent, epoch, each).leaf)
                except (LedgerError, EvidenceError):
                    continue
                if isinstance(leaf, Batch):
                    yield leaf
