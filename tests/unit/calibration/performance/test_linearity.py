from decimal import Decimal

import pytest

from calibration.performance.errors import PerformanceCountError, PerformanceValueError
from calibration.performance.linearity import Injection, Linearity, linearity
from calibration.performance.load import read_limits

GOOD = (("low", "25", "25.5"), ("mid", "55", "54"), ("high", "90", "91"))


def examined(
    levels: tuple[tuple[str, str, str], ...] = GOOD,
    measurand: str = "so2",
    full_scale: str | None = "100",
    name: str = "part75-2011",
    times: int = 3,
) -> Linearity:
    limits, used = read_limits(name)
    test = limits.linearity_test
    assert test is not None
    injections = [
        Injection(level=level, reference=Decimal(reference), reading=Decimal(reading))
        for level, reference, reading in levels
        for _ in range(times)
    ]
    rule = limits.rule("linearity", measurand, None)
    return linearity(
        injections, test, rule, None if full_scale is None else Decimal(full_scale), used
    )


def test_each_level_is_judged_by_the_mean_of_its_readings() -> None:
    found = examined()
    assert (found.outcome, found.findings) == ("pass", ())
    assert [each.deviation for each in found.levels] == [0.5, -1.0, 1.0]
    assert found.levels[0].percent_of_reference == 2.0
    assert found.levels[0].number == 3


def test_one_level_beyond_the_limits_fails_the_test() -> None:
    found = examined((*GOOD[:2], ("high", "90", "96")))
    assert [each.outcome for each in found.levels] == ["pass", "pass", "fail"]
    assert found.outcome == "fail"


def test_a_low_gas_may_deviate_by_5_ppm() -> None:
    assert examined((("low", "25", "30"), *GOOD[1:])).outcome == "pass"
    assert examined((("low", "25", "30.1"), *GOOD[1:])).outcome == "fail"


@pytest.mark.parametrize(
    ("levels", "times", "finding"),
    [
        (GOOD[:2], 3, "level_missing"),
        (GOOD, 2, "too_few_readings"),
        ((("low", "10", "10"), *GOOD[1:]), 3, "level_misplaced"),
    ],
)
def test_a_test_that_lacks_something_is_not_valid(
    levels: tuple[tuple[str, str, str], ...], times: int, finding: str
) -> None:
    found = examined(levels, times=times)
    assert (found.outcome, found.findings) == ("not_valid", (finding,))


def test_without_a_full_scale_the_place_of_the_levels_is_not_judged() -> None:
    assert examined((("low", "10", "10"), *GOOD[1:]), full_scale=None).outcome == "pass"


def test_zero_gas_has_no_percent_of_its_reference() -> None:
    found = examined((("zero", "0", "0.2"), *GOOD))
    assert found.levels[0].percent_of_reference is None
    assert found.outcome == "pass"
    relative = examined((("zero", "0", "9"), *GOOD), name="hj75-2017", full_scale="100")
    assert (relative.levels[0].outcome, relative.outcome) == ("not_judged", "pass")


def test_one_level_has_one_gas() -> None:
    with pytest.raises(PerformanceValueError, match="'reference' in row 4 is 26"):
        examined((GOOD[0], ("low", "26", "26")))


def test_no_injections_are_no_test() -> None:
    with pytest.raises(PerformanceCountError):
        examined(())
