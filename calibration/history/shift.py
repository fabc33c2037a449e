"""How far an instrument moved from one calibration to the next: as left, then as found."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from calibration.basis import standards_of
from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.errors import CertificateError, Words
from calibration.function import Floats
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister, result_of
from calibration.through import function_of

COVERAGE_FACTOR: Final = 2.0
_EVENLY: Final = 11
"""Arguments at which functions are compared that were stated without points."""


class ShiftPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What changed at one argument.

    Args:
        at: argument, in the result's argument unit.
        as_left, as_found: of the earlier and of the later certificate: a relative error, or a
            value in the result's unit.
        standard_uncertainty: of their difference; a standard that both certificates used
            deviates alike in both, and only the difference of its shares counts.
    """

    at: float
    as_left: float
    as_found: float
    standard_uncertainty: float

    @property
    def shift(self) -> float:
        """As found less as left."""
        return self.as_found - self.as_left

    @property
    def is_significant(self) -> bool:
        """Whether the shift exceeds its expanded uncertainty, k = 2."""
        return abs(self.shift) > COVERAGE_FACTOR * self.standard_uncertainty


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument's shift between two certificates, for one measurand.

    Args:
        before, after: ids of the certificates.
        begins, ends: days on which they were performed.
        result: "relative_error" or "value", as both certificates state it.
        points: argument ascending.
    """

    serial: str
    kind_of_quantity: KindOfQuantity
    channel: str
    before: str
    after: str
    begins: dt.date
    ends: dt.date
    result: str
    unit: str
    argument_unit: str
    points: tuple[ShiftPoint, ...]

    @property
    def is_significant(self) -> bool:
        """Whether it exceeds its expanded uncertainty at any point."""
        return any(point.is_significant for point in self.points)

    def at(self, argument: float) -> ShiftPoint:
        """The shift at an argument, between points by linear interpolation, beyond them held."""
        stands = [point.at for point in self.points]

        def between(numbers: Sequence[float]) -> float:
            return float(np.interp(argument, stands, numbers))

        return ShiftPoint(
            at=argument,
            as_left=between([point.as_left for point in self.points]),
            as_found=between([point.as_found for point in self.points]),
            standard_uncertainty=between([point.standard_uncertainty for point in self.points]),
        )

    def share_of_time(self, day: dt.date) -> float:
        """How much of the time between the certificates has passed on a day, 0 to 1."""
        whole = (self.ends - self.begins).days
        return min(max((day - self.begins).days / whole, 0.0), 1.0)


def shifts(
    register: CalibrationRegister, serial: str, kind: KindOfQuantity, channel: str = ""
) -> tuple[Shift, ...]:
    """The shifts of an instrument from certificate to certificate, in order of time.

    Left out are pairs of which the earlier states no as-left or the later no as-found result,
    pairs of one day, and certificates that were withdrawn.

    Raises:
        CertificateError: two certificates state different things and cannot be compared, or
            a function cannot be used.
    """
    found = calibrations(register, serial)
    pairs = itertools.pairwise(found)
    made = (
        _shift(before, after, kind, channel)
        for before, after in pairs
        if before.performed_on < after.performed_on
    )
    return tuple(each for each in made if each is not None)


def calibrations(register: CalibrationRegister, serial: str) -> tuple[CalibrationCertificate, ...]:
    """The certificates of an instrument by day, each in its latest version, withdrawn ones not."""
    withdrawn = register.withdrawn
    latest: dict[str, CalibrationCertificate] = {}
    for each in sorted(register.certificates, key=lambda one: one.recorded_at):
        if each.instrument.serial == serial and each.id not in withdrawn:
            latest[each.id] = each
    return tuple(sorted(latest.values(), key=lambda each: (each.performed_on, each.recorded_at)))


def _shift(
    before: CalibrationCertificate,
    after: CalibrationCertificate,
    kind: KindOfQuantity,
    channel: str,
) -> Shift | None:
    left = result_of(before, kind, channel, "as_left")
    found = result_of(after, kind, channel, "as_found")
    if left is None or found is None or not (_has_curve(left) and _has_curve(found)):
        return None
    _require_alike(before, left, after, found)
    return Shift(
        serial=after.instrument.serial,
        kind_of_quantity=kind,
        channel=channel,
        before=before.id,
        after=after.id,
        begins=before.performed_on,
        ends=after.performed_on,
        result=found.result,
        unit=found.unit,
        argument_unit=found.argument_unit,
        points=tuple(_points((before, left), (after, found))),
    )


def _has_curve(result: CalibrationResult) -> bool:
    return result.function is not None or bool(result.points)


_Stated = tuple[CalibrationCertificate, CalibrationResult]


def _points(earlier: _Stated, later: _Stated) -> list[ShiftPoint]:
    at = _arguments(earlier[1], later[1])
    left, found = function_of(*earlier), function_of(*later)
    values = left.value(at), found.value(at)
    own = (left.contributions(at) ** 2).sum(axis=1) + (found.contributions(at) ** 2).sum(axis=1)
    shares = _shares(earlier), _shares(later)
    for influence in {*shares[0], *shares[1]}:
        parts = [
            share.get(influence, 0.0) * _scale(result, value)
            for share, (_, result), value in zip(shares, (earlier, later), values, strict=True)
        ]
        own = own + (parts[1] - parts[0]) ** 2
    rows = zip(at.tolist(), values[0].tolist(), values[1].tolist(), own.tolist(), strict=True)
    return [
        ShiftPoint(at=x, as_left=a, as_found=b, standard_uncertainty=math.sqrt(variance))
        for x, a, b, variance in rows
    ]


def _shares(stated: _Stated) -> dict[str, float]:
    return {each.influence.id: each.relative for each in standards_of(stated[0])}


def _scale(result: CalibrationResult, value: Floats) -> Floats:
    """What a relative share of a standard is a share of."""
    return np.ones_like(value) if result.result == "relative_error" else value


def _arguments(left: CalibrationResult, found: CalibrationResult) -> Floats:
    """Where both certificates hold: at the later one's points, else the earlier's, else evenly."""
    low = max(left.measuring_interval[0], found.measuring_interval[0])
    high = min(left.measuring_interval[1], found.measuring_interval[1])
    if low > high:
        raise CertificateError(
            f"results {found.kind_of_quantity}",
            what=Words(
                "the measuring intervals of the two certificates do not meet",
                "两份证书的测量区间不相交",
            ),
            remedy=Words(
                "compare their ranges; the instrument's span may have been changed",
                "请核对两者的范围；仪表量程可能已更改",
            ),
        )
    for result in (found, left):
        stands = [point.at for point in result.points if low <= point.at <= high]
        if stands:
            return np.array(stands)
    return np.linspace(low, high, _EVENLY)


def _require_alike(
    before: CalibrationCertificate,
    left: CalibrationResult,
    after: CalibrationCertificate,
    found: CalibrationResult,
) -> None:
    for name in ("result", "argument", "argument_unit", "unit"):
        one, other = getattr(left, name), getattr(found, name)
        if one != other:
            raise CertificateError(
                f"certificates {before.id} and {after.id}",
                what=Words(
                    f"the {name} is '{one}' in one and '{other}' in the other",
                    f"{name} 在一份中为 '{one}'，在另一份中为 '{other}'",
                ),
                remedy=Words("write both in the same unit and form", "请以相同的单位与形式书写"),
            )
