"""What commands print that list dated decisions: each one, what does not fit, and what holds."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from calibration.printing import print_json, print_table

OK, FINDING = 0, 1


class Outcome(Protocol):
    """What a look through the decisions found."""

    @property
    def code(self) -> str:
        """Which; a closed vocabulary."""

    @property
    def weight(self) -> str:
        """Whether it speaks against something ("finding"), or only tells."""

    def say(self, language: str) -> str:
        """The outcome in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Decisions that were looked through.

    Attributes:
        listed: Those on record, in order.
        outcomes: What was found.
        holding: What holds of each name at the instant asked for; None where none was.
    """

    listed: Sequence[msgspec.Struct]
    outcomes: Sequence[Outcome]
    holding: Mapping[str, str] | None

    def record(self, plural: str, language: str) -> dict[str, Any]:
        """All of it in one document, the decisions under their plural."""
        told = [
            {"code": each.code, "weight": each.weight, "text": each.say(language)}
            for each in self.outcomes
        ]
        document = {plural: [msgspec.to_builtins(each) for each in self.listed], "outcomes": told}
        return document if self.holding is None else {**document, "in_force": dict(self.holding)}


def tell(
    reviewed: Reviewed,
    plural: str,
    columns: Sequence[str],
    row: Callable[[Any], Sequence[str]],
    arguments: argparse.Namespace,
) -> int:
    """Prints it, as JSON or as a table with lines; 1 if anything speaks against it, else 0."""
    if arguments.json:
        print_json(reviewed.record(plural, arguments.language))
    else:
        _show(reviewed, columns, row, arguments.language)
    return FINDING if any(each.weight == "finding" for each in reviewed.outcomes) else OK


def _show(
    reviewed: Reviewed, columns: Sequence[str], row: Callable[[Any], Sequence[str]], language: str
) -> None:
    print_table(columns, [row(each) for each in reviewed.listed])
    for each in reviewed.outcomes:
        print(f"{each.weight}: {each.say(language)}")
    for name, found in (reviewed.holding or {}).items():
        print(f"in force: {name} {found}")
