"""Certificates of an instrument that act through a declared number, not on its indications. Pure.

A traverse calibrates the flow meter of a stack. Its result is declared as the velocity coefficient,
which a model applies to what the meter shows. Nobody confirms the meter by that certificate: with a
confirmation its indications would be corrected, and the coefficient be applied twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.register import CalibrationRegister
from calibration.setting import Setting

CALIBRATES: Final = frozenset({"velocity_coefficient"})
"""Numbers that are what a calibration of an instrument found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughFactor:
    """A certificate of an instrument, and the number that is declared from it."""

    certificate: CalibrationCertificate
    setting: Setting


def through_factor(
    register: CalibrationRegister, serial: str, at: datetime
) -> ThroughFactor | None:
    """The certificate that acts for an instrument at an instant; None where none does.

    Args:
        register: Of its site.
        serial: Of the instrument.
        at: With a time zone; days are UTC's.
    """
    found = sorted(_in_force(register, serial, at), key=lambda one: one.setting.effective_from)
    return found[-1] if found else None


def _in_force(register: CalibrationRegister, serial: str, at: datetime) -> Iterator[ThroughFactor]:
    own = {each.id: each for each in register.certificates if each.instrument.serial == serial}
    for each in register.settings:
        certificate = own.get(each.document)
        if certificate is None or each.setting not in CALIBRATES or not each.holds_at(at):
            continue
        if not _is_over(certificate, register, at) and not _is_followed(each, register, at):
            yield ThroughFactor(certificate=certificate, setting=each)


def _is_over(
    certificate: CalibrationCertificate, register: CalibrationRegister, at: datetime
) -> bool:
    until = certificate.valid_until
    is_late = until is not None and at.astimezone(UTC).date() > until
    return is_late or certificate.id in register.withdrawn


def _is_followed(setting: Setting, register: CalibrationRegister, at: datetime) -> bool:
    """Whether another number of the same place took its place by then."""
    return any(
        (each.setting, each.subject) == (setting.setting, setting.subject)
        and setting.effective_from < each.effective_from <= at
        for each in register.settings
    )
