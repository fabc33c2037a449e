"""What a certificate rests on, standard by standard, and what rests on it (VIM 2.41, 2.42)."""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.errors import CertificateError, Words
from calibration.history.shift import calibrations
from calibration.laboratory import StandardUsed
from calibration.register import CalibrationRegister

DEEPEST: Final = 20
Validity = Literal["valid", "expired", "later", "withdrawn", "unknown"]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A standard behind a certificate, with its own standards.

    Args:
        influence: id of the deviation that all have in common that were calibrated with it.
        certificate: of the standard; "" where it is not named.
        standard: maker, model and serial, or laboratory's words; "" where its certificate is
            not in the register.
        validity: on the day it was used: "later" if it was calibrated only afterwards.
        until: last day on which its certificate could be used, where that is known.
        relative_standard_uncertainty: its share in the result; None where it is not stated.
        upstream: the standards that it was calibrated with.
    """

    influence: str
    certificate: str
    standard: str
    validity: Validity
    until: dt.date | None
    relative_standard_uncertainty: float | None
    upstream: tuple["Link", ...] = ()


def chain(
    register: CalibrationRegister, certificate: CalibrationCertificate, depth: int = DEEPEST
) -> tuple[Link, ...]:
    """The standards behind a certificate, each with those behind it.

    Raises:
        CertificateError: the chain is deeper than twenty certificates: it leads in a circle.
    """
    if depth == 0:
        raise CertificateError(
            f"certificate {certificate.id}",
            what=Words(
                f"its chain of standards is longer than {DEEPEST}, or leads in a circle",
                f"其标准器溯源链超过 {DEEPEST} 级，或形成循环",
            ),
            remedy=Words(
                "compare the 'certificate' of each of its standards",
                "请核对各标准器的 'certificate'",
            ),
        )
    return tuple(_link(register, certificate, used, depth) for used in certificate.standards)


def _link(
    register: CalibrationRegister,
    certificate: CalibrationCertificate,
    used: StandardUsed,
    depth: int,
) -> Link:
    own = certificate_by_id(register, used.certificate)
    until = used.valid_until if own is None else _until(register, own, certificate.performed_on)
    return Link(
        influence=used.influence,
        certificate=used.certificate,
        standard="" if own is None else _name(own),
        validity=_validity(register, own, until, certificate.performed_on),
        until=until,
        relative_standard_uncertainty=used.relative_standard_uncertainty,
        upstream=() if own is None else chain(register, own, depth - 1),
    )


def certificate_by_id(
    register: CalibrationRegister, certificate: str
) -> CalibrationCertificate | None:
    """The latest version of a certificate; None if it is not in the register."""
    versions = (each for each in register.certificates if each.id == certificate)
    return max(versions, key=lambda each: each.recorded_at, default=None)


def _name(certificate: CalibrationCertificate) -> str:
    what = certificate.instrument
    return " ".join(part for part in (what.maker, what.model, what.serial) if part)


def _until(
    register: CalibrationRegister, standard: CalibrationCertificate, day: dt.date
) -> dt.date | None:
    """The last day on which a standard's certificate could be used, as of the day of its use.

    A reference material and a verification state it; a calibration does not, and the
    confirmation of the standard's owner does.
    """
    if standard.valid_until is not None:
        return standard.valid_until
    decided = (
        each.due_on
        for each in register.confirmations
        if each.certificate == standard.id
        and each.decision == "pass"
        and each.effective_from.date() <= day
    )
    return max(decided, default=None)


def _validity(
    register: CalibrationRegister,
    standard: CalibrationCertificate | None,
    until: dt.date | None,
    day: dt.date,
) -> Validity:
    if standard is not None and standard.id in register.withdrawn:
        return "withdrawn"
    if standard is not None and standard.performed_on > day:
        return "later"
    if until is None:
        return "unknown"
    return "valid" if day <= until else "expired"


def resting_on(register: CalibrationRegister, certificate: str) -> tuple[str, ...]:
    """The certificates that rest on a standard's certificate, directly or through others."""
    found = resting_on_any(register, (certificate,))
    return tuple(each for each in found if each != certificate)


def resting_on_any(register: CalibrationRegister, certificates: Iterable[str]) -> tuple[str, ...]:
    """The certificates that rest on one of some standards', nearest first, each once.

    One of these itself is among them if it rests on another one.
    """
    citing: dict[str, dict[str, None]] = defaultdict(dict)
    for one in register.certificates:
        for used in one.standards:
            citing[used.certificate][one.id] = None
    found: dict[str, None] = {}
    waiting = deque(certificates)
    while waiting:
        for each in citing.get(waiting.popleft(), ()):
            if each not in found:
                found[each] = None
                waiting.append(each)
    return tuple(found)


def shared_influences(register: CalibrationRegister) -> Mapping[str, tuple[str, ...]]:
    """Influences that act on more than one instrument: {influence: serial numbers}.

    What is measured with these instruments deviates together; sums and differences of it
    must not be taken in quadrature (GUM F.1.2.3).
    """
    found: dict[str, set[str]] = defaultdict(set)
    for influence, serial in _acting(register):
        found[influence].add(serial)
    return {
        influence: tuple(sorted(serials))
        for influence, serials in sorted(found.items())
        if len(serials) > 1
    }


def _acting(register: CalibrationRegister) -> Iterator[tuple[str, str]]:
    for serial in sorted({each.instrument.serial for each in register.certificates}):
        for certificate in calibrations(register, serial):
            yield from ((used.influence, serial) for used in certificate.standards)
    for confirmation in register.confirmations:
        yield from ((each.id, confirmation.serial) for each in confirmation.influences)
