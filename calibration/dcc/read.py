"""A whole DCC: from the tree of a document to a TranscribedCertificate."""

import base64
import hashlib

from lxml import etree
from lxml.etree import _Element as Element

from calibration.dcc.administration import (
    contact,
    equipment,
    identifications,
    items,
    persons,
    referral,
    software,
)
from calibration.dcc.content import Attachment, Statement
from calibration.dcc.document import (
    DCC,
    child,
    child_text,
    local_name,
    needed,
    path_of,
    placed,
    text_of,
    words,
)
from calibration.dcc.errors import DccMissingError, DccSyntaxError
from calibration.dcc.results import conditions, data_in, metadata, methods, statement
from calibration.dcc.transcript import Measurement, Result, TranscribedCertificate
from calibration.dcc.values import date_in, leaves, needed_date, needed_text, texts_in
from calibration.dcc.wording import text_in
from calibration.errors import Words


def read_certificate(root: Element, where: str) -> TranscribedCertificate:
    """The content of a DCC, as the document says it.

    Args:
        root: of a document that `parse_document` read.
        where: name of the file, for errors.

    Raises:
        DccError: something without which a certificate says nothing is missing, or a number,
            a date or a list cannot be used; its place is a path in the document.
    """
    try:
        return _transcribed(root)
    except RecursionError as cause:
        raise DccSyntaxError(
            where,
            found=Words("elements within elements", "元素嵌套"),
            limit=Words("less deep", "嵌套较浅"),
        ) from cause


def _transcribed(root: Element) -> TranscribedCertificate:
    administration = needed(root, "administrativeData")
    core = needed(administration, "coreData")
    laboratory = needed(administration, "calibrationLaboratory")
    change = child(core, "reportAmendedSubstituted")
    found = TranscribedCertificate(
        schema_version=root.get("schemaVersion") or "",
        identifier=needed_text(core, "uniqueIdentifier"),
        country=child_text(core, "countryCodeISO3166_1"),
        languages=texts_in(core, "usedLangCodeISO639_1"),
        mandatory_languages=texts_in(core, "mandatoryLangCodeISO639_1"),
        begun_on=needed_date(core, "beginPerformanceDate"),
        ended_on=needed_date(core, "endPerformanceDate"),
        laboratory=contact(needed(laboratory, "contact")),
        items=items(needed(administration, "items"), "administrativeData/items"),
        identifications=identifications(core),
        received_on=date_in(core, "receiptDate"),
        issued_on=date_in(core, "issueDate"),
        performance_location=child_text(core, "performanceLocation"),
        change=child_text(change, "typeOfChange"),
        replaces=child_text(change, "replacedUniqueIdentifier"),
        previous_report=referral(child(core, "previousReport")),
        laboratory_code=child_text(laboratory, "calibrationLaboratoryCode"),
        software=software(administration, "dccSoftware"),
        persons=persons(administration),
        customer=contact(child(administration, "customer")),
        statements=_statements(administration),
        measurements=_measurements(needed(root, "measurementResults"), "measurementResults"),
        comment=_comment(child(root, "comment")),
        attachments=_attachments(root),
    )
    if not found.items:
        raise DccMissingError(path_of(administration), name="items/item")
    return found


def _statements(element: Element) -> tuple[Statement, ...]:
    names = ("statements", "statement")
    return tuple(statement(*each) for each in placed(element, "administrativeData", *names))


def _measurements(element: Element, path: str) -> tuple[Measurement, ...]:
    """The measurements; what is said for all of them is said for each."""
    return tuple(
        Measurement(
            path=place,
            id=each.get("id") or "",
            ref_types=words(each, "refType"),
            ref_ids=words(each, "refId"),
            name=text_in(each, "name"),
            methods=methods(element) + methods(each),
            software=software(element, "usedSoftware") + software(each, "usedSoftware"),
            equipment=equipment(element, path) + equipment(each, place),
            conditions=conditions(element, path) + conditions(each, place),
            statements=metadata(element, path) + metadata(each, place),
            results=tuple(_result(*found) for found in placed(each, place, "results", "result")),
        )
        for each, place in placed(element, path, "measurementResult")
    )


def _result(element: Element, path: str) -> Result:
    return Result(
        path=path,
        id=element.get("id") or "",
        ref_types=words(element, "refType"),
        ref_ids=words(element, "refId"),
        name=text_in(element, "name"),
        description=text_in(element, "description"),
        data=data_in(element, path),
    )


def _comment(element: Element | None) -> str:
    found = () if element is None else leaves(element)
    return "\n".join(text for _, text in found if text)


def _attachments(root: Element) -> tuple[Attachment, ...]:
    files = [each for each in root.iter(f"{{{DCC}}}*") if child(each, "fileName") is not None]
    formulas = root.iter(f"{{{DCC}}}formula")
    foreign = (each for each in root.iter(f"{{{DCC}}}xml") if len(each))
    return (
        *map(_file, files),
        *map(_formula, formulas),
        *map(_foreign, foreign),
    )


def _file(element: Element) -> Attachment:
    """A file: its bytes stand in dataBase64, in data before DCC 3."""
    text = child_text(element, "dataBase64") or child_text(element, "data")
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError as cause:
        limit = "base64 in dataBase64"
        raise DccSyntaxError(
            path_of(element), found=Words("a broken file", "文件损坏"), limit=limit
        ) from cause
    return Attachment(
        kind="file",
        name=child_text(element, "fileName"),
        media_type=child_text(element, "mimeType"),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _formula(element: Element) -> Attachment:
    text = "".join(text_of(each) for each in element if local_name(each) != "mathml")
    return Attachment(kind="formula", text=text, sha256="" if text else _digest(element))


def _foreign(element: Element) -> Attachment:
    return Attachment(kind="xml", sha256=_digest(element))


def _digest(element: Element) -> str:
    return hashlib.sha256(etree.tostring(element, method="c14n")).hexdigest()
