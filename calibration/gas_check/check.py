"""Zero and span checks as records: what was shown, against which gas, with which verdict (pure)."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from calibration.gas_check.block import Block, blocks_in
from calibration.gas_check.gas import CheckGas, GasPoint, gas_for
from calibration.gas_check.rules import CheckLimits, CheckReading, CheckRules, Scheduled
from calibration.gas_check.settled import SettledMean, settled_mean
from calibration.performance.criterion import Judged, Outcome
from calibration.performance.drift import Check, CheckOutcome, drift
from calibration.performance.limits import LimitsUsed
from calibration.performance.response import Sample, run_response
from calibration.uncertainty import name_of
from calibration.unit import convert

Finding = Literal[
    "cylinder_unknown",
    "cylinder_expired",
    "too_short",
    "unsettled",
    "over_range",
    "gas_inferred",
    "full_scale_unknown",
]
_NOT_VALID: Final = frozenset({"cylinder_unknown", "too_short", "unsettled", "full_scale_unknown"})
_NO_PASS: Final = frozenset({"cylinder_expired", "over_range"})
_LEAST_CHANGE: Final = 0.01
"""Of full scale: a smaller change of gas is not told from noise."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class GasCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A zero or span check.

    Args:
        analyser, point, measuring_range: what was checked.
        start_ns, end_ns: when the gas flowed, as far as readings or schedule tell; POSIX ns.
        unit: of all values.
        settled: mean of the settled part with its Type A uncertainty; None where it is too short.
        gas: that was led to the analyser; None where none is known. Its value may be in another
            unit.
        reference, reference_standard_uncertainty: certified, in `unit`.
        deviation: indication less what drift counts from; None without an indication.
        percent_of_span: of it; None without a full scale.
        outcome: by the limits: "pass"; "adjust" beyond the specification; "out_of_control" beyond
            the limit of valid data; "not_valid" where findings leave no verdict.
        findings: by name.
        response_time_s: from the change of gas until 90 % of the change, or the share of the rules,
            by a straight line between readings; None where it is not reached, or nothing changed.
        criteria, limits: behind the outcome.
    """

    analyser: str
    point: GasPoint
    measuring_range: str
    start_ns: int
    end_ns: int
    unit: str
    settled: SettledMean | None
    gas: CheckGas | None
    reference: float | None
    reference_standard_uncertainty: float | None
    deviation: float | None
    percent_of_span: float | None
    outcome: Outcome
    findings: tuple[Finding, ...]
    response_time_s: float | None
    criteria: tuple[Judged, ...]
    limits: LimitsUsed

    @property
    def indication(self) -> float | None:
        """Mean of the settled part, in `unit`."""
        return None if self.settled is None else self.settled.mean

    @property
    def id(self) -> str:
        """Name of the check among those of its analyser."""
        at = (_EPOCH + dt.timedelta(microseconds=self.start_ns // 1000)).strftime("%Y%m%dT%H%M%SZ")
        return "-".join(part for part in (self.point, self.measuring_range, at) if part)

    @property
    def influence(self) -> str:
        """Whose deviation all values share that are corrected by this check."""
        return f"span:{name_of(self.analyser)}/{name_of(self.id)}"


def checks_in(
    readings: Sequence[CheckReading],
    gases: tuple[CheckGas, ...],
    rules: CheckRules,
    limits: CheckLimits,
    schedule: Sequence[Scheduled] = (),
    heard_ns: int | None = None,
) -> tuple[GasCheck, ...]:
    """The zero and span checks among an analyser's readings that have ended, in order of time.

    Args:
        readings: In order of time, measuring ones too: the last one before a check tells from where
            the response went.
        gases: That were connected, with the time of each.
        rules: How checks are read.
        limits: That they are judged by.
        schedule: Of an analyser that does not tell its state.
        heard_ns: Until when anything was heard of it, POSIX ns; None: nothing more will be heard.

    Raises:
        LimitMissingError: the file has no limits of drift for the measurand.
        UnitMismatchError: a gas is certified in a unit of another kind.
    """
    found = blocks_in(readings, schedule, gases, rules, heard_ns)
    return tuple(_check(each, gases, rules, limits) for each in found)


def emission_readings(
    readings: Sequence[CheckReading], checks: Sequence[GasCheck], rules: CheckRules
) -> tuple[CheckReading, ...]:
    """The readings that may be emissions: measuring, in no check, and not shortly after one."""
    after_ns = round(rules.recovery_s * 1e9)
    times = [(each.start_ns, each.end_ns + after_ns) for each in checks]
    return tuple(
        each
        for each in readings
        if each.state == "measuring" and not any(a <= each.at_ns <= b for a, b in times)
    )


def _check(
    block: Block, gases: tuple[CheckGas, ...], rules: CheckRules, limits: CheckLimits
) -> GasCheck:
    gas = gas_for(gases, block.point, block.measuring_range, block.start_ns)
    settled, response = _settled(block, rules), _response(block, rules)
    reference = None if gas is None else convert(gas.value, gas.unit, rules.unit)
    u = None if gas is None else convert(gas.standard_uncertainty, gas.unit, rules.unit)
    findings = tuple(_findings(block, gas, settled, response, rules))
    judged = _judged(block, settled, reference, rules, limits)
    return GasCheck(
        analyser=rules.analyser,
        point=block.point,
        measuring_range=block.measuring_range,
        start_ns=block.start_ns,
        end_ns=block.end_ns,
        unit=rules.unit,
        settled=settled,
        gas=gas,
        reference=reference,
        reference_standard_uncertainty=u,
        deviation=None if judged is None else judged.deviation,
        percent_of_span=None if judged is None else judged.percent_of_full_scale,
        outcome=_outcome(judged, findings),
        findings=findings,
        response_time_s=response,
        criteria=() if judged is None else judged.criteria,
        limits=limits.used,
    )


def _averaged(block: Block, rules: CheckRules) -> list[CheckReading]:
    """The last part of a check, without what the change of gas still moves."""
    first = block.start_ns + rules.purge_s * 1e9
    begin = max(first, block.readings[-1].at_ns - rules.averaging_s * 1e9)
    return [each for each in block.readings if each.at_ns >= begin]


def _settled(block: Block, rules: CheckRules) -> SettledMean | None:
    values = [each.value for each in _averaged(block, rules)]
    if len(values) < rules.least_readings:
        return None
    return settled_mean(values, rules.resolution, rules.least_correlation)


def _response(block: Block, rules: CheckRules) -> float | None:
    """Time from the change of gas until the share; the reading before stands for the instant."""
    if block.before is None:
        return None
    final = block.readings[-1].value
    settled = _settled(block, rules)
    final = final if settled is None else settled.mean
    least = _LEAST_CHANGE * rules.full_scale.get(block.measuring_range, 0.0)
    if abs(final - block.before.value) <= least:
        return None  # of a plant that stands still: zero gas is what was there before
    some = [Sample(run=block.point, seconds=0.0, reading=block.before.value)]
    for each in block.readings:
        seconds = (each.at_ns - block.before.at_ns) / 1e9
        some.append(Sample(run=block.point, seconds=seconds, reading=each.value))
    return run_response(block.point, some, rules.response_share, final).response_time_s


def _findings(
    block: Block,
    gas: CheckGas | None,
    settled: SettledMean | None,
    response: float | None,
    rules: CheckRules,
) -> list[Finding]:
    full_scale = rules.full_scale.get(block.measuring_range)
    said: dict[Finding, bool] = {
        "cylinder_unknown": gas is None,
        "cylinder_expired": gas is not None and _expired(gas, block.end_ns),
        "too_short": settled is None,
        "unsettled": settled is not None and _moves(block, settled, response, rules),
        "over_range": full_scale is not None and _beyond(block, gas, rules, full_scale),
        "gas_inferred": block.inferred,
        "full_scale_unknown": full_scale is None,
    }
    return [name for name, holds in said.items() if holds]


def _expired(gas: CheckGas, at_ns: int) -> bool:
    day = (_EPOCH + dt.timedelta(microseconds=at_ns // 1000)).date()
    return gas.expires_on is not None and day > gas.expires_on


def _moves(block: Block, settled: SettledMean, response: float | None, rules: CheckRules) -> bool:
    """Whether the averaged part began before the response time, or its halves differ."""
    full_scale = rules.full_scale.get(block.measuring_range, 0.0)
    if abs(settled.halves) > rules.settled_percent / 100.0 * full_scale:
        return True
    if response is None or block.before is None:
        return False
    first = _averaged(block, rules)[0].at_ns - block.before.at_ns
    return response > first / 1e9


def _beyond(block: Block, gas: CheckGas | None, rules: CheckRules, full_scale: float) -> bool:
    """Whether the analyser cannot show what it is given, or shows its end."""
    certified = 0.0 if gas is None else convert(gas.value, gas.unit, rules.unit)
    shown = max(each.value for each in _averaged(block, rules) or block.readings)
    return certified > full_scale or shown >= full_scale


def _judged(
    block: Block,
    settled: SettledMean | None,
    reference: float | None,
    rules: CheckRules,
    limits: CheckLimits,
) -> CheckOutcome | None:
    rule = limits.limits.rule("drift", rules.measurand, rules.unit, block.point)
    full_scale = rules.full_scale.get(block.measuring_range)
    key = f"{block.measuring_range}/{block.point}"
    counted_from = rules.began_with.get(key, reference)
    if settled is None or counted_from is None or full_scale is None:
        return None
    check = Check(
        at="",
        point=block.point,
        reference=Decimal(repr(counted_from)),
        reading=Decimal(repr(settled.mean)),
    )
    made = drift([check], {block.point: rule}, Decimal(repr(full_scale)), limits.used)
    return made.checks[0]


def _outcome(judged: CheckOutcome | None, findings: tuple[Finding, ...]) -> Outcome:
    """The verdict; an expired gas or a full scale can spoil a pass, but not mend a failure."""
    if judged is None or not _NOT_VALID.isdisjoint(findings):
        return "not_valid"
    good = judged.outcome in {"pass", "adjust"}
    return "not_valid" if good and not _NO_PASS.isdisjoint(findings) else judged.outcome
