"""A calibration certificate as an unsigned DCC 3.3: a transcription, marked as one.

A DCC is the laboratory's own document. What is written here says of itself, in its identifier,
in a statement and in its comment, that it is not: which certificate it was transcribed from, by
its identifier and its SHA-256. What the certificate does not hold is "not stated", the country
is ZZ (ISO 3166-1 leaves it to users), and the coverage probability is that of a normal
distribution for k.
"""

from typing import Final
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element as Element

from calibration.certificate import CalibrationCertificate, Conformity
from calibration.dcc.compose import (
    LANGUAGE,
    NOT_STATED,
    number,
    put,
    put_plain,
    put_si,
    put_text,
    put_words,
)
from calibration.dcc.document import DCC, ROOT, SI
from calibration.dcc.units import dsi_unit, is_si
from calibration.dcc.write_results import put_result
from calibration.laboratory import StandardUsed
from calibration.uncertainty import name_of

VERSION: Final = "3.3.0"
NAMESPACE: Final = "carbonmeter"
_OWN: Final = "urn:carbonmeter:dcc"
_UNCERTAINTY: Final = (
    "U is stated with k as in the certificate. Its data hold no coverage probabilities: those "
    "here are of a normal distribution for k."
)


def write_certificate(certificate: CalibrationCertificate, software_release: str) -> bytes:
    """The bytes of a DCC 3.3.0 that transcribes a certificate, by a release such as v0.3.0.

    Raises:
        DccExportError, DccUnitError: the certificate holds something that a DCC cannot say.
    """
    root = etree.Element(ROOT, {"schemaVersion": VERSION}, nsmap={"dcc": DCC, "si": SI})
    _put_administration(put(root, "administrativeData"), certificate, software_release)
    _put_measurement(put(root, "measurementResults"), certificate)
    comment = etree.SubElement(
        put(root, "comment"), f"{{{_OWN}}}transcription", nsmap={"own": _OWN}
    )
    comment.text = _declared(certificate)
    etree.indent(root)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def original_identifier(certificate: CalibrationCertificate) -> str:
    """The laboratory's identifier, which our id writes without white space, / and :."""
    found = unquote(certificate.id)
    return found if name_of(found) == certificate.id else certificate.id


def _declared(certificate: CalibrationCertificate) -> str:
    original = f"calibration certificate '{original_identifier(certificate)}'"
    sha256 = certificate.document_sha256
    kept = f"SHA-256 of the original: {sha256}" if sha256 else "no document of it was kept"
    return f"Unsigned transcription of {original}; {kept}. The original alone is valid."


def _put_administration(
    parent: Element, certificate: CalibrationCertificate, software_release: str
) -> None:
    program = put(put(parent, "dccSoftware"), "software")
    put_text(program, "name", NAMESPACE)
    put_plain(program, "release", software_release)
    _put_definitions(put(parent, "refTypeDefinitions"))
    _put_core(put(parent, "coreData"), certificate)
    _put_item(put(put(parent, "items"), "item"), certificate)
    laboratory = put(parent, "calibrationLaboratory")
    if certificate.laboratory.accreditation:
        put_plain(laboratory, "calibrationLaboratoryCode", certificate.laboratory.accreditation)
    _put_contact(put(laboratory, "contact"), certificate.laboratory.name)
    person = put(put(put(parent, "respPersons"), "respPerson"), "person")
    put_text(person, "name", NOT_STATED)
    _put_contact(put(parent, "customer"), NOT_STATED)
    _put_statements(put(parent, "statements"), certificate)


def _put_definitions(parent: Element) -> None:
    element = put(parent, "refTypeDefinition")
    put_text(element, "name", NAMESPACE)
    put_plain(element, "namespace", NAMESPACE)
    put(element, "link", _OWN)


def _put_core(parent: Element, certificate: CalibrationCertificate) -> None:
    put(parent, "countryCodeISO3166_1", "ZZ")
    put(parent, "usedLangCodeISO639_1", LANGUAGE)
    put(parent, "mandatoryLangCodeISO639_1", LANGUAGE)
    put_plain(parent, "uniqueIdentifier", f"transcription-of-{certificate.id}")
    for name in ("beginPerformanceDate", "endPerformanceDate"):
        put(parent, name, certificate.performed_on.isoformat())
    put(parent, "performanceLocation", "other")


