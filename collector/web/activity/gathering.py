"""Gathers what the page of amounts shows: statements, hours, plans and what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.measurand import Accumulation
from collector.activity.acts import Known
from collector.api.bounded import InForce, in_force
from collector.api.parts import Parts
from collector.api.period import instant
from collector.api.pool import Sources
from collector.api.refusal import DoubleCountError
from collector.api.security import Reader
from collector.api.telling import Telling, one
from collector.doubt.amounts import Doubted
from collector.doubt.telling import Doubts
from collector.lookup import ChannelRow
from collector.web.activity.asked import Chosen
from collector.web.activity.choosing import offered
from collector.web.activity.due import polls_to_come, seconds_to_come
from collector.web.activity.held import held_hours
from collector.web.activity.planned import Planning
from collector.web.activity.saved import last_chosen, sized
from collector.web.activity.shares import causes
from collector.web.activity.spans import Range, calendars, range_of, written
from collector.web.activity.standing import parted, standing
from collector.web.activity.sums import Sum, Term, by_quantity, is_computed, quantity_of, sum_of
from collector.web.activity.view import Amounts, Page, Quantity, Refused
from collector.web.before_log import Beginnings
from evidence.clock import utc_text
from evidence.errors import CodedError
from evidence.statement.datum import ActivityData
from evidence.statement.locks import place_of

RELEASED: Final = "released"
LOCKED: Final = "locked"


class Gathering:
    """Gathers the page for one reader; for one answer.

    Args:
        sources: Ledger and derived data.
        parts: Of the collector.
        known: What people entered and decided.
        reader: Who asks.
        chosen: What they ask for.
        zone: Whose days count.
    """

    def __init__(
        self,
        sources: Sources,
        parts: Parts,
        known: Known,
        reader: Reader,
        chosen: Chosen,
        zone: ZoneInfo,
    ) -> None:
        self._sources, self._parts, self._known = sources, parts, known
        self._reader, self._chosen, self._zone = reader, chosen, zone
        self._plain = Telling(sources, parts, known)
        self._rows = self._plain.rows(reader)
        self._beginnings = Beginnings(sources)

    def page(self) -> Page:
        """The page; what cannot be answered is told on it."""
        amounts: Amounts | None = None
        refused: Refused | None = None
        used: InForce | None = None
        try:
            used = self._take_saved()
            amounts = self._amounts() if self._chosen.channels else None
        except (CodedError, CalibrationError) as wrong:
            refused = wrong
        return Page(
            offered=offered(self._plain, self._rows, self._chosen),
            chosen=self._chosen,
            amounts=amounts,
            refused=refused,
            used=used,
        )

    def _take_saved(self) -> InForce | None:
        """The version of the saved boundary that counts; its channels are chosen from then on.

        Raises:
            CodedError: there is no such boundary, or no version of it counts for the range.
        """
        name, known = self._chosen.boundary, self._known
        if not name:
            self._chosen = sized(self._chosen, known, self._reader)
            return None
        known_ns = self._as_of_ns()
        self._chosen = last_chosen(self._chosen, known, self._reader, known_ns)
        span = range_of(self._chosen, self._held(self._chosen.channels), self._zone).span
        found = in_force(known, self._reader, name, span, known_ns)
        start, end = (written(at_ns, self._zone) for at_ns in span)
        self._chosen = replace(self._chosen.of(found.boundary), start=start, end=end)
        return found

    def _as_of_ns(self) -> int | None:
        as_of = self._chosen.as_of
        return instant(as_of, "as_of", self._zone) if as_of else None

    def _amounts(self) -> Amounts:
        rows = [one(self._rows, channel) for channel in self._chosen.channels]
        asked = range_of(self._chosen, self._held(self._chosen.channels), self._zone)
        as_of_ns = self._as_of_ns()
        telling = Telling(self._sources, self._parts, self._known, as_of_ns)
        whole = standing(telling, rows, [asked.span])
        parts = parted(telling, rows, asked, whole)
        there = {each.channel: each for each in whole.data}
        terms = [self._term(row.channel, there.get(row.channel)) for row in rows]
        found = [self._quantity(each, asked, parts, telling) for each in by_quantity(terms)]
        planning = Planning(self._sources, self._parts, telling, as_of_ns)
        told, more = planning.of(rows, asked.span)
        stated = [*whole.data, *(each.datum for each in told if each.datum is not None)]
        return Amounts(
            range=asked,
            calendars=calendars(asked.end_ns, self._zone),
            quantities=found,
            lacking=[each.channel for each in terms if each.datum is None],
            decided=self._decided(stated),
            locked=whole.locked,
            differing=whole.differing,
            otherwise=self._otherwise(stated) if as_of_ns is None else 0,
            held=held_hours(
                self._sources, rows, asked, self._chosen, (self._parts.clock.now_ns(), self._zone)
            ),
            to_come_s=seconds_to_come(asked.end_ns, self._known_until()),
            doubted=self._doubted(rows, asked.span),
            planned=told,
            more_planned=more,
        )

    def _doubted(
        self, rows: Sequence[ChannelRow], span: tuple[int, int]
    ) -> Mapping[str, Sequence[Doubted]]:
        doubts = Doubts(self._sources, self._parts.sites, self._parts.clock.now_ns())
        told = {each.channel: doubts.of(each.channel, span) for each in rows}
        return {channel: found for channel, found in told.items() if found}

    def _held(self, channels: Sequence[str]) -> tuple[int, int]:
        """From the first to behind the last hour of these channels; the last hour if none has."""
        spans = [span for each in channels if (span := self._plain.hours(each)) is not None]
        now_ns = self._parts.clock.now_ns() // NS_PER_HOUR * NS_PER_HOUR
        first = min((span[0] for span in spans), default=now_ns - NS_PER_HOUR)
        return first, max((span[1] for span in spans), default=first) + NS_PER_HOUR

    def _term(self, channel: str, datum: ActivityData | None) -> Term:
        row = self._rows[channel]
        return Term(
            channel=channel,
            factor=self._chosen.factor(channel),
            datum=datum,
            is_computed=is_computed(row),
            is_register=row.head.measurand.accumulation == Accumulation.REGISTER,
            began_ns=self._beginnings.of(row),
            period_ms=row.head.period_ms,
            to_come=polls_to_come(datum, row.head.period_ms, self._known_until()),
        )

    def _known_until(self) -> int:
        now_ns, as_of_ns = self._parts.clock.now_ns(), self._as_of_ns()
        return now_ns if as_of_ns is None else min(now_ns, as_of_ns)

    def _quantity(
        self,
        terms: Sequence[Term],
        asked: Range,
        parts: Mapping[tuple[str, str], ActivityData],
        telling: Telling,
    ) -> Quantity:
        unit, state_of_gas = quantity_of(terms)
        try:
            telling.require_one_thing(_data(terms, parts))
            whole = sum_of(asked.span, terms, self._chosen.allowed, unit)
            found = [self._part(span, terms, parts, unit) for span in asked.parts]
        except (CodedError, CalibrationError) as refused:
            group = str(refused.facts["group"]) if isinstance(refused, DoubleCountError) else ""
            return Quantity(
                unit=unit,
                conditions=state_of_gas,
                terms=terms,
                whole=None,
                parts=(),
                causes=(),
                refused=refused,
                group=group,
            )
        combined = None if whole is None else whole.combined
        return Quantity(
            unit=unit,
            conditions=state_of_gas,
            terms=terms,
            whole=whole,
            parts=[each for each in found if each is not None],
            causes=() if combined is None else causes(combined.components),
        )

    def _part(
        self,
        span: tuple[int, int],
        terms: Sequence[Term],
        parts: Mapping[tuple[str, str], ActivityData],
        unit: str,
    ) -> Sum | None:
        start = utc_text(span[0])
        own = [self._term(each.channel, parts.get((each.channel, start))) for each in terms]
        return sum_of(span, own, self._chosen.allowed, unit)

    def _otherwise(self, data: Sequence[ActivityData]) -> int:
        return sum(self._known.locks.locked_otherwise(each) is not None for each in data)

    def _decided(self, data: Sequence[ActivityData]) -> dict[str, str]:
        locks = self._known.locks
        found = {each.digest: RELEASED for each in data if each.digest in locks.released}
        for each in data:
            act = locks.locked.get(place_of(each))
            if act is not None and act.digest == each.digest:
                found[each.digest] = LOCKED
        return found


def _data(
    terms: Sequence[Term], parts: Mapping[tuple[str, str], ActivityData]
) -> list[ActivityData]:
    """The statements of terms, and those of their parts: a locked one may rest on other papers."""
    channels = {each.channel for each in terms}
    whole = [each.datum for each in terms if each.datum is not None]
    return whole + [each for (channel, _), each in parts.items() if channel in channels]
