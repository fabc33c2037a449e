"""The fifteen checks as they stand on the page, made of what an audit came to. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, get_args
from urllib.parse import quote

from collector.web.decoded import decoded, names_decoded
from collector.web.words import say
from evidence.audit.outcome import VERDICT_WORDS, Audit, CheckOutcome, Verdict
from evidence.audit.said import Pointer, Said

MOST_SHOWN: Final = 8
"""Of the evidence of one kind, in a line."""
MOST_HOURS: Final = 2
"""Of hours, which are many and follow each other."""
MARKS: Final[Mapping[Verdict, str]] = {
    "ok": "good",
    "finding": "bad",
    "not_applicable": "none",
    "not_checked": "warn",
}
"""The class of an outcome's mark in `style.css`."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DIGITS_SHOWN: Final = 12
WORST_FIRST: Final[tuple[Verdict, ...]] = ("finding", "not_checked", "ok", "not_applicable")
assert set(WORST_FIRST) == set(get_args(Verdict)) == set(MARKS)  # noqa: S101 - of this file


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something that was looked at; `address` is empty where no page shows it."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was looked at of one kind; `more` of it is not shown."""

    kind: str
    links: Sequence[Link]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One of the fifteen, in the reader's language."""

    number: int
    name: str
    outcome: str
    mark: str
    looked_at: str
    findings: Sequence[str]
    unchecked: Sequence[str]
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many checks came out like this."""

    outcome: str
    mark: str
    count: int


def check_lines(told: Audit, language: str) -> list[CheckLine]:
    """The fifteen, by number."""
    return [_line(each, language) for each in told.checks]


def counts(told: Audit, language: str) -> list[Count]:
    """How many came out how, the worst first; none of those that nothing came out as."""
    return [
        Count(
            outcome=_counted(each, language),
            mark=MARKS[each],
            count=told.counts[each],
        )
        for each in WORST_FIRST
        if told.counts.get(each)
    ]


def _counted(verdict: Verdict, language: str) -> str:
    """A word behind a number: 3 with a finding, 8 ok."""
    if verdict == "finding":
        return say("audit.with_a_finding", language)
    return VERDICT_WORDS[verdict].say(language)


def _line(check: CheckOutcome, language: str) -> CheckLine:
    return CheckLine(
        number=check.number,
        name=check.name.say(language),
        outcome=VERDICT_WORDS[check.outcome].say(language),
        mark=MARKS[check.outcome],
        looked_at=readable(check.looked_at, language),
        findings=[readable(each, language) for each in check.findings],
        unchecked=[readable(each, language) for each in check.unchecked],
        evidence=evidence(check.evidence),
    )


def readable(words: Said, language: str) -> str:
    """Words in the reader's language, with names of channels as people write them."""
    return names_decoded(words.say(language))


def evidence(pointers: Sequence[Pointer]) -> list[Evidence]:
    """What was looked at, by kind; of many, the first ones."""
    ordered = sorted(pointers, key=lambda each: (each.kind, each.id))
    found = [(kind, list(own)) for kind, own in groupby(ordered, key=lambda each: each.kind)]
    return [_group(kind, own) for kind, own in found]


def _group(kind: str, own: Sequence[Pointer]) -> Evidence:
    most = MOST_HOURS if kind == "hour" else MOST_SHOWN
    return Evidence(
        kind=kind,
        links=[Link(name=_short(each.id), address=address_of(each)) for each in own[:most]],
        more=max(0, len(own) - most),
    )


def _short(name: str) -> str:
    """A name; of a digest, so many digits as tell it from others: its address has them all."""
    return f"{name[:_DIGITS_SHOWN]}…" if _DIGEST.fullmatch(name) else decoded(name)


def address_of(pointer: Pointer) -> str:
    """Where a piece of evidence is shown: its page, else its exact bytes; "" for neither."""
    if pointer.kind == "certificate":
        return f"/certificates/{quote(pointer.id, safe='')}"
    if pointer.kind == "statement":
        return f"/audit/bundles/{quote(pointer.id, safe='')}"
    if pointer.kind == "original":
        return f"/api/v1/originals/{pointer.sha256 or quote(pointer.id, safe='')}"
    if pointer.kind == "leaf" and pointer.leaf:
        return f"/audit/leaves/{quote(pointer.leaf)}"
    return f"/api/v1/documents/{pointer.sha256}" if pointer.sha256 else ""
