"""What the page of a DCC shows: the certificate that would be taken, what is known. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.conformity.guard import GuardBand
from calibration.errors import CalibrationError
from calibration.load import parse_certificate
from collector.dcc_reading import DccRead
from collector.lookup import ChannelRow
from collector.web.certificates.curves import ResultView, result_views
from collector.web.certificates.shelf import Paper
from collector.web.words import say
from evidence.audit.said import Said, said
from evidence.errors import CodedError

_FIELDS: Final = {"--item": "dcc.item", "--kind": "dcc.kind", "due_on": "certificates.due_on"}
_TRUST: Final = re.compile(r"(?<!import )--trust")
_NESTED: Final = re.compile(r"\b(E_[A-Z_]+) [^\s:]*: ")
"""The code and the place of what is wrong within a document."""


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


def on_the_page(text: str, language: str) -> str:
    """A text of the reader of documents in which the form's fields stand for options."""
    for option, key in _FIELDS.items():
        text = text.replace(option, f"“{say(key, language)}”")
    return _TRUST.sub("`carbonmeter calibration import --trust`", text)


def refusal_words(refused: CodedError, language: str) -> tuple[str, str]:
    """Why a document is refused, and the code of it; without the place, which is the form."""
    text = refused.say(language).partition(": ")[2]
    found = _NESTED.search(text)
    code = refused.code if found is None else found[1]
    return on_the_page(_NESTED.sub("", text, count=1), language), code


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
