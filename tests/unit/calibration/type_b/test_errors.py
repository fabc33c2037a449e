import string

import pytest

from calibration.errors import CalibrationError
from calibration.type_b import errors
from calibration.type_b.telling import note_text, unconfirmed_text

ALL = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, CalibrationError)
]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in ALL]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("E_") for code in codes)


@pytest.mark.parametrize("kind", ALL)
def test_both_languages_name_the_same_facts(kind: type[CalibrationError]) -> None:
    assert _fields(kind.en) == _fields(kind.zh)


def test_findings_and_notes_are_told_in_both_languages() -> None:
    for language in ("en", "zh"):
        assert "R 46" in unconfirmed_text("R 46", language)
        assert note_text("arithmetic_sum", language).startswith("arithmetic_sum")
    assert note_text("arithmetic_sum", "en") != note_text("arithmetic_sum", "zh")
