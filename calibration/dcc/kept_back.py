"""What a certificate of ours states and a DCC written here does not hold."""

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.dcc.errors import DccExportError
from calibration.errors import Words
from calibration.laboratory import Laboratory

_OF_LABORATORY = ("accredited_from", "accredited_until", "capabilities")


def kept_back(certificate: CalibrationCertificate) -> tuple[str, ...]:
    """The keys that are left out: they bear on how a certificate is judged, not on its results."""
    laboratory, plain = certificate.laboratory, Laboratory(name="")
    told = [
        f"laboratory.{name}"
        for name in _OF_LABORATORY
        if getattr(laboratory, name) != getattr(plain, name)
    ]
    if any(each.valid_until is not None for each in certificate.standards):
        told.append("standards.valid_until")
    if certificate.valid_until is not None:
        told.append("valid_until")
    if certificate.adjustment:
        told.append("adjustment")
    return tuple(told)


def without(certificate: CalibrationCertificate) -> CalibrationCertificate:
    """The certificate without what is kept back.

    Raises:
        DccExportError: it is a reference material's, which has a document of another kind; or it
            was adjusted and only one condition is stated, so that without the adjustment that
            condition would be taken for both.
    """
    replace = msgspec.structs.replace
    if certificate.kind == "reference_material":
        limit = "calibration, verification"
        raise DccExportError(certificate.id, name="kind", found=certificate.kind, limit=limit)
    _require_both_conditions(certificate)
    laboratory = replace(
        certificate.laboratory, accredited_from=None, accredited_until=None, capabilities=()
    )
    return replace(
        certificate,
        laboratory=laboratory,
        standards=tuple(replace(each, valid_until=None) for each in certificate.standards),
        valid_until=None,
        adjustment="",
    )


def _require_both_conditions(certificate: CalibrationCertificate) -> None:
    if not certificate.adjustment:
        return
    stated: dict[tuple[str, str], set[str]] = {}
    for each in certificate.results:
        stated.setdefault((each.kind_of_quantity, each.channel), set()).add(each.condition)
    for (kind, channel), conditions in stated.items():
        if len(conditions) == 1:
            found = f"{kind} {channel} {min(conditions)}"
            limit = Words(
                "as_found and as_left, where an adjustment is stated",
                "注明调整时须有 as_found 与 as_left",
            )
            raise DccExportError(certificate.id, name="results", found=found, limit=limit)
