"""The figure of a period: values with their band, the uncorrected beside, what lacks. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from calibration.increment import NS_PER_HOUR
from collector.web.figure import Frame, Scale, band, element, line, text, titled
from collector.web.instrument.asked import NS_PER_DAY, Period
from collector.web.instrument.course import Point
from collector.web.instrument.spells import Spell
from collector.web.numbers import significant
from evidence.clock import NS_PER_S

_ALONE: Final = 80
"""With fewer points each one is marked."""
_MOST_MARKS: Final = 200
_NARROW: Final = 2.0
"""Of the sheet."""
_STEPS_NS: Final = tuple(
    factor * unit
    for unit, factors in (
        (NS_PER_S, (1, 5, 15, 30)),
        (60 * NS_PER_S, (1, 5, 15, 30)),
        (NS_PER_HOUR, (1, 3, 6, 12)),
        (NS_PER_DAY, (1, 2, 7, 14, 31, 91, 366)),
    )
    for factor in factors
)
Places = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the figure says.

    Attributes:
        name, description: For whoever does not see it.
        unit: Of the values.
        cause: Of a spell, in words.
    """

    name: str
    description: str
    unit: str
    cause: Callable[[Spell], str]


def chart(
    points: Sequence[Point],
    spells: Iterable[Spell],
    period: Period,
    zone: ZoneInfo,
    gap_ns: int,
    words: Words,
) -> Markup:
    """The figure.

    Args:
        points: In order of time; one at least with a value.
        spells: Times in which something is missing or not good.
        period: That is shown.
        zone: Of the times below.
        gap_ns: Points that are further apart are not joined.
        words: That it says.
    """
    frame = Frame(height=300)
    y = frame.up(_heights(points))
    x = Scale(
        low=period.start_ns / NS_PER_S,
        high=period.end_ns / NS_PER_S,
        first=frame.left,
        last=frame.width - frame.right,
    )
    runs = list(_runs(points, gap_ns))
    content = [
        *_shades(spells, x, frame, words),
        *_axes(frame, x, y, period, zone),
        text(frame.left, 11, words.unit, class_="name"),
        *(mark for run in runs for mark in _band(run, x, y)),
        *(line(_path(run, x, y, uncorrected=True), "line2") for run in runs if _moved(run)),
        *(line(_path(run, x, y), "line") for run in runs),
        *_marks(points, x, y),
    ]
    return frame.sheet(content, words.name, words.description)


def _heights(points: Iterable[Point]) -> Iterator[float]:
    for each in points:
        if each.value is not None:
            yield from (each.value - (each.U95 or 0.0), each.value + (each.U95 or 0.0))
            yield each.value if each.uncorrected is None else each.uncorrected


def _runs(points: Iterable[Point], gap_ns: int) -> Iterator[list[Point]]:
    """Points with a value that follow each other closely."""
    run: list[Point] = []
    for each in points:
        apart = bool(run) and each.start_ns - run[-1].end_ns > gap_ns
        if run and (each.value is None or apart):
            yield run
            run = []
        if each.value is not None:
            run.append(each)
    if run:
        yield run


def _moved(run: Sequence[Point]) -> bool:
    """Whether a correction changes anything."""
    return any(each.uncorrected not in (None, each.value) for each in run)


def _path(run: Sequence[Point], x: Scale, y: Scale, *, uncorrected: bool = False) -> Places:
    found: Places = []
    for each, at in _placed(run, x):
        value = each.uncorrected if uncorrected else each.value
        if value is not None:
            found.append((at, y.at(value)))
    return found


def _placed(run: Sequence[Point], x: Scale) -> Iterator[tuple[Point, float]]:
    """Points where they begin and end; one as thin as a line in its middle, if it is not alone."""
    for each in run:
        first, last = (x.at(ns / NS_PER_S) for ns in (each.start_ns, each.end_ns))
        if last - first > _NARROW or (len(run) == 1 and last > first):
            yield from ((each, first), (each, last))
        else:
            yield each, round((first + last) / 2, 1)


