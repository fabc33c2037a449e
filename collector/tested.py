"""Analysers that failed a test of their plan: looked for again once a paper or a check came."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan, PlannedAnalyser
from calibration.register import CalibrationRegister
from collector.api.pool import Sources
from collector.site_register import site_register
from evidence.audit.stood import ns_of
from evidence.clock import NS_PER_S
from evidence.errors import CodedError
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.rests_on import resting_on
from evidence.statement.monitoring.seen import tested_in
from evidence.statement.standing.course import Rules
from evidence.statement.standing.failing import failing
from evidence.statement.standing.operation import Operation
from evidence.statement.standing.retro import SuspectSpan

BACK_NS: Final = 92 * 24 * NS_PER_HOUR
"""So far back checks are looked for, from the last one on: a quarter."""
_Mark = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTest:
    """An analyser that failed a test, which nothing has put right since.

    Attributes:
        channel: That it shows.
        serial: Of the instrument; "" where nothing was received of it.
        span: The first test that failed, and the last good one before it.
        touched: Channels whose plan names it, and such as are computed from what it shows.
    """

    channel: str
    serial: str
    span: SuspectSpan
    touched: tuple[str, ...] = ()

    def touches(self, channel: str) -> bool:
        """Whether a channel is that of the analyser, or rests on it."""
        return channel == self.channel or channel in self.touched


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """The sites that have a plan, as long as no paper comes."""

    mark: _Mark
    registers: Mapping[str, CalibrationRegister]


class FailedTests:
    """Finds them; any number of threads may ask, and each analyser is looked at once a check."""

    def __init__(self) -> None:
        self._planned: _Planned | None = None
        self._seen: dict[tuple[str, str], tuple[_Mark, TestedAnalyser]] = {}
        self._lock = threading.Lock()

    def now(self, sources: Sources, sites: Mapping[str, str], now_ns: int) -> list[FailedTest]:
        """The analysers that stand with a failed test, each once, by channel.

        One whose tests cannot be told is none of them: the page of the instrument says why.

        Args:
            sources: Ledger and derived data.
            sites: agent -> site.
            now_ns: UTC.

        Raises:
            LedgerError: a leaf that the store names cannot be read.
        """
        known = self._known(sources, sites)
        found: dict[str, FailedTest] = {}
        for register in known.registers.values():
            for plan in plans_begun(register.plans, now_ns):
                for planned in plan.analysers:
                    for each in self._failed(sources, known, register, (plan, planned), now_ns):
                        found[each.channel] = _first(found.get(each.channel, each), each)
        return [found[channel] for channel in sorted(found)]

    def _known(self, sources: Sources, sites: Mapping[str, str]) -> _Planned:
        mark = (sources.store.lookup.documents_mark(), frozenset(sites.items()))
        known = self._planned
        if known is None or known.mark != mark:
            registers = {each: _register(sources, sites, each) for each in _sites(sources, sites)}
            known = _Planned(mark=mark, registers=registers)
            with self._lock:
                self._planned = known
        return known

    def _failed(
        self,
        sources: Sources,
        known: _Planned,
        register: CalibrationRegister,
        told: tuple[MonitoringPlan, PlannedAnalyser],
        now_ns: int,
    ) -> Iterator[FailedTest]:
        plan, planned = told
        try:
            tested = self._tested(sources, known, register, told, now_ns)
            spans = failing(tested.tests, rules_of(plan, tested), now_ns)
        except (CalibrationError, CodedError):
            return
        for span in spans:
            yield FailedTest(
                channel=planned.channel,
                serial=tested.serial,
                span=span,
                touched=_touched(register, plan, planned.channel, now_ns),
            )

    def _tested(
        self,
        sources: Sources,
        known: _Planned,
        register: CalibrationRegister,
        told: tuple[MonitoringPlan, PlannedAnalyser],
        now_ns: int,
    ) -> TestedAnalyser:
        """An analyser with its tests; what arrives late is seen within the hour."""
        plan, planned = told
        lookup, channel = sources.store.lookup, planned.channel
        last_ns = lookup.last_shown(channel) or 0
        heard_ns = lookup.heard(channel, now_ns + 1) or now_ns
        settled_ns = _settled(last_ns, heard_ns, planned)
        mark = (known.mark, plan, last_ns, settled_ns, now_ns // NS_PER_HOUR)
        seen = self._seen.get((plan.plan, planned.channel))
        if seen is not None and seen[0] == mark:
            return seen[1]
        span = (max(0, (last_ns or now_ns) - BACK_NS), max(last_ns, heard_ns) + 1)
        tested = tested_in(lookup, register, plan, planned, span)
        with self._lock:
            self._seen[plan.plan, planned.channel] = mark, tested
        return tested


def _settled(last_ns: int, heard_ns: int, planned: PlannedAnalyser) -> int:
    """Until when what is heard of an analyser may change its last check, UTC ns."""
    if planned.checks is None:
        return last_ns
    lasts_s = (each.duration_s for each in planned.checks.schedule)
    behind_ns = round(max(planned.checks.longest_gap_s, *lasts_s, 0.0) * NS_PER_S)
    return min(heard_ns, last_ns + behind_ns)


def _first(one: FailedTest, other: FailedTest) -> FailedTest:
    """The one that failed first, with what both touch."""
    first = min(one, other, key=lambda each: each.span.failed.at_ns)
    return replace(first, touched=tuple(sorted({*one.touched, *other.touched})))


def _touched(
    register: CalibrationRegister, plan: MonitoringPlan, channel: str, now_ns: int
) -> tuple[str, ...]:
    hour = now_ns // NS_PER_HOUR * NS_PER_HOUR
    found = resting_on(register, channel, (hour, hour + NS_PER_HOUR))
    return tuple(sorted({plan.plan, *found} - {channel}))


def plans_begun(plans: Iterable[MonitoringPlan], now_ns: int) -> Sequence[MonitoringPlan]:
    """Of each channel that a plan is about the one that began last. Pure.

    Args:
        plans: All versions of all plans.
        now_ns: What begins later does not count; UTC.
    """
    last: dict[str, MonitoringPlan] = {}
    for each in sorted(plans, key=lambda one: (one.effective_from, one.recorded_at)):
        if ns_of(each.effective_from) <= now_ns:
            last[each.plan] = each
    return list(last.values())


def _sites(sources: Sources, sites: Mapping[str, str]) -> list[str]:
    """Of which an agent logged a plan: most have none."""
    logged = sources.store.lookup.documents(("plan",))
    return sorted({sites[place.agent] for _, _, place in logged if place.agent in sites})


def _register(sources: Sources, sites: Mapping[str, str], site: str) -> CalibrationRegister:
    return site_register(sources.store.lookup, sources.ledger, sites, site)


def rules_of(plan: MonitoringPlan, tested: TestedAnalyser) -> Rules:
    """By which an analyser of a plan is judged, as if the plant always ran. Pure."""
    scheme = tested.scheme[0]
    return Rules(
        scheme=scheme,
        policy=tested.planned.policy or scheme.failed.policy,
        operation=Operation(utc_offset_s=plan.utc_offset_s),
    )
