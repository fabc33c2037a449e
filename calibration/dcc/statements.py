"""What a DCC states beside its results: conformity, validity, the day of recalibration."""

from collections.abc import Iterable, Iterator

from calibration.certificate import Conformity
from calibration.dcc.content import Quantity, Statement, Table
from calibration.dcc.findings import Finding, finding
from calibration.dcc.reftypes import roles_of
from calibration.dcc.transcript import TranscribedCertificate


def is_verification(content: TranscribedCertificate) -> bool:
    """Whether the document transcribes a verification; a laboratory's DCC is a calibration."""
    return any("verification" in roles_of(each.ref_types) for each in content.statements)


def conformity(content: TranscribedCertificate) -> Conformity | None:
    """The statement of conformity with its maximum permissible error.

    A laboratory's DCC states limits per point, absolute, or none at all: what this software
    wrote is read, and any other statement of conformity is a finding.
    """
    for each in content.statements:
        limits = [
            rendering.values[0]
            for quantity in each.data.quantities
            if "mpe_relative" in roles_of(quantity.ref_types)
            for rendering in quantity.renderings
        ]
        if limits and each.conformity == ("pass",):
            return Conformity(mpe_relative=limits[0], statement="pass")
        if limits and each.conformity == ("fail",):
            return Conformity(mpe_relative=limits[0], statement="fail")
    return None


def statement_findings(content: TranscribedCertificate) -> Iterator[Finding]:
    """A finding for each statement that a person must weigh, since no certificate holds it."""
    for each in _statements(content):
        if "recalibration" in roles_of(each.ref_types) and each.date is not None:
            yield finding("F_DCC_RECALIBRATION", each.path, found=each.date)
        for said in _weighed(each):
            yield finding("F_DCC_STATEMENT", each.path, found=said)


def _weighed(statement: Statement) -> Iterator[str]:
    own = any("mpe_relative" in roles_of(q.ref_types) for q in statement.data.quantities)
    if statement.conformity and not own:
        yield f"conformity {' '.join(statement.conformity)}"[:200]
    if False in statement.valid:
        yield "valid false"
    if statement.traceable is False:
        yield "traceable false"


def _statements(content: TranscribedCertificate) -> Iterator[Statement]:
    """All statements of a document, down to the metadata of its quantities."""
    yield from content.statements
    for measurement in content.measurements:
        yield from measurement.statements
        for result in measurement.results:
            yield from _of_quantities(result.data.quantities)
            yield from _of_tables(result.data.tables)


def _of_tables(tables: Iterable[Table]) -> Iterator[Statement]:
    for each in tables:
        yield from each.statements
        yield from _of_quantities(each.quantities)
        yield from _of_tables(each.tables)


def _of_quantities(quantities: Iterable[Quantity]) -> Iterator[Statement]:
    for each in quantities:
        yield from each.statements
