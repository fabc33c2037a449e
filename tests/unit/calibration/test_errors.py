import string

import pytest

from calibration import errors
from calibration.errors import CalibrationError, CertificateError, UnknownUnitError

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


def test_an_error_says_code_place_what_and_what_to_do() -> None:
    wrong = CertificateError("c.toml id", what="it is empty", remedy="give one")
    assert str(wrong) == "E_CERT c.toml id: it is empty; give one"
    assert wrong.say("zh") == "E_CERT c.toml id: it is empty；give one"


def test_braces_in_a_fact_are_kept_as_they_are() -> None:
    assert "V.A{reactive}" in UnknownUnitError("unit", unit="x", known="V.A{reactive}").say("en")
