"""What can be said of one certificate: its scope, its capability, its standards on the day."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.history.chain import Link, Validity, chain
from calibration.history.outcome import RegisterOutcome
from calibration.laboratory import Capability
from calibration.register import CalibrationRegister
from calibration.unit import convert, unit

_ROUNDING = 1.0 + 1e-9
_OF_STANDARD: Final[dict[Validity, str]] = {
    "expired": "standard_expired",
    "later": "standard_later",
    "withdrawn": "standard_withdrawn",
    "unknown": "standard_unknown",
}


def scrutiny(
    register: CalibrationRegister, certificate: CalibrationCertificate
) -> Iterator[RegisterOutcome]:
    """What is to be said of a certificate by itself and of the standards behind it.

    Raises:
        CertificateError: its chain of standards leads in a circle.
    """
    yield from _accreditation(certificate)
    for result in certificate.results:
        yield from _capability(certificate, result)
    yield from _adjustment(certificate)
    for link in chain(register, certificate):
        yield from _standard(certificate, link)


def _accreditation(certificate: CalibrationCertificate) -> Iterator[RegisterOutcome]:
    laboratory, day = certificate.laboratory, certificate.performed_on
    begins, ends = laboratory.accredited_from, laboratory.accredited_until
    if (begins is not None and day < begins) or (ends is not None and day > ends):
        yield _outcome(certificate, "not_accredited", since=day)


def _adjustment(certificate: CalibrationCertificate) -> Iterator[RegisterOutcome]:
    conditions = {each.condition for each in certificate.results}
    if certificate.adjustment and "as_found" not in conditions:
        yield _outcome(certificate, "as_found_missing")


def _capability(
    certificate: CalibrationCertificate, result: CalibrationResult
) -> Iterator[RegisterOutcome]:
    """Against the capabilities that the laboratory states; where it states none, nothing."""
    stated = certificate.laboratory.capabilities
    if not stated:
        return
    for point in result.points:
        place = f"{result.kind_of_quantity} {point.at:g} {result.argument_unit}"
        covering = [each for each in stated if _covers(each, result, point)]
        if not covering:
            yield _outcome(certificate, "outside_scope", what=place)
        elif all(point_U(point) * _ROUNDING < _least(each, result, point) for each in covering):
            yield _outcome(certificate, "below_capability", what=place)


def _covers(capability: Capability, result: CalibrationResult, point: Point) -> bool:
    if capability.kind_of_quantity != result.kind_of_quantity:
        return False
    if unit(capability.unit).dimension != unit(result.argument_unit).dimension:
        return False
    low, high = capability.interval
    return low <= convert(point.at, result.argument_unit, capability.unit) <= high


def point_U(point: Point) -> float:
    """The expanded uncertainty of a point for k = 2, as capabilities are stated."""
    return 2.0 * point.expanded_uncertainty / point.coverage_factor


def _least(capability: Capability, result: CalibrationResult, point: Point) -> float:
    """The smallest U that the laboratory may state at a point, in the unit of its value."""
    at = abs(convert(point.at, result.argument_unit, capability.unit))
    if result.result == "relative_error":
        own = capability.expanded_uncertainty / at if at > 0.0 else 0.0
        return own + capability.relative_expanded_uncertainty
    scale = unit(capability.unit).factor / unit(result.unit).factor
    return capability.expanded_uncertainty * scale + capability.relative_expanded_uncertainty * abs(
        point.value
    )


def _standard(certificate: CalibrationCertificate, link: Link) -> Iterator[RegisterOutcome]:
    what = f"{link.certificate or link.influence}"
    code = _OF_STANDARD.get(link.validity)
    if code is not None:
        yield _outcome(certificate, code, what=what, until=link.until)
    if link.relative_standard_uncertainty is None and certificate.results:
        yield _outcome(certificate, "standard_share_unstated", what=link.influence)


def _outcome(
    certificate: CalibrationCertificate,
    code: str,
    what: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> RegisterOutcome:
    return RegisterOutcome(
        code=code,
        serial=certificate.instrument.serial,
        certificate=certificate.id,
        what=what,
        since=since,
        until=until,
    )
