"""A check is told once its end was heard: until then it still runs, or its readings wait."""

import msgspec
import pytest

from calibration.gas_check.check import checks_in
from calibration.gas_check.rules import Scheduled
from tests.unit.calibration.gas_check.minutes import (
    GASES,
    HJ75,
    NS_PER_MIN,
    RULES,
    START_NS,
    USUAL,
)

replace = msgspec.structs.replace

BY_SCHEDULE = (
    Scheduled(point="zero", start_ns=START_NS + 5 * NS_PER_MIN, duration_s=360.0),
    Scheduled(point="span", start_ns=START_NS + 11 * NS_PER_MIN, duration_s=360.0),
)


@pytest.mark.parametrize(
    ("read", "heard_min", "points"),
    [
        (14, 13, ["zero"]),  # a batch ended within the span gas
        (14, 16, ["zero"]),
        (14, 17, ["zero", "span"]),  # its time is over, and something else was heard
        (17, 16, ["zero", "span"]),  # its own last reading: the next one is due at its end
        (11, 10, ["zero"]),
        (10, 9, []),
    ],
)
def test_a_scheduled_check_is_told_once_its_end_was_heard(
    read: int, heard_min: int, points: list[str]
) -> None:
    silent = [replace(each, state="measuring") for each in USUAL[:read]]
    heard_ns = START_NS + heard_min * NS_PER_MIN
    checks = checks_in(silent, GASES, RULES, HJ75, BY_SCHEDULE, heard_ns)
    assert [each.point for each in checks] == points


@pytest.mark.parametrize(("heard_min", "points"), [(13, ["zero"]), (14, ["zero", "span"])])
def test_a_check_by_state_is_told_once_something_else_was_heard(
    heard_min: int, points: list[str]
) -> None:
    heard_ns = START_NS + heard_min * NS_PER_MIN
    checks = checks_in(USUAL[:14], GASES, RULES, HJ75, heard_ns=heard_ns)
    assert [each.point for each in checks] == points


def test_of_a_single_reading_nobody_knows_when_the_next_is_due() -> None:
    one, longest_ns = USUAL[11:12], round(RULES.longest_gap_s * 1e9)
    until_ns = one[0].at_ns + longest_ns
    assert checks_in(one, GASES, RULES, HJ75, heard_ns=until_ns - 1) == ()
    assert len(checks_in(one, GASES, RULES, HJ75, heard_ns=until_ns)) == 1
