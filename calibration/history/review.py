"""All that can be said of an instrument's history, or of a whole register."""

import datetime as dt
from collections.abc import Iterator

from calibration.history.outcome import RegisterOutcome
from calibration.history.scrutiny import scrutiny
from calibration.history.shift import calibrations
from calibration.history.standing import standing
from calibration.history.suspect import SuspectPeriod, suspects
from calibration.register import CalibrationRegister


def serials(register: CalibrationRegister) -> tuple[str, ...]:
    """The serial numbers of all instruments that a register knows, in order."""
    known = {each.instrument.serial for each in register.certificates}
    known |= {each.serial for each in register.confirmations}
    known |= {each.serial for each in register.events if each.serial}
    return tuple(sorted(known))


def review(
    register: CalibrationRegister, serial: str, on: dt.date | None = None
) -> tuple[RegisterOutcome, ...]:
    """The outcomes of looking through all that is known of an instrument.

    Args:
        register: as it is known.
        serial: of the instrument.
        on: the day from which what is due is judged; None leaves that out.

    Raises:
        CertificateError: certificates cannot be compared, or a chain leads in a circle.
    """
    found = list(standing(register, serial, on))
    for certificate in calibrations(register, serial):
        found += scrutiny(register, certificate)
    found += _doubts(register, serial)
    return tuple(found)


def _doubts(register: CalibrationRegister, serial: str) -> Iterator[RegisterOutcome]:
    told = {
        (each.kind_of_quantity, each.channel): None
        for certificate in calibrations(register, serial)
        for each in certificate.results
    }
    for kind, channel in told:
        for period in suspects(register, serial, kind, channel):
            yield _doubt(period)


def _doubt(period: SuspectPeriod) -> RegisterOutcome:
    if period.shift is None:
        failed = period.events[0].at.astimezone(dt.UTC).date()
        return RegisterOutcome(
            code="check_failed", serial=period.serial, since=period.begins, until=failed
        )
    beyond = [point for point in period.shift.points if point.is_significant]
    return RegisterOutcome(
        code="shift",
        serial=period.serial,
        certificate=period.shift.before,
        other=period.shift.after,
        since=period.begins,
        until=period.ends,
        what=", ".join(f"{point.at:g} {period.shift.argument_unit}" for point in beyond),
    )
