"""What an adjustment did: as found beside as left, from one certificate. Pure."""

from dataclasses import dataclass

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.evaluation.evaluate import value_at
from collector.web.certificates.curves import scale_of, unit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """What an adjustment did at one argument, in the unit that is shown; U with k = 2."""

    at: float
    found: float
    found_U: float
    left: float
    left_U: float
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """As found and as left of one measurand."""

    result: CalibrationResult
    unit: str
    rows: tuple[Adjusted, ...]


def adjustments(certificate: CalibrationCertificate) -> tuple[Adjustment, ...]:
    """As found beside as left, for each measurand of which a certificate states both.

    Raises:
        CertificateError: points or a function cannot be used.
    """
    found: list[Adjustment] = []
    for left in certificate.results:
        for before in certificate.results:
            if _is_pair(before, left):
                rows = tuple(
                    _adjusted(certificate, before, left, at) for at in _shared(before, left)
                )
                found.append(Adjustment(result=left, unit=unit_of(left), rows=rows))
    return tuple(found)


def _is_pair(before: CalibrationResult, left: CalibrationResult) -> bool:
    names = ("kind_of_quantity", "channel", "result", "argument_unit", "unit")
    conditions = (before.condition, left.condition) == ("as_found", "as_left")
    curves = all(each.function is not None or each.points for each in (before, left))
    return conditions and curves and all(getattr(before, n) == getattr(left, n) for n in names)


def _shared(before: CalibrationResult, left: CalibrationResult) -> list[float]:
    """Arguments at which both hold: points of either, else the ends of what they share."""
    low = max(before.measuring_interval[0], left.measuring_interval[0])
    high = min(before.measuring_interval[1], left.measuring_interval[1])
    stands = sorted({each.at for each in (*before.points, *left.points)})
    return [each for each in stands or (low, high) if low <= each <= high]


def _adjusted(
    certificate: CalibrationCertificate,
    before: CalibrationResult,
    left: CalibrationResult,
    at: float,
) -> Adjusted:
    scale = scale_of(left)
    found, after = (value_at(certificate, each, at) for each in (before, left))
    return Adjusted(
        at=at,
        found=scale * found.value,
        found_U=2.0 * scale * found.standard_uncertainty,
        left=scale * after.value,
        left_U=2.0 * scale * after.standard_uncertainty,
        change=scale * (after.value - found.value),
    )
