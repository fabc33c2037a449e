"""What an entry changed, field by field: what it was, and what it became. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from collector.web.words import say
from evidence.log.entry import Act, Action
from evidence.statement.boundary.book import BOUNDED

MOST: Final = 200
LONGEST: Final = 500
NOTHING: Final = ""
BOUNDARY_WORDS: Final = ("name", "line", "product", "kind")
"""What a boundary may say in Chinese too."""
_OF_USERS: Final = (Action.USER_ADDED, Action.USER_CHANGED, Action.USER_FOUND)
_CHINESE: Final = frozenset(f"{name}_zh" for name in BOUNDARY_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of what was changed; "" is where there was, or is, nothing.

    Attributes:
        name: Its names from the outside in, `start.value`; "" for all of it.
        was, became: As plain text.
        is_changed: Whether they differ.
    """

    name: str
    was: str
    became: str
    is_changed: bool


def fields_of(old: object, new: object) -> list[Field]:
    """The fields of two JSON values beside each other, in the order of the new one; at most 200."""
    was, became = dict(_flat(old)), dict(_flat(new))
    names = list(dict.fromkeys([*became, *was]))[:MOST]
    return [
        Field(
            name=name,
            was=was.get(name, NOTHING),
            became=became.get(name, NOTHING),
            is_changed=was.get(name) != became.get(name),
        )
        for name in names
    ]


def fields_in(entry: Act, language: str = "en") -> list[Field]:
    """What an entry of the journal changed, by its kind.

    Args:
        entry: Of the journal.
        language: "zh" has what a boundary says in Chinese before its other words, in one field.
    """
    if entry.action in BOUNDED:
        told = _in_chinese if language == "zh" else _boundary
        return fields_of(told(entry.old), told(entry.new))
    if entry.action is Action.CORRECTION:
        return fields_of(*_corrected(entry.old, entry.new))
    if entry.action in _OF_USERS:
        return fields_of(_sites_said(entry.old, language), _sites_said(entry.new, language))
    return fields_of(entry.old, entry.new)


def _sites_said(said: object, language: str) -> object:
    """A user whose empty list of sites says what it means: no limit."""
    if not isinstance(said, Mapping) or said.get("sites") != []:
        return said
    return {**said, "sites": say("people.all_sites", language)}


def _boundary(said: object) -> object:
    """A boundary whose terms are texts, without its name, which is the entry's subject."""
    if not isinstance(said, Mapping):
        return said
    kept = {name: value for name, value in said.items() if name != "id"}
    terms = said.get("terms")
    if isinstance(terms, list) and all(isinstance(each, Mapping) for each in terms):
        kept["terms"] = [f"{each.get('factor', '1')} × {each.get('channel')}" for each in terms]
    return kept


def _in_chinese(said: object) -> object:
    """A boundary whose words stand in Chinese where it has them, with the others behind."""
    told = _boundary(said)
    if not isinstance(told, Mapping):
        return told
    kept = {name: value for name, value in told.items() if name not in _CHINESE}
    for name in BOUNDARY_WORDS:
        if chinese := told.get(f"{name}_zh"):
            kept[name] = f"{chinese}（{told[name]}）" if told.get(name) else chinese
    return kept


def _corrected(old: object, new: object) -> tuple[object, object]:
    """A correction, from the content that it corrects."""
    if not isinstance(old, Mapping) or "content" not in old:
        return old, new
    number = {"entry": old.get("entry")}
    return number | _plain(old["content"]), number | _plain(new)


def _plain(content: object) -> dict[str, object]:
    """The parts of a content by name; none of what was withdrawn."""
    return dict(content) if isinstance(content, Mapping) else {}


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Each plain part of a JSON value, with its name."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(each, list | Mapping) for each in value):
        for number, each in enumerate(value):
            yield from _flat(each, f"{name}.{number}" if name else str(number))
    elif value is not None:
        yield name, _text(value)[:LONGEST]


def _text(value: Any) -> str:  # noqa: ANN401 - what JSON can say
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