def _put_item(parent: Element, certificate: CalibrationCertificate) -> None:
    instrument = certificate.instrument
    put_text(parent, "name", instrument.model)
    if instrument.maker:
        put_text(put(parent, "manufacturer"), "name", instrument.maker)
    if instrument.model:
        put_plain(parent, "model", instrument.model)
    known = put(put(parent, "identifications"), "identification", refType="basic_serialNumber")
    put(known, "issuer", "manufacturer")
    put_plain(known, "value", instrument.serial)


def _put_contact(parent: Element, name: str) -> None:
    put_text(parent, "name", name)
    put_text(put(parent, "location"), "further", NOT_STATED)


def _put_statements(parent: Element, certificate: CalibrationCertificate) -> None:
    original = put(parent, "statement", refType="carbonmeter_transcription")
    put_plain(original, "reference", certificate.id)
    if certificate.document_sha256:
        put_plain(original, "reference", certificate.document_sha256)
    put_words(original, "declaration", _declared(certificate))
    if certificate.laboratory.scope:
        scope = put(parent, "statement", refType="carbonmeter_scope")
        put_text(scope, "declaration", certificate.laboratory.scope)
    if certificate.kind == "verification":
        kind = put(parent, "statement", refType="carbonmeter_verification")
        put_words(kind, "declaration", "The certificate is a verification.")
    if certificate.conformity is not None:
        _put_conformity(parent, certificate.conformity)
    for code in _outside_si(certificate):
        unit = put(parent, "statement")
        put_plain(unit, "nonSIDefinition", f"{code} (UCUM)")
        put_plain(unit, "nonSIUnit", f"|{code}")


def _outside_si(certificate: CalibrationCertificate) -> list[str]:
    """The units of a certificate that D-SI cannot write."""
    units = {unit for each in certificate.results for unit in (each.unit, each.argument_unit)}
    return sorted(unit for unit in units if not is_si(dsi_unit(unit)))


def _put_conformity(parent: Element, conformity: Conformity) -> None:
    element = put(parent, "statement", refType="basic_conformity")
    put(element, "conformity", conformity.statement)
    quantity = put(put(element, "data"), "quantity", refType="carbonmeter_mpeRelative")
    limit = put_si(quantity, "real")
    put_si(limit, "value", number(conformity.mpe_relative))
    put_si(limit, "unit", dsi_unit("1"))


def _put_measurement(parent: Element, certificate: CalibrationCertificate) -> None:
    element = put(parent, "measurementResult")
    put_words(element, "name", "Results")
    method = put(put(element, "usedMethods"), "usedMethod", refType="basic_uncertainty")
    put_words(method, "name", "Expanded uncertainty")
    put_words(method, "description", _UNCERTAINTY)
    if certificate.standards:
        holder = put(element, "measuringEquipments")
        for each in certificate.standards:
            _put_standard(holder, each)
    results = put(element, "results")
    for result in certificate.results:
        put_result(results, result)
    if not certificate.results:
        empty = put(results, "result")
        put_words(empty, "name", "No values")
        put_words(put(empty, "data"), "text", "The certificate states no values.")


def _put_standard(parent: Element, standard: StandardUsed) -> None:
    element = put(parent, "measuringEquipment", refType="basic_normalUsed")
    put_text(element, "name", standard.certificate or standard.influence)
    known = put(element, "identifications")
    _put_identification(known, "carbonmeter_influence", standard.influence)
    if standard.certificate:
        _put_identification(known, "carbonmeter_certificate", standard.certificate)
    numbers = {
        "carbonmeter_relativeStandardUncertainty": standard.relative_standard_uncertainty,
        "carbonmeter_degreesOfFreedom": standard.degrees_of_freedom,
    }
    stated = {name: value for name, value in numbers.items() if value is not None}
    if stated:
        holder = put(element, "measuringEquipmentQuantities")
        for name, value in stated.items():
            real = put_si(put(holder, "measuringEquipmentQuantity", refType=name), "real")
            put_si(real, "value", number(value))
            put_si(real, "unit", dsi_unit("1"))


def _put_identification(parent: Element, ref_type: str, value: str) -> None:
    element = put(parent, "identification", refType=ref_type)
    put(element, "issuer", "other")
    put_plain(element, "value", value)
