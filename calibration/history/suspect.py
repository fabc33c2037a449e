"""Since when an instrument's readings are in doubt, and by how much (ISO/IEC 17025, 7.10).

A shift beyond its expanded uncertainty, or an intermediate check that failed, throws doubt back
to the last check that was good.
"""

import datetime as dt
from typing import Literal

import msgspec

from calibration.errors import CertificateError, Words
from calibration.event import CalibrationEvent
from calibration.history.bridge import Bridged, bridged
from calibration.history.shift import Shift, shifts
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister


class SuspectPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A time whose readings are in doubt.

    Args:
        because: of a shift between certificates, or a check that failed.
        begins: day of the last good check: a certificate, or an intermediate check that passed.
        ends: day of the certificate that found it; None while none has been made since.
        shift: between the certificates; None for a check that no certificate followed.
        events: of the checks that failed.
    """

    serial: str
    kind_of_quantity: KindOfQuantity
    because: Literal["shift", "intermediate_check"]
    begins: dt.date
    ends: dt.date | None
    shift: Shift | None = None
    events: tuple[CalibrationEvent, ...] = ()


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift does to an amount that was measured with the earlier certificate.

    Args:
        correction: to be added to the amount, in its unit.
        standard_uncertainty: of the correction.
        bridge: the part of it from not knowing when the instrument moved.
    """

    correction: float
    standard_uncertainty: float
    bridge: float


def suspects(
    register: CalibrationRegister, serial: str, kind: KindOfQuantity, channel: str = ""
) -> tuple[SuspectPeriod, ...]:
    """The times in which an instrument's readings are in doubt, in order.

    Raises:
        CertificateError: two certificates cannot be compared.
    """
    made = shifts(register, serial, kind, channel)
    checks = _checks(register, serial, kind)
    found = [_from_shift(each, checks) for each in made if each.is_significant]
    last = made[-1].ends if made else None
    failed = [each for each in checks if _day(each) > (last or dt.date.min) and _failed(each)]
    if failed:
        found.append(_from_checks(register, serial, kind, failed))
    return tuple(found)


def effect(shift: Shift, amount: float, load: float, begins: dt.date, ends: dt.date) -> Effect:
    """What a shift of a relative error does to an amount counted at a load, in a period.

    Args:
        shift: of a relative error e: an amount x was corrected to x/(1 + e).
        amount: as it was stated with the earlier certificate.
        load: at which it was counted, in the shift's argument unit.
        begins: first day of the period.
        ends: its last day.

    Raises:
        CertificateError: the shift is of a value and has no effect on an amount by itself.
    """
    if shift.result != "relative_error":
        raise CertificateError(
            f"shift {shift.after}",
            what=Words(
                "its certificates state values, which do not scale an amount",
                "其证书给出的是参考值，不能用于按比例修正用量",
            ),
            remedy=Words(
                "ask for the shift itself, in the unit of the value",
                "请查询变化量本身，单位与该值相同",
            ),
        )
    return effect_of(amount, shift.at(load).as_left, bridged(shift, load, begins, ends))


def effect_of(amount: float, relative_error: float, moved: Bridged) -> Effect:
    """What a deviation of a relative error e does to an amount x that was corrected to x/(1 + e).

    Args:
        amount: as it was stated.
        relative_error: that it was corrected for; 0 for none.
        moved: how far the instrument stood from that.
    """
    before = 1.0 + relative_error
    after = before + moved.deviation
    sensitivity = amount * before / after**2
    return Effect(
        correction=amount * (before / after - 1.0),
        standard_uncertainty=abs(sensitivity) * moved.standard_uncertainty,
        bridge=abs(sensitivity) * moved.bridge,
    )


def _checks(
    register: CalibrationRegister, serial: str, kind: KindOfQuantity
) -> tuple[CalibrationEvent, ...]:
    """The intermediate checks of a quantity, in order of time."""
    made = (
        each
        for each in register.events
        if each.serial == serial and each.check is not None and each.check.kind_of_quantity == kind
    )
    return tuple(sorted(made, key=lambda each: each.at))


def _from_shift(shift: Shift, checks: tuple[CalibrationEvent, ...]) -> SuspectPeriod:
    inside = [each for each in checks if shift.begins <= _day(each) < shift.ends]
    failed = tuple(each for each in inside if _failed(each))
    first = _day(failed[0]) if failed else shift.ends
    good = [_day(each) for each in inside if not _failed(each) and _day(each) <= first]
    return SuspectPeriod(
        serial=shift.serial,
        kind_of_quantity=shift.kind_of_quantity,
        because="shift",
        begins=max([shift.begins, *good]),
        ends=shift.ends,
        shift=shift,
        events=failed,
    )


def _from_checks(
    register: CalibrationRegister,
    serial: str,
    kind: KindOfQuantity,
    failed: list[CalibrationEvent],
) -> SuspectPeriod:
    first = failed[0]
    performed = [
        each.performed_on
        for each in register.certificates
        if each.instrument.serial == serial and each.performed_on <= _day(first)
    ]
    passed = [
        _day(each)
        for each in _checks(register, serial, kind)
        if not _failed(each) and each.at < first.at
    ]
    return SuspectPeriod(
        serial=serial,
        kind_of_quantity=kind,
        because="intermediate_check",
        begins=max([*performed, *passed], default=_day(first)),
        ends=None,
        events=tuple(failed),
    )


def _day(event: CalibrationEvent) -> dt.date:
    return event.at.astimezone(dt.UTC).date()


def _failed(event: CalibrationEvent) -> bool:
    return event.check is not None and not event.check.passes
