"""Where an instrument stood between two calibrations, of which only the ends are known.

If it moved evenly, the deviation at a share tau of the time is tau*d. If it jumped at an unknown
instant, every instant equally likely, the mean is the same and the variance tau*(1 - tau)*d^2:
that is the larger, and it is the bridge term taken here.
"""

import datetime as dt
import math

import msgspec

from calibration.errors import CertificateError, Words
from calibration.history.shift import Shift


class Bridged(msgspec.Struct, frozen=True, kw_only=True):
    """The best estimate of a mean deviation from the earlier certificate, in a period.

    Args:
        deviation: mean over the period, weighted by time, in the unit of the shift.
        standard_uncertainty: combined, of `bridge` and of the certificates.
        bridge: standard uncertainty from not knowing when the instrument moved.
    """

    deviation: float
    standard_uncertainty: float
    bridge: float


def bridged(shift: Shift, argument: float, begins: dt.date, ends: dt.date) -> Bridged:
    """How far the instrument stood from the earlier certificate, on the mean of a period.

    Args:
        shift: between the certificates.
        argument: load or indication at which it was used.
        begins: first day of the period; what lies outside of the certificates counts as at them.
        ends: its last day.

    Raises:
        CertificateError: the period ends before it begins.
    """
    if ends < begins:
        raise CertificateError(
            "period",
            what=Words(f"{ends} comes before {begins}", f"{ends} 早于 {begins}"),
            remedy=Words("exchange the two days", "请对调两个日期"),
        )
    point = shift.at(argument)
    shares = shift.share_of_time(begins), shift.share_of_time(ends)
    return bridged_between(point.shift, point.standard_uncertainty, *shares)


def bridged_between(
    moved: float, standard_uncertainty: float, begins: float, ends: float
) -> Bridged:
    """The same for a deviation that is known already.

    Args:
        moved: from the earlier test to the later one.
        standard_uncertainty: of it, in the same unit.
        begins: of the period, as a share of the time between the tests, 0 to 1.
        ends: likewise.
    """
    mean, variance = _step_on_average(begins, ends)
    bridge = abs(moved) * math.sqrt(variance)
    return Bridged(
        deviation=mean * moved,
        standard_uncertainty=math.hypot(bridge, mean * standard_uncertainty),
        bridge=bridge,
    )


def _step_on_average(a: float, b: float) -> tuple[float, float]:
    """Mean and variance of the mean over [a, b] of a step at an instant uniform in [0, 1].

    E[S] = (a + b)/2, E[S^2] = a + (b - a)/3; for a = b = tau this is tau and tau*(1 - tau),
    over the whole time 1/2 and 1/12.
    """
    mean = (a + b) / 2.0
    return mean, max(a + (b - a) / 3.0 - mean**2, 0.0)
