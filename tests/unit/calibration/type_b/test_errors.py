import string

import pytest

from calibration.errors import CalibrationError
from calibration.type_b import errors

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
