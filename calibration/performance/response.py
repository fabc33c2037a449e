"""Response time: from the change of gas until a share of the change is shown (pure).

HJ 76-2017, system response time: until 90 % of the certified value is reached, the way of the gas
through the sampling line included.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import msgspec

from calibration.errors import Words
from calibration.performance.criterion import Judged, Outcome, Rule, judge
from calibration.performance.errors import NotDefinedError, PerformanceCountError
from calibration.performance.limits import LimitsUsed, ResponseTest


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A reading some time after the gas was changed.

    Args:
        run: which change of gas.
        seconds: since that change, >= 0.
        reading: what is shown.
    """

    run: str
    seconds: float
    reading: float


class RunResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One change of gas.

    Args:
        run: its name.
        initial, final: the readings between which the change lies.
        response_time_s: when the share was first reached, interpolated between samples; None
            where it never was.
    """

    run: str
    initial: float
    final: float
    response_time_s: float | None


class ResponseTime(msgspec.Struct, frozen=True, kw_only=True):
    """The mean over all changes of gas, against the limit."""

    outcome: Outcome
    findings: tuple[str, ...]
    measurand: str
    share: float
    response_time_s: float | None
    runs: tuple[RunResponse, ...]
    criteria: tuple[Judged, ...]
    test: ResponseTest
    limits: LimitsUsed


def response_time(
    samples: Sequence[Sample],
    test: ResponseTest,
    rule: Rule,
    limits: LimitsUsed,
    final: float | None = None,
) -> ResponseTime:
    """The response time of an analyser with its sampling line.

    Args:
        samples: Of one run in ascending time; the first of each is the initial reading.
        test: The share of the change.
        rule: The limit of the measurand.
        limits: Where both come from.
        final: The reading that the change leads to; None: the last one of the run.

    Raises:
        PerformanceCountError: a run has fewer than 2 samples, or there is none.
        NotDefinedError: times do not ascend, or a run shows no change.
    """
    runs: dict[str, list[Sample]] = {}
    for each in samples:
        runs.setdefault(each.run, []).append(each)
    if not runs:
        raise PerformanceCountError("samples", name="samples", found=0, limit=">= 2")
    found = tuple(run_response(run, some, test.share, final) for run, some in runs.items())
    times = [each.response_time_s for each in found if each.response_time_s is not None]
    mean = sum(times) / len(times) if len(times) == len(found) else None
    judged = None if mean is None else judge(rule, {"response_time": Decimal(mean)}, Decimal(0))
    return ResponseTime(
        outcome=rule.otherwise if judged is None else judged.outcome,
        findings=("not_reached",) if judged is None else (),
        measurand=rule.measurand,
        share=test.share,
        response_time_s=mean,
        runs=found,
        criteria=() if judged is None else judged.criteria,
        test=test,
        limits=limits,
    )


def run_response(
    run: str, some: Sequence[Sample], share: float, final: float | None
) -> RunResponse:
    """The response to one change of gas.

    Args:
        run: Its name.
        some: Its samples in ascending time; the first is the initial reading.
        share: Of the change.
        final: The reading that the change leads to; None: the last one.

    Raises:
        PerformanceCountError: there are fewer than 2 samples.
        NotDefinedError: times do not ascend, or there is no change.
    """
    if len(some) < 2:
        raise PerformanceCountError("samples", name=f"run {run}", found=len(some), limit=">= 2")
    initial, last = some[0].reading, some[-1].reading if final is None else final
    if initial == last:
        raise NotDefinedError(
            f"run {run}", name=Words("change of reading", "示值变化"), value=0.0, limit="not 0"
        )
    threshold = initial + share * (last - initial)
    return RunResponse(
        run=run,
        initial=initial,
        final=last,
        response_time_s=_reached(run, some, threshold, rising=last > initial),
    )


def _reached(run: str, some: Sequence[Sample], threshold: float, *, rising: bool) -> float | None:
    """When a threshold was first reached, by a straight line between samples."""
    sign = 1.0 if rising else -1.0
    for before, after in pairwise(some):
        if not after.seconds > before.seconds:
            value = after.seconds
            limit = f"> {before.seconds}"
            raise NotDefinedError(
                f"run {run}", name=Words("time in s", "时间（s）"), value=value, limit=limit
            )
        if sign * after.reading >= sign * threshold:
            share = (threshold - before.reading) / (after.reading - before.reading)
            return before.seconds + share * (after.seconds - before.seconds)
    return None
