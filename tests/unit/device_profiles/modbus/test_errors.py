import re
from pathlib import Path
from string import Formatter

import pytest

from device_profiles import wire_errors
from device_profiles.modbus import errors
from device_profiles.wire_errors import WireError

KINDS = sorted(
    {
        kind
        for module in (wire_errors, errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, WireError)
    },
    key=lambda kind: kind.code,
)
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "decode.md"
MISS_REASONS = {"garbage", "checksum", "short_reply", "foreign_reply", "exception"}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_is_its_own() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"E_WIRE(_[A-Z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_tell_the_same_facts(kind: type[WireError]) -> None:
    english, chinese = _fields(kind.en + kind.remedy_en), _fields(kind.zh + kind.remedy_zh)
    assert {name.removesuffix("_zh") for name in chinese} == english
    assert re.search(r"[\u4e00-\u9fff]", kind.remedy_zh)
    assert kind.miss_reason in MISS_REASONS


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_is_in_the_reference(kind: type[WireError]) -> None:
    assert f"| `{kind.code}` |" in PAGE.read_text("utf-8")


def test_every_exception_code_has_a_name_in_both_languages() -> None:
    for code in range(256):
        wrong = errors.refusal("meter", raw=b"\x01\x83", exception_code=code)
        assert f"{code:02X}" in wrong.say("en")
        assert re.search(r"，[\u4e00-\u9fff]", wrong.say("zh"))
