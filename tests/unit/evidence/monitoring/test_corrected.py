"""The best estimate of a concentration knows what zero and span gas showed; compliance does not."""

import math

import pytest
from msgspec.structs import replace

from calibration.gas_check.held import LEAST_STEPS
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.monitoring.plan import MonitoringPlan
from calibration.uncertainty import combine
from calibration.window import Tally
from evidence.statement.hours.hour import Hour
from evidence.statement.monitoring.checks import Shown
from evidence.statement.monitoring.monitored import Monitored
from tests.unit.evidence.monitoring.fortnight import (
    DAYS,
    GROUNDS,
    HOUR_NS,
    SPAN_GAS,
    START_NS,
    WHOLE,
    check,
    plan,
    told,
)
from tests.unit.evidence.monitoring.test_ranged import AT_MIN, mean, seen, two_ranges

ANALYSER = "works/cems/co2"
TRUE = 12.0
PER_DAY = 0.002


def error(hours: float) -> float:
    """What the analyser has drifted since the beginning, of what it shows."""
    return PER_DAY * hours / 24


def concentration(number: int) -> MeanWindow:
    shown = TRUE * (1.0 + error(number + 0.5))
    return MeanWindow(
        channel=ANALYSER,
        start_ns=START_NS + number * HOUR_NS,
        end_ns=START_NS + (number + 1) * HOUR_NS,
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.AMOUNT_FRACTION,
            unit="%",
            subject="stack",
            accumulation=Accumulation.RATE,
        ),
        uncorrected=shown,
        value=shown,
        components=(),
        tally=Tally(expected=60, present=60, states=WHOLE),
        grounds=GROUNDS,
    )


def planned(*, corrected: bool) -> MonitoringPlan:
    found = plan("corrected = true" if corrected else "")
    return MonitoringPlan(
        **{
            **{name: getattr(found, name) for name in found.__struct_fields__},
            "plan": ANALYSER,
            "rules": "mrr",
            "quantity": "concentration",
            "operation": None,
        }
    )


def nights() -> list[Shown]:
    return [
        each
        for day in range(DAYS)
        for each in check(day, span=SPAN_GAS * (1.0 + error(24 * day + 2.2)))
    ]


def fortnight(*, corrected: bool) -> Monitored:
    windows = [concentration(number) for number in range(24 * DAYS)]
    return told(windows, nights(), planned=planned(corrected=corrected))


def hours(*, corrected: bool) -> tuple[Hour, ...]:
    return fortnight(corrected=corrected).determination.hours


def test_the_best_estimate_is_what_gas_showed_and_compliance_what_the_analyser_showed() -> None:
    """After the first night all drift is taken out; a steady one to rounding between two nights."""
    found = hours(corrected=True)[3 : 24 * (DAYS - 1) + 2]
    for number, each in enumerate(found, start=3):
        assert each.compliance == pytest.approx(TRUE * (1.0 + error(number + 0.5)))
        assert each.best_estimate == pytest.approx(TRUE, rel=2e-5)


def test_nothing_is_corrected_where_the_plan_does_not_say_so() -> None:
    for each in hours(corrected=False)[3:]:
        assert each.best_estimate == each.compliance


def test_hours_share_their_cylinder_and_the_checks_around_them() -> None:
    found = hours(corrected=True)[100]
    names = {part.influence.id: part.contribution for part in found.components}
    assert names["crm:GBW(E)060166/L2231"] == pytest.approx(0.15 / 2 / SPAN_GAS * TRUE, rel=0.01)
    assert sum(name.startswith("span:") and "~" not in name for name in names) == 4
    assert sum(name.startswith("span:") and "~" in name for name in names) == 1


def test_after_the_last_check_what_may_have_drifted_grows_with_time() -> None:
    """A day's steps of 0.2 % of 12 %: after half a day the root of a half of that."""
    found = hours(corrected=True)[24 * (DAYS - 1) + 3 :]
    parts = [
        [part.contribution for part in each.components if part.influence.id.endswith("~")]
        for each in found
    ]
    assert all(len(each) == 1 for each in parts)
    assert parts[11][0] == pytest.approx(PER_DAY * TRUE * math.sqrt(11.3 / 24), rel=0.05)
    off = [abs(each.best_estimate - TRUE) for each in found if each.best_estimate is not None]
    assert all(error <= 2.0 * part[0] for error, part in zip(off, parts, strict=True))


def test_few_checks_say_nothing_of_drift() -> None:
    found = told(
        [concentration(number) for number in range(24 * LEAST_STEPS)],
        nights()[: 15 * LEAST_STEPS],
        planned=planned(corrected=True),
        span=(START_NS, START_NS + LEAST_STEPS * 24 * HOUR_NS),
    ).determination.hours[-1]
    assert not any(part.influence.id.endswith("~") for part in found.components)
    assert combine(found.components) > 0.0


def test_the_total_is_that_of_the_corrected_hours() -> None:
    found = fortnight(corrected=True).determination
    known = [each.best_estimate for each in found.hours if each.best_estimate is not None]
    assert found.totals.best_estimate.mean == pytest.approx(sum(known) / len(known))
    assert found.totals.compliance.mean != pytest.approx(found.totals.best_estimate.mean, rel=1e-4)
    assert found.digest != fortnight(corrected=False).determination.digest


def test_each_range_is_corrected_by_its_own_checks() -> None:
    """The low range shows 1 % too much and the high one 5 %; an hour of both stays as it is."""
    off = {"low": 1.01, "high": 1.05}
    numbers = {24 * 6: 2.0, 24 * 7: 1.5}
    windows = [
        _shown(number, TRUE * (off["high"] if numbers.get(number) == 2.0 else off["low"]))
        for number in range(24 * DAYS)
    ]
    night = [
        each
        for day in range(DAYS)
        for name, at_min in AT_MIN.items()
        for each in check(day, span=SPAN_GAS * off[name], at_min=at_min)
    ]
    found = told(
        windows,
        night,
        planned=_of_ranges(),
        ranges=seen({number: mean(number, shown) for number, shown in numbers.items()}),
    ).determination.hours
    best = [each.best_estimate for each in found[24:]]
    assert best.pop(24 * 6) == pytest.approx(TRUE * off["low"])
    assert best == pytest.approx([TRUE] * (24 * (DAYS - 1) - 1))


def _shown(number: int, value: float) -> MeanWindow:
    return replace(concentration(number), value=value, uncorrected=value)


def _of_ranges() -> MonitoringPlan:
    dual, one = two_ranges(), planned(corrected=True)
    (analyser,) = dual.analysers
    return replace(one, analysers=(replace(analyser, corrected=True, proportional=False),))
