"""Whether leaves are withheld that may be of the period: between those shown, before, or behind.

The leaves of a log are in the order of time, but for the strands of one batch. So what lies
before a leaf stamped before the period, or behind one stamped after it, bears on it no more; and
a log that was receipted after the period with no leaf behind the last one has told all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.bundle.form import Log
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.clock import NS_PER_S
from evidence.judging.stream import NS_PER_MS, instants_ns
from evidence.log.batch import Batch, Leaf
from evidence.log.receipt import Receipt

_NEVER: Final = (2**63, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """How much of a log is not shown.

    Attributes:
        between: Leaves between the first and the last shown one.
        before: Leaves before the first one, which may be of the period.
        behind: Whether leaves behind the last one may be of it.
    """

    between: int
    before: int
    behind: bool


class Shown:
    """Follows the stamps of the leaves that are shown, log by log."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._stamps: dict[int, tuple[int, int]] = {}

    def take(self, leaf: Leaf, number: int) -> None:
        """Takes note of the stamps in a leaf of the log of this number."""
        if not isinstance(leaf, Batch):
            return
        first, last = self._stamps.get(number, _NEVER)
        for stream in leaf.streams:
            stamps = [each.at_ms * NS_PER_MS for each in (*stream.missed[:1], *stream.missed[-1:])]
            stamps += instants_ns(stream)
            if stamps:
                first, last = min(first, *stamps), max(last, *stamps)
        self._stamps[number] = first, last

    def hidden(self, number: int, places: Collection[int], receipt: Receipt | None) -> Hidden:
        """How much of a log is not shown.

        Args:
            number: of the log.
            places: sequences of the leaves that are shown.
            receipt: of the log, if a collector signed one.
        """
        if not places:
            return Hidden(between=0, before=0, behind=False)
        start_ns, end_ns = self._bundle.period
        first_ns, last_ns = self._stamps.get(number, _NEVER)
        ends = receipt is not None and receipt.checkpoint.size == max(places) + 1
        told = ends and receipt is not None and receipt.at_s * NS_PER_S >= end_ns
        return Hidden(
            between=max(places) - min(places) + 1 - len(places),
            before=0 if first_ns < start_ns else min(places),
            behind=last_ns < end_ns and not told,
        )


def check_withheld(
    logs: Sequence[Log],
    hidden: Mapping[int, Hidden],
    places: Sequence[Collection[int]],
    findings: Findings,
) -> None:
    """Whether leaves are withheld; what they hold nobody can say."""
    for number, log in enumerate(logs):
        between, shown = hidden[number].between, len(places[number])
        if (log.shown, log.withheld) != (shown, between):
            en = f"{shown} leaves are shown and {between} withheld between them"
            zh = f"给出 {shown} 个叶，其间隐去 {between} 个"
            findings.wrong(Check.WITHHELD, f"manifest.json logs[{number}]", en, zh)
    count = sum(each.between + each.before for each in hidden.values())
    cut = [logs[number].agent for number, each in hidden.items() if each.behind]
    if count:
        findings.skipped(
            Check.WITHHELD,
            f"{count} leaves are here by their hashes only; whether they bear on this is not told",
            f"{count} 个叶仅以哈希给出；其内容是否相关无从得知",
        )
    elif cut:
        findings.skipped(
            Check.WITHHELD,
            f"a log of {cut[0]} is shown until before the end of the period only; whether it went "
            "on is not told",
            f"{cut[0]} 的日志仅给出至期间结束之前；其后是否还有内容无从得知",
        )
    else:
        findings.held(Check.WITHHELD, "all are here", "全部给出")
