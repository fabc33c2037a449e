"""What the leaves of a bundle say, judged again as a collector judges them.

A collector leaves out what it found wrong. So does this, but only what the manifest names so:
anything else that is wrong is a finding, and what was left out without a reason is one too.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from calibration.grid import grid_of
from calibration.timeline import Timeline
from evidence.audit.said import counted
from evidence.bundle.form import Manifest
from evidence.bundle.memory import Memory
from evidence.bundle.outcome import Check, Findings
from evidence.errors import EvidenceError, LeafContentError, PeriodError, Words
from evidence.judging.bounds import ALL_TIME
from evidence.judging.content import check_recomputed
from evidence.judging.deriving import Deriving
from evidence.judging.dividing import require_whole
from evidence.judging.following import require_profile
from evidence.judging.judge import Judge
from evidence.judging.judgement import Fault, Judgement, Position
from evidence.judging.kept import heard_in, row_of
from evidence.judging.library import Library
from evidence.judging.shown import shown_in_checks
from evidence.log.batch import Batch, Leaf, RecordKind, Stream
from evidence.log.reread import check_raw

Found = tuple[str, str, int, str]
"""Agent, epoch, sequence and subject of what is wrong."""
_TOLD: Final = "clock "
"""What a fault's subject begins with that says of stamps that they are suspect: no error."""


def left_out(manifest: Manifest) -> frozenset[Found]:
    """What the collector left out, by place; entries of logs that are not listed do not count."""
    logs = manifest.logs
    return frozenset(
        (logs[each.log].agent, logs[each.log].epoch, each.sequence, each.subject)
        for each in manifest.left_out
        if each.log < len(logs)
    )


class FirstJudging:
    """Judges leaves for the first time: with the documents that had come before each.

    Args:
        manifest: What the bundle says of itself.
        findings: Notes what does not follow.
        period: Of the statement, UTC ns; its hours begin where it does.
    """

    def __init__(self, manifest: Manifest, findings: Findings, period: tuple[int, int]) -> None:
        self._findings, self._period = findings, period
        self._channels = frozenset(manifest.channels)
        self._out = left_out(manifest)
        self._reasons: set[Found] = set()
        self._for_lack: set[Found] = set()
        self._sound: set[Found] = set()
        self.late = False
        self.suspect = 0
        self.rows = 0
        self.memory = Memory()
        self._deriving = Deriving(self.memory, manifest.sites)
        self.judge = Judge(
            manifest.sites,
            accept_simulated=manifest.accept_simulated,
            check_content=self._check_content,
            grid_ns=grid_of(period[0]),
        )

    def take(self, leaf: Leaf, position: Position) -> None:
        """Judges a leaf, as far as it bears on the bundle's channels."""
        judgement = self.judge.take(of_channels(leaf, self._channels), position)
        self.late = self.late or judgement.late
        self.rows += sum(each.rows for each in judgement.streams)
        for fault in judgement.faults:
            self._fault(fault, position)
        for fault in kept_in(self.memory, self._deriving, judgement, self.judge, position):
            self._fault(fault, position)

    def accounts_for(self, found: Found) -> bool:
        """Whether the collector left out what was found wrong; it had a reason then."""
        if found in self._out:
            self._reasons.add(found)
        return found in self._out

    def _fault(self, fault: Fault, position: Position) -> None:
        if fault.subject.startswith(_TOLD):
            self.suspect += 1
            return
        if self.accounts_for((*position.place, fault.subject)):
            return
        where = f"{position.agent}/{position.epoch}/{position.sequence} {fault.subject}"
        self._findings.wrong(Check.CONTENT, where, fault.message, fault.message_zh)

    def _check_content(
        self, stream: Stream, timeline: Timeline, library: Library, position: Position
    ) -> None:
        """Notes what does not follow; refuses only what the collector left out too."""
        found = (*position.place, stream.head.channel)
        wrong = _wrong(stream, timeline, library)
        if found in self._out:
            if not wrong:
                self._sound.add(found)
            if _rests_on_documents(wrong):
                self._for_lack.add(found)
            raise LeafContentError(
                stream.head.channel,
                what=Words("it was left out by the collector", "该数据流已被采集器剔除"),
                limit=Words("what follows", "可复算的数据"),
            )
        where = f"{position.agent}/{position.epoch}/{position.sequence}"
        wrong += _cut(stream, self._period)
        for check, cause in wrong:
            self._findings.wrong(check, f"{where} {cause.where}", cause.say("en"), cause.say("zh"))

    def conclude(self, hiding: frozenset[str]) -> None:
        """Notes what was left out for no reason, and what was looked at.

        Args:
            hiding: agents of whom leaves before the last one are withheld, or records.
        """
        for agent, epoch, sequence, subject in sorted((self._out - self._reasons) | self._sound):
            self._findings.wrong(
                Check.LEFT_OUT,
                f"{agent}/{epoch}/{sequence} {subject}",
                "it was left out, and nothing is wrong with it",
                "已被剔除，但并无错误",
            )
        held, rows, count = self._findings.held, self.rows, len(self._out)
        held(Check.INDICATION, counted(rows, "reading", "readings"), f"{rows} 个读数")
        held(Check.RESULT, counted(rows, "reading", "readings"), f"{rows} 个读数")
        held(
            Check.CONTENT,
            f"{counted(self.suspect, 'stream', 'streams')} with suspect stamps, which count in no "
            "hour",
            f"{self.suspect} 个数据流含可疑时间戳，不计入任何小时",
        )
        held(Check.LEFT_OUT, f"{count} left out", f"剔除 {count} 项")
        lacking = sum(agent in hiding for agent, *_ in self._for_lack)
        if lacking:
            self._findings.skipped(
                Check.LEFT_OUT,
                f"{lacking} were left out for want of a document, or of a record of an exchange, "
                "that may be among the withheld",
                f"{lacking} 项因缺少文件或更换记录而被剔除，而其可能在隐去的内容中",
            )


