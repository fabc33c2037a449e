"""The reference page names what the code knows, and its example is a setting that can be read."""

import re
from pathlib import Path
from typing import get_args

import pytest

import calibration
from calibration import errors as calibration_errors
from calibration.gas_check import errors as gas_check_errors
from calibration.gas_check.check import Finding
from calibration.load import parse_setting
from calibration.setting import SettingKind
from evidence.statement.standing import errors as standing_errors
from evidence.statement.standing.load import known_schemes, read_scheme
from evidence.statement.standing.scheme import Policy
from evidence.statement.standing.standing import Standing

PAGE = (
    Path(calibration.__file__).parents[1] / "docs/reference/cems-quality-assurance.md"
).read_text("utf-8")
ERRORS = [
    each.code
    for room in (gas_check_errors, standing_errors, calibration_errors)
    for each in vars(room).values()
    if isinstance(each, type) and hasattr(each, "code")
]
CODES = {each for each in ERRORS if each.startswith(("E_GAS_", "E_STANDING_", "E_SETTING_"))}


@pytest.mark.parametrize(
    "word",
    [*known_schemes(), *Standing, *get_args(Policy), *get_args(Finding), *get_args(SettingKind)],
)
def test_every_word_of_a_closed_vocabulary_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_an_error_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_the_example_of_a_setting_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse_setting(example.encode(), "page").after.value == 1.02


@pytest.mark.parametrize("name", known_schemes())
def test_the_default_policy_that_the_page_tells_is_the_files(name: str) -> None:
    policy = read_scheme(name)[0].failed.policy
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{policy}` |")]
    assert f"`{name}`" in row
