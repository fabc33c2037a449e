"""What changed between two versions of a statement, in words. Pure."""

import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from calibration.unit_symbol import symbol
from collector.web.numbers import THIN, significant, told_apart, uncertainty
from collector.web.punctuation import punctuation_of
from collector.web.words import has, say
from evidence.statement.difference import Change, Difference
from evidence.statement.monitoring.method_words import method_words

_NUMBERS: Final = ("uncorrected_value", "under_plan.compliance", "under_plan.best_estimate")
"""What is told as one number, with a unit and u behind it where it has them."""
_NO_PLAN: Final = "no plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One thing that a version says otherwise, in words: what it said, and what it says."""

    name: str
    removed: Sequence[str]
    added: Sequence[str]


def change_lines(
    moved: Difference, rules: Sequence[str], language: str, untold: Container[str] = ()
) -> list[ChangeLine]:
    """What changed beside value and uncertainty.

    Args:
        moved: From one version to another; numbers have the digits that the later one's U allows.
        rules: Ids of those that the plan names: they tell method codes.
        language: "en" or "zh".
        untold: Fields that say nothing of this channel.
    """
    told = (each for each in moved.changes if each.what not in untold)
    return [_line(each, moved, rules, language) for each in told]


def _line(change: Change, moved: Difference, rules: Sequence[str], language: str) -> ChangeLine:
    if change.what in _NUMBERS and change.removed and change.added:
        removed, added = _numbers(change.removed[0], change.added[0], moved)
    else:
        removed, added = (
            [change_words(change.what, each, language, rules) for each in texts]
            for texts in (change.removed, change.added)
        )
    return ChangeLine(name=change_name(change.what, language), removed=removed, added=added)


def change_name(what: str, language: str) -> str:
    """What a field of a statement is called."""
    return _coded(f"statement.field_{what}", what, language)


def _numbers(removed: str, added: str, moved: Difference) -> tuple[list[str], list[str]]:
    """Two versions of a number: "12.3 t", or "12.3 t, u = 0.5 t"."""
    (one, *before), (other, *after) = removed.split(), added.split()
    is_its_unit = after[:1] in ([], [moved.unit])
    expanded = moved.after.expanded_uncertainty or moved.before.expanded_uncertainty
    shown = told_apart(float(one), float(other), expanded if is_its_unit else None)
    rests = before or [moved.unit], after or [moved.unit]
    left, come = (_with_rest(*pair) for pair in zip(shown, rests, strict=True))
    return [left], [come]


def _with_rest(number: str, rest: Sequence[str]) -> str:
    unit = f"{THIN}{symbol(rest[0])}" if rest[0] else ""
    u = rest[1].removeprefix("u=") if len(rest) > 1 else "None"
    return f"{number}{unit}" + ("" if u == "None" else f", u = {uncertainty(float(u))}{unit}")


def change_words(what: str, told: str, language: str, rules: Sequence[str] = ()) -> str:
    """One thing that a version says and the other one does not.

    Args:
        what: The field of the statement.
        told: As the difference tells it: a name, a code, or an object as JSON.
        language: "en" or "zh".
        rules: Ids of those that the plan names.
    """
    if what == "under_plan.hours":
        return _hours(told, rules, language)
    if what in _NUMBERS:
        number, *rest = told.split()
        return _with_rest(significant(float(number)), rest or [""])
    if what == "quality":
        return _coded(f"factory.state_{told}", told, language)
    if what == "u_basis":
        return _coded(f"factory.basis_{told}", told, language)
    if what in _OBJECTS:
        return _OBJECTS[what](json.loads(told), language)
    return _PLANNED[what](told, language) if what in _PLANNED else told


def _coded(key: str, code: str, language: str) -> str:
    """The words of a code; one of a newer version stands for itself."""
    return say(key, language) if has(key) else code


def _hours(told: str, rules: Sequence[str], language: str) -> str:
    """Hours by a method code, in the words of the rules that have it."""
    code, _, count = told.rpartition(" ")
    words = method_words(rules, code, language)
    return f"{words} [{code}] × {count}" if words else f"{code} × {count}"


def _plan(told: str, language: str) -> str:
    """The plan that held from an instant on."""
    start, _, since = told.partition(" ")
    held = say("activity.no_plan", language)
    if since != _NO_PLAN:
        held = say("activity.plan_since", language, at=since)
    return f"{start}{punctuation_of(language).colon}{held}"


def _rules(told: str, language: str) -> str:
    """Rules by their id and version, with the beginning of their digest."""
    named, _, digest = told.rpartition(" ")
    return f"{named}{punctuation_of(language).aside(digest[:12])}"


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
_PLANNED: Final[Mapping[str, Callable[[str, str], str]]] = {
    "under_plan.plans": _plan,
    "under_plan.rules": _rules,
    "under_plan.provisional": lambda told, language: _coded(
        f"statement.plan_{told}", told, language
    ),
    "under_plan.refused": lambda told, language: _coded(f"statement.plan_{told}", told, language),
}
