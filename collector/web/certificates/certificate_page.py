"""One certificate: what it says, how well, and what became of it."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from markupsafe import Markup

from calibration.certificate import CalibrationCertificate
from calibration.conformity.errors import GuardBandError
from calibration.conformity.guard import GuardBand, parse_guard_band
from collector.api.parts import Here, Parts
from collector.api.security import Asker, Reader
from collector.api.statement import visible
from collector.api.unknown import PaperUnknownError
from collector.original_register import handed_in
from collector.web.budget import budgeted
from collector.web.certificates.curve_figure import curve_figure, residual_figure
from collector.web.certificates.curves import ResultView
from collector.web.certificates.drift import DriftView
from collector.web.certificates.drift_figure import drift_figure
from collector.web.certificates.register_page import may_see_evidence
from collector.web.certificates.sheet import SheetAsked, sheet_of, versions_of
from collector.web.certificates.shelf import Paper, shelf_of
from collector.web.here import here_and_now
from collector.web.look import look_of
from collector.web.render import page
from collector.web.words import say

ID: Final = r"^[^\x00-\x1f\x7f]{1,200}$"
GUARD: Final = "1U"
router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/certificates/{certificate}", response_model=None)
def certificate(
    request: Request,
    certificate: Annotated[str, Path(pattern=ID)],
    parts: Here,
    reader: Asker,
) -> Response:
    """A certificate with points, curve, budget, conformity, drift, and its documents."""
    guard, is_guard = _guard(request.query_params.get("guard", GUARD))
    asked = SheetAsked(guard=guard, argument=_number(request.query_params.get("at", "")))
    with parts.sources.lease() as sources:
        papers = shelf_of(request).papers(sources, parts, reader)
        rows = list(visible(sources, reader).values())
    versions = versions_of(papers, certificate, request.query_params.get("site", ""))
    if not versions:
        raise PaperUnknownError("certificate", id=certificate)
    shown = _version(versions, request.query_params.get("version", ""))
    sheet = sheet_of(papers, rows, shown, here_and_now(request, parts), asked)
    language = look_of(request).language
    facts = {
        "title": "certificate.title",
        "sheet": sheet,
        "document": _document(parts, reader, sheet.certificate),
        "guard": request.query_params.get("guard", GUARD)[:60],
        "is_guard": is_guard,
        "curve_of": lambda view: _curve(view, language),
        "residuals_of": lambda view: _residuals(view, language),
        "budget_of": lambda budget, view: budgeted(
            budget.rows, language, scale=view.scale, argument_unit=view.result.argument_unit
        ),
        "drift_of": lambda view: _drift(view, language),
        "may_see_evidence": may_see_evidence(reader),
    }
    return page(request, parts, reader, "certificates/certificate.html", facts)


def _guard(text: str) -> tuple[GuardBand, bool]:
    """The guard band that is asked for, and whether it could be used; else once U."""
    try:
        found = parse_guard_band(text)
    except GuardBandError:
        return parse_guard_band(GUARD), False
    if found.by == "global_risk":  # nothing is known here of the process the items come from
        return parse_guard_band(GUARD), False
    return found, True


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e30 else None


def _version(versions: Sequence[Paper], sha256: str) -> Paper:
    return next((each for each in versions if each.sha256 == sha256), versions[-1])


def _document(parts: Parts, reader: Reader, certificate: CalibrationCertificate) -> str:
    """Whether the laboratory's document is here: unnamed, absent, damaged or kept."""
    digest = certificate.document_sha256
    if not digest:
        return "unnamed"
    with parts.journal() as journal:
        seen = [each for each in handed_in(journal, digest) if reader.sees(each.entry.site)]
    if not seen:
        return "absent"
    return "kept" if parts.originals.holds(digest) else "damaged"


def _curve(view: ResultView, language: str) -> Markup:
    name = say("certificate.curve", language)
    return Markup() if view.plot is None else curve_figure(view.plot, name, language)


def _residuals(view: ResultView, language: str) -> Markup:
    if view.plot is None or not view.plot.residuals:
        return Markup()
    return residual_figure(view.plot, say("certificate.residuals", language), language)


def _drift(view: DriftView, language: str) -> Markup:
    if not view.history:
        return Markup()
    return drift_figure(view, say("certificate.drift", language), language)
