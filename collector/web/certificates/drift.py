"""How an instrument moved from certificate to certificate, at one argument. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.conformity.requirement import Requirement
from calibration.errors import CalibrationError, CertificateError
from calibration.evaluation.evaluate import value_at
from calibration.history.shift import Shift, ShiftPoint, calibrations, shifts
from calibration.interval.errors import IntervalError
from calibration.interval.growth import fit_growth
from calibration.interval.history import Deviations
from calibration.interval.reach import Allowed, reach_of
from calibration.register import CalibrationRegister
from collector.web.certificates.conforming import can_be_weighed, limit_of
from collector.web.certificates.curves import drawn, scale_of, unit_of
from evidence.audit.said import Said, said


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """What a certificate says at the argument, in the unit that is shown; U with k = 2."""

    certificate: str
    day: dt.date
    condition: str
    value: float
    expanded_uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """From one certificate to the next at the argument: as left, then as found; U with k = 2."""

    before: str
    after: str
    begins: dt.date
    ends: dt.date
    as_left: float
    as_found: float
    shift: float
    expanded_uncertainty: float
    is_significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftView:
    """The course of an instrument at one argument.

    Attributes:
        unit: In which values are shown.
        argument, arguments: At which one, and which may be chosen.
        history: In order of time; the certificate's own points among them.
        moves: From each certificate to the next.
        limit: Half the width that is permitted, in `unit`; None where none is known.
        reaches_on: Day on which growth by a straight line reaches a limit with 95 %; None where
            it does not, or fewer than two moves are known.
        against: Why certificates cannot be compared; None where they can.
    """

    result: CalibrationResult
    unit: str
    argument: float
    arguments: tuple[float, ...]
    history: tuple[HistoryPoint, ...]
    moves: tuple[Moved, ...]
    limit: float | None
    reaches_on: dt.date | None
    against: Said | None = None

    @property
    def is_wide(self) -> bool:
        """Whether the history says nothing: the limit is met from the first day on."""
        return bool(self.history) and self.reaches_on == self.history[-1].day


def drift_view(
    register: CalibrationRegister,
    certificate: CalibrationCertificate,
    result: CalibrationResult,
    mpe: float | None,
    wanted: float | None,
) -> DriftView:
    """The course of a certificate's instrument, for the measurand of one of its results.

    Args:
        register: Of the site.
        certificate: Whose instrument it is.
        result: One of its results, with points or a function.
        mpe: Relative; None where no limit is known.
        wanted: Argument to be shown; the nearest that may be chosen is, None for the middle one.

    Raises:
        CertificateError: points or a function cannot be used.
    """
    choices = arguments_of(result)
    argument = _nearest(choices, wanted)
    history = tuple(_history(register, certificate.instrument.serial, result, argument))
    moves, against = _moves(register, certificate, result, argument)
    limit = _limit(certificate, result, argument, mpe)
    return DriftView(
        result=result,
        unit=unit_of(result),
        argument=argument,
        arguments=choices,
        history=history,
        moves=moves,
        limit=limit,
        reaches_on=_reaches_on(history, moves, limit),
        against=against,
    )


def arguments_of(result: CalibrationResult) -> tuple[float, ...]:
    """Where a result may be looked at: at its points, else at its ends and its middle."""
    low, high = result.measuring_interval
    return tuple(each.at for each in result.points) or (low, (low + high) / 2.0, high)


def _nearest(choices: Sequence[float], wanted: float | None) -> float:
    if wanted is None:
        return choices[len(choices) // 2]
    return min(choices, key=lambda each: abs(each - wanted))


def _history(
    register: CalibrationRegister, serial: str, like: CalibrationResult, argument: float
) -> Iterator[HistoryPoint]:
    for certificate in calibrations(register, serial):
        own = [each for each in certificate.results if _is_alike(each, like)]
        for result in sorted(own, key=lambda each: each.condition):
            low, high = result.measuring_interval
            if low <= argument <= high:
                yield _point(certificate, result, argument)


def _is_alike(result: CalibrationResult, like: CalibrationResult) -> bool:
    names = ("kind_of_quantity", "channel", "result", "argument", "argument_unit", "unit")
    has_curve = result.function is not None or bool(result.points)
    return has_curve and all(getattr(result, each) == getattr(like, each) for each in names)


def _point(
    certificate: CalibrationCertificate, result: CalibrationResult, argument: float
) -> HistoryPoint:
    found = value_at(certificate, result, argument)
    return HistoryPoint(
        certificate=certificate.id,
        day=certificate.performed_on,
        condition=result.condition,
        value=drawn(result, argument, found.value),
        expanded_uncertainty=2.0 * scale_of(result) * found.standard_uncertainty,
    )


def _moves(
    register: CalibrationRegister,
    certificate: CalibrationCertificate,
    result: CalibrationResult,
    argument: float,
) -> tuple[tuple[Moved, ...], Said | None]:
    serial = certificate.instrument.serial
    try:
        found = shifts(register, serial, result.kind_of_quantity, result.channel)
    except CertificateError as wrong:
        return (), said(wrong.say("en"), wrong.say("zh"))
    return tuple(_moved(each, each.at(argument), result, argument) for each in found), None


def _moved(shift: Shift, point: ShiftPoint, result: CalibrationResult, argument: float) -> Moved:
    left = drawn(result, argument, point.as_left)
    found = drawn(result, argument, point.as_found)
    return Moved(
        before=shift.before,
        after=shift.after,
        begins=shift.begins,
        ends=shift.ends,
        as_left=left,
        as_found=found,
        shift=found - left,
        expanded_uncertainty=2.0 * scale_of(result) * point.standard_uncertainty,
        is_significant=point.is_significant,
    )


def _limit(
    certificate: CalibrationCertificate,
    result: CalibrationResult,
    argument: float,
    mpe: float | None,
) -> float | None:
    if not mpe or not can_be_weighed(result):
        return None
    value = value_at(certificate, result, argument).value
    return scale_of(result) * limit_of(result, value, mpe) or None


def _reaches_on(
    history: Sequence[HistoryPoint], moves: Sequence[Moved], limit: float | None
) -> dt.date | None:
    """When a straight line through the moves, from the last value as left, meets a limit."""
    left = [each for each in history if each.condition == "as_left"]
    if limit is None or len(moves) < 2 or not left:
        return None
    days = tuple(float((each.ends - each.begins).days) for each in moves)
    deviations = Deviations(days=days, deviation=tuple(each.shift for each in moves))
    start = left[-1]
    try:
        growth = fit_growth(deviations, start.expanded_uncertainty / 2.0)
        limits = Requirement(lower=-limit, upper=limit)
        reached = reach_of(growth, Allowed(start=start.value, limits=limits))
        after = reached.limits_two_sided
        return None if after is None else start.day + dt.timedelta(days=int(after))
    except (CalibrationError, IntervalError, OverflowError):
        return None  # equal times, or no scatter: nothing can be said
