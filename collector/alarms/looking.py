"""What is wrong now, as ledger, derived data, views and disk show it."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from calibration.errors import CalibrationError
from collector.alarms import kinds
from collector.alarms.agents import agents_wrong, last_heard
from collector.alarms.config import AlarmSection
from collector.alarms.course import Found
from collector.alarms.quality import (
    papers_failed,
    papers_in,
    places_of,
    suspected_in,
    tests_failed,
)
from collector.api.certificates import due_days
from collector.api.health import MAX_LAG, judge_lag, views_seen
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.backup.config import BackupSection
from collector.backup.kept import backups
from collector.documented import libraries_of
from collector.tested import FailedTests
from evidence.audit.stood import instant_of
from evidence.clock import NS_PER_S, parse_utc, utc_text
from evidence.errors import CodedError, Words

MIB: Final = 1024 * 1024
_H_NS: Final = 3600 * NS_PER_S
_DAY_NS: Final = 24 * _H_NS
_NEVER: Final = Words("never", "从未")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is looked at.

    Attributes:
        parts: What the collector is made of.
        state_dir: Its state folder.
        section: When something is wrong.
        collector: The collector's id.
        backup: Where its backups go; None where it has none.
        throttled: Agents that are slowed down now, and what they may send a day.
        failed_tests: Finds analysers that failed a test of their plan.
    """

    parts: Parts
    state_dir: Path
    section: AlarmSection
    collector: str
    backup: BackupSection | None
    throttled: Callable[[], Iterable[tuple[str, str]]] = tuple
    failed_tests: FailedTests = field(default_factory=FailedTests)


Look = Callable[[Sight, Sources, int], Iterable[kinds.Alarm]]
REREAD_NS: Final = 600 * NS_PER_S
"""Certificates are read again so often: a thousand of them take seconds."""


