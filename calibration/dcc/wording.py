"""Texts in several languages: how a DCC holds them, and which one is shown."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from calibration.dcc.content import Content, Text
from calibration.dcc.document import children, within


def text_in(element: Element | None, *names: str) -> Text:
    """The text below `element` along a path of names, in each of its languages; as written."""
    found = [] if element is None else within(element, *names)
    return tuple(
        Content(language=each.get("lang") or "", text=each.text or "")
        for holder in found
        for each in children(holder, "content")
    )


def said(text: Text, languages: Sequence[str] = ()) -> str:
    """The text in the first of `languages` it has, or else as it comes first, on one line."""
    order = {language: rank for rank, language in enumerate(dict.fromkeys(languages))}
    ranked = sorted(text, key=lambda each: order.get(each.language, len(order)))
    return " ".join(ranked[0].text.split()) if ranked else ""
