"""Polls before a channel's log begins: no record can say why, and nobody was to receive them."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from calibration.grid import hour_start
from calibration.increment import NS_PER_HOUR
from calibration.measurand import Accumulation
from collector.api.pool import Sources
from collector.lookup import ChannelRow
from collector.web.instrument.resting import derivation_at
from evidence.judging.stream import NS_PER_MS
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED

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
    if began_ns is None or period_ms <= 0 or began_ns < span[0]:
        return missing
    whole_hours, polls = _due_before(began_ns, span, period_ms * NS_PER_MS)
    found = Counter(missing)
    for reason, due in ((NOT_RECEIVED, whole_hours), (UNEXPLAINED, polls)):
        before = min(due, found[reason])
        found.update({reason: -before, BEFORE_LOG: before})
    return {reason: count for reason, count in found.items() if count}


def _due_before(began_ns: int, span: Span, period_ns: int) -> tuple[int, int]:
    """Polls due before the log began: in whole hours of the span, and in the hour of that."""
    hours = (min(hour_start(began_ns), span[1]) - span[0]) // NS_PER_HOUR
    own = began_ns % NS_PER_HOUR // period_ns if began_ns < span[1] else 0
    return max(0, hours) * round(NS_PER_HOUR / period_ns), own


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
            return _told_from(row, lookup.first_reading(row.channel))
        at_ns = lookup.first_start(row.channel)
        found = None if at_ns is None else derivation_at(self._sources, row, at_ns)
        inputs = () if found is None else found.inputs.values()
        firsts = (lookup.first_reading(each) for each in inputs)
        return max((each for each in firsts if each is not None), default=None)


def _told_from(row: ChannelRow, first_ns: int | None) -> int | None:
    """From when on something is told: a register's first reading tells of no growth."""
    is_register = row.head.measurand.accumulation == Accumulation.REGISTER
    if first_ns is None or not is_register:
        return first_ns
    return first_ns + row.head.period_ms * NS_PER_MS - 1
