"""Whether a DCC bears out the certificate that was taken from it: its signatures, its numbers."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.dcc.document import parse_document
from calibration.dcc.errors import DccError
from calibration.dcc.findings import Finding
from calibration.dcc.identity import certificate_id, instrument, item_chosen
from calibration.dcc.mapping import Choices, map_certificate
from calibration.dcc.read import read_certificate
from calibration.dcc.signature import Checked, CheckedSignature, Outcome, check_signatures
from calibration.dcc.transcript import Item, TranscribedCertificate
from calibration.dcc.trust import Trust
from calibration.errors import CalibrationError
from calibration.function import CalibrationFunction

RELATIVE: Final = 1e-9
"""By which two numbers may differ that are one; a last digit is far more."""
Numbers = Literal["same", "different", "not compared"]


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What an original says of the certificate that was taken from it.

    Args:
        signature: the outcome for all signatures.
        signatures: each, and who made it.
        differs: what the original states otherwise: "serial", "performed_on", "id", "results" or
            "conformity"; "" nothing.
        numbers: whether those of the results are the same. They are not compared where the
            original states none of that kind, or in another unit.
    """

    signature: Outcome
    signatures: tuple[CheckedSignature, ...]
    differs: str
    numbers: Numbers


def seal_of(data: bytes, certificate: CalibrationCertificate, trust: Trust | None) -> Seal:
    """What a DCC's bytes say of the certificate that was taken from it.

    Args:
        data: the document's exact bytes.
        certificate: that cites them; signatures without a time are judged as of its
            `recorded_at`.
        trust: whom to trust; None where nobody was named.

    Raises:
        DccManipulatedError, DccWrappedError, DccWeakSignatureError, DccSignatureError: a
            signature does not hold.
        DccError: it is no DCC that is read here.
    """
    where = certificate.id
    parse_document(data, where)
    checked = check_signatures(data, where, trust, certificate.recorded_at)
    content = read_certificate(parse_document(checked.data, where), where)
    return _compared(checked, content, certificate)


def _compared(
    checked: Checked, content: TranscribedCertificate, certificate: CalibrationCertificate
) -> Seal:
    read = _mapped(content, certificate)
    numbers = _numbers(certificate, read)
    return Seal(
        signature=checked.outcome,
        signatures=checked.signatures,
        differs=next(_differences(content, certificate, read, numbers), ""),
        numbers=numbers,
    )


def _mapped(
    content: TranscribedCertificate, certificate: CalibrationCertificate
) -> CalibrationCertificate | None:
    """What would be taken from the document today; None where nothing can be."""
    kinds = {each.kind_of_quantity for each in certificate.results}
    choices = Choices(
        recorded_at=certificate.recorded_at,
        document_sha256=certificate.document_sha256,
        item=certificate.instrument.serial,
        kind=kinds.pop() if len(kinds) == 1 else None,
    )
    try:
        return map_certificate(content, choices).certificate
    except DccError:
        return None


def _differences(
    content: TranscribedCertificate,
    certificate: CalibrationCertificate,
    read: CalibrationCertificate | None,
    numbers: Numbers,
) -> Iterator[str]:
    item = item_chosen(content, certificate.instrument.serial)
    if isinstance(item, Finding):
        yield "serial"
        return
    if content.ended_on != certificate.performed_on:
        yield "performed_on"
    if _id(content, item) != certificate.id:
        yield "id"
    if numbers == "different":
        yield "results"
    if _stated(read) and _stated(certificate) and _stated(read) != _stated(certificate):
        yield "conformity"


def _id(content: TranscribedCertificate, item: Item) -> str:
    try:
        return certificate_id(content, instrument(item, content.languages)[0].serial)[0]
    except CalibrationError:
        return ""


def _stated(certificate: CalibrationCertificate | None) -> str:
    """Pass or fail; "" where neither is stated."""
    if certificate is None or certificate.conformity is None:
        return ""
    return certificate.conformity.statement


def _numbers(certificate: CalibrationCertificate, read: CalibrationCertificate | None) -> Numbers:
    """Whether each result of the certificate stands in the original."""
    if read is None or not certificate.results:
        return "not compared"
    found = {_of_result(each, read.results) for each in certificate.results}
    if "different" in found:
        return "different"
    return "not compared" if "not compared" in found else "same"


def _of_result(stated: CalibrationResult, results: Iterable[CalibrationResult]) -> Numbers:
    """A result against those of its kind; a channel is named by us, and tells none apart."""
    found = {_pair(stated, each) for each in results if _kind(each) == _kind(stated)}
    if "same" in found:
        return "same"
    return "different" if "different" in found else "not compared"


def _kind(result: CalibrationResult) -> tuple[str, ...]:
    units = result.unit, result.argument_unit
    return (result.kind_of_quantity, result.result, result.argument, result.condition, *units)


def _pair(stated: CalibrationResult, read: CalibrationResult) -> Numbers:
    """One result against another, by what both state: points, function, or both."""
    same: list[bool] = []
    if stated.points and read.points:
        same.append(all(any(_same_point(a, b) for b in read.points) for a in stated.points))
    if stated.function is not None and read.function is not None:
        same.append(_same_function(stated.function, read.function))
    if not same:
        return "not compared"
    return "same" if all(same) else "different"


def _same_point(stated: Point, read: Point) -> bool:
    """A value may be a difference of two printed ones: its noise is that of the larger."""
    slack = 1e-12 * max(abs(stated.at), abs(stated.value))
    return _close(_row(stated), _row(read), slack)


def _row(point: Point) -> tuple[float, ...]:
    return point.at, point.value, point.expanded_uncertainty, point.coverage_factor


def _same_function(stated: CalibrationFunction, read: CalibrationFunction) -> bool:
    return stated.form == read.form and _close(_all_of(stated), _all_of(read))


def _all_of(function: CalibrationFunction) -> list[float]:
    cells = (cell for row in function.covariance for cell in row)
    return [function.centre, *function.coefficients, *function.knots, *cells]


def _close(stated: Sequence[float], read: Sequence[float], slack: float = 0.0) -> bool:
    return len(stated) == len(read) and all(
        math.isclose(a, b, rel_tol=RELATIVE, abs_tol=slack)
        for a, b in zip(stated, read, strict=True)
    )
