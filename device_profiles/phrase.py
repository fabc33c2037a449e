"""A phrase in both languages, and facts of errors in one of them. Pure."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """One phrase in both languages, for a fact that is prose."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en


def facts_in(language: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as the reader of one language, "en" or "zh", sees them."""
    return {
        name: getattr(fact, language) if isinstance(fact, Words) else fact
        for name, fact in facts.items()
    }
