"""Polls of the hour in which a channel's log begins, before it did: no record can say why."""

from collections.abc import Mapping
from typing import Final

from calibration.increment import NS_PER_HOUR
from collector.api.pool import Sources
from collector.lookup import ChannelRow
from collector.web.instrument.resting import derivation_at
from evidence.judging.stream import NS_PER_MS
from evidence.statement.completeness import UNEXPLAINED

BEFORE_LOG: Final = "before_log"
Span = tuple[int, int]


def told_apart(
    missing: Mapping[str, int], span: Span, began_ns: int | None, period_ms: int
) -> Mapping[str, int]:
    """Misses by reason, those before the log began apart from what no record explains.

    Args:
        missing: Polls of a span, by reason.
        span: [start, end), UTC ns.
        began_ns: Of the first reading, UTC ns; None where there is none.
        period_ms: Between polls.
    """
    if began_ns is None or period_ms <= 0 or not span[0] <= began_ns < span[1]:
        return missing
    due = began_ns % NS_PER_HOUR // (period_ms * NS_PER_MS)
    before = min(due, missing.get(UNEXPLAINED, 0))
    found = {**missing, UNEXPLAINED: missing.get(UNEXPLAINED, 0) - before, BEFORE_LOG: before}
    return {reason: count for reason, count in found.items() if count}


class Beginnings:
    """When the logs of channels begin; each is looked up once, for one answer."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._found: dict[str, int | None] = {}

    def of(self, row: ChannelRow) -> int | None:
        """Of the first reading, UTC ns; of what is computed, of the input that began last.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
        """
        if row.channel not in self._found:
            self._found[row.channel] = self._first(row)
        return self._found[row.channel]

    def _first(self, row: ChannelRow) -> int | None:
        lookup = self._sources.store.lookup
        if row.head.profile:
            return lookup.first_reading(row.channel)
        at_ns = lookup.first_start(row.channel)
        found = None if at_ns is None else derivation_at(self._sources, row, at_ns)
        inputs = () if found is None else found.inputs.values()
        firsts = (lookup.first_reading(each) for each in inputs)
        return max((each for each in firsts if each is not None), default=None)
