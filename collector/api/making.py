"""Statements of an answer as they follow: from what was polled, and from what people enter.

Locks are another matter: see `collector.api.telling`.
"""

from collections.abc import Sequence
from typing import Final

from collector.activity.acts import Known
from collector.api.again import JudgedAgain
from collector.api.parts import Parts
from collector.api.planned import Plans
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.statement import Span, statements
from collector.api.suspects import Suspects
from collector.lookup import ChannelRow
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.entered.stating import entered_statement

MOST_UNDER_PLAN: Final = 40
"""Periods in one answer: each looks back over the years before it."""


class Making:
    """Makes what follows, for one answer.

    Args:
        sources: What statements are made from.
        parts: Of the interface.
        known: What the journal says.
        as_of_ns: The instant as of which all is told, UTC ns; None for now.
    """

    def __init__(
        self, sources: Sources, parts: Parts, known: Known, as_of_ns: int | None = None
    ) -> None:
        self._sources, self._parts, self._known = sources, parts, known
        self._as_of_ns, self._again = as_of_ns, JudgedAgain(sources, parts, as_of_ns)
        self._suspects = Suspects(sources)
        self._plans = Plans(sources, parts.sites, as_of_ns)

    def require_plan_room(self, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
        """Returns if so many periods of channels can be told under their plans in one answer.

        Raises:
            RangeLimitError: they are too many.
            AsOfLimitError: they rest on too many leaves.
        """
        planned = [row.channel for row in rows if self._plans.speak_of(row.channel)]
        if len(planned) * len(spans) > MOST_UNDER_PLAN:
            found, name = len(planned) * len(spans), Words("periods under a plan", "个计划下的时段")
            raise RangeLimitError("under_plan", found=found, name=name, limit=MOST_UNDER_PLAN)
        self._again.require_plan_room(planned, spans)

    def made(self, row: ChannelRow, spans: Sequence[Span]) -> list[ActivityData]:
        """The activity data of a channel as they follow, one for each period with data.

        Raises:
            WindowMergeError: two windows of a period do not join.
            EntryUnreadError: an entry of the channel is not understood here.
        """
        if is_entered(row.channel):
            return self._entered(row.channel, spans)
        again_ns = self._again.as_of(spans)
        if again_ns is None:
            software = self._parts.software
            return statements(self._sources, row, spans, software, self._suspects)
        return self._again.stated(row.channel, spans, again_ns)

    def made_under_plan(self, row: ChannelRow, spans: Sequence[Span]) -> list[ActivityData]:
        """The same with what each period comes to under the channel's monitoring plan.

        Of a channel without any plan they are the same.

        Raises:
            WindowMergeError, EntryUnreadError: as `made`.
        """
        if not self._plans.speak_of(row.channel):
            return self.made(row, spans)
        if self._as_of_ns is None or is_entered(row.channel):
            now_ns = self._as_of_ns or self._parts.clock.now_ns()
            return self._plans.stated(self.made(row, spans), self._sources.store.lookup, now_ns)
        return self._again.planned(self._plans, row.channel, spans, self._as_of_ns)

    def _entered(self, channel: str, spans: Sequence[Span]) -> list[ActivityData]:
        self._known.require_read(channel)
        told = (
            entered_statement(self._known.book, channel, span, self._parts.software, self._as_of_ns)
            for span in spans
        )
        return [each for each in told if each is not None]
