"""Figures as SVG: scales, ticks, axes, and the marks that pages draw with. Pure.

A figure is text that prints, scales and follows the page's colours; it needs no script. Every mark
has a class of `style.css`, never a colour of its own.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From numbers of a quantity to places on the sheet, straight.

    Attributes:
        low, high: Of the quantity; low < high.
        first, last: Where these lie.
    """

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Where a number lies, to a tenth of a pixel; what lies beyond the ends stays there."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 1)

    def ticks(self, about: int = 5) -> tuple[float, ...]:
        """Round numbers within the ends, about so many."""
        raw = (self.high - self.low) / max(about, 1)
        size = 10.0 ** math.floor(math.log10(raw))
        step = size * next(each for each in _STEPS if each * size >= raw * (1.0 - 1e-12))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(round(k * step, 12) for k in range(first, last + 1))


def scale(values: Iterable[float], first: float, last: float, *, with_zero: bool = False) -> Scale:
    """A scale that holds all values with a little room; around 0 or one number a room of its own.

    Args:
        values: Finite; none at all is 0 to 1.
        first: Where the lowest lies.
        last: Where the highest lies.
        with_zero: Whether 0 must be on it, as the foot of bars.
    """
    found = [*values, *([0.0] if with_zero else [])] or [0.0, 1.0]
    low, high = min(found), max(found)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    bottom = low if with_zero and low == 0.0 else low - room
    top = high if with_zero and high == 0.0 > low else high + room
    return Scale(low=bottom, high=top, first=first, last=last)


def element(name: str, content: str | Markup = "", /, **attributes: object) -> Markup:
    """An element; attributes that are None are left out, `class_` is `class`, `_` is `-`."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, told, escape(content))


def text(x: float, y: float, words: str, anchor: str = "start", **attributes: object) -> Markup:
    """Words at a place."""
    return element("text", words, x=x, y=y, text_anchor=anchor, **attributes)


def line(points: Sequence[tuple[float, float]], class_: str = "line") -> Markup:
    """A line through places."""
    return element("polyline", points=" ".join(f"{x},{y}" for x, y in points), class_=class_)


def band(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> Markup:
    """What lies between two lines."""
    around = [*upper, *reversed(lower)]
    return element("polygon", points=" ".join(f"{x},{y}" for x, y in around), class_="band")


def titled(mark: Markup, words: str) -> Markup:
    """A mark with words that a pointer, and a screen reader, finds."""
    return element("g", element("title", words) + mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The sheet of a figure, and the part of it that is drawn in.

    Attributes:
        width, height: Of the sheet; it is scaled to the page's width.
        left, right, top, bottom: Margins, for the axes.
        own_width: How wide it is shown, in pixels of CSS; None as wide as there is room.
    """

    width: int = 720
    height: int = 260
    left: int = 64
    right: int = 16
    top: int = 16
    bottom: int = 40
    own_width: int | None = None

    def across(self, values: Iterable[float], *, with_zero: bool = False) -> Scale:
        """A scale from left to right."""
        return scale(values, self.left, self.width - self.right, with_zero=with_zero)

    def up(self, values: Iterable[float], *, with_zero: bool = False) -> Scale:
        """A scale from the bottom up."""
        return scale(values, self.height - self.bottom, self.top, with_zero=with_zero)

    def axes(
        self, x: Scale, y: Scale, x_words: Callable[[float], str], y_words: Callable[[float], str]
    ) -> Markup:
        """Both axes, with ticks and a grid.

        Args:
            x: From left to right.
            y: From the bottom up.
            x_words: What a tick of x says; an empty text draws none.
            y_words: What a tick of y says.
        """
        return Markup("").join([*self._upright(y, y_words), *self._level(x, x_words)])

    def _upright(self, y: Scale, words: Callable[[float], str]) -> Iterator[Markup]:
        for tick in y.ticks():
            at = y.at(tick)
            ends = [(self.left, at), (self.width - self.right, at)]
            yield line(ends, "grid")
            yield text(self.left - 6, at + 4, words(tick), "end")

    def _level(self, x: Scale, words: Callable[[float], str]) -> Iterator[Markup]:
        foot = self.height - self.bottom
        yield line([(self.left, foot), (self.width - self.right, foot)], "axis")
        for tick in x.ticks():
            said = words(tick)
            if said:
                yield line([(x.at(tick), foot), (x.at(tick), foot + 4)], "axis")
                yield text(x.at(tick), foot + 18, said, "middle")

    def sheet(self, content: Iterable[Markup], name: str, description: str) -> Markup:
        """The figure, with a name and a description for whoever does not see it."""
        head = element("title", name) + element("desc", description)
        return element(
            "svg",
            head + Markup("").join(content),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {self.height}",
            width=self.own_width,
            class_="figure",
            role="img",
            aria_label=name,
        )
