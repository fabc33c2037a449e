"""What tests ask of an import: its certificate, its points, the codes of its findings."""

from calibration.certificate import CalibrationResult
from calibration.dcc.mapping import Choices
from calibration.dcc.transfer import Imported, import_document
from tests.unit.calibration.dcc.dcc_documents import CAME, RANGE, document, table


def choices(*, item: str = "", language: str = "en") -> Choices:
    return Choices(recorded_at=CAME, document_sha256="0" * 64, item=item, language=language)


def imported(data: bytes, *, item: str = "") -> Imported:
    return import_document(data, "a.xml", choices(item=item))


def codes(found: Imported) -> list[str]:
    return [each.code for each in found.findings]


def only(data: bytes) -> CalibrationResult:
    found = imported(data).certificate
    assert found is not None
    (result,) = found.results
    return result


def points(*columns: str, statements: str = RANGE) -> list[tuple[float, float, float, float]]:
    found = only(document(table(*columns), statements=statements)).points
    return [(p.at, p.value, p.expanded_uncertainty, p.coverage_factor) for p in found]


def told(*columns: str, statements: str = RANGE) -> list[str]:
    """Codes of findings on results, without those of each document that these tests write."""
    found = imported(document(table(*columns), statements=statements))
    return [
        c for c in codes(found) if c not in {"F_DCC_UNSIGNED", "F_DCC_NO_SCHEMA", "F_DCC_STATE"}
    ]