class Looking:
    """Looks at everything, at some things less often."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._read: dict[Look, tuple[int, list[Found]]] = {}

    def look(self, now_ns: int) -> tuple[list[Found], frozenset[str]]:
        """What is wrong at an instant (POSIX ns), and codes that could not be looked for."""
        found, unseen = [_said(each) for each in _disk(self._sight)], set[str]()
        try:
            with self._sight.parts.sources.lease() as sources:
                for look, codes in LOOKS:
                    try:
                        found += self._seen(look, sources, now_ns)
                    except _TROUBLE:
                        unseen.update(codes)
        except _TROUBLE:
            unseen.update(code for _, codes in LOOKS for code in codes)
        return [each for each in found if each.code not in unseen], frozenset(unseen)

    def _seen(self, look: Look, sources: Sources, now_ns: int) -> list[Found]:
        read = self._read.get(look)
        if read is None or not read[0] <= now_ns < read[0] + REREAD_NS:
            read = now_ns, [_said(each) for each in look(self._sight, sources, now_ns)]
        if look in SELDOM:
            self._read[look] = read
        return read[1]


def _said(alarm: kinds.Alarm) -> Found:
    return Found(code=alarm.code, subject=alarm.where, en=alarm.say("en"), zh=alarm.say("zh"))


def _certificates(sight: Sight, sources: Sources, now_ns: int) -> Iterator[kinds.Alarm]:
    for serial, days in sorted(due_days(sources, sight.parts, Reader(person=None)).items()):
        due_on = utc_text((now_ns // _DAY_NS + days) * _DAY_NS).partition("T")[0]
        if days < 0:
            yield kinds.CertificateOverdueAlarm(serial, due_on=due_on)
        elif days <= sight.section.certificate_due_days:
            yield kinds.CertificateDueAlarm(serial, days=days, due_on=due_on)


def _papers(sight: Sight, sources: Sources, now_ns: int) -> Iterator[kinds.Alarm]:
    """What instruments failed by the papers that agents of any site logged."""
    lookup, sites = sources.store.lookup, sight.parts.sites
    libraries = libraries_of(lookup, sources.ledger, ("certificate", "confirmation", "event"))
    papers = [
        (sites[agent], each)
        for agent, library in sorted(libraries.items())
        if agent in sites
        for each in papers_in(library.register)
    ]
    told = places_of(sight.failed_tests.now(sources, sites, now_ns))
    stands = frozenset(
        (each.channel.partition("/")[0], each.head.serial) for each in lookup.channels()
    )
    failed = papers_failed(suspected_in(papers), stands, instant_of(now_ns), told)
    yield from (each for _, each in failed)


def _tests(sight: Sight, sources: Sources, now_ns: int) -> Iterator[kinds.Alarm]:
    yield from tests_failed(sight.failed_tests.now(sources, sight.parts.sites, now_ns))


def _agents(sight: Sight, sources: Sources, now_ns: int) -> Iterator[kinds.Alarm]:
    heard = {agent: last_heard(sources, agent) for agent in sight.parts.sites}
    rows = sources.store.lookup.channels()
    yield from agents_wrong(sources, heard, rows, sight.section, now_ns)
    for agent, limit in sorted(sight.throttled()):
        yield kinds.QuotaAlarm(agent, limit=limit)


def _branches(_: Sight, sources: Sources, __: int) -> Iterator[kinds.Alarm]:
    open_ones = Counter(each.agent for each in sources.ledger.branches() if each.is_open)
    for agent, count in sorted(open_ones.items()):
        yield kinds.BranchAlarm(agent, found=count)


def _views(sight: Sight, sources: Sources, _: int) -> Iterator[kinds.Alarm]:
    for each in views_seen(sources, sight.parts):
        if each.code:
            yield kinds.ViewStuckAlarm(each.name, what=each.message or each.code)
    lag = judge_lag(sources)
    if lag > MAX_LAG:
        yield kinds.JudgeBehindAlarm("judge", found=lag, limit=MAX_LAG)


def _collector(sight: Sight, _: Sources, now_ns: int) -> Iterator[kinds.Alarm]:
    if not sight.parts.ledger_writable():
        yield kinds.LedgerAlarm("ledger")
    if not sight.parts.broker_connected():
        yield kinds.BrokerAlarm("broker")
    if sight.backup is not None:
        yield from _backup(sight, sight.backup, now_ns)


def _backup(sight: Sight, section: BackupSection, now_ns: int) -> Iterator[kinds.Alarm]:
    kept = backups(Path(section.directory), sight.collector)
    made_at = kept[-1][1].made_at if kept else None
    limit_ns = round(section.at_least_every_h * _H_NS)
    if made_at is None or now_ns - parse_utc(made_at) > limit_ns:
        limit = f"{section.at_least_every_h:g}"
        yield kinds.BackupAlarm("backup", since=made_at or _NEVER, limit=limit)


def _disk(sight: Sight) -> Iterator[kinds.Alarm]:
    free_MiB = shutil.disk_usage(sight.state_dir).free // MIB
    if free_MiB < sight.section.disk_free_MiB:
        limit = f"{sight.section.disk_free_MiB} MiB"
        yield kinds.DiskAlarm(str(sight.state_dir), found=free_MiB, limit=limit)


_TROUBLE: Final = (CodedError, CalibrationError, sqlite3.Error, OSError)
SELDOM: Final[tuple[Look, ...]] = (_certificates, _papers)
LOOKS: Final[tuple[tuple[Look, tuple[str, ...]], ...]] = (
    (
        _certificates,
        (kinds.CertificateDueAlarm.code, kinds.CertificateOverdueAlarm.code),
    ),
    (
        _agents,
        (
            kinds.AgentSilentAlarm.code,
            kinds.DeviceDeadAlarm.code,
            kinds.SpoolAlarm.code,
            kinds.ReceiptMissingAlarm.code,
            kinds.QuotaAlarm.code,
        ),
    ),
    (_papers, (kinds.CertificateFailedAlarm.code, kinds.CheckFailedAlarm.code)),
    (_tests, (kinds.CheckFailedAlarm.code,)),
    (_branches, (kinds.BranchAlarm.code,)),
    (_views, (kinds.ViewStuckAlarm.code, kinds.JudgeBehindAlarm.code)),
    (_collector, (kinds.LedgerAlarm.code, kinds.BrokerAlarm.code, kinds.BackupAlarm.code)),
)
