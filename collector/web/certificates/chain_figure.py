"""A chain of papers as a drawn graph: the standards at the top, the channels at the foot. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from collector.web.certificates.graph import Graph, Node
from collector.web.decoded import decoded
from collector.web.figure import Frame, element, line, text, titled
from collector.web.punctuation import punctuation_of
from collector.web.words import say

MOST_ACROSS: Final = 5
WIDE: Final = 204
_STEP_X: Final = 224
_BETWEEN: Final = 40
_EDGE: Final = 12
_CHARACTERS: Final = 25
_LINE: Final = 18
_MOST_LINES: Final = 2
"""Of a name, and of what is said below it."""
_ENDS: Final = "/-_. "
"""Behind which a name is parted."""
_BAD: Final = ("expired", "later", "withdrawn")
Places = Mapping[str, tuple[float, float]]


def chain_figure(graph: Graph, name: str, language: str) -> Markup:
    """The graph; where a level has more nodes than fit, the last one says how many are left out.

    Args:
        graph: With at least one node.
        name: Of the figure.
        language: Of its words.
    """
    rows = [_row(graph.level(level)) for level in graph.levels]
    across = max(len(shown) + bool(more) for shown, more in rows)
    width, high = across * _STEP_X + _EDGE, _high(rows, language)
    frame = Frame(
        width=width,
        own_width=width,
        height=len(rows) * (high + _BETWEEN) - _BETWEEN + 2 * _EDGE,
        left=_EDGE,
        right=_EDGE,
        top=_EDGE,
        bottom=_EDGE,
    )
    places = dict(_places(rows, frame, high))
    marks = [
        *_edges(graph, places, high),
        *(_box(node, places[node.name], high, language) for shown, _ in rows for node in shown),
        *_left_out(rows, frame, high, language),
    ]
    return frame.sheet(marks, name, say("chain.description", language))


def _row(nodes: Sequence[Node]) -> tuple[Sequence[Node], int]:
    """What is shown of a level, and how many are not."""
    if len(nodes) <= MOST_ACROSS:
        return nodes, 0
    return nodes[: MOST_ACROSS - 1], len(nodes) - MOST_ACROSS + 1


def _high(rows: Sequence[tuple[Sequence[Node], int]], language: str) -> int:
    """The height of all boxes: that of the one with most lines, and of two at least."""
    lines = [
        len(parted(decoded(node.name))) + len(parted(_said(node, language)))
        for shown, _ in rows
        for node in shown
    ]
    return 20 + _LINE * max(2, *lines)


def _places(
    rows: Sequence[tuple[Sequence[Node], int]], frame: Frame, high: int
) -> Iterator[tuple[str, tuple[float, float]]]:
    for number, (shown, more) in enumerate(rows):
        left = _left(frame, len(shown) + bool(more))
        for column, node in enumerate(shown):
            yield node.name, (left + column * _STEP_X, _EDGE + number * (high + _BETWEEN))


def _left(frame: Frame, count: int) -> float:
    return (frame.width - count * _STEP_X + _STEP_X - WIDE) / 2


def _edges(graph: Graph, places: Places, high: int) -> Iterator[Markup]:
    for upper, lower in graph.edges:
        if upper in places and lower in places:
            (x1, y1), (x2, y2) = places[upper], places[lower]
            ends = [(x1 + WIDE / 2, y1 + high), (x2 + WIDE / 2, y2)]
            yield line(ends, "limit" if graph.nodes[upper].validity in _BAD else "axis")


def _box(node: Node, place: tuple[float, float], high: int, language: str) -> Markup:
    x, y = place
    box = element("rect", x=x, y=y, width=WIDE, height=high, rx=6, class_=_class(node))
    said = _said(node, language)
    name = [(each, "strong") for each in parted(decoded(node.name))]
    lines = [*name, *((each, None) for each in parted(said))]
    words = [
        text(x + 10, y + 23 + number * _LINE, each, class_=kind)
        for number, (each, kind) in enumerate(lines)
    ]
    colon = punctuation_of(language).colon
    return titled(box + Markup("").join(words), f"{decoded(node.name)}{colon}{node.about or said}")


def _class(node: Node) -> str:
    if node.kind == "here":
        return "box here"
    is_bad = node.validity in _BAD or node.kind == "absent"
    return "box wrong" if is_bad else "box"


def _said(node: Node, language: str) -> str:
    if node.validity in _BAD:
        return say(f"chain.validity_{node.validity}", language)
    if node.kind == "absent":
        return say("chain.absent", language)
    return node.about


def parted(words: str) -> list[str]:
    """Words in lines that a box holds; of more than fit, the last line shows their end.

    Names of one kind begin alike: what tells them apart stands at their end.
    """
    lines, rest = list[str](), words
    while rest and len(lines) < _MOST_LINES:
        room = _room(rest)
        fits = room == len(rest)
        at = room if fits else max(map(rest[:room].rfind, _ENDS)) + 1 or room
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    if rest:
        lines[-1] = f"…{_end(words, _CHARACTERS - 1)}"
    return lines


def _end(words: str, room: int) -> str:
    """The end of words, from the beginning of one on where that leaves half of the room filled."""
    kept = words[len(words) - _room(words[::-1], room) :]
    if words[: -len(kept)].endswith(tuple(_ENDS)):
        return kept
    starts = (at + 1 for at, each in enumerate(kept) if each in _ENDS)
    start = next(starts, 0)
    return kept[start:] if len(kept) - start >= room // 2 else kept


def _room(words: str, room: int = _CHARACTERS) -> int:
    """How many of the characters a line holds; a Chinese one takes the room of two."""
    widths = accumulate(2 if ord(each) > 0x2E7F else 1 for each in words)
    return sum(width <= room for width in widths)


def _left_out(
    rows: Sequence[tuple[Sequence[Node], int]], frame: Frame, high: int, language: str
) -> Iterator[Markup]:
    for number, (shown, more) in enumerate(rows):
        if more:
            x = _left(frame, len(shown) + 1) + len(shown) * _STEP_X
            words = say("chain.more", language, count=more)
            yield text(x + 10, _EDGE + number * (high + _BETWEEN) + high / 2 + 5, words)
