"""A certificate's page as HTML text, complete in itself: no script, no network."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from calibration.certificate import CalibrationCertificate
from calibration.drawing import curve_svg, stems_svg
from calibration.history.chain import chain
from calibration.history.scrutiny import scrutiny
from calibration.inputs import RELATIVE, InputUnit
from calibration.register import CalibrationRegister
from calibration.report.content import ResultContent, content_of
from calibration.report.texts import TEXTS
from calibration.series import Series
from calibration.unit_symbol import quotient, symbol

_TEMPLATES = Environment(
    loader=PackageLoader("calibration.report"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
)


def page(
    certificate: CalibrationCertificate, register: CalibrationRegister, file_sha256: str
) -> str:
    """The page of a certificate.

    Args:
        certificate: to be shown.
        register: where its standards are looked up.
        file_sha256: of the certificate's file.

    Raises:
        CertificateError: points or a function cannot be used, or the chain leads in a circle.
    """
    return _TEMPLATES.get_template("certificate.html").render(
        certificate=certificate,
        file_sha256=file_sha256,
        results=[_drawn(each) for each in content_of(certificate)],
        links=chain(register, certificate),
        outcomes=tuple(scrutiny(register, certificate)),
        texts=TEXTS,
        number=number,
        symbol=symbol,
        written=written,
    )


def number(value: float) -> str:
    """Up to seven significant digits, as a person reads them."""
    return f"{value:.7g}"


def written(unit: InputUnit | None) -> str:
    """The unit of an input quantity as people write it; "" where none can be written."""
    if unit is None:
        return ""
    return quotient(symbol("1" if unit.of == RELATIVE else unit.of), symbol(unit.per), unit.power)


def _drawn(content: ResultContent) -> dict[str, Any]:
    """A result with its drawings; what matplotlib writes is escaped by it."""
    result, curve = content.result, content.curve
    unit = "1" if result.result == "relative_error" else result.unit
    drawings: dict[str, Markup | None] = {"curve": None, "residuals": None}
    if curve is not None:
        text = curve_svg(curve, _stated(content), (result.argument_unit, unit))
        drawings["curve"] = Markup(text)  # noqa: S704
    shown = [(point.at, point.by_u) for point in content.points if point.by_u is not None]
    if result.function is not None and shown:
        at, by_u = zip(*shown, strict=True)
        text = stems_svg(at, by_u, (result.argument_unit, "r/u"))
        drawings["residuals"] = Markup(text)  # noqa: S704
    return {"content": content, "unit": unit, **drawings}


def _stated(content: ResultContent) -> Series:
    return Series(
        at=tuple(point.at for point in content.points),
        value=tuple(point.value for point in content.points),
        expanded_uncertainty=tuple(point.expanded_uncertainty for point in content.points),
    )
