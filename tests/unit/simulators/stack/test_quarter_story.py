"""The checks of the quarter, judged from what the boiler's status word says of its minutes."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from calibration.gas_check.check import GasCheck, checks_in
from calibration.gas_check.gas import CheckGas, gas_of
from calibration.gas_check.rules import CheckLimits, CheckReading, CheckRules, CheckState
from calibration.load import parse_certificate
from calibration.performance.load import read_limits
from simulators.certificate import Laboratory
from simulators.issue import issue_reference_material
from simulators.load import load_stack, shipped
from simulators.stack.cylinder import Cylinder, cylinders, zero_cylinder
from simulators.stack.minutes import StackMinutes, days
from simulators.stack.state import State
from simulators.stack.truth import Stack
from tests.unit.simulators.stack.stacks import local

FIRST, LAST = "2026-01-01", "2026-03-31"
SPAN_FAILS: Final = {"2026-03-10"}
SPAN_GOES_ASTRAY: Final = {f"2026-03-{day:02d}" for day in range(5, 10)}
"""Beyond the specification of the analyser, within the limits of valid data."""
STANDS: Final = {f"2026-02-{day}" for day in range(17, 21)}
"""Without fire there is hardly any CO2 before the check, and no way to zero that could be timed."""
PLANT: Final = dt.timezone(dt.timedelta(hours=8))
RULES: Final = CheckRules(
    analyser="boiler-co2",
    measurand="co2",
    unit="%",
    full_scale={"": 25.0},
    purge_s=120.0,
    averaging_s=120.0,
    resolution=0.01,
)
_READ: Final = read_limits("hj75-2017")
LIMITS: Final = CheckLimits(limits=_READ[0], used=_READ[1])
_SAID: Final[dict[int, CheckState]] = {
    State.MEASURING: "measuring",
    State.ZERO_GAS: "calibrating",
    State.SPAN_GAS: "calibrating",
}
"""The status word does not say with which gas."""


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load_stack(shipped(Path("quarter")), "boiler")[1]


@pytest.fixture(scope="module")
def checks(stack: Stack) -> dict[tuple[str, str], GasCheck]:
    """The checks of the quarter by local day and point."""
    gases = (gas(zero_cylinder(stack, "co2"), "zero"), *span_gases(stack))
    found: dict[tuple[str, str], GasCheck] = {}
    for day in days(stack, local(f"{FIRST}T00:00"), local(f"{LAST}T23:59")):
        for each in checks_in(list(readings(day)), gases, RULES, LIMITS):
            at = dt.datetime.fromtimestamp(each.start_ns / 1e9, PLANT)
            found[at.date().isoformat(), each.point] = each
    return found


def gas(cylinder: Cylinder, point: str) -> CheckGas:
    laboratory = Laboratory(name="SIMLAB", accreditation="none", scope="gases")
    text = issue_reference_material(cylinder, laboratory)
    certificate = parse_certificate(text.encode(), cylinder.serial)
    return gas_of(
        certificate,
        "CO2",
        "zero" if point == "zero" else "span",
        cylinder.in_use_from_ns,
        cylinder.in_use_until_ns,
    )


def span_gases(stack: Stack) -> Iterator[CheckGas]:
    used = cylinders(stack, local(f"{FIRST}T00:00"), local(f"{LAST}T23:59"))
    return (gas(each, "span") for each in used if each.component == "co2")


def readings(day: StackMinutes) -> Iterator[CheckReading]:
    shown = day.shown["co2"]
    for at_ns, value, state in zip(day.start_ns, shown.value, shown.state, strict=True):
        said = _SAID.get(int(state), "other")
        yield CheckReading(at_ns=int(at_ns), value=float(value), state=said)


def days_of(checks: dict[tuple[str, str], GasCheck], point: str, outcome: str) -> set[str]:
    return {day for (day, of), each in checks.items() if of == point and each.outcome == outcome}


@cache
def calendar() -> frozenset[str]:
    first, last = dt.date.fromisoformat(FIRST), dt.date.fromisoformat(LAST)
    count = (last - first).days + 1
    return frozenset((first + dt.timedelta(days=each)).isoformat() for each in range(count))


def test_each_day_has_a_zero_and_a_span_check_that_can_be_judged(
    checks: dict[tuple[str, str], GasCheck],
) -> None:
    for point in ("zero", "span"):
        assert {day for day, of in checks if of == point} == calendar()
    running = [each for (day, _), each in checks.items() if day not in STANDS]
    assert {each.findings for each in running} == {("gas_inferred",)}
    assert {each.settled.count for each in checks.values() if each.settled} == {3}


def test_the_span_check_fails_on_the_day_of_the_story_and_on_no_other(
    checks: dict[tuple[str, str], GasCheck],
) -> None:
    assert days_of(checks, "span", "out_of_control") == SPAN_FAILS
    assert days_of(checks, "span", "adjust") == SPAN_GOES_ASTRAY
    assert days_of(checks, "span", "pass") == calendar() - SPAN_FAILS - SPAN_GOES_ASTRAY
    assert days_of(checks, "zero", "pass") >= calendar() - STANDS
    assert days_of(checks, "zero", "out_of_control") == set()


def test_no_verdict_hangs_on_a_digit(checks: dict[tuple[str, str], GasCheck]) -> None:
    """A digit is 0.04 % of full scale; the limits are 2.5 and 10 %."""
    percent = [abs(each.percent_of_span or 0.0) for each in checks.values()]
    assert min(abs(each - limit) for each in percent for limit in (2.5, 10.0)) > 0.2


def test_the_analyser_is_wrong_from_the_ageing_until_the_repair_and_right_afterwards(
    stack: Stack,
) -> None:
    def relative(first: str, last: str) -> float:
        found = [
            (day.shown["co2"].value / day.truth.co2_dry)[day.shown["co2"].state == State.MEASURING]
            for day in days(stack, local(first), local(last))
        ]
        return float(np.concatenate(found).mean()) - 1

    assert abs(relative("2026-03-02T00:00", "2026-03-03T00:00")) < 0.02
    assert relative("2026-03-09T12:00", "2026-03-09T18:00") == pytest.approx(-0.019 * 6.6, abs=0.02)
    assert abs(relative("2026-03-10T18:00", "2026-03-11T18:00")) < 0.02
