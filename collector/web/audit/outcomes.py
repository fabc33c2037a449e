"""Numbered outcomes as they stand on a page. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from evidence.bundle.outcome import Outcome, Result

MARKS: Final[Mapping[Result, str]] = {
    Result.OK: "good",
    Result.FAILED: "bad",
    Result.NOT_CHECKED: "warn",
}
"""The class of a result's mark in `style.css`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """A check, what became of it, and what was found, in the reader's language.

    Attributes:
        result: "ok", "failed" or "not_checked".
        where: The first place where it does not hold; "" if there is none.
    """

    number: int
    what: str
    result: str
    mark: str
    where: str
    found: str


def outcome_lines(outcomes: Iterable[Outcome], language: str) -> list[OutcomeLine]:
    """The checks of a bundle, by number."""
    chinese = language == "zh"
    return [
        OutcomeLine(
            number=each.id,
            what=each.what_zh if chinese else each.what,
            result=each.result.name.lower(),
            mark=MARKS[each.result],
            where=each.where,
            found=each.zh if chinese else each.en,
        )
        for each in outcomes
    ]


def tally(lines: Iterable[OutcomeLine]) -> dict[str, int]:
    """How many came out how, by result; the worst first."""
    found = {"failed": 0, "not_checked": 0, "ok": 0}
    for each in lines:
        found[each.result] += 1
    return found
