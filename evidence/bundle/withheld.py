"""Whether anything is withheld that may be of the period: leaves, or parts of those shown.

The leaves of a log are in the order of time, but for the strands of one batch. So what lies
before a leaf stamped before the period, or behind one stamped after it, bears on it no more; and
a log that was receipted after the period with no leaf behind the last one has told all.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.audit.said import counted
from evidence.bundle.form import Log
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.clock import NS_PER_S
from evidence.judging.stream import NS_PER_MS, ends_ns
from evidence.log.batch import Batch, Leaf
from evidence.log.layout import records_withheld
from evidence.log.receipt import Receipt

_NEVER: Final = (2**63, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """How much of a log is not shown.

    Attributes:
        between: Leaves between the first and the last shown one.
        before: Leaves before the first one, which may be of the period.
        behind: Whether leaves behind the last one may be of it.
        parts: Parts of the leaves that are shown, whichever.
        bearing: Those of them that may bear on the period: streams and records.
        records: Those of these that may be records.
    """

    between: int
    before: int
    behind: bool
    parts: int = 0
    bearing: int = 0
    records: int = 0


class Shown:
    """Follows the stamps of the leaves that are shown, log by log."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._stamps: dict[int, tuple[int, int]] = {}
        self._parts: Counter[int] = Counter()
        self._bearing: Counter[int] = Counter()
        self._records: Counter[int] = Counter()

    def count(self, shown: ShownLeaf) -> None:
        """Takes note of what is withheld of a leaf."""
        self._parts[shown.log] += shown.withheld
        if not isinstance(shown.data, bytes) and shown.data.kind == "batch/2":
            self._bearing[shown.log] += shown.withheld
            self._records[shown.log] += records_withheld(shown.data.lines)

    def take(self, leaf: Leaf, number: int) -> None:
        """Takes note of the stamps in a leaf of the log of this number."""
        if not isinstance(leaf, Batch):
            return
        stamps = [
            at_ns
            for stream in leaf.streams
            for at_ns in (
                *ends_ns(stream),
                *(each.at_ms * NS_PER_MS for each in (*stream.missed[:1], *stream.missed[-1:])),
            )
        ]
        if stamps:  # of the last leaf, not the latest: a clock may have been ahead for a while
            first_ns, _ = self._stamps.get(number, (min(stamps), 0))
            self._stamps[number] = first_ns, max(stamps)

    def hidden(self, number: int, places: Collection[int], receipt: Receipt | None) -> Hidden:
        """How much of a log is not shown.

        Args:
            number: of the log.
            places: sequences of the leaves that are shown.
            receipt: of the log, if a collector signed one.
        """
        if not places:
            return Hidden(between=0, before=0, behind=False)
        start_ns, end_ns = self._bundle.looked_at
        first_ns, last_ns = self._stamps.get(number, _NEVER)
        ends = receipt is not None and receipt.checkpoint.size == max(places) + 1
        told = ends and receipt is not None and receipt.at_s * NS_PER_S >= end_ns
        return Hidden(
            between=max(places) - min(places) + 1 - len(places),
            before=0 if first_ns < start_ns else min(places),
            behind=last_ns < end_ns and not told,
            parts=self._parts[number],
            bearing=self._bearing[number],
            records=self._records[number],
        )


def check_withheld(
    logs: Sequence[Log],
    hidden: Mapping[int, Hidden],
    places: Sequence[Collection[int]],
    findings: Findings,
) -> None:
    """Whether leaves or parts of leaves are withheld; what they hold nobody can say."""
    for number, log in enumerate(logs):
        between, parts, shown = hidden[number].between, hidden[number].parts, len(places[number])
        if (log.shown, log.withheld, log.withheld_parts) != (shown, between, parts):
            en = (
                f"{counted(shown, 'leaf is', 'leaves are')} shown; withheld are {between} between "
                f"them and {counted(parts, 'part', 'parts')}"
            )
            zh = f"给出 {shown} 个叶；隐去其间 {between} 个叶及 {parts} 个部分"
            findings.wrong(Check.WITHHELD, f"manifest.json logs[{number}]", en, zh)
    count = sum(each.between + each.before for each in hidden.values())
    cut = [logs[number].agent for number, each in hidden.items() if each.behind]
    if count:
        findings.skipped(
            Check.WITHHELD,
            f"{counted(count, 'leaf is', 'leaves are')} here by hash only; whether they bear on "
            "this is not told",
            f"{count} 个叶仅以哈希给出；其内容是否相关无从得知",
        )
    elif cut:
        findings.skipped(
            Check.WITHHELD,
            f"a log of {cut[0]} is shown until before the end of the period only; whether it went "
            "on is not told",
            f"{cut[0]} 的日志仅给出至期间结束之前；其后是否还有内容无从得知",
        )
    elif bearing := sum(each.bearing for each in hidden.values()):
        findings.skipped(
            Check.WITHHELD,
            f"{counted(bearing, 'stream or record', 'streams or records')} of leaves that are here "
            f"{'is' if bearing == 1 else 'are'} withheld; whether they bear on this is not told",
            f"已给出的叶中有 {bearing} 个数据流或记录被隐去；其内容是否相关无从得知",
        )
    else:
        findings.held(Check.WITHHELD, "all are here", "全部给出")
