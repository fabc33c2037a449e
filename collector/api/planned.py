"""What statements say of their periods under monitoring plans, now or as it was known."""

from collections.abc import Mapping, Sequence

from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from collector.api.pool import Sources
from collector.documented import every
from collector.site_register import received_by, site_register
from evidence.clock import parse_utc
from evidence.judging.kept import HoursTold
from evidence.statement.datum import ActivityData
from evidence.statement.monitoring.ahead import AHEAD_NS
from evidence.statement.monitoring.period import HISTORY_NS
from evidence.statement.monitoring.spans import Span, planned_spans
from evidence.statement.monitoring.stating import stated_under_plan, under_plan


class Plans:
    """What one answer asks of plans, tests and their papers; each site's are read once.

    Args:
        sources: Where they are.
        sites: agent -> site.
        as_of_ns: Only what had been received by then counts, UTC ns; None for all.
    """

    def __init__(
        self, sources: Sources, sites: Mapping[str, str], as_of_ns: int | None = None
    ) -> None:
        self._sources, self._sites = sources, sites
        self._counts = every if as_of_ns is None else received_by(sources.ledger, as_of_ns)
        self._registers: dict[str, CalibrationRegister] = {}

    def speak_of(self, channel: str) -> bool:
        """Whether a plan of a channel is known.

        Raises:
            LedgerError: a leaf that holds a paper cannot be read.
        """
        return any(each.plan == channel for each in self.register(channel).plans)

    def register(self, channel: str) -> CalibrationRegister:
        """What the agents of a channel's site logged.

        Raises:
            LedgerError: a leaf that holds a paper cannot be read.
        """
        site = channel.partition("/")[0]
        if site not in self._registers:
            lookup, ledger = self._sources.store.lookup, self._sources.ledger
            self._registers[site] = site_register(
                lookup, ledger, self._sites, site, counts=self._counts
            )
        return self._registers[site]

    def hours(self, channel: str, spans: Sequence[Span]) -> int:
        """How many hours of periods are under a plan of a channel.

        Raises:
            LedgerError: a leaf that holds a paper cannot be read.
        """
        if not spans or not self.speak_of(channel):
            return 0
        parts = (
            each for span in spans for each in planned_spans(self.register(channel), channel, span)
        )
        ruled = (each.span for each in parts if each.plan is not None)
        return sum((end_ns - start_ns) // NS_PER_HOUR for start_ns, end_ns in ruled)

    def stated(
        self, data: Sequence[ActivityData], kept: HoursTold, now_ns: int
    ) -> list[ActivityData]:
        """Statements with what their periods come to under the plans of their channels.

        Args:
            data: Of channels of which a plan is known.
            kept: Their hours, and those of all channels that the plans speak of.
            now_ns: UTC; of a period that is not over, substitutes may still change.
        """
        return [
            stated_under_plan(
                each,
                under_plan(kept, self.register(each.channel), each.channel, _span(each), now_ns),
            )
            for each in data
        ]


def looked_at(spans: Sequence[Span], at_ns: int) -> Span:
    """The time of which hours bear on what rules say of periods as of an instant, UTC ns."""
    end_ns = spans[-1][1]
    ahead_ns = max(end_ns, min(end_ns + AHEAD_NS, at_ns))
    return max(0, spans[0][0] - HISTORY_NS), ahead_ns


def _span(datum: ActivityData) -> tuple[int, int]:
    return parse_utc(datum.period.start), parse_utc(datum.period.end)
