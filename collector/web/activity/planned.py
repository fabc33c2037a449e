"""Channels that a monitoring plan speaks of: compliance value beside best estimate."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from calibration.unit import amount_of
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.telling import Telling
from collector.lookup import ChannelRow
from collector.site_register import site_register
from evidence.errors import CodedError
from evidence.statement.datum import ActivityData
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import monitored_period

MOST_PLANNED: Final = 5
"""Each looks back over the years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A period of a channel under its plan.

    Attributes:
        datum: Its statement, which can be released and locked; None of a channel without amounts.
        told: Of such a channel, what the period comes to.
        refused: Why neither can be told.
    """

    channel: str
    datum: ActivityData | None = None
    told: Monitored | None = None
    refused: CodedError | CalibrationError | None = None

    @property
    def unit(self) -> str:
        """Of the totals: of hours' rates an amount; UCUM."""
        if self.told is None:
            return ""
        determination = self.told.determination
        is_rate = determination.kind == "rate"
        return amount_of(determination.unit)[0] if is_rate else determination.unit


class Planning:
    """Tells the channels with a plan over a period, for one answer.

    Args:
        sources: Where plans, tests and hours are.
        parts: Of the collector.
        telling: Makes statements, now or as of the same instant.
        known_ns: Only what was recorded by then counts, UTC ns; None for all.
    """

    def __init__(
        self, sources: Sources, parts: Parts, telling: Telling, known_ns: int | None
    ) -> None:
        self._sources, self._parts, self._telling = sources, parts, telling
        self._known_ns = known_ns

    def of(self, rows: Sequence[ChannelRow], span: tuple[int, int]) -> tuple[list[Planned], int]:
        """The channels with a plan, and of how many more it is not told here.

        Args:
            rows: Of the channels that were chosen.
            span: Of the period, UTC ns.

        Raises:
            LedgerError: a leaf that holds a plan cannot be read.
        """
        found: list[Planned] = []
        ruled = 0
        for site in _sites_with_plans(self._sources, self._parts, [each.channel for each in rows]):
            register = self._register(site)
            names = {each.plan for each in register.plans}
            own = [each for each in rows if each.channel in names]
            ruled += len(own)
            shown = own[: MOST_PLANNED - len(found)]
            found += [self._told(register, row, span) for row in shown]
        return found, ruled - len(found)

    def _register(self, site: str) -> CalibrationRegister:
        lookup, known_ns = self._sources.store.lookup, self._known_ns
        known_at = None if known_ns is None else dt.datetime.fromtimestamp(known_ns / 1e9, dt.UTC)
        return site_register(lookup, self._sources.ledger, self._parts.sites, site, known_at)

    def _told(
        self, register: CalibrationRegister, row: ChannelRow, span: tuple[int, int]
    ) -> Planned:
        try:
            self._telling.require_plan_room([row], [span])
            placed = self._telling.follows(row, [span], under_plan=True)
            found = self._telling.settled(placed).data
            if found and found[0].under_plan is not msgspec.UNSET:
                return Planned(channel=row.channel, datum=found[0])
            instants = (self._parts.clock.now_ns(), self._known_ns)
            lookup = self._sources.store.lookup
            told = monitored_period(lookup, register, row.channel, span, *instants)
        except (CodedError, CalibrationError) as refused:
            return Planned(channel=row.channel, refused=refused)
        return Planned(channel=row.channel, told=told)


def _sites_with_plans(sources: Sources, parts: Parts, channels: Sequence[str]) -> list[str]:
    """The sites of the channels of which an agent logged a plan: most have none."""
    logged = sources.store.lookup.documents(("plan",))
    sites = {parts.sites.get(place.agent, "") for _, _, place in logged}
    return sorted({each.partition("/")[0] for each in channels} & sites)
