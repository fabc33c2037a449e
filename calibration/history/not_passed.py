"""Which certificate an instrument did not pass, until a later one passes (ISO 10012, 8.3.3).

What failed as found puts in doubt what the instrument showed since the calibration before; what
failed as left, or was not adjusted, cannot be used any more either.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.confirmation import MetrologicalConfirmation
from calibration.history.shift import calibrations
from calibration.register import CalibrationRegister

Condition = Literal["as_found", "as_left"]


class NotPassed(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that an instrument did not pass, the first where several follow each other.

    Args:
        certificate: its id.
        condition: in which it failed.
        performed_on, recorded_at: when it was tested, and when this house learnt of it.
        doubt_from: day of the calibration before; None where there was none.
        is_mended: whether the same certificate says that it was left in order.
    """

    serial: str
    certificate: str
    condition: Condition
    performed_on: dt.date
    recorded_at: dt.datetime
    doubt_from: dt.date | None
    is_mended: bool


class _Verdict(msgspec.Struct, frozen=True):
    """What a certificate says as found and as left; None where it does not say it."""

    certificate: CalibrationCertificate
    found: bool | None
    left: bool | None

    @property
    def passed(self) -> bool:
        return self.found is not False and self.left is not False


def not_passed(register: CalibrationRegister, serial: str, at: dt.datetime) -> NotPassed | None:
    """The certificate that an instrument did not pass; None where its last one passed.

    The decision of a confirmation goes before the laboratory's statement. As found beside as left
    is compared with the maximum permissible error, where one is stated. A certificate of which
    nobody says whether it passed changes nothing.

    Args:
        register: Of its site.
        serial: Of the instrument.
        at: Only what was recorded by then counts; with a time zone.
    """
    known = register.as_known(at)
    judged = [_verdict(known, each) for each in calibrations(known, serial)]
    told = [each for each in judged if (each.found, each.left) != (None, None)]
    if not told or told[-1].passed:
        return None
    first = _first_of_row(told)
    return _told(first, judged)


def _first_of_row(told: Sequence[_Verdict]) -> _Verdict:
    """The first of those that the instrument was left by as it should not be, or the last one."""
    first = told[-1]
    for each in reversed(told[:-1]):
        if each.left is not False:
            break
        first = each
    return first


def _told(failed: _Verdict, judged: Sequence[_Verdict]) -> NotPassed:
    certificate = failed.certificate
    before = judged[: judged.index(failed)]
    return NotPassed(
        serial=certificate.instrument.serial,
        certificate=certificate.id,
        condition="as_found" if failed.found is False else "as_left",
        performed_on=certificate.performed_on,
        recorded_at=certificate.recorded_at,
        doubt_from=before[-1].certificate.performed_on if before else None,
        is_mended=failed.left is True,
    )


def _verdict(register: CalibrationRegister, certificate: CalibrationCertificate) -> _Verdict:
    decided = _decided(register, certificate)
    whole = _whole(certificate, decided)
    conditions = {each.condition for each in certificate.results}
    if conditions == {"as_found"}:
        # nothing was adjusted, so it left as it was found
        return _Verdict(certificate, found=whole, left=whole)
    found = [each for each in certificate.results if each.condition == "as_found"]
    return _Verdict(certificate, found=_is_within(found, certificate, decided), left=whole)


def _decided(
    register: CalibrationRegister, certificate: CalibrationCertificate
) -> MetrologicalConfirmation | None:
    """The last decision by a certificate about the instrument itself; None of none."""
    own = (
        each
        for each in register.confirmations
        if each.certificate == certificate.id and each.serial == certificate.instrument.serial
    )
    return max(own, key=lambda each: (each.effective_from, each.recorded_at), default=None)


def _whole(
    certificate: CalibrationCertificate, decided: MetrologicalConfirmation | None
) -> bool | None:
    if decided is not None:
        return decided.decision == "pass"
    stated = certificate.conformity
    return None if stated is None else stated.statement == "pass"


def _is_within(
    results: Sequence[CalibrationResult],
    certificate: CalibrationCertificate,
    decided: MetrologicalConfirmation | None,
) -> bool | None:
    """Whether all points are within the limit; None where no limit, or no point, can be told."""
    mpe = None if decided is None else decided.mpe_relative
    if mpe is None and certificate.conformity is not None:
        mpe = certificate.conformity.mpe_relative
    errors = [_error(each, point) for each in results for point in each.points]
    told = [each for each in errors if each is not None]
    return None if mpe is None or not told else max(told) <= mpe


def _error(result: CalibrationResult, point: Point) -> float | None:
    """The relative error of indication, its magnitude; None of quantities that are not alike."""
    if result.result == "relative_error":
        return abs(point.value)
    if result.argument_unit != result.unit or point.value == 0.0:
        return None
    return abs(point.at / point.value - 1.0)
