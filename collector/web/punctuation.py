"""Marks between words, as a language sets them; those of Chinese are full-width. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuation:
    """The marks of a language, with the space that follows them.

    Attributes:
        comma: Between items of a list.
        colon: Between a name and what is said of it.
        semicolon: Between statements of a list.
        stop: Between sentences.
        end: After the last sentence.
        opening, closing: Brackets around what is said by the way, with the space before them.
    """

    comma: str
    colon: str
    semicolon: str
    stop: str
    end: str
    opening: str
    closing: str

    def aside(self, text: object) -> str:
        """A text in brackets, to stand behind a word."""
        return f"{self.opening}{text}{self.closing}"


_ENGLISH: Final = Punctuation(
    comma=", ", colon=": ", semicolon="; ", stop=". ", end=".", opening=" (", closing=")"
)
_CHINESE: Final = Punctuation(
    comma="，",
    colon="：",
    semicolon="；",
    stop="。",
    end="。",
    opening="（",
    closing="）",
)


def punctuation_of(language: str) -> Punctuation:
    """The marks of a language, "en" or "zh"."""
    return _CHINESE if language == "zh" else _ENGLISH
