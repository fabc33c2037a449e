"""What was in force for an instrument at an instant, as known at another.

Certificates are bitemporal: valid time (from when a confirmation is applied) and record
time (when we learnt of it). A late certificate changes what was in force in the past,
as known now; what was known then can still be asked.
"""

import datetime as dt
from collections.abc import Iterable

import msgspec

from calibration.certificate import (
    CalibrationCertificate,
    CalibrationResult,
    MetrologicalConfirmation,
)
from calibration.errors import CertificateError
from calibration.measurand import KindOfQuantity


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmation, its certificate, and the result for the measurand asked for."""

    confirmation: MetrologicalConfirmation
    certificate: CalibrationCertificate
    result: CalibrationResult | None

    def overdue(self, at: dt.datetime) -> bool:
        """Whether the confirmation's last day has passed at `at` (UTC)."""
        return at.astimezone(dt.UTC).date() > self.confirmation.due_on


class NotConfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """No confirmation covers the instrument at that instant."""

    serial: str


class CalibrationRegister(msgspec.Struct, frozen=True, kw_only=True):
    """All certificates and confirmations of a site."""

    certificates: tuple[CalibrationCertificate, ...] = ()
    confirmations: tuple[MetrologicalConfirmation, ...] = ()

    def in_force(
        self,
        serial: str,
        kind: KindOfQuantity,
        at: dt.datetime,
        known_at: dt.datetime | None = None,
    ) -> InForce | NotConfirmed:
        """The confirmation applied to instrument `serial` at `at`, as known at `known_at`.

        The latest start wins; of equal starts, the one recorded last (a correction). From
        the start of a confirmation that failed, the instrument is not confirmed.

        Raises:
            CertificateError: the confirmation cites a certificate that is not here, or that
                was not recorded by `known_at`.
        """
        candidates = [
            confirmation
            for confirmation in self.confirmations
            if confirmation.serial == serial
            and confirmation.effective_from <= at
            and (known_at is None or confirmation.recorded_at <= known_at)
        ]
        if not candidates:
            return NotConfirmed(serial=serial)
        latest = max(candidates, key=lambda each: (each.effective_from, each.recorded_at))
        if latest.decision == "fail":
            return NotConfirmed(serial=serial)
        certificate = self.certificate(latest, known_at)
        return InForce(
            confirmation=latest,
            certificate=certificate,
            result=_result_for(certificate.results, kind),
        )

    def certificate(
        self, confirmation: MetrologicalConfirmation, known_at: dt.datetime | None = None
    ) -> CalibrationCertificate:
        """The certificate that a confirmation rests on, in its latest version by `known_at`.

        Raises:
            CertificateError: it is not in the register, or is for another instrument.
        """
        versions = [
            each
            for each in self.certificates
            if each.id == confirmation.certificate
            and (known_at is None or each.recorded_at <= known_at)
        ]
        if not versions:
            raise CertificateError(
                f"confirmation {confirmation.id}",
                what=f"certificate '{confirmation.certificate}' is not in the register",
                remedy="add its file beside the confirmation",
            )
        latest = max(versions, key=lambda each: each.recorded_at)
        if latest.instrument.serial != confirmation.serial:
            raise CertificateError(
                f"confirmation {confirmation.id}",
                what=f"certificate '{latest.id}' is for serial '{latest.instrument.serial}', "
                f"not '{confirmation.serial}'",
                remedy="check the serial number on the instrument's plate",
            )
        return latest


def _result_for(
    results: Iterable[CalibrationResult], kind: KindOfQuantity
) -> CalibrationResult | None:
    """The as-left result for a kind of quantity; as-left is what is in use."""
    matching = [each for each in results if each.kind_of_quantity == kind]
    as_left = [each for each in matching if each.condition == "as_left"]
    return next(iter(as_left or matching), None)
