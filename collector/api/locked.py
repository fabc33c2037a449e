"""Locked statements, as they stand in answers: by channel, period and kind.

A locked statement stands also where nothing would follow in its place, or a refusal. It is kept
under its digest; where that file was deleted, it is made again from what was known when it was
locked.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from collector.activity.acts import Known
from collector.api.again import JudgedAgain
from collector.api.entered_rows import entered_before
from collector.api.parts import Parts
from collector.api.planned import Plans
from collector.api.pool import Sources
from collector.api.refusal import LockedLostError
from collector.api.statement import Span
from collector.lookup import ChannelRow
from evidence.clock import parse_utc, utc_text
from evidence.errors import CodedError
from evidence.log.batch import StreamHead
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.entered.stating import entered_statement
from evidence.statement.locks import Act, Place

_NONE: Final[Mapping[Place, Act]] = {}


class LockedStatements:
    """The locks that stand in one answer.

    Args:
        sources: What statements are made from.
        parts: Of the interface.
        known: What the journal says.
        again: Makes statements again.
        as_of_ns: The instant as of which all is told, UTC ns: no lock counts; None for now.
    """

    def __init__(
        self,
        sources: Sources,
        parts: Parts,
        known: Known,
        again: JudgedAgain,
        as_of_ns: int | None,
    ) -> None:
        self._sources, self._parts, self._known, self._again = sources, parts, known, again
        self._acts = _NONE if as_of_ns is not None else known.locks.locked
        self._of: dict[str, list[Act]] = {}
        for act in self._acts.values():
            self._of.setdefault(act.channel, []).append(act)

    def channels(self) -> Sequence[str]:
        """The channels of which a statement is locked."""
        return sorted(self._of)

    def within(self, channel: str, spans: Sequence[Span], *, under_plan: bool) -> dict[Span, Act]:
        """The locks of a channel in exactly these periods, and of this kind."""
        if channel not in self._of:
            return {}
        found = (
            (span, self._acts.get((channel, utc_text(span[0]), utc_text(span[1]), under_plan)))
            for span in spans
        )
        return {span: act for span, act in found if act is not None}

    def hours(self, channel: str) -> Span | None:
        """Start of the first and of the last hour of its locked periods, UTC ns; None of none."""
        acts = self._of.get(channel)
        if not acts:
            return None
        last_ns = max(parse_utc(each.end) for each in acts) - NS_PER_HOUR
        return min(parse_utc(each.start) for each in acts), last_ns

    def row(self, channel: str) -> ChannelRow | None:
        """A channel with a lock of which nothing else is here; None where nothing tells of it."""
        before = entered_before(self._known, channel)
        if before is not None:
            return before
        last = max(self._of[channel], key=lambda each: each.end)
        with suppress(CodedError, CalibrationError):  # it cannot be made again
            return _row_of(self.statement(last))
        return None

    def statement(self, act: Act, now: ActivityData | None = None) -> ActivityData:
        """The statement of a lock.

        Args:
            act: The locking.
            now: What follows in its place now; None where nothing does.

        Raises:
            LockedLostError: it is kept no more, and cannot be made again.
        """
        held = self._sources.store.lookup.activity(act.digest)
        if held is None and now is not None and now.digest == act.digest:
            return now
        return held or self._made_again(act)

    def _made_again(self, act: Act) -> ActivityData:
        """A locked statement whose file was deleted, from what was known when it was locked."""
        span = parse_utc(act.start), parse_utc(act.end)
        if is_entered(act.channel):
            book, software = self._known.book, self._parts.software
            again = entered_statement(book, act.channel, span, software, act.at_ns)
            found = [] if again is None else [again]
        elif not act.under_plan:
            found = self._again.stated(act.channel, [span], act.at_ns)
        else:
            plans = Plans(self._sources, self._parts.sites, act.at_ns)
            found = self._again.planned(plans, act.channel, [span], act.at_ns)
        for each in found:
            if each.digest == act.digest:
                return each
        raise LockedLostError(act.channel, digest=act.digest)


def _row_of(datum: ActivityData) -> ChannelRow:
    """A channel as a statement of it tells."""
    return ChannelRow(
        channel=datum.channel,
        agent="",
        head=StreamHead(
            channel=datum.channel,
            measurand=datum.measurand,
            period_ms=0,
            serial=datum.serials[-1] if datum.serials else "",
            profile="",
            basis=datum.u_basis,
        ),
        last_ms=parse_utc(datum.period.end) // 1_000_000,
        last_value=datum.value,
        last_quality=datum.quality.value,
    )