def _band(run: Sequence[Point], x: Scale, y: Scale) -> Iterator[Markup]:
    known = [each for each in run if each.U95 is not None]
    upper, lower = (
        [
            (at, y.at((each.value or 0.0) + sign * (each.U95 or 0.0)))
            for each, at in _placed(known, x)
        ]
        for sign in (1.0, -1.0)
    )
    if known:
        yield band(upper, lower)


def _marks(points: Sequence[Point], x: Scale, y: Scale) -> Iterator[Markup]:
    """Points that are not good, and each one where there are few."""
    shown = [each for each in points if each.value is not None]
    wrong = [each for each in shown if each.quality not in ("", "good")]
    for each in [*(shown if len(shown) <= _ALONE else []), *wrong[:_MOST_MARKS]]:
        at = (each.start_ns + each.end_ns) / 2 / NS_PER_S
        kind = "point" if each.quality in ("", "good") else "alarm"
        yield element("circle", cx=x.at(at), cy=y.at(each.value or 0.0), r=2.5, class_=kind)


def _shades(spells: Iterable[Spell], x: Scale, frame: Frame, words: Words) -> Iterator[Markup]:
    """Times in which something is missing."""
    missing = [each for each in spells if each.kind == "missing"]
    for each in missing[:_MOST_MARKS]:
        first, last = x.at(each.start_ns / NS_PER_S), x.at(each.end_ns / NS_PER_S)
        height = frame.height - frame.top - frame.bottom
        shade = element(
            "rect", x=first, y=frame.top, width=max(1.0, round(last - first, 1)), height=height,
            class_="gap",
        )  # fmt: skip
        yield titled(shade, words.cause(each))


def _axes(frame: Frame, x: Scale, y: Scale, period: Period, zone: ZoneInfo) -> Iterator[Markup]:
    """The axes: round numbers upward, round times across."""
    yield frame.axes(x, y, lambda _: "", lambda value: significant(value, 7))
    foot = frame.height - frame.bottom
    step = step_of_ticks(period.end_ns - period.start_ns)
    for at_ns in ticks(period, zone, step):
        at = x.at(at_ns / NS_PER_S)
        yield line([(at, foot), (at, foot + 4)], "axis")
        yield text(at, foot + 18, told_as(at_ns, zone, step), "middle")
        if step < NS_PER_DAY and told_as(at_ns, zone, NS_PER_S) == "00:00:00":
            yield text(at, foot + 33, told_as(at_ns, zone, NS_PER_DAY), "middle")


def step_of_ticks(length_ns: int) -> int:
    """A round time of which some eight at the most fit into a length, ns."""
    return next((each for each in _STEPS_NS if 8 * each >= length_ns), _STEPS_NS[-1])


def told_as(at_ns: int, zone: ZoneInfo, step: int) -> str:
    """An instant as a tick says it, where ticks are so far apart."""
    how = "%H:%M:%S" if step < 60 * NS_PER_S else "%H:%M"
    if step >= NS_PER_DAY:
        how = "%Y-%m" if step >= 31 * NS_PER_DAY else "%m-%d"
    return dt.datetime.fromtimestamp(at_ns // NS_PER_S, zone).strftime(how)


def ticks(period: Period, zone: ZoneInfo, step: int) -> Iterator[int]:
    """Round instants of the clock in a zone within a period, UTC ns.

    Args:
        period: That is shown.
        zone: Whose days begin at midnight.
        step: Between them, ns.
    """
    first = dt.datetime.fromtimestamp(period.start_ns // NS_PER_S, zone)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = max(1, step // NS_PER_DAY)
    day = midnight if step < NS_PER_DAY else _first_of(midnight, days)
    while True:
        start_ns = int(day.timestamp()) * NS_PER_S
        following = day + dt.timedelta(days=days)  # of the clock on the wall
        if days >= 31:  # some more, so that short months are passed
            following = _first_of(following + dt.timedelta(days=2), days)
        end_ns = int(following.timestamp()) * NS_PER_S
        for at_ns in range(start_ns, end_ns, step) if step < NS_PER_DAY else (start_ns,):
            if at_ns > period.end_ns:
                return
            if at_ns >= period.start_ns:
                yield at_ns
        day = following


def _first_of(day: dt.datetime, days: int) -> dt.datetime:
    """The day itself, or the first of its month where months are told."""
    return day.replace(day=1) if days >= 31 else day
