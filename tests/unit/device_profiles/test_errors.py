import re
from pathlib import Path
from string import Formatter

import pytest

from device_profiles import errors
from device_profiles.errors import ProfileError
from device_profiles.phrase import Words

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ProfileError)
]
CODED = [kind for kind in KINDS if kind.__name__ not in {"ProfileError", "RegisterError"}]
DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "device-profiles.md"


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_is_its_own() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"E_(PROFILE|REGISTER)(_[A-Z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", CODED)
def test_both_languages_tell_the_same_facts(kind: type[ProfileError]) -> None:
    english, chinese = _fields(kind.en + kind.remedy_en), _fields(kind.zh + kind.remedy_zh)
    assert {name.removesuffix("_zh") for name in chinese} == english
    assert re.search(r"[\u4e00-\u9fff]", kind.remedy_zh)


@pytest.mark.parametrize("kind", CODED)
def test_a_finding_says_code_file_key_limit_and_remedy(kind: type[ProfileError]) -> None:
    texts = kind.en + kind.zh + kind.remedy_en + kind.remedy_zh
    facts = {name: f"<{name}>" for name in _fields(texts)} | {"key": "a.b", "limit": "0..9"}
    wrong = kind("meter.toml", **facts)
    for language in ("en", "zh"):
        told = wrong.say(language)
        assert told.startswith(f"{kind.code} meter.toml: a.b: ")
        assert "0..9" in told
        assert told.endswith(wrong.remedy(language))
    assert str(wrong) == wrong.say("en")
    assert wrong.record()["file"] == "meter.toml"


def test_a_fact_that_is_prose_is_told_in_the_language_of_the_reader() -> None:
    limit = Words("one value a register", "每个寄存器一个值")
    wrong = errors.OverlapError("meter.toml", key="a.b", found="0..1", other="x", limit=limit)
    assert "(limit: one value a register)" in wrong.say("en")
    assert "(限值: 每个寄存器一个值)" in wrong.say("zh")
    assert wrong.record()["limit"] == "one value a register"


@pytest.mark.parametrize("kind", CODED)
def test_every_code_is_in_the_reference(kind: type[ProfileError]) -> None:
    assert f"`{kind.code}`" in DOCUMENT.read_text("utf-8")
