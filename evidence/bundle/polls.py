"""Whether polls are missing that no leaf speaks of: numbers that an agent gave out and that lack.

An agent numbers the polls of a device; each is a reading or a miss. So a leaf that was withheld
between two others shows as a hole, unless the agent itself says that it has a gap there.
"""

from evidence.audit.said import counted
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
        self._last: dict[_Series, tuple[int, int]] = {}
        self._holes: list[tuple[_Series, tuple[int, int], tuple[int, int]]] = []
        self._gaps: list[tuple[_Series, int, int]] = []
        self._count = 0

    def take(self, leaf: Leaf) -> None:
        """Takes note of a leaf's polls and gaps."""
        if not isinstance(leaf, Batch):
            return
        for record in leaf.records:
            if record.kind in _GAPS:
                until_ms = record.at_ms if record.until_ms is None else record.until_ms
                named = (leaf.epoch, record.channel)
                self._gaps.append((named, record.at_ms * NS_PER_MS, until_ms * NS_PER_MS))
        for stream in leaf.streams:
            if stream.head.channel in self._channels:
                self._follow((leaf.epoch, stream.head.channel), stream)

    def _follow(self, series: _Series, stream: Stream) -> None:
        shown = zip(sequences(stream), instants_ns(stream), strict=True)
        missed = ((each.sequence, each.at_ms * NS_PER_MS) for each in stream.missed)
        for poll in sorted((*shown, *missed)):
            last = self._last.get(series, (poll[0] - 1, 0))
            self._count += self._period[0] <= poll[1] <= self._period[1]
            if poll[0] > last[0] + 1 and self._touches(last[1], poll[1]):
                self._holes.append((series, last, poll))
            self._last[series] = max(last, poll)

    def _touches(self, from_ns: int, until_ns: int) -> bool:
        """Whether what lies between two polls may be of the period, if only a part of it."""
        return from_ns <= self._period[1] and until_ns >= self._period[0]

    def conclude(self) -> None:
        """Notes the holes that no gap on record accounts for."""
        for series, before, after in self._holes:
            if not self._on_record(series, before[1], after[1]):
                first, last = before[0] + 1, after[0] - 1
                en = f"polls {first} to {last} are in no leaf that is here"
                zh = f"轮询 {first} 至 {last} 不在任何已给出的叶中"
                self._findings.wrong(Check.POLLS, " ".join(series), en, zh)
        self._findings.held(
            Check.POLLS, counted(self._count, "poll", "polls"), f"{self._count} 次轮询"
        )

    def _on_record(self, series: _Series, from_ns: int, until_ns: int) -> bool:
        """Whether the agent says of the time between two polls that it has a gap there."""
        names = (series, (series[0], ""))
        return any(
            named in names and began_ns < until_ns and ended_ns >= from_ns
            for named, began_ns, ended_ns in self._gaps
        )
