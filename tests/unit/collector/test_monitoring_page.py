"""The reference page of monitoring plans: its examples are read, its words are the code's."""

import re
from pathlib import Path
from typing import get_args

import pytest

import calibration
from calibration.load import parse_plan, parse_test
from calibration.monitoring import errors
from calibration.monitoring.checks import check_rules
from calibration.monitoring.outcome import _SAID
from calibration.monitoring.plan import (
    ConnectedGas,
    GasChecks,
    MonitoringPlan,
    OperationSign,
    PlannedAnalyser,
)
from calibration.monitoring.record import TestKind, TestRecord
from calibration.performance.load import read_limits
from evidence.judging.plan_names import require_known
from evidence.statement.hours.load import PACKS

PAGE = (Path(calibration.__file__).parents[1] / "docs/reference/monitoring-plan.md").read_text(
    "utf-8"
)
PLAN, TEST = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
STRUCTS = (MonitoringPlan, OperationSign, PlannedAnalyser, GasChecks, ConnectedGas, TestRecord)
KEYS = {name for each in STRUCTS for name in each.__struct_fields__}
CODES = {
    each.code
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.MonitoringError)
} - {errors.MonitoringError.code}


def test_the_plan_of_the_page_is_read_and_all_that_it_names_is_known() -> None:
    plan = parse_plan(PLAN.encode(), "page")
    require_known(plan, "page")
    rules = check_rules(plan.analysers[0])
    limits, _ = read_limits("hj75-2017")
    for point in ("zero", "span"):
        assert limits.rule("drift", rules.measurand, rules.unit, point).test == "drift"


def test_the_test_record_of_the_page_is_read() -> None:
    found = parse_test(TEST.encode(), "page")
    assert (found.test, found.relative_error) == ("rata", -0.012)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_is_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE or f"\n{key} = " in PAGE


@pytest.mark.parametrize("word", [*PACKS, *get_args(TestKind)])
def test_every_word_of_a_closed_vocabulary_is_on_the_page(word: str) -> None:
    assert re.search(rf"\b{word}\b", PAGE)


@pytest.mark.parametrize(("code", "weight"), [(code, said[0]) for code, said in _SAID.items()])
def test_every_outcome_is_on_the_page_with_its_weight(code: str, weight: str) -> None:
    assert f"| `{code}` | {weight} |" in PAGE


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code: str) -> None:
    assert f"| `{code}` |" in PAGE
