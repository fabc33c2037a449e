"""What the page of an instrument shows, made of what is derived and held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, Measurand
from calibration.unit import has_amount
from collector.alarms.agents import last_heard
from collector.alarms.at_work import AtWork
from collector.api.page import Question
from collector.api.page import page as readings_page
from collector.api.parts import Parts
from collector.api.period import By, calendar_parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.unknown import ChannelUnknownError
from collector.audit.seen import hours_of, is_measured
from collector.lookup import ChannelRow
from collector.web.before_log import Beginnings, told_apart
from collector.web.factory.agents import is_silent
from collector.web.factory.channels import Paged, Standing, paged, standing
from collector.web.instrument.asked import (
    MOST_READINGS,
    ON_A_PAGE,
    Period,
    Step,
    period_of,
)
from collector.web.instrument.course import Hour, Point, of_hours, of_rows
from collector.web.instrument.spells import Seen, Spell, spells
from collector.web.instrument.troubles import Trouble, troubles
from evidence.judging.judgement import Fault
from evidence.judging.stream import NS_PER_MS

MOST_SPELLS: Final = 60
MOST_FAULTS: Final = 10
_BY: Final[Mapping[Step, By]] = {Step.HOUR: By.HOUR, Step.DAY: By.DAY, Step.MONTH: By.MONTH}
_AROUND_MS: Final = 3_600_000
_MOST_SPANS: Final = 10_000
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a channel showed in a period.

    Attributes:
        period: That is shown.
        points: All of it, in order of time.
        table: A page of them, the last ones first.
        spells: Times in which something was missing or not good, each of one cause.
        troubles: The same as they are told; `more_troubles` are not shown.
        gap_ns: Points that are further apart are not joined.
        expected, present: Polls due and there, as far as something was received.
        unit: Of the values.
        kind: What they are: readings, or amounts or means of hours, days, months.
        whole: Whether the points are all that there are.
    """

    period: Period
    points: Sequence[Point]
    table: Paged[Point]
    spells: Sequence[Spell]
    troubles: Sequence[Trouble]
    more_troubles: int
    gap_ns: int
    expected: int
    present: int
    unit: str
    kind: Literal["reading", "amount", "mean"]
    whole: bool

    @property
    def has_values(self) -> bool:
        """Whether there is anything to draw."""
        return any(each.value is not None for each in self.points)

    @property
    def is_corrected(self) -> bool:
        """Whether a correction changes anything."""
        return any(each.uncorrected not in (None, each.value) for each in self.points)

    @property
    def has_interval(self) -> bool:
        """Whether the uncertainty of any value is known."""
        return any(each.value is not None and each.U95 is not None for each in self.points)

    @property
    def has_gaps(self) -> bool:
        """Whether anything was missing."""
        return any(each.kind == "missing" for each in self.spells)


def channel_row(sources: Sources, reader: Reader, channel: str) -> ChannelRow:
    """A channel that somebody may see; ten thousand others are not read for it.

    Raises:
        ChannelUnknownError: there is none of this name for them.
    """
    row = sources.store.lookup.channel(channel) if reader.sees_channel(channel) else None
    if row is None:
        raise ChannelUnknownError("channel", channel=channel)
    return row


