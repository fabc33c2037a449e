"""Tests that analysers failed, and the hours of other channels that rest on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan, PlannedAnalyser
from calibration.register import CalibrationRegister
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup
from collector.site_register import site_register
from collector.tested import BACK_NS, rules_of
from evidence.errors import CodedError
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.rests_on import rests_on
from evidence.statement.monitoring.seen import tested_in
from evidence.statement.monitoring.spans import full_hour, planned_spans
from evidence.statement.standing.failures import Failure, failures

Span = tuple[int, int]
AFTER_NS: Final = BACK_NS
"""So long behind a period the test is looked for that puts it in doubt: a quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """A test that an analyser failed, and the hours of a channel that rest on it.

    Attributes:
        channel, serial: Of the analyser.
        failure: The test, with the good ones before and after it.
        before: Starts of hours between the last good test and the failure, UTC ns.
        after: Of those since the failure, until a test passes.
    """

    channel: str
    serial: str
    failure: Failure
    before: frozenset[int]
    after: frozenset[int]

    @property
    def hours(self) -> frozenset[int]:
        """All of them."""
        return self.before | self.after

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What is the same of one test, whichever plan names its analyser."""
        test = self.failure.failed
        return test.at_ns, self.channel, test.kind, test.measuring_range


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """An analyser that a plan names, and the part of a period in which this plan holds."""

    plan: MonitoringPlan
    planned: PlannedAnalyser
    part: Span


class Doubting:
    """Looks for them, for one answer; each analyser is looked at once a period.

    Args:
        lookup: Of what was derived.
        ledger: The exact bytes.
        sites: agent -> site.
        now_ns: Nothing rests on what has not been shown yet; UTC.
    """

    def __init__(
        self, lookup: Lookup, ledger: LedgerReader, sites: Mapping[str, str], now_ns: int
    ) -> None:
        self._lookup, self._ledger, self._sites, self._now_ns = lookup, ledger, sites, now_ns
        self._ruled: frozenset[str] | None = None
        self._looked: dict[tuple[object, ...], tuple[TestedAnalyser, tuple[Failure, ...]]] = {}

    def of(self, channel: str, span: Span) -> list[InDoubt]:
        """What a period of a channel rests on of tests that failed, in order of these.

        An analyser whose tests cannot be told is none of them: its page says why.

        Args:
            channel: Of an analyser, or of what rests on one.
            span: [start, end) in UTC ns; the hours that it touches count.

        Raises:
            LedgerError: a leaf that holds a paper cannot be read.
        """
        register = self.register(channel)
        start_ns = span[0] // NS_PER_HOUR * NS_PER_HOUR
        end_ns = -(-min(span[1], self._now_ns) // NS_PER_HOUR) * NS_PER_HOUR
        if register is None or start_ns >= end_ns:
            return []
        whole = start_ns, end_ns
        found: dict[tuple[int, str, str, str], InDoubt] = {}
        for named in _named(register, channel, whole):
            for each in self._of_analyser(register, named, whole):
                found[each.key] = _both(found.get(each.key, each), each)
        return [found[key] for key in sorted(found) if found[key].hours]

    def register(self, channel: str) -> CalibrationRegister | None:
        """The papers of a channel's site; None of one without any plan, as most are."""
        site = channel.partition("/")[0]
        if self._ruled is None:
            logged = self._lookup.documents(("plan",))
            self._ruled = frozenset(self._sites.get(place.agent, "") for _, _, place in logged)
        if site not in self._ruled:
            return None
        return site_register(self._lookup, self._ledger, self._sites, site)

    def _of_analyser(
        self, register: CalibrationRegister, named: _Named, whole: Span
    ) -> Iterator[InDoubt]:
        try:
            tested, failed = self._failed(register, named, whole)
        except (CalibrationError, CodedError):
            return
        for each in failed:
            hours = [at for at in _reach(each, named.part) if _is_of_range(tested, each, at)]
            yield InDoubt(
                channel=named.planned.channel,
                serial=tested.serial or each.failed.analyser,
                failure=each,
                before=frozenset(filter(each.is_before, hours)),
                after=frozenset(filter(each.is_after, hours)),
            )

    def _failed(
        self, register: CalibrationRegister, named: _Named, whole: Span
    ) -> tuple[TestedAnalyser, tuple[Failure, ...]]:
        plan, planned = named.plan, named.planned
        key = plan.plan, plan.effective_from, plan.recorded_at, planned.channel, whole
        if key not in self._looked:
            until_ns = max(whole[1], min(self._now_ns, whole[1] + AFTER_NS) + 1)
            looked = max(0, whole[0] - BACK_NS), until_ns
            tested = tested_in(self._lookup, register, plan, planned, looked)
            self._looked[key] = tested, failures(tested.tests, rules_of(plan, tested))
        return self._looked[key]


def _named(register: CalibrationRegister, channel: str, whole: Span) -> Iterator[_Named]:
    """The analysers that a channel rests on, as each plan that holds names them."""
    names = sorted({each.plan for each in register.plans})
    for part in _parts(register, whole):
        behind = rests_on(register, channel, part)
        spans = (each for name in names for each in planned_spans(register, name, part))
        for each in spans:
            for planned in () if each.plan is None else each.plan.analysers:
                if each.plan is not None and planned.channel in behind:
                    yield _Named(plan=each.plan, planned=planned, part=each.span)


def _parts(register: CalibrationRegister, whole: Span) -> list[Span]:
    """A period divided where anything is computed otherwise: nothing rests on what comes later."""
    cuts = {full_hour(each.effective_from) for each in register.derivations}
    return list(pairwise(sorted({*whole, *(at for at in cuts if whole[0] < at < whole[1])})))


def _reach(failure: Failure, part: Span) -> range:
    """The hours of a part of a period that may rest on a test that failed."""
    good, passed = failure.good, failure.passed
    start_ns = part[0] if good is None else max(part[0], good.at_ns // NS_PER_HOUR * NS_PER_HOUR)
    end_ns = part[1] if passed is None else min(part[1], passed.at_ns)
    return range(start_ns, end_ns, NS_PER_HOUR)


def _is_of_range(tested: TestedAnalyser, failure: Failure, hour: int) -> bool:
    """Whether a test speaks of an hour: of a dual-range analyser only if it is of its range."""
    name = failure.failed.measuring_range
    return not name or name in tested.ranges_of(hour)


def _both(one: InDoubt, other: InDoubt) -> InDoubt:
    """The hours of both: two plans name one analyser, or follow each other."""
    after = one.after | other.after
    return replace(one, before=(one.before | other.before) - after, after=after)
