"""Sums as rows, figures and words of a page. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from calibration.unit_symbol import symbol
from collector.api.period import By
from collector.web.activity.drawing import Named, bars, corrections, course, variances
from collector.web.activity.labels import is_cut, label, short
from collector.web.activity.shares import OTHER, REST, Cause
from collector.web.activity.spans import Range, Span, finer, written
from collector.web.activity.sums import Sum
from collector.web.activity.view import Quantity
from collector.web.decoded import decoded
from collector.web.numbers import beside, share, stated

Say = Callable[..., str]
_THIN: Final = "\u202f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part of the range, and where one looks into it.

    Attributes:
        is_cut: Whether it is less than what it is called by.
        start, end, by: Parameters of the address that looks into it.
    """

    label: str
    is_cut: bool
    sum: Sum
    start: str
    end: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A quantity with its rows and figures.

    Attributes:
        course: Amounts of the parts; None where there are fewer than two.
        corrections: What certificates change in them; None where they change nothing.
        causes: What contributes to the variance; None where that is not known.
        has_uncertainty, has_uncorrected: Whether any bar of the course has a whisker, or one
            beside it.
    """

    quantity: Quantity
    symbol: str
    rows: Sequence[Row]
    course: Markup | None
    corrections: Markup | None
    causes: Markup | None
    has_uncertainty: bool
    has_uncorrected: bool


class Teller:
    """Tells quantities in a language and a zone.

    Args:
        say: The words of a key.
        zone: Whose days count.
        asked: The range that is looked at.
    """

    def __init__(self, say: Say, zone: ZoneInfo, asked: Range) -> None:
        self._say, self._zone, self._asked = say, zone, asked

    def told(self, quantity: Quantity) -> Told:
        """A quantity as the page shows it."""
        unit = symbol(quantity.unit)
        return Told(
            quantity=quantity,
            symbol=unit,
            rows=[self._row(each) for each in quantity.parts],
            course=self._course(quantity, unit),
            corrections=self._corrections(quantity, unit),
            causes=self._causes(quantity, unit),
            has_uncertainty=any(each.expanded is not None for each in quantity.parts),
            has_uncorrected=any(each.uncorrected is not None for each in quantity.parts),
        )

    def _row(self, each: Sum) -> Row:
        span, by = each.span, self._asked.by
        return Row(
            label=label(span, by, self._zone),
            is_cut=is_cut(span, by, self._zone),
            sum=each,
            start=written(span[0], self._zone),
            end=written(span[1], self._zone),
            by=_into(span, by).value,
        )

    def _labels(self, parts: Sequence[Sum]) -> list[str]:
        return [short(each.span, self._asked.by, self._zone) for each in parts]

    def _course(self, quantity: Quantity, unit: str) -> Markup | None:
        if len(quantity.parts) < 2:
            return None
        found = course(quantity.parts, self._labels(quantity.parts), self._amount(unit))
        named = self._named("activity.course", "activity.course_described", unit)
        return bars(found, unit, named)

    def _corrections(self, quantity: Quantity, unit: str) -> Markup | None:
        if len(quantity.parts) < 2 or not any(each.correction for each in quantity.parts):
            return None
        found = corrections(quantity.parts, self._labels(quantity.parts), self._correction(unit))
        named = self._named("activity.corrections", "activity.corrections_described", unit)
        return bars(found, unit, named)

    def _causes(self, quantity: Quantity, unit: str) -> Markup | None:
        if not quantity.causes:
            return None
        named = self._named("activity.causes", "activity.causes_described", unit)
        return variances(quantity.causes, lambda each: cause_words(each, self._say), unit, named)

    def _named(self, name: str, description: str, unit: str) -> Named:
        return Named(name=self._say(name), description=self._say(description, unit=unit))

    def _amount(self, unit: str) -> Callable[[Sum], str]:
        def words(each: Sum) -> str:
            return self._say(
                "activity.bar",
                part=label(each.span, self._asked.by, self._zone),
                value=f"{stated(each.value, each.expanded)}{_THIN}{unit}",
                uncorrected="–"
                if each.uncorrected is None
                else f"{beside(each.uncorrected, each.expanded)}{_THIN}{unit}",
                ratio=share(each.ratio),
            )

        return words

    def _correction(self, unit: str) -> Callable[[Sum], str]:
        def words(each: Sum) -> str:
            part = label(each.span, self._asked.by, self._zone)
            return f"{part} · {stated(each.correction or 0.0, each.expanded)}{_THIN}{unit}"

        return words


def _into(span: Span, by: By) -> By:
    """What a part is divided into; an hour is not: its readings are shown."""
    return By.TOTAL if by == By.HOUR else finer(span)


def cause_words(each: Cause, say: Say) -> str:
    """What a cause is called."""
    if each.kind == OTHER:
        return decoded(each.subject)
    if each.kind == REST:
        return say("activity.cause_rest", count=each.subject)
    return f"{say(f'activity.cause_{each.kind}')} {decoded(each.subject)}"
