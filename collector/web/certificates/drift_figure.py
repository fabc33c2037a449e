"""The course of an instrument over its certificates as a figure. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from calibration.unit_symbol import symbol
from collector.web.certificates.curve_figure import axis_words
from collector.web.certificates.drift import DriftView, HistoryPoint
from collector.web.figure import Frame, Scale, element, line, text, titled
from collector.web.numbers import significant, stated
from collector.web.punctuation import punctuation_of
from collector.web.words import say

_YEAR_DAYS: Final = 365


def drift_figure(view: DriftView, name: str, language: str) -> Markup:
    """Values as found and as left by day, with U (k = 2), joined where nobody adjusted between.

    Args:
        view: With a history of at least one point.
        name: Of the figure.
        language: Of its words.
    """
    frame = Frame()
    x = frame.across(float(each.day.toordinal()) for each in view.history)
    y = frame.up(_heights(view))
    marks = [
        frame.axes(x, y, lambda _: "", significant),
        *_days(view.history, frame, x),
        *axis_words(frame, "", symbol(view.unit)),
        *_limits(view, frame, y),
        *_joined(view, x, y),
        *(_mark(each, view.unit, x, y, language) for each in view.history),
    ]
    return frame.sheet(marks, name, say("certificate.drift_description", language))


def _heights(view: DriftView) -> Iterator[float]:
    yield 0.0
    for each in view.history:
        yield each.value - each.expanded_uncertainty
        yield each.value + each.expanded_uncertainty
    if view.limit is not None:
        yield from (-view.limit, view.limit)


def _days(history: Sequence[HistoryPoint], frame: Frame, x: Scale) -> Iterator[Markup]:
    """A tick for each year's first day; for the days themselves where they are close."""
    first, last = history[0].day, history[-1].day
    if (last - first).days > 2 * _YEAR_DAYS:
        ticks = [dt.date(year, 1, 1) for year in range(first.year, last.year + 2)]
        words = [str(each.year) for each in ticks]
    else:
        ticks = sorted({first, last})
        words = [str(each) for each in ticks]
    foot = frame.height - frame.bottom
    for day, word in zip(ticks, words, strict=True):
        at = float(day.toordinal())
        if x.low <= at <= x.high:
            yield line([(x.at(at), foot), (x.at(at), foot + 4)], "axis")
            yield text(x.at(at), foot + 18, word, "middle")


def _limits(view: DriftView, frame: Frame, y: Scale) -> Iterator[Markup]:
    ends = frame.left, frame.width - frame.right
    yield line([(end, y.at(0.0)) for end in ends], "axis")
    if view.limit is not None:
        for half in (-view.limit, view.limit):
            yield line([(end, y.at(half)) for end in ends], "limit")


def _joined(view: DriftView, x: Scale, y: Scale) -> Iterator[Markup]:
    """Each move: what happened to the instrument while it was in use."""
    for each in view.moves:
        begins, ends = x.at(float(each.begins.toordinal())), x.at(float(each.ends.toordinal()))
        yield line([(begins, y.at(each.as_left)), (ends, y.at(each.as_found))])


def _mark(each: HistoryPoint, unit: str, x: Scale, y: Scale, language: str) -> Markup:
    place = x.at(float(each.day.toordinal())) + (-3 if each.condition == "as_found" else 3)
    top, foot = (
        y.at(each.value + each.expanded_uncertainty),
        y.at(each.value - each.expanded_uncertainty),
    )
    whisker = line([(place, foot), (place, top)], "whisker")
    middle = y.at(each.value)
    point = (
        element("circle", cx=place, cy=middle, r=4, class_="point")
        if each.condition == "as_left"
        else element("rect", x=place - 4, y=middle - 4, width=8, height=8, class_="box")
    )
    condition = say(f"certificate.{each.condition}", language)
    value = f"{stated(each.value, each.expanded_uncertainty)} {symbol(unit)}"
    marks = punctuation_of(language)
    said = f"{each.day} {each.certificate}{marks.comma}{condition}{marks.colon}{value}"
    return titled(whisker + point, said)
