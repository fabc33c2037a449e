"""Which part of a period rests on results that a later test put in doubt, and what that may change.

Nothing is deleted and no value is altered (ISO/IEC 17025, 7.10; ISO 10012): the doubt is stated
beside the value, with the correction that the two certificates give, and its uncertainty.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from calibration.errors import UnitMismatchError
from calibration.history.shift import Shift
from calibration.history.suspect import Effect, SuspectPeriod, effect
from calibration.increment import NS_PER_HOUR
from calibration.unit import conversion_factor, rate_of
from calibration.window import Window
from evidence.clock import utc_text

COVERAGE_FACTOR: Final = 2.0
_NS_PER_DAY: Final = 24 * NS_PER_HOUR
_FIRST_DAY: Final = dt.date(1970, 1, 1)


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of a period whose instrument was later found to have moved, or failed a check.

    Args:
        because: of a shift between two certificates, or of a check that no certificate followed.
        start, end: first and last instant of the hours in doubt, RFC 3339 in UTC.
        value: amount of these hours, as it stands in the statement.
        before, after: the certificates between which the instrument moved.
        checks: instants at which it failed a check.
        correction: to be added to the value; None where it cannot be told: no certificate
            followed, the hours rest on another one, or it states no relative error.
        standard_uncertainty, expanded_uncertainty: of the correction, k = 2; the instant at
            which the instrument moved is not known.
    """

    serial: str
    because: Literal["shift", "intermediate_check"]
    start: str
    end: str
    value: float
    before: str | None = None
    after: str | None = None
    checks: tuple[str, ...] = ()
    correction: float | None = None
    standard_uncertainty: float | None = None
    expanded_uncertainty: float | None = None


def doubts(windows: Sequence[Window], suspects: Iterable[SuspectPeriod]) -> tuple[Doubt, ...]:
    """What suspect periods of instruments put in doubt of a channel's hours.

    Args:
        windows: hours of one channel, in order of time.
        suspects: of its instruments.
    """
    pairs = ((each, _within(windows, each)) for each in suspects)
    return tuple(_doubt(each, inside) for each, inside in pairs if inside)


def _within(windows: Sequence[Window], suspect: SuspectPeriod) -> list[Window]:
    """The hours that rest on the instrument, from the last good test to the bad one.

    At which hour of its day the bad one was made is not known. Of that day the hours count that
    rest on the certificate before.
    """
    begins_ns = _ns(suspect.begins)
    return [
        each
        for each in windows
        if suspect.serial in each.grounds.serials
        and each.start_ns >= begins_ns
        and (suspect.ends is None or each.start_ns < _end_ns(suspect.ends, suspect.shift, each))
    ]


def _end_ns(day: dt.date, shift: Shift | None, window: Window) -> int:
    """Where a doubt ends for an hour: with the day of the certificate, or before it."""
    is_before = shift is not None and window.grounds.certificates == (shift.before,)
    return _ns(day) + (_NS_PER_DAY if is_before else 0)


def _doubt(suspect: SuspectPeriod, inside: Sequence[Window]) -> Doubt:
    shift, found = suspect.shift, _effect(suspect.shift, inside)
    u = None if found is None else found.standard_uncertainty
    return Doubt(
        serial=suspect.serial,
        because=suspect.because,
        start=utc_text(inside[0].start_ns),
        end=utc_text(inside[-1].end_ns),
        value=sum(each.value for each in inside),
        before=None if shift is None else shift.before,
        after=None if shift is None else shift.after,
        checks=tuple(utc_text(_instant_ns(each.at)) for each in suspect.events),
        correction=None if found is None else found.correction,
        standard_uncertainty=u,
        expanded_uncertainty=None if u is None else COVERAGE_FACTOR * u,
    )


def _effect(shift: Shift | None, inside: Sequence[Window]) -> Effect | None:
    """What the shift does to the amount of the hours, at their mean load."""
    if shift is None or shift.result != "relative_error":
        return None
    if any(each.grounds.certificates != (shift.before,) for each in inside):
        return None
    hours = sum(each.end_ns - each.start_ns for each in inside) / NS_PER_HOUR
    mean = sum(each.uncorrected for each in inside) / hours
    try:
        load = mean * conversion_factor(rate_of(inside[0].unit), shift.argument_unit)
    except UnitMismatchError:
        return None
    amount = sum(each.value for each in inside)
    return effect(shift, amount, load, _day(inside[0].start_ns), _day(inside[-1].end_ns))


def _ns(day: dt.date) -> int:
    return (day - _FIRST_DAY).days * _NS_PER_DAY


def _day(at_ns: int) -> dt.date:
    return _FIRST_DAY + dt.timedelta(days=at_ns // _NS_PER_DAY)


def _instant_ns(at: dt.datetime) -> int:
    return round(at.timestamp()) * 1_000_000_000
