import hashlib
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.performance.criterion import Criterion, Grade, Judgement, Rule, judge
from calibration.performance.errors import LimitMissingError, LimitsFileError
from calibration.performance.limits import needed
from calibration.performance.load import known_limits, read_limits

OWN = """\
schema = 1
id = "works-rule-7"
title = "Limits of the works"
sources = "our own"
[paired_test]
least_pairs = 5
most_rejected = 0
clause = "7.1"
status = "S"
[[rules]]
test = "accuracy"
measurand = "co2"
unit = "%"
[[rules.grades]]
outcome = "pass"
criteria = [{ measure = "relative_accuracy", at_most = 5, clause = "7.2", status = "S" }]
"""
NUMBER = st.decimals(min_value=0, max_value=100, places=2)


def criterion(at_most: str, **bounds: Decimal | None) -> Criterion:
    return Criterion(
        measure="mean_difference",
        at_most=Decimal(at_most),
        clause="1",
        status="S",
        above=bounds.get("above"),
        up_to=bounds.get("up_to"),
    )


def rule(*grades: tuple[str, int]) -> Rule:
    return Rule(
        test="accuracy",
        measurand="co2",
        unit="%",
        grades=tuple(
            Grade(outcome="pass", criteria=(criterion(limit),), next_test_quarters=quarters)
            for limit, quarters in grades
        ),
    )


def judged(difference: Decimal, *grades: tuple[str, int]) -> Judgement:
    return judge(rule(*grades), {"mean_difference": difference}, Decimal(1))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")
    return path


@pytest.mark.parametrize("name", ["en14181-2004", "en14181-2014", "hj75-2017", "part75-2011"])
def test_the_limits_that_come_with_the_package_are_read_with_their_digest(name: str) -> None:
    limits, used = read_limits(name)
    data = (resources.files("calibration.performance") / "limits" / f"{name}.toml").read_bytes()
    assert limits.id == used.id == name
    assert used.sha256 == hashlib.sha256(data).hexdigest()


def test_the_names_of_the_files_are_known() -> None:
    assert known_limits() == ("en14181-2004", "en14181-2014", "hj75-2017", "part75-2011")


@pytest.mark.parametrize("name", ["hj75-2017", "part75-2011"])
def test_each_rule_is_the_only_one_of_its_kind(name: str) -> None:
    limits, _ = read_limits(name)
    keys = [(each.test, each.measurand, each.unit, each.point) for each in limits.rules]
    assert len(set(keys)) == len(keys)
    for each in limits.rules:
        assert limits.rule(each.test, each.measurand, each.unit or None, each.point) == each


def test_a_users_own_file_is_read_as_well(own: Path) -> None:
    limits, used = read_limits(str(own))
    assert (used.id, used.sha256) == ("works-rule-7", hashlib.sha256(OWN.encode()).hexdigest())
    assert limits.rule("accuracy", "co2", None).grades[0].criteria[0].at_most == 5


def test_the_first_grade_that_is_met_counts() -> None:
    grades = (("1", 4), ("2", 2))
    assert judged(Decimal(-1), *grades).next_test_quarters == 4
    assert judged(Decimal("1.01"), *grades).next_test_quarters == 2
    assert judged(Decimal("2.01"), *grades).outcome == "fail"
    assert len(judged(Decimal(9), *grades).criteria) == 2


@given(NUMBER, NUMBER)
def test_bands_that_meet_hold_every_value_once(edge: Decimal, place: Decimal) -> None:
    low, high = criterion("1", up_to=edge), criterion("1", above=edge)
    assert low.holds_at(place) is not high.holds_at(place)


def test_a_value_outside_every_band_is_not_judged() -> None:
    grade = Grade(outcome="pass", criteria=(criterion("1", above=Decimal(5)),))
    of_band = Rule(test="accuracy", measurand="co2", unit="%", grades=(grade,))
    found = judge(of_band, {"mean_difference": Decimal(9)}, Decimal(4))
    assert (found.outcome, found.criteria) == ("not_valid", ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "schema = = 1", "TOML"),
        ("schema = 1", f"schema = {'1' * 5000}", "TOML"),
        ("schema = 1", f"schema = {'[' * 5000}", "TOML"),
        ('unit = "%"', 'units = "%"', "units"),
        ("least_pairs = 5", "least_pairs = 1", "least_pairs = 1"),
        ("least_pairs = 5", "least_pairs = nan", "least_pairs"),
        ("most_rejected = 0", "most_rejected = -1", "most_rejected"),
        ("at_most = 5", "at_most = 0", "at_most"),
        ("at_most = 5", "at_most = nan", "at_most"),
        ("at_most = 5", "at_most = 1e308", "at_most"),
        ("at_most = 5", "at_most = 5, decimals = 99", "decimals"),
        ("at_most = 5", "at_most = 5, above = inf", "bound"),
        ('"relative_accuracy"', '"response_time"', "accuracy: measure"),
        ('outcome = "pass"', 'outcome = "pass"\nnext_test_quarters = 0', "next_test_quarters"),
        ('unit = "%"', 'unit = "%"\nleast_pairs = 1', "least_pairs = 1"),
        ('unit = "%"', 'unit = "%"\nlargest_low_emitter_factor = 0.5', "0.5"),
        ('status = "S" }', 'status = "X" }', "status"),
        ('clause = "7.2", ', "", "clause"),
        ("least_pairs = 5", "least_pairs = 5\ncoverage_probability = 1", "0 < p < 1"),
    ],
)
def test_a_file_that_does_not_do_is_refused_with_its_name(
    own: Path, old: str, new: str, said: str
) -> None:
    own.write_text(OWN.replace(old, new, 1), "utf-8")
    with pytest.raises(LimitsFileError) as raised:
        read_limits(str(own))
    assert raised.value.where.startswith("own.toml")
    assert said in str(raised.value)
    assert raised.value.say("zh").startswith("E_PERFORMANCE_LIMITS own.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * 300_000])
def test_bytes_that_are_no_text_or_too_many_are_refused(own: Path, data: bytes) -> None:
    own.write_bytes(data)
    with pytest.raises(LimitsFileError):
        read_limits(str(own))


@pytest.mark.parametrize("name", ["none", "a\0b", "/", "x" * 10_000])
def test_a_name_of_nothing_lists_what_there_is(name: str) -> None:
    with pytest.raises(LimitsFileError, match="part75-2011"):
        read_limits(name)


def test_a_limit_that_is_missing_or_ambiguous_lists_what_there_is() -> None:
    limits, _ = read_limits("hj75-2017")
    with pytest.raises(LimitMissingError, match=r"0 limits .* so2 umol/mol, so2 mg/m3"):
        limits.rule("accuracy", "hg", None)
    with pytest.raises(LimitMissingError, match="2 limits"):
        limits.rule("accuracy", "so2", None)
    with pytest.raises(LimitMissingError, match="paired_test"):
        needed(limits.qal2, limits, "qal2")
