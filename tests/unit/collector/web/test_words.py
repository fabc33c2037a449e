"""What pages say: in both languages, each word used, and nothing in a template that runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.web import words
from collector.web.words import LANGUAGES, UnknownWordsError, has, say, tables

WEB = Path(words.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("**/*.html"))
SAID = re.compile(r"""\bt\(\s*['"]([a-z0-9_.]+)['"]\s*(~)?""")
IN_CODE = re.compile(r"""["']((?:%s)\.(?!html)[a-z0-9_]+)(["'{])""")


def said() -> Iterator[tuple[str, bool]]:
    """Keys that templates and code name; whether it is the beginning of a key alone."""
    for path in TEMPLATES:
        for key, goes_on in SAID.findall(path.read_text("utf-8")):
            yield key, bool(goes_on)
    names = "|".join(sorted({key.partition(".")[0] for key in tables()}))
    named = re.compile(IN_CODE.pattern % names)
    for path in sorted(WEB.glob("**/*.py")):
        for key, end in named.findall(path.read_text("utf-8")):
            yield key, end == "{"


def test_every_word_is_there_in_both_languages_and_takes_the_same_facts() -> None:
    for key, texts in tables().items():
        assert set(texts) == set(LANGUAGES), key
        places = [set(re.findall(r"\{(\w*)", text)) for text in texts.values()]
        assert all(text.strip() for text in texts.values()), key
        assert places[0] == places[1], key


def test_every_word_that_is_said_is_there() -> None:
    for key, goes_on in said():
        found = [each for each in tables() if each == key or (goes_on and each.startswith(key))]
        assert found, key


def test_no_word_is_there_that_nobody_says() -> None:
    exact = {key for key, goes_on in said() if not goes_on}
    beginnings = tuple(key for key, goes_on in said() if goes_on)
    unsaid = [each for each in tables() if each not in exact and not each.startswith(beginnings)]
    assert unsaid == []


def test_a_number_has_its_word_in_the_form_for_one_or_for_others() -> None:
    assert [say("factory.found", "en", count=each) for each in (0, 1, 2)] == [
        "0 channels",
        "1 channel",
        "2 channels",
    ]
    assert say("reading.receipt_of", "en", size=1) == "over the first leaf,"
    assert say("reading.receipt_of", "en", size=21) == "over the first 21 leaves,"
    assert say("factory.found", "zh", count=1) == "1 个通道"
    with pytest.raises(UnknownWordsError):
        say("factory.found", "en")


def test_no_number_has_a_word_in_one_form_alone() -> None:
    """Bytes are always many, and a verb with s stands behind a name."""
    number_and_word = re.compile(r"\{(\w+)\} (?:[a-z]+ )?([a-z]+s)\b(?![^{}]*\})")
    bare = [
        (key, word)
        for key, texts in tables().items()
        for _, word in number_and_word.findall(texts["en"])
        if word not in {"as", "bytes", "is", "shows"}
    ]
    assert bare == []


def test_words_that_are_not_there_are_a_mistake_of_ours() -> None:
    assert say("base.clock", "zh", zone="UTC") == "时间为 UTC"
    assert not has("base.nothing")
    with pytest.raises(UnknownWordsError):
        say("base.nothing", "en")
    with pytest.raises(UnknownWordsError):
        say("base.clock", "en")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_a_script_or_a_style_of_its_own(path: Path) -> None:
    """The policy forbids them, so they would not work; what is unsafe is not printed either."""
    text = path.read_text("utf-8")
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son[a-z]+=|hx-on|\|\s*safe", text
    )
    assert "http://" not in text
    assert "https://" not in text
