"""The certificates, confirmations and device profiles that agents have logged."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.event import CalibrationEvent
from calibration.load import (
    parse_certificate,
    parse_confirmation,
    parse_derivation,
    parse_event,
    parse_setting,
)
from calibration.model.load import model_named
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
        profiles = self.profiles
        if leaf.kind == "profile":
            profiles = {**profiles, leaf.sha256: read_profile(data, leaf.name)}
        return Library(
            register=_with_entry(self.register, leaf),
            profiles=profiles,
            known=self.known | {leaf.sha256},
        )

    def changes(self, before: "Library", serials: frozenset[str], until_ns: int) -> bool:
        """Whether what this adds to `before` bears on readings of `serials` up to an instant.

        A confirmation or an event does if it has effect by then; a certificate if it corrects
        one; the withdrawal of a certificate if one of the instruments rested on it.
        """
        known, added = before.register, self.register
        return (
            any(
                each.serial in serials and _ns(each.effective_from) <= until_ns
                for each in added.confirmations[len(known.confirmations) :]
            )
            or any(
                each.instrument.serial in serials and _corrects(each, before)
                for each in added.certificates[len(known.certificates) :]
            )
            or any(
                _concerns(each, added, serials, until_ns)
                for each in added.events[len(known.events) :]
            )
        )


def _with_entry(register: CalibrationRegister, leaf: Document) -> CalibrationRegister:
    """The register with a logged certificate, confirmation, event, setting or derivation."""
    data, replace = leaf.data(), msgspec.structs.replace
    if leaf.kind == "certificate":
        entry = parse_certificate(data, leaf.name)
        return replace(register, certificates=(*register.certificates, entry))
    if leaf.kind == "confirmation":
        decided = parse_confirmation(data, leaf.name)
        return replace(register, confirmations=(*register.confirmations, decided))
    if leaf.kind == "event":
        return replace(register, events=(*register.events, parse_event(data, leaf.name)))
    if leaf.kind == "setting":
        return replace(register, settings=(*register.settings, parse_setting(data, leaf.name)))
    if leaf.kind == "derivation":
        computed = parse_derivation(data, leaf.name)
        model_named(computed.model, leaf.name)
        return replace(register, derivations=(*register.derivations, computed))
    return register


def _ns(instant: dt.datetime) -> int:
    return int(instant.timestamp()) * 1_000_000_000


def _concerns(
    event: CalibrationEvent, register: CalibrationRegister, serials: frozenset[str], until_ns: int
) -> bool:
    """Whether an event is of one of the instruments by then, or of a certificate of one.

    A certificate that is withdrawn never supported anything, whenever that was found out.
    """
    if event.event != "certificate_withdrawn":
        return event.serial in serials and _ns(event.at) <= until_ns
    return any(
        each.id == event.certificate and each.instrument.serial in serials
        for each in register.certificates
    )


def _corrects(certificate: CalibrationCertificate, before: Library) -> bool:
    return any(each.id == certificate.id for each in before.register.certificates)
