"""What pages say, in English and Chinese: one table a file, read once.

A number decides between the forms of a word behind it: `{count} {count:channel|channels}`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, Final

LANGUAGES: Final = ("en", "zh")


class UnknownWordsError(RuntimeError):
    """A page asks for words that no table has: a mistake of this software."""


class _Filling(Formatter):
    """Fills places as `str.format` does; of two forms of a word that for one, or for others."""

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as it is there
        one, has_forms, others = format_spec.partition("|")
        if not has_forms:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else others


_FILLING: Final = _Filling()


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """All words: key -> language -> text. A key begins with the name of its table."""
    folder = resources.files(__package__) / "words"
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".json"):
            table = file.name.removesuffix(".json")
            for key, texts in json.loads(file.read_text("utf-8")).items():
                found[f"{table}.{key}"] = texts
    return found


def say(key: str, language: str, **facts: object) -> str:
    """The words of a key, filled with facts.

    Args:
        key: `<table>.<key>`.
        language: "en" or "zh".
        facts: For the places in braces.

    Raises:
        UnknownWordsError: No table has the key, or a place has no fact.
    """
    try:
        text = tables()[key][language]
        return _FILLING.vformat(text, (), facts) if "|" in text else text.format(**facts)
    except (KeyError, IndexError) as missing:
        raise UnknownWordsError(f"{key} ({language}): {missing}") from missing


def has(key: str) -> bool:
    """Whether there are words for a key: a code of a closed vocabulary may be newer than they."""
    return key in tables()
