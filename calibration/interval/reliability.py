"""Whether calibrations at an interval keep a target reliability (NCSLI RP-1, method A3).

The method as it is recalled and as an example known second-hand bears it out; the practice itself
was not seen.
"""

from typing import Final

import msgspec
import scipy

from calibration.errors import Words
from calibration.interval.errors import HistoryError, IntervalNumberError

MOST_DAYS: Final = 36_525.0
"""A hundred years."""


class IntervalTest(msgspec.Struct, frozen=True, kw_only=True):
    """What as-found results say of the interval they were found at.

    Args:
        calibrations, in_tolerance: n, and how many of them were found within limits (RP-1's term).
        observed_reliability: R0 = in_tolerance/n.
        target_reliability: Rt.
        rejection_confidence: Q, the confidence with which R0 contradicts Rt.
        confidence: of the range, and the Q from which on the interval is rejected.
        reliability_range: in which the true reliability lies with that confidence.
        current_interval_days: I0.
        computed_interval_days: I0*10^((R0 - Rt)*Q).
        new_interval_days: the computed one where the interval is rejected, else the current one.
        findings: "interval_rejected".
    """

    calibrations: int
    in_tolerance: int
    observed_reliability: float
    target_reliability: float
    rejection_confidence: float
    confidence: float
    reliability_range: tuple[float, float]
    current_interval_days: float
    computed_interval_days: float
    new_interval_days: float
    findings: tuple[str, ...]


def judge_interval(
    found: tuple[bool, ...],
    interval_days: float,
    target_reliability: float,
    confidence: float = 0.5,
) -> IntervalTest:
    """The test of an interval against a target reliability, and the interval that follows.

    Q is the largest confidence at which the two-sided binomial interval (Clopper and Pearson)
    about R0 leaves Rt out, so the interval is rejected just where Rt lies outside the range told.

    Args:
        found: Whether each calibration found the instrument within its limits; all of them after
            about the same interval.
        interval_days: I0, at most 36,525.
        target_reliability: Rt, 0 < Rt < 1.
        confidence: Of the range and of the rejection, 0 < C < 1.

    Raises:
        HistoryError: there is no calibration.
        IntervalNumberError: a number is outside what it can be.
    """
    _require_share("target_reliability", target_reliability)
    _require_share("confidence", confidence)
    if not 0.0 < interval_days <= MOST_DAYS:
        limit = f"0 < d <= {MOST_DAYS:g}"
        raise IntervalNumberError("interval", name="days", value=interval_days, limit=limit)
    if not found:
        raise HistoryError(
            "history", found=Words("0 as-found results", "0 个调整前结果"), limit=">= 1"
        )
    n, passed = len(found), sum(found)
    q = rejection_confidence(passed, n, target_reliability)
    computed = interval_days * 10.0 ** ((passed / n - target_reliability) * q)
    rejected = q > confidence
    return IntervalTest(
        calibrations=n,
        in_tolerance=passed,
        observed_reliability=passed / n,
        target_reliability=target_reliability,
        rejection_confidence=q,
        confidence=confidence,
        reliability_range=reliability_range(passed, n, confidence),
        current_interval_days=interval_days,
        computed_interval_days=computed,
        new_interval_days=computed if rejected else interval_days,
        findings=("interval_rejected",) if rejected else (),
    )


def rejection_confidence(passed: int, n: int, target: float) -> float:
    """Q = 1 - 2P, at least 0; P is the probability under Rt of what was found or what is beyond it.

    Args:
        passed: Of n calibrations, 0 to n.
        n: At least 1.
        target: Rt, 0 < Rt < 1.
    """
    if passed < n * target:
        return max(0.0, 1.0 - 2.0 * float(scipy.special.bdtr(passed, n, target)))
    return max(0.0, 1.0 - 2.0 * float(scipy.special.bdtrc(passed - 1, n, target)))


def reliability_range(passed: int, n: int, confidence: float) -> tuple[float, float]:
    """The two-sided interval for a binomial share by Clopper and Pearson.

    Args:
        passed: Of n calibrations, 0 to n.
        n: At least 1.
        confidence: 0 < C < 1.
    """
    tail = (1.0 - confidence) / 2.0
    low = scipy.special.betaincinv(passed, n - passed + 1, tail) if passed else 0.0
    high = scipy.special.betaincinv(passed + 1, n - passed, 1.0 - tail) if passed < n else 1.0
    return float(low), float(high)


def _require_share(name: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise IntervalNumberError("interval", name=name, value=value, limit="0 < p < 1")
