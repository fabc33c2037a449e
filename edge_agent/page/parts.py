"""Parts that pages have in common: marks, lists of facts, tables. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from edge_agent.page.health import last_day
from edge_agent.page.look import Look
from edge_agent.page.markup import Content, Markup, tag


def mark(text: str, kind: str) -> Markup:
    """A short word in a frame; `kind` is good, warn, bad or none."""
    return tag("span", text, class_=f"mark {kind}")


def facts(rows: Iterable[tuple[str, Content]]) -> Markup:
    """A list of names and what they are."""
    pairs = [tag("dt", name) + tag("dd", shown) for name, shown in rows]
    return tag("dl", map(Markup, pairs), class_="facts")


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[Content]], name: str
) -> Markup:
    """A table whose first column names its rows; `name` is its id for style and tests."""
    head = tag("thead", tag("tr", [tag("th", each, scope="col") for each in heads]))
    body = tag("tbody", [_row(heads, row) for row in rows])
    whole = tag("table", tag("caption", caption), head, body, id=name, class_="stacked")
    return tag("div", whole, class_="scroll", tabindex="0", role="group", aria_label=caption)


def _row(heads: Sequence[str], row: Sequence[Content]) -> Markup:
    first, *others = row
    cells = [
        tag("td", tag("span", name, class_="name"), tag("span", cell))
        for name, cell in zip(heads[1:], others, strict=True)
    ]
    return tag("tr", tag("th", first, scope="row"), cells)


def moment(look: Look, at: datetime | None, now: datetime, empty: str = "never") -> Content:
    """An instant, and how long ago it was."""
    if at is None:
        return look.t(empty)
    return [look.time(at), " ", tag("span", look.age(at, now), class_="soft")]


def confirmed_until(look: Look, due: datetime | None, now: datetime) -> Content:
    """The last day of a confirmation; said in a word where it is overdue by now."""
    if due is None:
        return look.t("none")
    shown = look.day(last_day(due))
    return shown if due > now else tag("span", shown, " ", look.t("overdue"), class_="bad")


def section(title: str, *content: Content, name: str) -> Markup:
    """A part of a page under a heading."""
    return tag("section", tag("h2", title, id=name), *content, aria_labelledby=name)
