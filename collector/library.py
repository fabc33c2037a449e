"""The certificates and confirmations that agents have logged."""

import msgspec

from calibration.certificate import CalibrationCertificate, MetrologicalConfirmation
from calibration.load import parse_certificate, parse_confirmation
from calibration.register import CalibrationRegister
from evidence.log.batch import Document


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of certificates, each file once."""

    register: CalibrationRegister = CalibrationRegister()
    known: frozenset[str] = frozenset()

    def with_document(self, leaf: Document) -> "Library":
        """The library with a logged document; the same one if it adds nothing.

        Raises:
            LeafContentError: the document does not have its digest.
            CertificateError: it is not what it says it is.
        """
        data = leaf.data()
        if leaf.sha256 in self.known or leaf.kind not in ("certificate", "confirmation"):
            return self
        certificates, confirmations = self.register.certificates, self.register.confirmations
        if leaf.kind == "certificate":
            certificates = (*certificates, parse_certificate(data, leaf.name))
        else:
            confirmations = (*confirmations, parse_confirmation(data, leaf.name))
        return Library(
            register=CalibrationRegister(certificates=certificates, confirmations=confirmations),
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
