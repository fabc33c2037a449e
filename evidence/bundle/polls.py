"""Whether polls are missing that no leaf speaks of: numbers that an agent gave out and that lack.

An agent numbers the polls of a device; each is a reading or a miss. So a leaf that was withheld
between two others shows as a hole, unless the agent itself says that it has a gap there.
"""

from evidence.bundle.outcome import Check, Findings
from evidence.judging.stream import NS_PER_MS, instants_ns, sequences
from evidence.log.batch import Batch, Leaf, RecordKind, Stream

_GAPS = (RecordKind.GAP, RecordKind.SPOOL_LIMIT)
_Series = tuple[str, str]


class Polls:
    """Follows the polls' numbers of some channels, log by log."""

    def __init__(
        self, channels: frozenset[str], period: tuple[int, int], findings: Findings
    ) -> None:
        self._channels, self._period, self._findings = channels, period, findings
        self._last: dict[_Series, int] = {}
        self._holes: list[tuple[_Series, int, int]] = []
        self._gaps: set[_Series] = set()
        self._count = 0

    def take(self, leaf: Leaf) -> None:
        """Takes note of a leaf's polls and gaps."""
        if not isinstance(leaf, Batch):
            return
        for record in leaf.records:
            if record.kind in _GAPS:
                self._gaps.add((leaf.epoch, record.channel))
        for stream in leaf.streams:
            if stream.head.channel in self._channels:
                self._follow((leaf.epoch, stream.head.channel), stream)

    def _follow(self, series: _Series, stream: Stream) -> None:
        shown = zip(sequences(stream), instants_ns(stream), strict=True)
        missed = ((each.sequence, each.at_ms * NS_PER_MS) for each in stream.missed)
        for number, at_ns in sorted((*shown, *missed)):
            last = self._last.get(series)
            within = self._period[0] <= at_ns <= self._period[1]
            self._count += within
            if last is not None and number > last + 1 and within:
                self._holes.append((series, last, number))
            self._last[series] = number if last is None else max(last, number)

    def conclude(self) -> None:
        """Notes the holes that no gap on record accounts for."""
        for series, before, after in self._holes:
            epoch, channel = series
            if (epoch, "") not in self._gaps and series not in self._gaps:
                en = f"polls {before + 1} to {after - 1} are in no leaf that is here"
                zh = f"轮询 {before + 1} 至 {after - 1} 不在任何已给出的叶中"
                self._findings.wrong(Check.POLLS, f"{epoch} {channel}", en, zh)
        self._findings.held(Check.POLLS, f"{self._count} polls", f"{self._count} 次轮询")
