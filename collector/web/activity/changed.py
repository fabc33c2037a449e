"""What changed between two versions of a statement, in words. Pure."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from collector.web.numbers import significant
from collector.web.punctuation import punctuation_of
from collector.web.words import has, say


def change_words(what: str, told: str, language: str) -> str:
    """One thing that a version says and the other one does not.

    Args:
        what: The field of the statement.
        told: As the difference tells it: a name, a code, or an object as JSON.
        language: "en" or "zh".
    """
    if what == "quality":
        return _coded(f"factory.state_{told}", told, language)
    if what == "u_basis":
        return _coded(f"factory.basis_{told}", told, language)
    if what == "uncorrected_value":
        return significant(float(told), 9)
    if what in _OBJECTS:
        return _OBJECTS[what](json.loads(told), language)
    return told


def _coded(key: str, code: str, language: str) -> str:
    """The words of a code; one of a newer version stands for itself."""
    return say(key, language) if has(key) else code


def _named(told: dict[str, Any], language: str, *, name: str, of: str) -> str:
    aside = punctuation_of(language).aside
    return f"{told[name]}{aside(told[of])}" if told.get(of) else str(told[name])


def _event(told: dict[str, Any], language: str) -> str:
    kind = _coded(f"statement.event_{told['kind']}", told["kind"], language)
    marks, readings = punctuation_of(language), (told["before"], told["after"])
    before, after = (significant(each, 9) for each in readings)
    return f"{told['at']}{marks.colon}{kind}{marks.comma}{before} → {after}"


def _doubt(told: dict[str, Any], language: str) -> str:
    because = _coded(f"statement.because_{told['because']}", told["because"], language)
    between = f" {told['before']} → {told['after']}" if told.get("before") else ""
    marks = punctuation_of(language)
    span = f"{told['start']} – {told['end']}"
    return f"{told['serial']}{marks.comma}{span}{marks.colon}{because}{between}"


_OBJECTS: Final[Mapping[str, Callable[[dict[str, Any], str], str]]] = {
    "unstated_standards": partial(_named, name="standard", of="certificate"),
    "settings": partial(_named, name="setting", of="document"),
    "events": _event,
    "doubts": _doubt,
}
