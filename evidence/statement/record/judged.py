"""Groups 10 to 14 of a record: ratings, corroboration, verification, digests, redaction (pure)."""

from typing import Literal

from evidence.statement.corroboration import Corroboration, Side
from evidence.statement.entered.channel import is_entered
from evidence.statement.entered.share import share_of
from evidence.statement.exports.pact import decimal
from evidence.statement.record.explained import explained
from evidence.statement.record.form_behind import (
    RecordComparison,
    RecordCorroboration,
    RecordDigests,
    RecordRating,
    RecordRedaction,
    RecordVerification,
)
from evidence.statement.record.known import Known, perhaps


def rating(known: Known) -> RecordRating:
    """Group 10: scores are declared, never derived here."""
    given, primary = known.about.rating, known.about.primary
    measured = primary is None and _is_measured(known)
    declared: Literal["declared"] | None = None if primary is None else "declared"
    return explained(
        RecordRating(
            technology=None if given is None else given.technology,
            time=None if given is None else given.time,
            geography=None if given is None else given.geography,
            completeness=None if given is None else given.completeness,
            reliability=None if given is None else given.reliability,
            scale=None if given is None else given.scale,
            best=None if given is None else given.best,
            derivation=None if given is None else given.derivation,
            primary=True if measured else primary,
            primary_because="measured on site" if measured else declared,
        ),
        "not declared",
    )


def _is_measured(known: Known) -> bool:
    """Whether an instrument of the site shows the channel and nobody entered a part of it."""
    channel = known.datum.channel
    by_people = is_entered(channel) or share_of(known.datum) > 0.0
    return known.derivation is None and not by_people


def corroborated(known: Known) -> RecordCorroboration:
    """Group 11."""
    found = tuple(_comparison(known, each) for each in known.corroborated)
    return explained(RecordCorroboration(comparisons=found or None))


def _comparison(known: Known, held: Corroboration) -> RecordComparison:
    own = held.measured.channel == known.datum.channel
    other: Side = held.calculated if own else held.measured
    difference = held.difference if own else -held.difference
    made = RecordComparison(
        other_channel=other.channel,
        other_value=decimal(other.value, "other_value"),
        unit=held.unit,
        difference=decimal(difference, "difference"),
        relative_difference=decimal(difference / known.datum.value, "relative_difference")
        if known.datum.value
        else None,
        expanded_uncertainty=decimal(held.uncertainty.expanded_uncertainty, "U"),
        e_n=perhaps(held.e_n, "e_n"),
        agrees=held.agrees,
    )
    return explained(made, "not applicable")


def verification(known: Known) -> RecordVerification:
    """Group 12."""
    found = known.verification
    own = None if found is None else found.told
    return explained(
        RecordVerification(
            body=None if own is None else own.body,
            accreditation=None if own is None else own.accreditation,
            level=None if own is None else own.level,
            standard=None if own is None else own.standard,
            scope=None if own is None else own.scope,
            verified_on=None if own is None else own.verified_on.isoformat(),
            findings=None if own is None else own.findings,
            signature=None if own is None else own.signature,
            document_sha256=None if own is None else own.document_sha256,
            declared_by=None if found is None else found.by,
            entry=None if found is None else found.entry,
        ),
        "not declared",
        entry="not declared" if found is None else "not on record",
    )


def digests(known: Known) -> RecordDigests:
    """Group 13."""
    sealed = known.sealed
    return explained(
        RecordDigests(
            statement_sha256=known.datum.digest,
            ledger_size=sealed.size,
            ledger_root=sealed.root,
            software=known.datum.software,
            key_name=sealed.key_name,
            key_id=sealed.key_id,
            time_stamp=None,
        )
    )


def redaction(known: Known) -> RecordRedaction:
    """Group 14."""
    by = {name: each.by for each in known.said for name in each.told.withhold}
    about = known.about
    made = RecordRedaction(confidentiality=about.confidentiality, withheld=dict(sorted(by.items())))
    return explained(made, "not declared")
