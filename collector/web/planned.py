"""Which monitoring plans speak of a channel now: of itself, or of what is computed from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from collector.api.pool import Sources
from collector.documented import document_read
from collector.site_register import site_register
from evidence.statement.monitoring.rests_on import plans_within, rests_on


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenOf:
    """A plan that speaks of a channel.

    Attributes:
        plan: That holds.
        document: SHA-256 of the file that was logged.
        is_own: Whether it is of this channel; else it names it, or is of what rests on it.
    """

    plan: MonitoringPlan
    document: str
    is_own: bool


class Plans:
    """The plans that hold now, for one answer.

    Args:
        sources: Ledger and derived data.
        sites: agent -> site.
        now_ns: UTC.

    Raises:
        LedgerError: a leaf that holds a paper cannot be read.
    """

    def __init__(self, sources: Sources, sites: Mapping[str, str], now_ns: int) -> None:
        self._sources, self._sites = sources, sites
        hour = now_ns // NS_PER_HOUR * NS_PER_HOUR
        self._span = hour, hour + NS_PER_HOUR
        logged = sources.store.lookup.documents(("plan",))
        self._with_plans = {sites.get(place.agent, "") for _, _, place in logged}

    def of(self, channel: str) -> list[SpokenOf]:
        """Those that speak of a channel: its own first, the others by name."""
        site = channel.partition("/")[0]
        found = [
            SpokenOf(plan=plan, document=self._document(plan), is_own=plan.plan == channel)
            for plan, spoken_of in (self._holding(site) if site in self._with_plans else ())
            if channel in spoken_of
        ]
        return sorted(found, key=lambda each: (not each.is_own, each.plan.plan))

    def by_channel(self) -> Mapping[str, str]:
        """Of each channel that a plan speaks of the plan to look at.

        It is its own if it has one, else that which speaks of most: such as that of a mass.
        """
        holding = [each for site in sorted(self._with_plans) for each in self._holding(site)]
        found: dict[str, str] = {}
        for plan, spoken_of in sorted(holding, key=lambda each: (len(each[1]), each[0].plan)):
            found |= dict.fromkeys(spoken_of, plan.plan)
        return found | {plan.plan: plan.plan for plan, _ in holding}

    def _holding(self, site: str) -> Iterator[tuple[MonitoringPlan, frozenset[str]]]:
        """The plans of a site that hold, by name, each with all channels that it speaks of."""
        register = self._register(site)
        for name in sorted({each.plan for each in register.plans}):
            for plan in plans_within(register, name, self._span):
                yield plan, plan.channels | rests_on(register, name, self._span)

    def _register(self, site: str) -> CalibrationRegister:
        lookup, ledger = self._sources.store.lookup, self._sources.ledger
        return site_register(lookup, ledger, self._sites, site)

    def _document(self, plan: MonitoringPlan) -> str:
        lookup, ledger = self._sources.store.lookup, self._sources.ledger
        for kind, sha256, place in lookup.documents(("plan",)):
            if plan in document_read(ledger, kind, sha256, place).register.plans:
                return sha256
        return ""
