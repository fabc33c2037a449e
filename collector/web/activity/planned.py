"""Channels that a monitoring plan speaks of: compliance value beside best estimate."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from calibration.unit import amount_of
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.site_register import site_register
from evidence.errors import CodedError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import monitored_period

MOST_PLANNED: Final = 5
"""Each looks back over the years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A period of a channel under its plan.

    Attributes:
        told: None where `refused` says why it cannot be told.
    """

    channel: str
    told: Monitored | None
    refused: CodedError | CalibrationError | None = None

    @property
    def unit(self) -> str:
        """Of the totals: of hours' rates an amount; UCUM."""
        if self.told is None:
            return ""
        determination = self.told.determination
        is_rate = determination.kind == "rate"
        return amount_of(determination.unit)[0] if is_rate else determination.unit


def planned(
    sources: Sources,
    parts: Parts,
    channels: Sequence[str],
    span: tuple[int, int],
    known_ns: int | None,
) -> tuple[list[Planned], int]:
    """The channels with a plan over a period, and of how many more it is not told here.

    Args:
        sources: Where plans, tests and hours are.
        parts: Of the collector.
        channels: That were chosen.
        span: Of the period, UTC ns.
        known_ns: Only what was recorded by then counts, UTC ns; None for all.

    Raises:
        LedgerError: a leaf that holds a plan cannot be read.
    """
    found: list[Planned] = []
    ruled = 0
    for site in _sites_with_plans(sources, parts, channels):
        known_at = None if known_ns is None else dt.datetime.fromtimestamp(known_ns / 1e9, dt.UTC)
        register = site_register(sources.store.lookup, sources.ledger, parts.sites, site, known_at)
        names = {each.plan for each in register.plans}
        own = [each for each in channels if each in names and each.startswith(f"{site}/")]
        ruled += len(own)
        instants = (parts.clock.now_ns(), known_ns)
        shown = own[: MOST_PLANNED - len(found)]
        found += [_told(sources, register, channel, span, instants) for channel in shown]
    return found, ruled - len(found)


def _sites_with_plans(sources: Sources, parts: Parts, channels: Sequence[str]) -> list[str]:
    """The sites of the channels of which an agent logged a plan: most have none."""
    logged = sources.store.lookup.documents(("plan",))
    sites = {parts.sites.get(place.agent, "") for _, _, place in logged}
    return sorted({each.partition("/")[0] for each in channels} & sites)


def _told(
    sources: Sources,
    register: CalibrationRegister,
    channel: str,
    span: tuple[int, int],
    instants: tuple[int, int | None],
) -> Planned:
    try:
        told = monitored_period(sources.store.lookup, register, channel, span, *instants)
    except (CodedError, CalibrationError) as refused:
        return Planned(channel=channel, told=None, refused=refused)
    return Planned(channel=channel, told=told)
