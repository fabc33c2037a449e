"""HTML from parts, every text escaped. Pure."""

from collections.abc import Iterable
from typing import Final, TypeAlias

_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)
_VOID: Final = frozenset({"br", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[Content]"
"""A text, which is escaped unless it is `Markup`; or many of them."""


def escaped(text: str) -> Markup:
    """A text as HTML."""
    return text if isinstance(text, Markup) else Markup(text.translate(_ESCAPES))


def joined(content: Content) -> Markup:
    """Content as HTML."""
    if isinstance(content, str):
        return escaped(content)
    return Markup("".join(map(joined, content)))


def tag(name: str, /, *content: Content, **attributes: str | None) -> Markup:
    """An element.

    Args:
        name: Of the element.
        content: In it.
        attributes: Of it; `class_` is class, `aria_label` is aria-label; None leaves one out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(content)}</{name}>")