def _wrong(
    stream: Stream, timeline: Timeline, library: Library
) -> list[tuple[Check, EvidenceError]]:
    """Whatever does not follow in a stream."""
    found: list[tuple[Check, EvidenceError]] = []
    try:
        profile = require_profile(stream, library)
    except LeafContentError as cause:
        found.append((Check.DOCUMENTS, cause))
    else:
        try:
            check_raw(stream, profile)
        except LeafContentError as cause:
            found.append((Check.INDICATION, cause))
    try:
        check_recomputed(stream, timeline)
    except LeafContentError as cause:
        found.append((Check.RESULT, cause))
    return found


def _cut(stream: Stream, period: tuple[int, int]) -> list[tuple[Check, EvidenceError]]:
    """Whether hours of the statement would cut a reading in two."""
    try:
        require_whole(stream, period)
    except PeriodError as cause:
        return [(Check.CONTENT, cause)]
    return []


def _rests_on_documents(wrong: list[tuple[Check, EvidenceError]]) -> bool:
    """Whether another document could take away all that is wrong: not what its own bytes belie."""
    return bool(wrong) and all(check is not Check.INDICATION for check, _ in wrong)


class SecondJudging:
    """Judges leaves again under all documents that were known when the datum was stated."""

    def __init__(
        self,
        manifest: Manifest,
        first: FirstJudging,
        exchanges: Iterable[tuple[int, Leaf]],
        grid_ns: int = 0,
    ) -> None:
        self._channels = frozenset(manifest.channels)
        self.memory = Memory()
        self._deriving = Deriving(self.memory, manifest.sites)
        self.judge = Judge(
            manifest.sites,
            first.judge.libraries,
            faulty=left_out(manifest),
            accept_simulated=manifest.accept_simulated,
            grid_ns=grid_ns,
        )
        for place, leaf in exchanges:
            for record in leaf.records if isinstance(leaf, Batch) else ():
                self.judge.recall(record, place)

    def take(self, leaf: Leaf, position: Position) -> None:
        """Judges a leaf, as far as it bears on the bundle's channels."""
        judgement = self.judge.take(of_channels(leaf, self._channels), position)
        kept_in(self.memory, self._deriving, judgement, self.judge, position)


def kept_in(
    memory: Memory, deriving: Deriving, judgement: Judgement, judge: Judge, position: Position
) -> list[Fault]:
    """Keeps what a leaf gave, and the hours that are computed from it; what could not be."""
    hours = (*judgement.windows, *judgement.means)
    for hour in hours:
        memory.keep_window(hour)
    for stream in judgement.streams:
        bounds = judgement.bounds or ALL_TIME
        memory.keep_shown(shown_in_checks(stream, bounds), position.received_ns)
        heard_ns = heard_in(stream, bounds)
        if heard_ns is not None:
            memory.keep_heard(stream.head.channel, heard_ns)
        row = None if judgement.bounds is None else row_of(stream, position.agent, judgement.bounds)
        if row is not None:
            memory.keep_channel(row)
    if not (hours or judgement.documents):
        return []
    return deriving.follow(hours, judge.libraries)


def of_channels(leaf: Leaf, channels: frozenset[str]) -> Leaf:
    """A leaf without the streams and records of other channels."""
    if not isinstance(leaf, Batch):
        return leaf
    streams = tuple(each for each in leaf.streams if each.head.channel in channels)
    records = tuple(
        each
        for each in leaf.records
        if each.kind != RecordKind.EXCHANGE or each.channel in channels
    )
    return msgspec.structs.replace(leaf, streams=streams, records=records)


def has_exchange(leaf: Leaf, channels: frozenset[str]) -> bool:
    """Whether a leaf tells of an exchange of an instrument of one of these channels."""
    return isinstance(leaf, Batch) and any(
        each.kind == RecordKind.EXCHANGE and each.channel in channels for each in leaf.records
    )
