"""From a DCC as it says itself to a calibration certificate of ours, with what was lost.

What is assumed:

- A measurement error is indication - reference (VIM 2.16): the reference value at an indication
  is indication - error, with the error's U. A reference value that is printed beside them is
  taken where it says the same.
- U and k stand as stated; U of one entry holds for all values. A standard uncertainty is U with
  k = 1, and so is a coverage interval, whose ends stay in the transcription.
- The day of the calibration is the day it ended.
- A result without a state of adjustment is as_left, what is in use; a finding says so.
- Equipment is a standard where its refType says so, or where its certificate is named.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.dcc.content import Table
from calibration.dcc.errors import DccError
from calibration.dcc.findings import Finding, finding
from calibration.dcc.identity import (
    certificate_id,
    instrument,
    item_chosen,
    laboratory,
    standards,
)
from calibration.dcc.own import is_own, own_result
from calibration.dcc.rules import bounded
from calibration.dcc.statements import conformity, is_verification, statement_findings
from calibration.dcc.tables import Outcome, Surroundings, gathered, results_of
from calibration.dcc.transcript import Item, Measurement, Result, TranscribedCertificate
from calibration.errors import CalibrationError
from calibration.measurand import KindOfQuantity


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a document that it does not say itself.

    Args:
        recorded_at: when this house learnt of it.
        document_sha256: of the document's exact bytes.
        item: serial number of the item that is meant, where several were calibrated.
        kind: of quantity, where a unit belongs to several kinds.
        language: in which texts are preferred; then the certificate's binding ones.
    """

    recorded_at: dt.datetime
    document_sha256: str
    item: str = ""
    kind: KindOfQuantity | None = None
    language: str = "en"


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate made of a DCC, None where none can be; with all that must be known of it."""

    certificate: CalibrationCertificate | None
    findings: tuple[Finding, ...] = ()


def map_certificate(content: TranscribedCertificate, choices: Choices) -> Mapped:
    """The calibration certificate that a DCC makes, and findings for all that it does not hold.

    See the head of this file for what is assumed.

    Raises:
        DccError: the chosen item has no number, or a result of our own is not complete.
    """
    item = item_chosen(content, choices.item)
    told = bounded(statement_findings(content))
    if isinstance(item, Finding):
        return Mapped(certificate=None, findings=(item, *told))
    outcome = _outcome(content, item, choices)
    findings = (*_replaced(content), *told, *bounded(iter(outcome.findings)))
    try:
        made, more = _certificate(content, item, choices, outcome)
    except DccError:
        raise
    except CalibrationError as wrong:
        refused = finding("F_DCC_REFUSED", found=str(wrong))
        return Mapped(certificate=None, findings=(*findings, refused))
    return Mapped(certificate=made, findings=(*more, *findings))


def _certificate(
    content: TranscribedCertificate, item: Item, choices: Choices, outcome: Outcome
) -> tuple[CalibrationCertificate, tuple[Finding, ...]]:
    languages = _languages(content, choices)
    named, of_item = instrument(item, languages)
    own_id, of_id = certificate_id(content, named.serial)
    house = laboratory(content, languages)
    equipment = (each for measured in content.measurements for each in measured.equipment)
    used, of_standards = standards(equipment, house.name, languages)
    made = CalibrationCertificate(
        schema=1,
        id=own_id,
        kind="verification" if is_verification(content) else "calibration",
        performed_on=content.ended_on,
        recorded_at=choices.recorded_at,
        instrument=named,
        laboratory=house,
        standards=used,
        results=outcome.results,
        conformity=conformity(content),
        document_sha256=choices.document_sha256,
    )
    return made, (*of_id, *of_item, *bounded(iter(of_standards)))


def _languages(content: TranscribedCertificate, choices: Choices) -> tuple[str, ...]:
    return (choices.language, *content.mandatory_languages, *content.languages)


def _replaced(content: TranscribedCertificate) -> tuple[Finding, ...]:
    if not content.replaces:
        return ()
    path = "administrativeData/coreData/reportAmendedSubstituted"
    told = {"change": content.change, "identifier": content.replaces}
    return (finding("F_DCC_REPLACES", path, **told),)


def _outcome(content: TranscribedCertificate, item: Item, choices: Choices) -> Outcome:
    """The results for an item, from all measurements."""
    found = gathered(
        _of_result(content, measurement, result, item, choices)
        for measurement in content.measurements
        for result in measurement.results
    )
    findings = (*found.findings, *_several(found.results))
    if not found.results and not is_verification(content):
        findings += (finding("F_DCC_NO_RESULTS", "measurementResults"),)
    return Outcome(results=_told_apart(found.results), findings=findings)


def _told_apart(results: tuple[CalibrationResult, ...]) -> tuple[CalibrationResult, ...]:
    """Results that stand for the same kind, state and channel get channels of their own.

    The names are of no device profile: none of them is applied until a person has named each.
    """
    same = Counter(_place(each) for each in results)
    return tuple(
        msgspec.structs.replace(each, channel=f"result-{k}") if same[_place(each)] > 1 else each
        for k, each in enumerate(results, start=1)
    )


def _place(result: CalibrationResult) -> tuple[str, str, str]:
    return result.kind_of_quantity.value, result.condition, result.channel


def _several(results: tuple[CalibrationResult, ...]) -> Iterator[Finding]:
    """A finding for each kind of quantity and state that has more than one result."""
    for (kind, condition, _), count in Counter(_place(each) for each in results).items():
        if count > 1:
            told = {"count": count, "kind": kind, "condition": condition}
            yield finding("F_DCC_SEVERAL", "measurementResults", **told)


def _of_result(
    content: TranscribedCertificate,
    measurement: Measurement,
    result: Result,
    item: Item,
    choices: Choices,
) -> Outcome:
    if is_own(result):
        return Outcome(results=(own_result(result),))
    table, findings = _table_for(content, measurement, result, item)
    around = Surroundings(
        languages=_languages(content, choices),
        kind=choices.kind,
        conditions=(measurement.conditions,),
        statements=(measurement.statements, content.statements),
    )
    found = results_of(table, around)
    return Outcome(results=found.results, findings=(*findings, *found.findings))


def _table_for(
    content: TranscribedCertificate, measurement: Measurement, result: Result, item: Item
) -> tuple[Table, tuple[Finding, ...]]:
    """What a result holds of an item, as its refIds say, as one table of quantities and tables."""
    data = result.data
    whole = Table(path=result.path, quantities=data.quantities, tables=data.tables)
    every = {each.id for each in content.items if each.id}
    common = {*measurement.ref_ids, *result.ref_ids} & every
    if len(content.items) == 1 or item.id in common:
        return whole, ()
    named = [(each, _ref_ids(each) & every) for each in data.tables]
    unnamed = not common and (bool(data.quantities) or any(not ids for _, ids in named))
    serial = item.identifications[0].value if item.identifications else ""
    told = (finding("F_DCC_ITEM_RESULT", result.path, serial=serial),) if unnamed else ()
    tables = tuple(each for each, ids in named if item.id in ids)
    return Table(path=result.path, tables=tables), told


def _ref_ids(table: Table) -> set[str]:
    """The ids that a table refers to, or one of its quantities."""
    return {*table.ref_ids, *(ref for each in table.quantities for ref in each.ref_ids)}
