"""The figure of certificates over time: calibrated, applied, overdue, and what happened. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from calibration.event import CalibrationEvent
from collector.web.figure import Frame, Scale, element, line, text, titled
from collector.web.instrument.applied import Applied
from collector.web.instrument.asked import Period, Step
from collector.web.instrument.chart import step_of_ticks, ticks, told_as
from collector.web.times import day
from evidence.audit.stood import ns_of
from evidence.clock import NS_PER_S

_LANE: Final = 34
_DAY_NS: Final = 86_400 * NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the figure says.

    Attributes:
        name, description: For whoever does not see it.
        now: At the line of the present.
        state: Of a certificate, in words.
        event: Of what happened, in words.
    """

    name: str
    description: str
    now: str
    state: Callable[[Applied], str]
    event: Callable[[CalibrationEvent], str]


def timeline(
    rows: Sequence[Applied],
    events: Iterable[CalibrationEvent],
    now_ns: int,
    zone: ZoneInfo,
    words: Words,
) -> Markup:
    """The figure.

    Args:
        rows: One at least.
        events: What happened to instruments and certificates.
        now_ns: The present, UTC.
        zone: Of the days below.
        words: That it says.
    """
    happened = list(events)
    frame = Frame(height=20 + 40 + _LANE * len(rows), left=12)
    x = _across(frame, rows, happened, now_ns)
    content = [
        *_days(frame, x, zone),
        *_now(frame, x, now_ns, words),
        *(
            mark
            for place, row in enumerate(rows)
            for mark in _lane(frame, x, place, row, applied_times(row, now_ns), words)
        ),
        *_events(frame, x, happened, zone, words),
    ]
    return frame.sheet(content, words.name, words.description)


def _across(
    frame: Frame, rows: Sequence[Applied], events: Iterable[CalibrationEvent], now_ns: int
) -> Scale:
    marks = [at for row in rows for at in (row.performed_ns, row.from_ns, row.due_ns) if at]
    marks += [now_ns, *(ns_of(each.at) for each in events)]
    low, high = min(marks), max(marks)
    room = max(_DAY_NS, (high - low) // 40)
    return Scale(
        low=(low - room) / NS_PER_S,
        high=(high + room) / NS_PER_S,
        first=frame.left,
        last=frame.width - frame.right,
    )


def _days(frame: Frame, x: Scale, zone: ZoneInfo) -> Iterator[Markup]:
    whole = Period(start_ns=int(x.low) * NS_PER_S, end_ns=int(x.high) * NS_PER_S, step=Step.DAY)
    foot = frame.height - frame.bottom
    step = max(_DAY_NS, step_of_ticks(whole.end_ns - whole.start_ns))
    yield line([(frame.left, foot), (frame.width - frame.right, foot)], "axis")
    for at_ns in ticks(whole, zone, step):
        at = x.at(at_ns / NS_PER_S)
        yield line([(at, foot), (at, frame.top)], "grid")
        said = told_as(at_ns, zone, step)
        yield text(min(max(at, 40), frame.width - 40), foot + 18, said, "middle")


Times = Sequence[tuple[int, int, str]]


def _lane(
    frame: Frame, x: Scale, place: int, row: Applied, times: Times, words: Words
) -> Iterator[Markup]:
    """One certificate: its day, the time in which it is applied, then that of being overdue."""
    top = frame.top + _LANE * place
    said = f"{row.name} · {words.state(row)}"
    for first_ns, last_ns, kind in times:
        first, last = x.at(first_ns / NS_PER_S), x.at(last_ns / NS_PER_S)
        width = max(2.0, round(last - first, 1))
        bar = element("rect", x=first, y=top + 16, width=width, height=10, class_=kind)
        yield titled(bar, said)
    if row.performed_ns is not None:
        at = x.at(row.performed_ns / NS_PER_S)
        yield titled(element("circle", cx=at, cy=top + 21, r=5, class_="point"), said)
    yield text(*_label(frame, x, row, top), said if len(said) < 90 else row.name, class_="over")


def _label(frame: Frame, x: Scale, row: Applied, top: int) -> tuple[float, float]:
    """Where the words of a lane begin: above its bar, and never beyond the sheet."""
    first = min(each for each in (row.performed_ns, row.from_ns, row.due_ns) if each is not None)
    return min(x.at(first / NS_PER_S), 0.55 * frame.width), top + 12


def applied_times(row: Applied, now_ns: int) -> Times:
    """From when until when it is applied in date, and overdue until now: [from, until), class.

    One that failed or was withdrawn is never applied; what is in date is drawn to its last day.
    """
    if row.from_ns is None or row.due_ns is None or row.state in ("failed", "withdrawn"):
        return ()
    end_ns = max(now_ns, row.due_ns) if row.until_ns is None else row.until_ns
    in_date = (row.from_ns, max(row.from_ns, min(row.due_ns, end_ns)), "bar")
    if end_ns <= row.due_ns:
        return (in_date,)
    return (in_date, (max(row.from_ns, row.due_ns), end_ns, "overdue"))


def _events(
    frame: Frame, x: Scale, events: Iterable[CalibrationEvent], zone: ZoneInfo, words: Words
) -> Iterator[Markup]:
    foot = frame.height - frame.bottom
    for each in events:
        at_ns = ns_of(each.at)
        at = x.at(at_ns / NS_PER_S)
        mark = element("rect", x=at - 4, y=foot - 4, width=8, height=8, class_="event")
        yield titled(mark, f"{day(at_ns, zone)} {words.event(each)}")


def _now(frame: Frame, x: Scale, now_ns: int, words: Words) -> Iterator[Markup]:
    at, foot = x.at(now_ns / NS_PER_S), frame.height - frame.bottom
    yield line([(at, frame.top), (at, foot)], "now")
    anchor = "end" if at > 0.8 * frame.width else "start"
    yield text(at, foot + 34, words.now, anchor)
