from collections.abc import Iterator

import pytest

from evidence import errors
from evidence.errors import CodedError, EvidenceError, ForeignEvidenceError, Words


def every_error(root: type[CodedError]) -> Iterator[type[CodedError]]:
    """The errors below `root` in the room's own table."""
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
        yield from every_error(child)


class StrayError(CodedError):
    code = "E_STRAY"
    en = "{what} in {count}"
    zh = "{count} 中 {what}"


def test_an_error_says_code_place_and_facts_in_both_languages() -> None:
    error = StrayError("line 3", what=Words("a hole", "空洞"), count=7)
    assert str(error) == "E_STRAY line 3: a hole in 7"
    assert error.say("zh") == "E_STRAY line 3: 7 中 空洞"
    assert (error.where, error.facts["count"]) == ("line 3", 7)


def test_braces_in_a_foreign_fact_stay_as_they_came() -> None:
    assert "{x} in {0}" in str(StrayError("key", what="{x}", count="{0}"))


@pytest.mark.parametrize("error", list(every_error(EvidenceError)))
def test_every_error_has_a_code_of_its_own_and_a_chinese_text(error: type[CodedError]) -> None:
    others = [other.code for other in every_error(CodedError) if other is not error]
    assert error.code.startswith("E_")
    assert error.code not in others
    family = (errors.ForeignEvidenceError, errors.KeyMaterialError)
    assert error in family or any("\u4e00" <= sign <= "\u9fff" for sign in error.zh)


def test_the_other_sides_faults_are_one_family() -> None:
    foreign = {error.code for error in every_error(ForeignEvidenceError)}
    assert foreign >= {
        "E_LOG_NOTE",
        "E_SIG_INVALID",
        "E_SIG_UNKNOWN_KEY",
        "E_LOG_CHECKPOINT",
        "E_LOG_PROOF",
        "E_TIME_TEXT",
    }
