"""Groups 9 to 15 of a record, what stands behind the value, and the whole."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from evidence.audit.said import Said
from evidence.statement.exports.pact import DecimalText
from evidence.statement.record.declared import Sha256
from evidence.statement.record.explained import Explained
from evidence.statement.record.form import (
    Instant,
    RecordCompleteness,
    RecordIdentity,
    RecordMethod,
    RecordOrganisation,
    RecordQuality,
    RecordQuantity,
    RecordSubstitution,
    RecordUncertainty,
)


class RecordLaboratory(Explained, frozen=True, kw_only=True):
    """Who calibrated, and under which accreditation."""

    name: str
    accreditation: str | None
    scope: str | None
    accredited_from: str | None
    accredited_until: str | None


class RecordStandard(Explained, frozen=True, kw_only=True):
    """A standard behind a certificate's results."""

    influence: str
    certificate: str | None
    relative_standard_uncertainty: DecimalText | None
    valid_until: str | None


class RecordResult(msgspec.Struct, frozen=True, kw_only=True):
    """The largest deviation that a certificate prints: of an error, unit "1" is relative."""

    at: DecimalText
    argument_unit: str
    error: DecimalText
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText
    unit: str


class RecordCertificate(Explained, frozen=True, kw_only=True):
    """A calibration or verification certificate.

    Args:
        accuracy: class, or largest error with U, as the certificate states it.
        measuring_interval: of the argument, with `argument_unit`.
        sha256: of the file in the agent's log; `document_sha256`: of the laboratory's document.
    """

    number: str
    kind: str
    laboratory: RecordLaboratory
    standards: tuple[RecordStandard, ...]
    performed_on: str
    valid_until: str | None
    accuracy: str | None
    mpe_relative: DecimalText | None
    conformity: str | None
    measuring_interval: tuple[DecimalText, DecimalText] | None
    argument_unit: str | None
    result: RecordResult | None
    sha256: Sha256 | None
    document_sha256: Sha256 | None


class RecordSpell(Explained, frozen=True, kw_only=True):
    """A part of the period under one decision of metrological confirmation, or under none.

    Args:
        requirement, decision, rule: what was to be met, whether it was, and by which rule.
        due_on, interval_months: last day in date, and the interval that was decided on.
        correction: function that is applied; `settings`: factors in force at the begin, K_v too.
        seals: in place at the begin of the part.
        overdue_seconds: of this part behind `due_on`, of days in UTC.
    """

    start: Instant
    end: Instant
    confirmation: str | None
    requirement: str | None
    mpe_relative: DecimalText | None
    decision: str | None
    rule: str | None
    due_on: str | None
    interval_months: int | None
    certificate: RecordCertificate | None
    correction: str | None
    settings: tuple[str, ...]
    seals: tuple[str, ...] | None
    overdue_seconds: int | None


class RecordInstrument(Explained, frozen=True, kw_only=True):
    """An instrument that the value rests on, and its time at the channel within the period."""

    management_number: str | None
    serial: str
    channel: str | None
    role: Literal["channel", "input"] | None
    maker: str | None
    model: str | None
    start: Instant | None
    end: Instant | None
    hours: int | None
    spells: tuple[RecordSpell, ...]


class RecordCertified(msgspec.Struct, frozen=True, kw_only=True):
    """A certified value of a reference material."""

    property: str
    value: DecimalText
    unit: str
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText


class RecordMaterial(Explained, frozen=True, kw_only=True):
    """A reference material that an analyser was checked with; `code` such as GBW(E)060166."""

    analyser: str
    point: str
    certificate: str
    code: str | None
    cylinder: str | None
    laboratory: str | None
    expires: str | None
    connected_at: Instant
    disconnected_at: Instant | None
    certified: tuple[RecordCertified, ...]


class RecordInstruments(Explained, frozen=True, kw_only=True):
    """Group 9."""

    instruments: tuple[RecordInstrument, ...] | None
    reference_materials: tuple[RecordMaterial, ...] | None


class RecordRating(Explained, frozen=True, kw_only=True):
    """Group 10: data quality ratings, 1 to 5, of the scale that is named.

    Args:
        best: best score of the scale.
        primary: whether these are primary data; `primary_because` says what says so.
    """

    technology: int | None
    time: int | None
    geography: int | None
    completeness: int | None
    reliability: int | None
    scale: str | None
    best: int | None
    derivation: str | None
    primary: bool | None
    primary_because: Literal["declared", "measured on site"] | None


class RecordComparison(Explained, frozen=True, kw_only=True):
    """The value held against that of another channel; `difference` is this one less the other."""

    other_channel: str
    other_value: DecimalText
    unit: str
    difference: DecimalText
    relative_difference: DecimalText | None
    expanded_uncertainty: DecimalText
    e_n: DecimalText | None
    agrees: bool | None


class RecordCorroboration(Explained, frozen=True, kw_only=True):
    """Group 11."""

    comparisons: tuple[RecordComparison, ...] | None


class RecordVerification(Explained, frozen=True, kw_only=True):
    """Group 12: what a verifier stated, as it was entered here; nobody here checked it.

    `entry` is its number in the journal; null of what stands in a configuration.
    """

    body: str | None
    accreditation: str | None
    level: Literal["reasonable", "limited"] | None
    standard: str | None
    scope: str | None
    verified_on: str | None
    findings: str | None
    signature: str | None
    document_sha256: Sha256 | None
    declared_by: str | None
    entry: int | None


class RecordDigests(Explained, frozen=True, kw_only=True):
    """Group 13.

    Args:
        statement_sha256: of the statement's canonical JSON.
        ledger_size, ledger_root: Merkle tree over all leaves that were received by the
            statement's instant.
        software: that stated it.
        key_name, key_id: of the collector's cosignature key, which receipts are signed with.
        time_stamp: by RFC 3161 or another.
    """

    statement_sha256: Sha256
    ledger_size: int | None
    ledger_root: Sha256 | None
    software: str
    key_name: str
    key_id: str
    time_stamp: str | None


class RecordRedaction(Explained, frozen=True, kw_only=True):
    """Group 14: fields that were left out, by `group.field`, and by whose word."""

    confidentiality: str | None
    withheld: Mapping[str, str]


class RecordNote(msgspec.Struct, frozen=True, kw_only=True):
    """A limitation; `code` is stable, and "declared" where people said it."""

    code: str
    words: Said


class RecordLimitations(Explained, frozen=True, kw_only=True):
    """Group 15."""

    notes: tuple[RecordNote, ...]


class ActivityRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A verified activity data record: its 15 groups, in order.

    `digest` is the SHA-256 of this object's canonical JSON without `digest`.
    """

    schema: Literal["carbonmeter/record/1"] = "carbonmeter/record/1"
    identity: RecordIdentity
    organisation: RecordOrganisation
    quantity: RecordQuantity
    method: RecordMethod
    uncertainty: RecordUncertainty
    completeness: RecordCompleteness
    substitution: RecordSubstitution
    quality: RecordQuality
    instruments: RecordInstruments
    rating: RecordRating
    corroboration: RecordCorroboration
    verification: RecordVerification
    digests: RecordDigests
    redaction: RecordRedaction
    limitations: RecordLimitations
    digest: str = ""
