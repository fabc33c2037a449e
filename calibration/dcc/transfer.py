"""The two ways across: a DCC into a certificate of ours, and a certificate into a DCC."""

from collections.abc import Mapping

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.dcc.document import parse_document
from calibration.dcc.errors import DccExportError
from calibration.dcc.findings import Finding, finding
from calibration.dcc.kept_back import without
from calibration.dcc.mapping import Choices, map_certificate
from calibration.dcc.read import read_certificate
from calibration.dcc.rules import check_rules
from calibration.dcc.schema import check_schema
from calibration.dcc.signature import Checked, check_signatures
from calibration.dcc.transcript import TranscribedCertificate
from calibration.dcc.trust import Trust
from calibration.dcc.write import write_certificate
from calibration.errors import Words


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says, what became of it, and all that must be known.

    Args:
        checked: the outcome for its signatures.
        content: as the document says it, of what was signed alone where it is signed.
        certificate: of ours; None where none could be made.
        findings: of signatures, schema, rules and mapping, in this order.
    """

    checked: Checked
    content: TranscribedCertificate
    certificate: CalibrationCertificate | None
    findings: tuple[Finding, ...]


def import_document(
    data: bytes,
    where: str,
    choices: Choices,
    schemas: Mapping[str, bytes] | None = None,
    trust: Trust | None = None,
) -> Imported:
    """A DCC, checked as far as it can be, and the certificate that it makes.

    Args:
        data: the document's exact bytes.
        where: name of its file, for errors.
        choices: what the document does not say itself.
        schemas: by their path within a folder; None where only the structure is to be checked.
        trust: whom to trust; None where that is not asked.

    Raises:
        DccError: it is no DCC, was manipulated, breaks its schema, or lacks what it must say.
    """
    root = parse_document(data, where)
    checked = check_signatures(data, where, trust, choices.recorded_at)
    of_schema: tuple[Finding, ...] = ()
    if schemas is None:
        of_schema = (finding("F_DCC_NO_SCHEMA", version=root.get("schemaVersion")),)
    else:
        check_schema(root, where, schemas)
    signed = parse_document(checked.data, where)
    content = read_certificate(signed, where)
    mapped = map_certificate(content, choices)
    rules = check_rules(signed, content)
    return Imported(
        checked=checked,
        content=content,
        certificate=mapped.certificate,
        findings=(*checked.findings, *of_schema, *rules, *mapped.findings),
    )


def export_certificate(
    certificate: CalibrationCertificate,
    software_release: str,
    schemas: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bytes of a DCC 3.3.0 from which the same certificate is read again.

    Args:
        certificate: of ours; what `kept_back` names is left out.
        software_release: of this software, such as v0.3.0.
        schemas: by their path within a folder; None where they are not to be asked.

    Raises:
        DccExportError, DccUnitError: a DCC cannot say what the certificate says.
        DccSchemaError: what was written does not follow the schema.
    """
    certificate = without(certificate)
    written = write_certificate(certificate, software_release)
    if schemas is not None:
        check_schema(parse_document(written, certificate.id), certificate.id, schemas)
    _check_same(certificate, written)
    return written


def _check_same(certificate: CalibrationCertificate, written: bytes) -> None:
    """Refuses a document from which anything else is read, such as a text with other spaces."""
    content = read_certificate(parse_document(written, certificate.id), certificate.id)
    choices = Choices(
        recorded_at=certificate.recorded_at, document_sha256=certificate.document_sha256
    )
    found = map_certificate(content, choices).certificate
    for name in CalibrationCertificate.__struct_fields__:
        stated = getattr(certificate, name)
        if getattr(found, name, None) != stated:
            limit = Words("such that it is read from the DCC as it is", "从 DCC 读回时须与原值一致")
            raise DccExportError(certificate.id, name=name, found=str(stated)[:200], limit=limit)
