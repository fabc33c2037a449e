"""What was in force for an instrument at an instant, as known at another.

Certificates are bitemporal: valid time (from when a confirmation is applied) and record
time (when we learnt of it). A late certificate changes what was in force in the past,
as known now; what was known then can still be asked.
"""

import datetime as dt

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.confirmation import MetrologicalConfirmation
from calibration.derivation import Derivation
from calibration.errors import CertificateError, Words
from calibration.event import CalibrationEvent
from calibration.measurand import KindOfQuantity
from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from calibration.setting import Setting


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmation, its certificate, and the result for the measurand asked for."""

    confirmation: MetrologicalConfirmation
    certificate: CalibrationCertificate
    result: CalibrationResult | None

    def overdue(self, at: dt.datetime) -> bool:
        """Whether the confirmation's last day has passed at `at` (UTC)."""
        return at.astimezone(dt.UTC).date() > self.confirmation.due_on


class NotConfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """No confirmation covers the instrument at that instant.

    Args:
        because: the event that ended the last one; None if there was none, or it says "fail".
    """

    serial: str
    because: CalibrationEvent | None = None


class CalibrationRegister(msgspec.Struct, frozen=True, kw_only=True):
    """All documents of a site: certificates, confirmations, events, and what was decided."""

    certificates: tuple[CalibrationCertificate, ...] = ()
    confirmations: tuple[MetrologicalConfirmation, ...] = ()
    events: tuple[CalibrationEvent, ...] = ()
    settings: tuple[Setting, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    plans: tuple[MonitoringPlan, ...] = ()
    tests: tuple[TestRecord, ...] = ()

    @property
    def withdrawn(self) -> frozenset[str]:
        """Ids of the certificates that were withdrawn."""
        return frozenset(
            each.certificate for each in self.events if each.event == "certificate_withdrawn"
        )

    def as_known(self, known_at: dt.datetime | None) -> "CalibrationRegister":
        """What was recorded by `known_at`; all of it for None."""
        if known_at is None:
            return self
        return CalibrationRegister(
            certificates=tuple(each for each in self.certificates if each.recorded_at <= known_at),
            confirmations=tuple(
                each for each in self.confirmations if each.recorded_at <= known_at
            ),
            events=tuple(each for each in self.events if each.recorded_at <= known_at),
            settings=tuple(each for each in self.settings if each.recorded_at <= known_at),
            derivations=tuple(each for each in self.derivations if each.recorded_at <= known_at),
            plans=tuple(each for each in self.plans if each.recorded_at <= known_at),
            tests=tuple(each for each in self.tests if each.recorded_at <= known_at),
        )

    def in_force(
        self,
        serial: str,
        kind: KindOfQuantity,
        at: dt.datetime,
        known_at: dt.datetime | None = None,
        channel: str = "",
    ) -> InForce | NotConfirmed:
        """The confirmation applied to instrument `serial` at `at`, as known at `known_at`.

        The latest start wins; of equal starts, the one recorded last (a correction). One whose
        certificate was withdrawn never counts. From the start of a confirmation that failed,
        and from an event that ends a confirmation, the instrument is not confirmed.

        Args:
            serial: of the instrument.
            kind: of the channel's quantity.
            at: the instant asked for, with a time zone.
            known_at: only what was recorded by then; None for all.
            channel: of the device profile; a result that names it comes before one that
                names none.

        Raises:
            CertificateError: the confirmation cites a certificate that is not here, or that
                was not recorded by `known_at`.
        """
        known = self.as_known(known_at)
        latest = known.confirmed(serial, at)
        if latest is None or latest.decision == "fail":
            return NotConfirmed(serial=serial)
        ended = known.ended(latest, at)
        if ended is not None:
            return NotConfirmed(serial=serial, because=ended)
        certificate = known.certificate(latest)
        return InForce(
            confirmation=latest,
            certificate=certificate,
            result=_result_for(certificate, latest, kind, channel),
        )

    def confirmed(self, serial: str, at: dt.datetime) -> MetrologicalConfirmation | None:
        """The last decision about an instrument that had effect by `at`, whatever it says."""
        withdrawn = self.withdrawn
        candidates = (
            each
            for each in self.confirmations
            if each.serial == serial
            and each.effective_from <= at
            and each.certificate not in withdrawn
        )
        return max(
            candidates, key=lambda each: (each.effective_from, each.recorded_at), default=None
        )

    def ended(
        self, confirmation: MetrologicalConfirmation, at: dt.datetime
    ) -> CalibrationEvent | None:
        """The first event by `at` that ended what a confirmation supports; None if none did."""
        ending = (
            each
            for each in self.events
            if each.serial == confirmation.serial
            and confirmation.effective_from < each.at <= at
            and each.ends_confirmation
        )
        return min(ending, key=lambda each: each.at, default=None)

    def removed(self, serial: str, at: dt.datetime) -> CalibrationEvent | None:
        """The removal by `at` that no installation followed; None where it was not taken out."""
        moved = (
            each
            for each in self.events
            if each.serial == serial and each.event in {"installation", "removal"} and each.at <= at
        )
        last = max(moved, key=lambda each: (each.at, each.recorded_at), default=None)
        return None if last is None or last.event == "installation" else last

    def certificate(self, confirmation: MetrologicalConfirmation) -> CalibrationCertificate:
        """The certificate that a confirmation rests on, in its latest version.

        Raises:
            CertificateError: it is not in the register, or is for another instrument.
        """
        versions = [each for each in self.certificates if each.id == confirmation.certificate]
        if not versions:
            raise CertificateError(
                f"confirmation {confirmation.id}",
                what=Words(
                    f"certificate '{confirmation.certificate}' is not in the register",
                    f"证书 '{confirmation.certificate}' 不在台账中",
                ),
                remedy=Words(
                    "add its file beside the confirmation", "请将其文件放在计量确认文件旁"
                ),
            )
        latest = max(versions, key=lambda each: each.recorded_at)
        if latest.instrument.serial != confirmation.serial:
            raise CertificateError(
                f"confirmation {confirmation.id}",
                what=Words(
                    f"certificate '{latest.id}' is for serial '{latest.instrument.serial}', "
                    f"not '{confirmation.serial}'",
                    f"证书 '{latest.id}' 的出厂编号为 '{latest.instrument.serial}'，"
                    f"不是 '{confirmation.serial}'",
                ),
                remedy=Words(
                    "check the serial number on the instrument's plate",
                    "请核对器具铭牌上的出厂编号",
                ),
            )
        return latest


def _result_for(
    certificate: CalibrationCertificate,
    confirmation: MetrologicalConfirmation,
    kind: KindOfQuantity,
    channel: str,
) -> CalibrationResult | None:
    """The as-left result, which is in use, with the function that the confirmation applies."""
    result = result_of(certificate, kind, channel)
    if result is None:
        return None
    fitted = [each for each in confirmation.functions if each.kind_of_quantity == kind]
    own = [each for each in fitted if each.channel == result.channel]
    if not own:
        return result
    return msgspec.structs.replace(result, function=own[0].function)


def result_of(
    certificate: CalibrationCertificate,
    kind: KindOfQuantity,
    channel: str = "",
    condition: str = "as_left",
) -> CalibrationResult | None:
    """A certificate's result for a kind of quantity: of the channel, or of any channel.

    An instrument that was not adjusted left as it was found: then either condition stands
    for the other. Of one that was, nothing stands for the condition that is not stated.
    """
    matching = [
        each
        for each in certificate.results
        if each.kind_of_quantity == kind and each.channel in (channel, "")
    ]
    wanted = [
        each for each in matching if each.condition == condition or not certificate.adjustment
    ]
    return max(
        wanted,
        key=lambda each: (each.condition == condition, each.channel == channel),
        default=None,
    )
