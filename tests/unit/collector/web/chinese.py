"""What a page says to people, and which of it is not in their language. For tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

QUOTED: Final = frozenset(("code", "kbd", "samp", "pre", "script", "style"))
"""Elements whose text is for machines."""
VOID: Final = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
SAID: Final = ("alt", "aria-label", "placeholder", "title", "data-label")
IDENTIFIER: Final = re.compile(
    r"[^\s，。；：（）、“”]*[/_=@<>:#][^\s，。；：（）、“”]*"  # names, addresses, influences
    r"|[A-Za-z(][A-Za-z().-]*\d[\w.()-]*"  # models, codes, serial numbers
    r"|\d[\w.:-]*|[0-9a-f]{8,}…?"
)
LATIN: Final = re.compile(r"[A-Za-z]{3,}[A-Za-z'’-]*|[A-Za-z]+-[A-Za-z]{3,}[A-Za-z-]*")
CHINESE: Final = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
_HAN: Final = r"[\u4e00-\u9fff\u3001-\u303f\uff01-\uff60]"
HALF_WIDTH: Final = re.compile(rf"{_HAN}\s?[,.:;()!?](?=\s|{_HAN}|$)|(?<!\d)[,:;(]\s?{_HAN}")


@dataclass(slots=True)
class _Reader(HTMLParser):
    found: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.found += [(f"{tag} {name}", value) for name in SAID if (value := told.get(name))]
        if tag in VOID:
            return
        self.open.append(tag)
        if tag in QUOTED or (len(self.open) > 1 and "lang" in told):
            self.foreign.append(len(self.open))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        while self.foreign and self.foreign[-1] > len(self.open):
            self.foreign.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.foreign:
            self.found.append((self.open[-1] if self.open else "", " ".join(data.split())))


def said(page: str) -> Iterator[tuple[str, str]]:
    """Element, and text, of all that a page says itself: no code, nothing marked as foreign."""
    reader = _Reader()
    reader.feed(page)
    return iter(reader.found)


def latin(page: str, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Latin words of a Chinese page that are neither identifiers nor known names."""
    for where, text in said(page):
        left = IDENTIFIER.sub(" ", text)
        wrong = [each for each in LATIN.findall(left) if each not in names]
        if wrong:
            yield f"{where}: {' '.join(wrong)}", text


def half_width(page: str) -> Iterator[tuple[str, str]]:
    """Texts of a Chinese page with a half-width stop between Chinese characters."""
    return ((where, text) for where, text in said(page) if HALF_WIDTH.search(text))
