"""What failed checks of analysers did to the amounts of channels that a monitoring plan speaks of.

The tests are those that a plan asks for: an analyser's own checks, and records of others.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from calibration.unit import amount_of
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.site_register import site_register
from collector.web.audit.effects import EffectLine, Effects, line_of
from evidence.errors import CodedError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import Asked, ToldPeriod, plan_of, told_under
from evidence.statement.monitoring.spans import planned_spans
from evidence.statement.standing.qa_test import QaTest, as_known

MOST_PLANNED: Final = 5
"""Each looks back over the years before."""


def ruled_effects(
    sources: Sources, parts: Parts, channels: Sequence[str], span: tuple[int, int]
) -> Effects:
    """What tests that a plan asks for put in doubt of some channels in a period.

    A period that cannot be told under its plan has no line here: the page of its amounts says why.

    Args:
        sources: What it is made from.
        parts: Of the collector.
        channels: In the order in which they are looked through.
        span: UTC ns.

    Raises:
        LedgerError: a paper cannot be read.
    """
    lines: list[EffectLine] = []
    registers = registers_of(sources, parts)
    ruled = [each for each in channels if _plans(registers, each)]
    for channel in ruled[:MOST_PLANNED]:
        register = registers[channel.partition("/")[0]]
        for part in _parts(register, channel, span, parts.clock.now_ns()):
            lines += _told(sources, register, channel, part, parts.clock.now_ns())
    looked = min(len(ruled), MOST_PLANNED)
    return Effects(lines=lines, looked=looked, left_out=len(ruled) - looked)


def with_ruled(seen: Effects, ruled: Effects) -> Effects:
    """Both together, by channel and time. Pure."""
    lines = sorted([*seen.lines, *ruled.lines], key=lambda each: (each.channel, each.start_ns))
    return Effects(lines=lines, looked=seen.looked, left_out=seen.left_out + ruled.left_out)


def registers_of(sources: Sources, parts: Parts) -> dict[str, CalibrationRegister]:
    """The papers of each site of which an agent logged a plan: of most sites none did.

    Raises:
        LedgerError: a paper cannot be read.
    """
    return {site: _register(sources, parts, site) for site in _sites(sources, parts)}


def _sites(sources: Sources, parts: Parts) -> set[str]:
    """Of which an agent logged a plan: most have none."""
    logged = sources.store.lookup.documents(("plan",))
    return {parts.sites.get(place.agent, "") for _, _, place in logged}


def _register(sources: Sources, parts: Parts, site: str) -> CalibrationRegister:
    return site_register(sources.store.lookup, sources.ledger, parts.sites, site)


def _plans(registers: dict[str, CalibrationRegister], channel: str) -> list[MonitoringPlan]:
    register = registers.get(channel.partition("/")[0])
    return [] if register is None else [each for each in register.plans if each.plan == channel]


def _parts(
    register: CalibrationRegister, channel: str, span: tuple[int, int], now_ns: int
) -> Iterator[tuple[int, int]]:
    """The full hours of a period, up to now, by the plan that holds."""
    start_ns = -(-span[0] // NS_PER_HOUR) * NS_PER_HOUR
    end_ns = min(span[1], now_ns) // NS_PER_HOUR * NS_PER_HOUR
    if start_ns < end_ns:
        found = planned_spans(register, channel, (start_ns, end_ns))
        yield from (each.span for each in found if each.plan is not None)


def _told(
    sources: Sources,
    register: CalibrationRegister,
    channel: str,
    part: tuple[int, int],
    now_ns: int,
) -> Iterator[EffectLine]:
    try:
        period = _period(sources, register, channel, part, now_ns)
        tested = _tests(period)
    except (CodedError, CalibrationError):
        return
    told = period.monitored
    for each in told.doubts if told.determination.kind != "concentration" else ():
        good, failed = (tested.get(record or "") for record in (each.before, each.after))
        # what it lies between are tests, which have no page of a certificate
        bare = replace(each, before=None, after=None)
        line = line_of(channel, _unit(told), bare, None if good is None else good.at_ns)
        yield with_analyser(line, "" if failed is None else failed.analyser)


def _period(
    sources: Sources,
    register: CalibrationRegister,
    channel: str,
    part: tuple[int, int],
    now_ns: int,
) -> ToldPeriod:
    asked = Asked(
        lookup=sources.store.lookup, register=register, span=part, now_ns=now_ns, known_at_ns=None
    )
    return told_under(plan_of(register.plans, channel, part), asked)


def with_analyser(line: EffectLine, analyser: str) -> EffectLine:
    """A line of a channel with a plan, with the channel of the analyser that failed. Pure."""
    return dataclasses.replace(line, analyser=analyser, is_ruled=True)


def _tests(period: ToldPeriod) -> Mapping[str, QaTest]:
    """The tests of a period's analysers, by the id of their records."""
    return {
        test.record: test
        for analyser in period.analysers
        for test in as_known(analyser.tests, None)
    }


def _unit(told: Monitored) -> str:
    """Of the amounts; UCUM."""
    unit = told.determination.unit
    return amount_of(unit)[0] if told.determination.kind == "rate" else unit
