"""Minutes of an analyser of 20 % CO2 full scale that the tests of this folder share."""

import datetime as dt
from collections.abc import Iterable

from calibration.gas_check.check import GasCheck, checks_in
from calibration.gas_check.gas import CheckGas
from calibration.gas_check.rules import CheckLimits, CheckReading, CheckRules, CheckState, Scheduled
from calibration.performance.load import read_limits

NS_PER_MIN = 60_000_000_000
START_NS = 1_772_330_400_000_000_000  # 2026-03-01T02:00:00Z
HJ75, PART75 = (
    CheckLimits(limits=limits, used=used)
    for limits, used in (read_limits("hj75-2017"), read_limits("part75-2011"))
)
NITROGEN = CheckGas(
    point="zero",
    code="GBW(E)060999",
    cylinder="N-1",
    certificate="CRM-N",
    value=0.0,
    unit="%",
    standard_uncertainty=0.005,
)
SPAN = CheckGas(
    point="span",
    code="GBW(E)060166",
    cylinder="C-7",
    certificate="CRM-7",
    value=16.0,
    unit="%",
    standard_uncertainty=0.08,
    expires_on=dt.date(2026, 12, 31),
)
GASES = (NITROGEN, SPAN)
RULES = CheckRules(
    analyser="CO2-1",
    measurand="co2",
    unit="%",
    full_scale={"": 20.0},
    purge_s=120.0,
    averaging_s=180.0,
    recovery_s=120.0,
)


def minutes(*parts: tuple[CheckState, Iterable[float]], name: str = "") -> list[CheckReading]:
    """Readings a minute apart, in parts of one state each."""
    told = [(state, value) for state, values in parts for value in values]
    return [
        CheckReading(
            at_ns=START_NS + k * NS_PER_MIN, value=value, state=state, measuring_range=name
        )
        for k, (state, value) in enumerate(told)
    ]


ZERO_MINUTES = [3.0, 0.4, 0.1, 0.1, 0.1, 0.1]
SPAN_MINUTES = [12.0, 15.8, 16.2, 16.2, 16.2, 16.2]
USUAL = minutes(
    ("measuring", [12.4] * 5),
    ("zero", ZERO_MINUTES),
    ("span", SPAN_MINUTES),
    ("other", [14.0, 12.6]),
    ("measuring", [12.4] * 5),
)


def found(
    readings: list[CheckReading],
    gases: tuple[CheckGas, ...] = GASES,
    rules: CheckRules = RULES,
    limits: CheckLimits = HJ75,
    schedule: tuple[Scheduled, ...] = (),
) -> tuple[GasCheck, ...]:
    return checks_in(readings, gases, rules, limits, schedule)