class Looker:
    """Gathers the page of one channel; for one answer."""

    def __init__(self, sources: Sources, parts: Parts, row: ChannelRow) -> None:
        self._sources, self._parts, self._row = sources, parts, row
        self._now_ns = parts.clock.now_ns()

    def standing(self) -> Standing:
        """How the channel stands now."""
        heard_ns = last_heard(self._sources, self._row.agent)
        if heard_ns is None or is_silent(self._parts, heard_ns):
            heard_ns = self._now_ns
        dead_s = self._parts.alarm_limits.device_dead_s
        return standing(self._row, heard_ns, dead_s, AtWork(self._sources).reason)

    def period(self, query: Mapping[str, str], zone: ZoneInfo) -> Period:
        """The period that an address asks for; the last day of readings where it says nothing.

        Raises:
            CodedError: the period cannot be.
        """
        row = self._row
        last_ns, measured = row.last_ms * NS_PER_MS, is_measured(row)
        return period_of(query, zone, last_ns, row.head.period_ms, has_readings=measured)

    def shown(self, period: Period, number: int, zone: ZoneInfo) -> Shown:
        """What it showed in a period, and a page of the table of it.

        Raises:
            LedgerError: a leaf cannot be read.
            CalibrationError: hours do not join.
        """
        spans = _spans(period, zone)
        hours = self._hours(period, spans)
        points, whole = self._points(period, spans, hours)
        found = self._spells(points, period)
        told = troubles(found, self._row.last_ms * NS_PER_MS)
        return Shown(
            period=period,
            points=points,
            table=paged(points[::-1], number, ON_A_PAGE),
            spells=found[:MOST_SPELLS],
            troubles=told[:MOST_SPELLS],
            more_troubles=max(0, len(told) - MOST_SPELLS),
            gap_ns=self._gap_ns(period),
            expected=sum(each.expected for each in points),
            present=sum(each.present for each in points),
            unit=hours[0].unit if hours else self._row.head.measurand.unit,
            kind=_kind(period, hours, self._row.head.measurand),
            whole=whole,
        )

    def _hours(self, period: Period, spans: Sequence[Span]) -> Sequence[Hour]:
        """What a period is told by: hours, or days where months are; none of single readings."""
        store, channel = self._sources.store, self._row.channel
        if period.step == Step.READING:
            return ()
        if period.step == Step.MONTH:
            days = [day.window for span in spans for day in store.days.within(channel, *span)]
            if days:
                return days
        return hours_of(store.lookup, channel, (period.start_ns, period.end_ns))

    def _points(
        self, period: Period, spans: Sequence[Span], hours: Sequence[Hour]
    ) -> tuple[list[Point], bool]:
        if period.step == Step.READING:
            return self._readings(period)
        began_ns, period_ms = Beginnings(self._sources).of(self._row), self._row.head.period_ms
        return [
            replaced(
                each,
                missing=told_apart(each.missing, (each.start_ns, each.end_ns), began_ns, period_ms),
            )
            for each in of_hours(hours, spans)
        ], True

    def _readings(self, period: Period) -> tuple[list[Point], bool]:
        question = Question(
            channel=self._row.channel,
            start_ms=-(-period.start_ns // NS_PER_MS),
            end_ms=-(-period.end_ns // NS_PER_MS),
        )
        found = readings_page(self._sources, question, None, 2 * MOST_READINGS)
        return of_rows(found.readings), found.next is None

    def _spells(self, points: Sequence[Point], period: Period) -> list[Spell]:
        lookup, row = self._sources.store.lookup, self._row
        seen = Seen(
            first_ns=lookup.first_start(row.channel) or 0,
            period_ns=row.head.period_ms * NS_PER_MS,
            last_ns=row.last_ms * NS_PER_MS,
            now_ns=self._now_ns,
        )
        records = lookup.recorded(
            row.agent,
            period.start_ns // NS_PER_MS - _AROUND_MS,
            period.end_ns // NS_PER_MS + _AROUND_MS,
        )
        own = (each for each in records if each.channel in ("", row.channel))
        return spells(points, period, seen, own)

    def _gap_ns(self, period: Period) -> int:
        period_ns = self._row.head.period_ms * NS_PER_MS
        return round(1.5 * period_ns) if period.step == Step.READING else NS_PER_HOUR // 2

    def faults(self) -> list[Fault]:
        """Why something of it was set aside, the latest first."""
        found = self._sources.store.lookup.faults(1_000)
        own = [fault for place, fault in found if self._is_own(place.agent, fault.subject)]
        return [bare(each) for each in own[:MOST_FAULTS]]

    def _is_own(self, agent: str, subject: str) -> bool:
        """Who else speaks for a channel is no matter of it."""
        channel = self._row.channel
        return subject == channel and self._parts.sites.get(agent) == channel.partition("/")[0]


def _spans(period: Period, zone: ZoneInfo) -> list[Span]:
    """The hours, days or months of a period; none where single readings are shown."""
    if period.step == Step.READING:
        return []
    span = period.start_ns, period.end_ns
    return calendar_parts(span, _BY[period.step], zone, _MOST_SPANS)


def bare(fault: Fault) -> Fault:
    """What was found wrong without code and subject, which stand beside it."""
    lead = f"{fault.code} {fault.subject}: "
    en, zh = (text.removeprefix(lead) for text in (fault.message, fault.message_zh))
    return replace(fault, message=en, message_zh=zh)


def _kind(
    period: Period, hours: Sequence[Hour], measurand: Measurand
) -> Literal["reading", "amount", "mean"]:
    """What is shown; of a time without hours, what there would be."""
    if period.step == Step.READING:
        return "reading"
    adds_up = measurand.accumulation != Accumulation.RATE or has_amount(measurand.unit)
    is_mean = isinstance(hours[0], MeanWindow) if hours else not adds_up
    return "mean" if is_mean else "amount"
