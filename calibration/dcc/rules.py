"""Rules beyond the schema, of PTB's schematron: dates, refIds, languages; and unknown refTypes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from lxml.etree import _Element as Element

from calibration.dcc.document import DCC, path_of, words
from calibration.dcc.findings import Finding, finding
from calibration.dcc.reftypes import role_of
from calibration.dcc.transcript import TranscribedCertificate

MOST_FINDINGS: Final = 50
"""So many are told of one rule; how many more there are is told as well."""

# code of a finding, the element, and the facts; its path is only looked up if it is told
Seen = tuple[str, Element, dict[str, str]]


def check_rules(root: Element, content: TranscribedCertificate) -> tuple[Finding, ...]:
    """What the rules beyond the schema find in a document, and which refTypes are not known."""
    rules = (_ref_ids(root), _languages(root, content.languages), _ref_types(root))
    seen = (each for rule in rules for each in _told(rule))
    return (*_dates(content), *seen)


def bounded(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """The first findings of a kind, and how many more there are."""
    told = tuple(islice(findings, MOST_FINDINGS))
    return (*told, *_more(sum(1 for _ in findings)))


def _told(seen: Iterator[Seen]) -> Iterator[Finding]:
    for code, element, facts in islice(seen, MOST_FINDINGS):
        yield finding(code, path_of(element), **facts)
    yield from _more(sum(1 for _ in seen))


def _more(count: int) -> Iterator[Finding]:
    if count:
        yield finding("F_DCC_MORE", count=count)


def _dates(content: TranscribedCertificate) -> Iterator[Finding]:
    if content.ended_on < content.begun_on:
        path = "administrativeData/coreData/endPerformanceDate"
        begin, end = content.begun_on, content.ended_on
        yield finding("F_DCC_DATES", path, begin=begin, end=end)


def _ref_ids(root: Element) -> Iterator[Seen]:
    """References that lead nowhere."""
    ids = {each.get("id") for each in root.iter("*")}
    for each in root.iter("*"):
        for target in words(each, "refId"):
            if target not in ids:
                yield "F_DCC_REF_ID", each, {"found": target}


def _languages(root: Element, languages: Sequence[str]) -> Iterator[Seen]:
    """Texts that are not given once in each declared language, nor once for all."""
    declared, shown = sorted(languages), ", ".join(languages)
    by_holder: dict[Element, list[str]] = {}
    for each in root.iter(f"{{{DCC}}}content"):
        holder, language = each.getparent(), each.get("lang")
        if holder is not None and language:
            by_holder.setdefault(holder, []).append(language)
    for holder, found in by_holder.items():
        if sorted(found) != declared:
            yield "F_DCC_LANGUAGE", holder, {"found": ", ".join(found), "declared": shown}


def _ref_types(root: Element) -> Iterator[Seen]:
    """Each unknown word once, where it stands first."""
    told: set[str] = set()
    for each in root.iter("*"):
        for word in words(each, "refType"):
            if word not in told and role_of(word) is None:
                told.add(word)
                yield "F_DCC_REF_TYPE", each, {"found": word}
