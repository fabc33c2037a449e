"""A DCC as plain values: what it says, what would be taken from it, and every finding (pure)."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.dcc.mapping import Choices
from calibration.dcc.transfer import import_document
from calibration.measurand import KindOfQuantity
from calibration.toml_text import toml_of


def read_dcc(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes of a document's bytes.

    Args:
        data: The document.
        asked: `recorded_at` (RFC 3339), `language`, `item` ("" for the only one), `kind` or null.

    Raises:
        DccError: It is no DCC, was manipulated, or lacks what it must say.
    """
    digest = hashlib.sha256(data).hexdigest()
    kind = asked["kind"]
    choices = Choices(
        recorded_at=dt.datetime.fromisoformat(asked["recorded_at"]),
        document_sha256=digest,
        item=asked["item"],
        kind=None if kind is None else KindOfQuantity(kind),
        language=asked["language"],
    )
    found = import_document(data, "document", choices)
    plain: dict[str, Any] = {
        "sha256": digest,
        "signature": found.checked.outcome,
        "signers": [each.signer for each in found.checked.signatures],
        "transcription": msgspec.to_builtins(found.content),
        "certificate": msgspec.to_builtins(found.certificate),
        "toml": _file(found.certificate),
        "findings": [msgspec.to_builtins(each) for each in found.findings],
    }
    return plain


def _file(certificate: CalibrationCertificate | None) -> str | None:
    """The certificate as the file that an agent takes; None where it says nothing."""
    if certificate is None or (certificate.kind == "calibration" and not certificate.results):
        return None
    return toml_of(certificate)
