"""Whether the times at which a collector says that it received the leaves can be right.

They are the collector's word, signed by nobody. They bound the stamps from above; so does the
receipt, whose time is signed. Where both bounds hold out the same stamps, nothing rests on them.
"""

from collections.abc import Mapping
from typing import Final

from evidence.audit.said import counted
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.clock import NS_PER_S, utc_text
from evidence.judging.bounds import stamp_bounds
from evidence.judging.stream import NS_PER_MS, ends_ns
from evidence.log.batch import Batch, Leaf
from evidence.log.receipt import Receipt

_MAX_NS: Final = 2**62


class Reception:
    """Follows the times of reception, in the order of admission: what is known follows from it."""

    def __init__(
        self,
        bundle: Bundle,
        receipts: Mapping[int, Receipt | None],
        channels: frozenset[str],
        findings: Findings,
    ) -> None:
        self._known_until_ns = bundle.manifest.known_until_ns
        self._receipts, self._channels, self._findings = receipts, channels, findings
        self._last_ns = 0
        self._resting = 0

    def take(self, leaf: Leaf, shown: ShownLeaf) -> None:
        """Takes note of when a leaf was received."""
        receipt, received_ns = self._receipts.get(shown.log), shown.received_ns
        latest_ns = self._known_until_ns
        if receipt is not None:
            latest_ns = min(latest_ns, (receipt.at_s + 1) * NS_PER_S - 1)
        if received_ns > min(latest_ns, _MAX_NS):
            self._wrong(
                shown, "it is later than the receipt, or than the statement", "晚于回执或陈述"
            )
            return
        if received_ns < self._last_ns:
            self._wrong(shown, "it is earlier than that of the leaf before", "早于前一叶")
        self._last_ns = received_ns
        if receipt is not None and isinstance(leaf, Batch):
            self._resting += self._rests(leaf, received_ns, receipt.at_s * NS_PER_S)

    def _rests(self, batch: Batch, received_ns: int, receipted_ns: int) -> bool:
        """Whether a stamp is held out by the time of reception, and not by the receipt's."""
        bound_ns = stamp_bounds(batch.clock, received_ns).latest_ns
        most_ns = stamp_bounds(batch.clock, min(receipted_ns, _MAX_NS)).latest_ns
        streams = (each for each in batch.streams if each.head.channel in self._channels)
        return any(
            bound_ns < at_ns <= most_ns
            for stream in streams
            for at_ns in (
                *ends_ns(stream)[-1:],
                *(each.at_ms * NS_PER_MS for each in stream.missed[-1:]),
            )
        )

    def _wrong(self, shown: ShownLeaf, en: str, zh: str) -> None:
        where = f"leaves {shown.log}/{shown.sequence} {utc_text(min(shown.received_ns, _MAX_NS))}"
        self._findings.wrong(Check.RECEIVED, where, en, zh)

    def conclude(self) -> None:
        """Notes whether anything rests on these times."""
        if self._resting:
            self._findings.skipped(
                Check.RECEIVED,
                f"stamps of {counted(self._resting, 'leaf', 'leaves')} are held out by a time that "
                "nobody signed",
                f"{self._resting} 个叶的时间戳仅因未签名的接收时间而被排除",
            )
        else:
            self._findings.held(
                Check.RECEIVED, "nothing rests on unsigned times", "没有结论依赖未签名的时间"
            )
