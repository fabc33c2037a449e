"""The certificates, confirmations and device profiles that agents have logged."""

from collections.abc import Mapping

import msgspec

from calibration.certificate import CalibrationCertificate, MetrologicalConfirmation
from calibration.load import parse_certificate, parse_confirmation
from calibration.register import CalibrationRegister
from evidence.log.batch import Document
from evidence.log.reread import DeviceProfile, read_profile


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """What is known, each file once; profiles by SHA-256."""

    register: CalibrationRegister = CalibrationRegister()
    profiles: Mapping[str, DeviceProfile] = {}
    known: frozenset[str] = frozenset()

    def with_document(self, leaf: Document) -> "Library":
        """The library with a logged document; the same one if it adds nothing.

        Raises:
            LeafContentError: the document does not have its digest.
            CertificateError, LeafContentError: it is not what it says it is.
        """
        data = leaf.data()
        if leaf.sha256 in self.known or leaf.kind == "configuration":
            return self
        certificates, confirmations = self.register.certificates, self.register.confirmations
        profiles = self.profiles
        if leaf.kind == "certificate":
            certificates = (*certificates, parse_certificate(data, leaf.name))
        elif leaf.kind == "confirmation":
            confirmations = (*confirmations, parse_confirmation(data, leaf.name))
        else:
            profiles = {**profiles, leaf.sha256: read_profile(data, leaf.name)}
        return Library(
            register=CalibrationRegister(certificates=certificates, confirmations=confirmations),
            profiles=profiles,
            known=self.known | {leaf.sha256},
        )

    def changes(self, before: "Library", serials: frozenset[str], until_ns: int) -> bool:
        """Whether what this adds to `before` bears on readings of `serials` up to an instant.

        A confirmation does if it is effective by then; a certificate if it corrects one.
        """
        return any(
            each.serial in serials and _effective_ns(each) <= until_ns
            for each in self.register.confirmations[len(before.register.confirmations) :]
        ) or any(
            each.instrument.serial in serials and _corrects(each, before)
            for each in self.register.certificates[len(before.register.certificates) :]
        )


def _effective_ns(confirmation: MetrologicalConfirmation) -> int:
    return int(confirmation.effective_from.timestamp()) * 1_000_000_000


def _corrects(certificate: CalibrationCertificate, before: Library) -> bool:
    return any(each.id == certificate.id for each in before.register.certificates)
