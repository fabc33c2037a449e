"""What the page of a DCC shows: the certificate that would be taken, what is known. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calibration.certificate import CalibrationCertificate
from calibration.conformity.guard import GuardBand
from calibration.errors import CalibrationError
from calibration.load import parse_certificate
from collector.dcc_reading import DccRead
from collector.lookup import ChannelRow
from collector.web.certificates.curves import ResultView, result_views
from collector.web.certificates.shelf import Paper
from evidence.audit.said import Said, said


@dataclass(frozen=True, slots=True, kw_only=True)
class DccView:
    """A document before it is accepted.

    Attributes:
        certificate: That would be taken; None where the document says none that can be applied.
        results: Its curves; none where `against` says why.
        channels: At which its instrument stands at the site.
        known: Whether a certificate of its id is in the site's register.
    """

    read: DccRead
    certificate: CalibrationCertificate | None
    results: tuple[ResultView, ...]
    channels: tuple[str, ...]
    known: bool
    against: Said | None


def dcc_view(
    read: DccRead, site: str, papers: Iterable[Paper], rows: Sequence[ChannelRow]
) -> DccView:
    """What is shown of a document.

    Args:
        read: What was read from it.
        site: That it concerns.
        papers: That may be seen.
        rows: The channels that may be seen.
    """
    certificate = None if read.toml is None else parse_certificate(read.toml.encode(), "document")
    results, against = _results(certificate)
    return DccView(
        read=read,
        certificate=certificate,
        results=results,
        channels=() if certificate is None else _channels(certificate, site, rows),
        known=certificate is not None and _is_known(certificate, site, papers),
        against=against,
    )


def _results(
    certificate: CalibrationCertificate | None,
) -> tuple[tuple[ResultView, ...], Said | None]:
    if certificate is None:
        return (), None
    guard = GuardBand(by="expanded_uncertainty", number=1.0)
    try:
        return result_views(certificate, None, None, guard), None
    except CalibrationError as wrong:
        return (), said(wrong.say("en"), wrong.say("zh"))


def _channels(
    certificate: CalibrationCertificate, site: str, rows: Sequence[ChannelRow]
) -> tuple[str, ...]:
    serial = certificate.instrument.serial
    found = (row.channel for row in rows if serial and row.head.serial == serial)
    return tuple(each for each in found if each.partition("/")[0] == site)


def _is_known(certificate: CalibrationCertificate, site: str, papers: Iterable[Paper]) -> bool:
    return any(
        isinstance(each.entry, CalibrationCertificate)
        and (each.site, each.entry.id) == (site, certificate.id)
        for each in papers
    )
