"""What the page of the factory shows, made of what is derived and held."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from collector.alarms.agents import agents_wrong, last_heard
from collector.alarms.at_work import AtWork
from collector.api.alarms import is_for
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.statement import visible
from collector.tested import FailedTest
from collector.web.activity.saved import Line
from collector.web.factory.agents import ON_A_PAGE, AgentLine, agent_line, is_silent
from collector.web.factory.channels import (
    GOOD,
    Asked,
    Device,
    Paged,
    Standing,
    chosen,
    paged,
    standing,
)
from collector.web.factory.failed import failed_in
from collector.web.factory.known import Known
from collector.web.factory.line_rows import LineReach, LinesSeen, lines_seen, ruled_in
from collector.web.factory.lines import LinesOf
from collector.web.factory.live import LastReadings, Live
from collector.web.factory.overdue import overdue_by_papers
from collector.web.factory.repairs import Repair, repairs
from collector.web.factory.since import dated
from collector.web.planned import Plans
from evidence.audit.stood import instant_of

MOST_REPAIRS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """The site at a glance.

    Attributes:
        sites: All that the reader may see, by name.
        counts: Of all channels, by state.
        repairs: The dearest; `more_repairs` are not shown.
        agents: A page of them, those of the asked site alone; silent ones first.
        silent_agents, agent_count: Of all agents that the reader may see.
        channels: A page of those that were asked for.
        devices: The same, by product line and device.
        lines: The product lines, those with the dearest repairs first.
        line_of: Names of the product lines of a device of this page.
        repaired: Names of the lines that a repair touches, in the order of the repairs.
        live: Their last readings, by name.
        failed: Tests of analysers that failed, by the channels that rest on them.
        plans: Of each channel that a monitoring plan speaks of the plan to look at.
        ruled: Channels with a plan of their own and amounts, by key of the line they belong to.
    """

    sites: Sequence[str]
    counts: Mapping[str, int]
    repairs: Sequence[Repair]
    more_repairs: int
    agents: Paged[AgentLine]
    silent_agents: int
    agent_count: int
    channels: Paged[Standing]
    devices: Sequence[tuple[str, Sequence[Device]]]
    lines: LinesSeen
    line_of: Mapping[str, Sequence[str]]
    repaired: Sequence[Sequence[str]]
    live: Mapping[str, Live]
    failed: Mapping[str, FailedTest]
    plans: Mapping[str, str]
    ruled: Mapping[str, Sequence[str]]


class Looker:
    """Gathers the page for one reader; for one answer."""

    def __init__(
        self,
        sources: Sources,
        parts: Parts,
        reader: Reader,
        known: Known,
        lines: Sequence[Line] = (),
    ) -> None:
        self._sources, self._parts, self._reader = sources, parts, reader
        self._lines = LinesOf(lines)
        self._confirmations = cache(known.confirmations)
        self._now_ns = parts.clock.now_ns()
        self._heard = {
            agent: last_heard(sources, agent)
            for agent, site in sorted(parts.sites.items())
            if reader.sees(site)
        }
        dead_s = parts.alarm_limits.device_dead_s
        until = {agent: self._told_until(agent) for agent in self._heard}
        at_work = AtWork(sources).reason
        shown = [
            standing(each, until.get(each.agent, self._now_ns), dead_s, at_work)
            for each in visible(sources, reader).values()
        ]
        self._failed = failed_in(known.tests, known.suspected, shown, instant_of(self._now_ns))
        self._rows = self._failed.on(shown)

    def _told_until(self, agent: str) -> int:
        """Until when what an agent read should be here, POSIX ns."""
        heard_ns = self._heard.get(agent)
        if heard_ns is None or is_silent(self._parts, heard_ns):
            return self._now_ns
        return heard_ns

    def factory(self, asked: Asked, agents_page: int, language: str) -> Factory:
        """The page.

        Args:
            asked: Which channels.
            agents_page: Which page of the agents, >= 1.
            language: Of the repairs, "en" or "zh".

        Raises:
            LedgerError: a leaf cannot be read.
        """
        all_repairs = self._repairs(language)
        found = chosen(self._lines.within(self._rows, asked.line), asked)
        shown = paged(self._lines.ordered(found), asked.page)
        reach = LineReach(self._lines, self._rows)
        plans = Plans(self._sources, self._parts.sites, self._now_ns).by_channel()
        return Factory(
            sites=sorted({self._parts.sites[agent] for agent in self._heard}),
            counts=Counter(each.state for each in self._rows),
            repairs=[
                dated(each, self._sources.store.lookup, self._now_ns, self._confirmations)
                for each in all_repairs[:MOST_REPAIRS]
            ],
            more_repairs=max(0, len(all_repairs) - MOST_REPAIRS),
            agents=self._agents(asked, agents_page),
            silent_agents=sum(is_silent(self._parts, each) for each in self._heard.values()),
            agent_count=len(self._heard),
            channels=shown,
            devices=self._lines.grouped(shown.rows, asked.line),
            lines=lines_seen(self._lines, self._rows, all_repairs, reach),
            line_of={each.device: self._lines.names(each.device) for each in shown.rows},
            repaired=[reach.names(each) for each in all_repairs[:MOST_REPAIRS]],
            live=LastReadings(self._sources).of(each.row for each in shown.rows),
            failed=self._failed.tests,
            plans=plans,
            ruled=ruled_in(self._lines, self._rows, plans),
        )

    def _repairs(self, language: str) -> list[Repair]:
        parts, reader = self._parts, self._reader
        alarms = [each for each in parts.alarms() if is_for(each.subject, parts, reader)]
        rows = (each.row for each in self._rows)
        limits = parts.alarm_limits
        found = agents_wrong(self._sources, self._heard, rows, limits, self._now_ns)
        overdue = overdue_by_papers(self._rows, self._now_ns, self._confirmations)
        return repairs(alarms, [*found, *overdue, *self._failed.alarms], self._rows, language)

    def _agents(self, asked: Asked, page: int) -> Paged[AgentLine]:
        own = [
            agent
            for agent in self._heard
            if asked.site in ("", self._parts.sites[agent]) and asked.agent in ("", agent)
        ]
        own.sort(key=lambda agent: not is_silent(self._parts, self._heard[agent]))
        shown = paged(own, page, ON_A_PAGE)
        counts, rates = _counts(self._rows), cache(self._rates)
        lines = [
            agent_line(
                self._sources,
                self._parts,
                agent,
                self._heard[agent],
                counts,
                lambda of: rates().get(of, 0.0),
            )
            for agent in shown.rows
        ]
        return Paged(rows=lines, count=shown.count, page=shown.page, pages=shown.pages)

    def _rates(self) -> dict[str, float]:
        """How many readings are due in a second, by agent."""
        found: dict[str, float] = {}
        for each in self._rows:
            if each.row.head.profile and each.row.head.period_ms > 0:
                own = found.get(each.row.agent, 0.0)
                found[each.row.agent] = own + 1000.0 / each.row.head.period_ms
        return found


def _counts(rows: Sequence[Standing]) -> dict[str, tuple[int, int]]:
    """Of each agent: how many channels, and of how many something is wrong."""
    all_of_them = Counter(each.row.agent for each in rows)
    wrong = Counter(each.row.agent for each in rows if each.state != GOOD)
    return {agent: (count, wrong[agent]) for agent, count in all_of_them.items()}
