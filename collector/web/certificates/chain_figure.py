"""A chain of papers as a drawn graph: the standards at the top, the channels at the foot. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from collector.web.certificates.graph import Graph, Node
from collector.web.figure import Frame, element, line, text, titled
from collector.web.punctuation import punctuation_of
from collector.web.words import say

MOST_ACROSS: Final = 5
WIDE: Final = 204
HIGH: Final = 56
_STEP_X: Final = 224
_STEP_Y: Final = 96
_EDGE: Final = 12
_CHARACTERS: Final = 26
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
    width = across * _STEP_X + _EDGE
    frame = Frame(
        width=width,
        own_width=width,
        height=(len(rows) - 1) * _STEP_Y + HIGH + 2 * _EDGE,
        left=_EDGE,
        right=_EDGE,
        top=_EDGE,
        bottom=_EDGE,
    )
    places = dict(_places(rows, frame))
    marks = [
        *_edges(graph, places),
        *(_box(node, places[node.name], language) for shown, _ in rows for node in shown),
        *_left_out(rows, frame, language),
    ]
    return frame.sheet(marks, name, say("chain.description", language))


def _row(nodes: Sequence[Node]) -> tuple[Sequence[Node], int]:
    """What is shown of a level, and how many are not."""
    if len(nodes) <= MOST_ACROSS:
        return nodes, 0
    return nodes[: MOST_ACROSS - 1], len(nodes) - MOST_ACROSS + 1


def _places(
    rows: Sequence[tuple[Sequence[Node], int]], frame: Frame
) -> Iterator[tuple[str, tuple[float, float]]]:
    for number, (shown, more) in enumerate(rows):
        left = _left(frame, len(shown) + bool(more))
        for column, node in enumerate(shown):
            yield node.name, (left + column * _STEP_X, _EDGE + number * _STEP_Y)


def _left(frame: Frame, count: int) -> float:
    return (frame.width - count * _STEP_X + _STEP_X - WIDE) / 2


def _edges(graph: Graph, places: Places) -> Iterator[Markup]:
    for upper, lower in graph.edges:
        if upper in places and lower in places:
            (x1, y1), (x2, y2) = places[upper], places[lower]
            ends = [(x1 + WIDE / 2, y1 + HIGH), (x2 + WIDE / 2, y2)]
            yield line(ends, "limit" if graph.nodes[upper].validity in _BAD else "axis")


def _box(node: Node, place: tuple[float, float], language: str) -> Markup:
    x, y = place
    box = element("rect", x=x, y=y, width=WIDE, height=HIGH, rx=6, class_=_class(node))
    said = _said(node, language)
    words = [
        text(x + 10, y + 23, _short(node.name), class_="strong"),
        text(x + 10, y + 43, _short(said)),
    ]
    colon = punctuation_of(language).colon
    return titled(box + Markup("").join(words), f"{node.name}{colon}{node.about or said}")


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


def _short(words: str) -> str:
    """As much as a box holds; a Chinese character takes the room of two."""
    room, kept = _CHARACTERS, ""
    for each in words:
        room -= 2 if ord(each) > 0x2E7F else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += each
    return kept


def _left_out(
    rows: Sequence[tuple[Sequence[Node], int]], frame: Frame, language: str
) -> Iterator[Markup]:
    for number, (shown, more) in enumerate(rows):
        if more:
            x = _left(frame, len(shown) + 1) + len(shown) * _STEP_X
            words = say("chain.more", language, count=more)
            yield text(x + 10, _EDGE + number * _STEP_Y + 33, words)
