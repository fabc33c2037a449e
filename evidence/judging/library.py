"""The documents that agents have logged: certificates, profiles, what was decided, tests."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.derivation import Derivation
from calibration.event import CalibrationEvent
from calibration.load import (
    parse_certificate,
    parse_confirmation,
    parse_derivation,
    parse_event,
    parse_plan,
    parse_setting,
    parse_test,
)
from calibration.model.load import model_named
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.judging.plan_names import require_known
from evidence.log.batch import Document
from evidence.log.reread import DeviceProfile, read_profile

_ENTRIES: Final[Mapping[str, tuple[str, Callable[[bytes, str], msgspec.Struct]]]] = {
    "certificate": ("certificates", parse_certificate),
    "confirmation": ("confirmations", parse_confirmation),
    "event": ("events", parse_event),
    "setting": ("settings", parse_setting),
    "derivation": ("derivations", parse_derivation),
    "plan": ("plans", parse_plan),
    "test": ("tests", parse_test),
}
"""Where in the register a document of a kind stands, and how it is read."""


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
        one; the withdrawal of a certificate if one of the instruments rested on it. What was
        decided or tested changes no reading: hours are told anew when they are asked for.
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


def joined(libraries: Iterable[Library]) -> Library:
    """All that several libraries of different documents know, in their order; each file once."""
    known: set[str] = set()
    profiles: dict[str, DeviceProfile] = {}
    entries: dict[str, list[Any]] = {}
    for each in libraries:
        if not each.known <= known:
            known |= each.known
            profiles |= each.profiles
            for field in CalibrationRegister.__struct_fields__:
                if own := getattr(each.register, field):
                    entries.setdefault(field, []).extend(own)
    register = CalibrationRegister(**{field: tuple(own) for field, own in entries.items()})
    return Library(register=register, profiles=profiles, known=frozenset(known))


def _with_entry(register: CalibrationRegister, leaf: Document) -> CalibrationRegister:
    """The register with a logged document; the same one with a profile."""
    if leaf.kind not in _ENTRIES:
        return register
    field, parse = _ENTRIES[leaf.kind]
    entry = parse(leaf.data(), leaf.name)
    _require_names_known(entry, leaf.name)
    return msgspec.structs.replace(register, **{field: (*getattr(register, field), entry)})


def _require_names_known(entry: msgspec.Struct, where: str) -> None:
    """Refuses a document that rests on a model, rules or limits that are not here."""
    if isinstance(entry, Derivation):
        model_named(entry.model, where)
    elif isinstance(entry, MonitoringPlan):
        require_known(entry, where)


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
