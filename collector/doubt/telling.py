"""What a period of a channel rests on of tests that failed: looked for, counted, and filled."""

from collections.abc import Mapping, Sequence

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.window import Window
from collector.api.pool import Sources
from collector.doubt.amounts import Doubted, doubted
from collector.doubt.looking import Doubting, InDoubt, Span
from evidence.errors import CodedError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import Asked, told_under
from evidence.statement.monitoring.spans import planned_spans


class Doubts:
    """Tells it, for one answer.

    Args:
        sources: Ledger and derived data.
        sites: agent -> site.
        now_ns: UTC.
    """

    def __init__(self, sources: Sources, sites: Mapping[str, str], now_ns: int) -> None:
        self._lookup, self._now_ns = sources.store.lookup, now_ns
        self._doubting = Doubting(self._lookup, sources.ledger, sites, now_ns)

    def hours(self, channel: str, span: Span) -> list[InDoubt]:
        """The tests that failed, with the hours of a period that rest on them; see `Doubting`."""
        return self._doubting.of(channel, span)

    def of(self, channel: str, span: Span) -> list[Doubted]:
        """The same with amounts, and with what the channel's plan makes of these hours.

        Args:
            channel: Its name.
            span: [start, end) in UTC ns.

        Raises:
            LedgerError: a leaf that holds a paper cannot be read.
        """
        found = self.hours(channel, span)
        if not found:
            return []
        hours, ruled = self._hours(channel, span), self._ruled(channel, span)
        told = (doubted(each, hours, ruled) for each in found)
        return [each for each in told if each is not None]

    def _hours(self, channel: str, span: Span) -> Sequence[Window] | Sequence[MeanWindow]:
        return self._lookup.windows(channel, *span) or self._lookup.means(channel, *span)

    def _ruled(self, channel: str, span: Span) -> list[Monitored]:
        """The parts of a period that can be told under a plan; its page says why others cannot."""
        register = self._doubting.register(channel)
        is_ruled = register is not None and any(each.plan == channel for each in register.plans)
        if register is None or not is_ruled or any(at % NS_PER_HOUR for at in span):
            return []
        found: list[Monitored] = []
        for each in planned_spans(register, channel, span):
            asked = Asked(
                lookup=self._lookup,
                register=register,
                span=each.span,
                now_ns=self._now_ns,
                known_at_ns=None,
            )
            try:
                found += [] if each.plan is None else [told_under(each.plan, asked).monitored]
            except (CodedError, CalibrationError):
                continue
        return found
