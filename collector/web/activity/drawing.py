"""Bars of a course with their expanded uncertainty, and what contributes to a variance. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from collector.web.activity.shares import Cause
from collector.web.activity.sums import Sum
from collector.web.figure import Frame, Scale, element, line, text, titled
from collector.web.numbers import share, significant, uncertainty

MOST_LABELS: Final = 12
_WIDEST: Final = 48.0
_ROW: Final = 22
_LABEL: Final = 300
_LONGEST: Final = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar from 0, with a second one beside it, and a whisker.

    Attributes:
        label: Under it, where there is room.
        value: Where it ends.
        beside: Where the second one ends; None for none.
        half: Half of the whisker; None where it is not known.
        words: What a pointer and a screen reader find.
    """

    label: str
    value: float
    beside: float | None
    half: float | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a figure is called and what it shows, in words."""

    name: str
    description: str


def course(sums: Sequence[Sum], labels: Sequence[str], words: Callable[[Sum], str]) -> list[Bar]:
    """Corrected amounts beside uncorrected ones, with U."""
    return [
        Bar(
            label=label,
            value=each.value,
            beside=each.uncorrected,
            half=each.expanded,
            words=words(each),
        )
        for each, label in zip(sums, labels, strict=True)
    ]


def corrections(
    sums: Sequence[Sum], labels: Sequence[str], words: Callable[[Sum], str]
) -> list[Bar]:
    """What the certificates change, with U of the corrected amount: it is on a scale of its own."""
    return [
        Bar(
            label=label,
            value=each.correction,
            beside=None,
            half=each.expanded,
            words=words(each),
        )
        for each, label in zip(sums, labels, strict=True)
        if each.correction is not None
    ]


def bars(found: Sequence[Bar], unit: str, named: Named) -> Markup:
    """A figure of bars in their order; at least one.

    Args:
        found: The bars.
        unit: Symbol, over the upright axis.
        named: For whoever does not see it.
    """
    frame = Frame(left=92, top=28)
    y = frame.up([end for each in found for end in _ends(each)], with_zero=True)
    room = (frame.width - frame.left - frame.right) / len(found)
    every = -(-len(found) // MOST_LABELS)
    content = [*_axis(frame, y), text(6, 16, unit)]
    for number, each in enumerate(found):
        middle = frame.left + (number + 0.5) * room
        content.append(titled(Markup("").join(_bar(each, y, middle, room)), each.words))
        if number % every == 0:
            content.append(text(round(middle, 1), frame.height - 18, each.label, "middle"))
    return frame.sheet(content, named.name, named.description)


def _ends(each: Bar) -> Iterator[float]:
    yield each.value
    if each.beside is not None:
        yield each.beside
    if each.half is not None:
        yield from (each.value - each.half, each.value + each.half)


def _axis(frame: Frame, y: Scale) -> Iterator[Markup]:
    for tick in y.ticks():
        at = y.at(tick)
        kind = "axis" if tick == 0.0 else "grid"
        yield line([(frame.left, at), (frame.width - frame.right, at)], kind)
        yield text(frame.left - 6, at + 4, significant(tick), "end")


def _bar(each: Bar, y: Scale, middle: float, room: float) -> Iterator[Markup]:
    width = min(0.7 * room, _WIDEST)
    left = middle - width / 2
    first = width if each.beside is None else width * 0.6
    yield _box(left, first, y.at(0.0), y.at(each.value), "bar")
    if each.beside is not None:
        yield _box(left + first, width - first, y.at(0.0), y.at(each.beside), "bar2")
    if each.half is not None:
        yield from _whisker(left + first / 2, first, y.at(each.value - each.half), each, y)


def _whisker(at: float, width: float, low: float, each: Bar, y: Scale) -> Iterator[Markup]:
    high = y.at(each.value + (each.half or 0.0))
    at, reach = round(at, 1), round(min(width / 2, 6.0), 1)
    yield line([(at, low), (at, high)], "whisker")
    for end in (low, high):
        yield line([(round(at - reach, 1), end), (round(at + reach, 1), end)], "whisker")


def _box(left: float, width: float, one: float, other: float, kind: str) -> Markup:
    return element(
        "rect",
        x=round(left, 1),
        y=min(one, other),
        width=round(max(width, 0.5), 1),
        height=round(abs(one - other), 1),
        class_=kind,
    )


def variances(
    found: Sequence[Cause], words: Callable[[Cause], str], unit: str, named: Named
) -> Markup:
    """A figure of bars from left to right, one a cause, the greatest at the top; at least one."""
    frame = Frame(height=_ROW * len(found) + 12, left=_LABEL, right=70, top=6, bottom=6)
    x = Scale(low=0.0, high=1.0, first=frame.left, last=frame.width - frame.right)
    content: list[Markup] = []
    for number, each in enumerate(found):
        top, end = frame.top + number * _ROW, x.at(each.share)
        said = f"{words(each)} · {share(each.share)} · u = {uncertainty(each.u)} {unit}"
        box = _box(frame.left, end - frame.left, top + 4, top + _ROW - 4, "bar")
        content += [
            text(frame.left - 8, top + 15, _short(words(each)), "end"),
            titled(box, said),
            text(end + 6, top + 15, share(each.share)),
        ]
    return frame.sheet(content, named.name, named.description)


def _short(words: str) -> str:
    """As many of the words as the margin holds; a Chinese character is as wide as two others."""
    widths = [2 if each >= "\u2e80" else 1 for each in words]
    if sum(widths) <= _LONGEST:
        return words
    kept = sum(width <= _LONGEST - 1 for width in accumulate(widths))
    return f"{words[:kept]}…"
