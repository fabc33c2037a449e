"""Errors of the collector: stable codes, two languages, every field filled."""

import string
from collections.abc import Iterator

import pytest

from collector import broker_tls_errors, errors, token_errors
from collector.errors import CollectorError
from collector.views import influx_errors, influx_line_errors, parquet_errors


def all_errors(root: type[CollectorError] = CollectorError) -> Iterator[type[CollectorError]]:
    yield root
    for each in root.__subclasses__():
        yield from all_errors(each)


MODULES = {
    each.__name__
    for each in (
        broker_tls_errors,
        errors,
        influx_errors,
        influx_line_errors,
        parquet_errors,
        token_errors,
    )
}
KINDS = [kind for kind in all_errors() if kind.__module__ in MODULES]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_codes_are_unique_and_named_after_their_family() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("E_") for code in codes)
    for family in ("E_CONFIG", "E_LEDGER", "E_TOKEN", "E_BROKER"):
        assert sum(code.startswith(family) for code in codes) > 2


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_both_languages_use_the_same_facts(kind: type[CollectorError]) -> None:
    assert fields(kind.zh) <= fields(kind.en)
    assert not kind.en.isspace()
    facts = dict.fromkeys(fields(kind.en) | fields(kind.zh), 7)
    error = kind("here", **facts)
    for language in ("en", "zh"):
        assert error.say(language).startswith(f"{kind.code} here: ")
        assert "{" not in error.say(language)
