"""The chain from a certificate to the standards behind it, with its gaps named (pure)."""

import datetime as dt
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.history.chain import Link, certificate_by_id, chain
from calibration.register import CalibrationRegister
from evidence.audit.papers import Papers
from evidence.audit.said import Pointer, Said, said

GapKind = Literal[
    "expired", "later", "withdrawn", "validity_unknown", "certificate_absent", "no_standard"
]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chain does not hold, or is not on record.

    Args:
        path: ids from the certificate asked for to the place of the gap.
        gap: what is wrong; `words` say it.
    """

    path: tuple[str, ...]
    gap: GapKind
    words: Said


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate and the standards behind it.

    Args:
        site: whose register knows it.
        standards: each with its own certificate, its validity on the day of use, and those behind
            it.
        tops: last standards on record; whether they are national standards is for a person.
        gaps: where the chain does not hold.
        unbroken: whether there are none.
        papers: the certificates of the chain that are in the register.
    """

    site: str
    certificate: str
    performed_on: dt.date
    laboratory: str
    accreditation: str
    withdrawn: bool
    standards: tuple[Link, ...]
    tops: tuple[str, ...]
    gaps: tuple[Gap, ...]
    unbroken: bool
    papers: tuple[Pointer, ...]


_WORDS: Final[dict[GapKind, tuple[str, str]]] = {
    "expired": (
        "{name} was valid to {until} only, and was used on {used}",
        "{name} 的有效期至 {until}，而使用日期为 {used}",
    ),
    "later": (
        "{name} was calibrated only after it was used on {used}",
        "{name} 的校准晚于其使用日期 {used}",
    ),
    "withdrawn": ("the certificate of {name} was withdrawn", "{name} 的证书已撤销"),
    "validity_unknown": (
        "until when {name} was valid is not in the register (used on {used})",
        "{name} 的有效期不在台账中（使用日期 {used}）",
    ),
    "certificate_absent": (
        "the certificate of {name} is not in the register: the chain ends on record here",
        "{name} 的证书不在台账中：链条记录至此为止",
    ),
    "no_standard": (
        "{name} names no standard that it rests on",
        "{name} 未注明所用的标准器",
    ),
}


def traced(
    register: CalibrationRegister, site: str, certificate: str, papers: Papers
) -> Traced | None:
    """The chain of a certificate; None if the register does not know it.

    Raises:
        CertificateError: it leads in a circle.
    """
    own = certificate_by_id(register, certificate)
    if own is None:
        return None
    links = chain(register, own)
    gaps = tuple(gaps_of(register, own, links, (own.id,)))
    known = [each for each in _named((own.id,), links) if certificate_by_id(register, each)]
    return Traced(
        site=site,
        certificate=own.id,
        performed_on=own.performed_on,
        laboratory=own.laboratory.name,
        accreditation=own.laboratory.accreditation,
        withdrawn=own.id in register.withdrawn,
        standards=links,
        tops=tuple(dict.fromkeys(_tops(own, links))),
        gaps=gaps,
        unbroken=not gaps and own.id not in register.withdrawn,
        papers=tuple(papers.named("certificate", each) for each in known),
    )


def gaps_of(
    register: CalibrationRegister,
    certificate: CalibrationCertificate,
    links: tuple[Link, ...],
    path: tuple[str, ...],
) -> Iterator[Gap]:
    """The gaps behind a certificate, those nearest to it first.

    A certificate at the top of a chain that names no standard is no gap: somewhere a chain ends.

    Args:
        register: That knows the standards' certificates.
        certificate: Behind which the links stand.
        links: Its standards.
        path: Ids that lead to it.
    """
    if not links and len(path) == 1:
        yield _gap("no_standard", path, certificate.id)
    for link in links:
        name, used = link.certificate or link.influence, certificate.performed_on
        further = (*path, name)
        kind = _kind(link)
        if kind is not None:
            yield _gap(kind, further, name, used, link.until)
        own = certificate_by_id(register, link.certificate)
        if own is None:
            yield _gap("certificate_absent", further, name)
        else:
            yield from gaps_of(register, own, link.upstream, further)


def _kind(link: Link) -> GapKind | None:
    match link.validity:
        case "valid":
            return None
        case "unknown":
            return "validity_unknown"
        case "expired" | "later" | "withdrawn" as found:
            return found


def _gap(
    kind: GapKind,
    path: tuple[str, ...],
    name: str,
    used: dt.date | None = None,
    until: dt.date | None = None,
) -> Gap:
    en, zh = (each.format(name=name, used=used, until=until) for each in _WORDS[kind])
    return Gap(path=path, gap=kind, words=said(en, zh))


def _named(own: tuple[str, ...], links: tuple[Link, ...]) -> tuple[str, ...]:
    found = dict.fromkeys(own)
    for link in links:
        found.update(dict.fromkeys(_named((link.certificate,), link.upstream)))
    return tuple(each for each in found if each)


def _tops(certificate: CalibrationCertificate, links: tuple[Link, ...]) -> Iterator[str]:
    if not links:
        yield certificate.id
    for link in links:
        yield from _link_tops(link)


def _link_tops(link: Link) -> Iterator[str]:
    if not link.upstream:
        yield link.certificate or link.influence
    for each in link.upstream:
        yield from _link_tops(each)
