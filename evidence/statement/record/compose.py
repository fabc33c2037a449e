"""A record of all that is known of a stated datum, and its digest (pure)."""

import hashlib
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from evidence.statement.record import judged, limits, ruled, standing_behind, stated
from evidence.statement.record.explained import withheld
from evidence.statement.record.form_behind import ActivityRecord
from evidence.statement.record.known import Known

SCHEMA_ID: Final = "urn:carbonmeter:schema:record-1"


def record(known: Known) -> ActivityRecord:
    """The 15 groups of a datum; what nothing says is null with a reason, never made up.

    Raises:
        ExportNumberError: a number is not finite.
        MeasurementModelError: a derivation names a model that is not there.
    """
    behind = standing_behind.instruments(known)
    stood = ruled.quality(known, behind)
    whole = ActivityRecord(
        identity=stated.identity(known),
        organisation=stated.organisation(known),
        quantity=stated.quantity(known),
        method=stated.method(known),
        uncertainty=stated.uncertainty(known),
        completeness=stated.completeness(known),
        substitution=ruled.substitution(known),
        quality=stood,
        instruments=behind,
        rating=judged.rating(known),
        corroboration=judged.corroborated(known),
        verification=judged.verification(known),
        digests=judged.digests(known),
        redaction=judged.redaction(known),
        limitations=limits.limitations(known, stood, behind),
    )
    shown = _redacted(whole)
    return replace(shown, digest=digest_of(shown))


def _redacted(whole: ActivityRecord) -> ActivityRecord:
    """The record without the fields that its own map names."""
    for name in whole.redaction.withheld:
        group, _, field = name.partition(".")
        whole = replace(whole, **{group: withheld(getattr(whole, group), field)})
    return whole


def digest_of(whole: ActivityRecord) -> str:
    """SHA-256 of a record's canonical JSON without `digest`.

    Canonical: UTF-8, keys sorted, no white space.
    """
    bare = msgspec.to_builtins(whole)
    del bare["digest"]
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def record_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record."""
    (found,), defined = msgspec.json.schema_components(
        (ActivityRecord,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter verified activity data record, version 1",
        **found,
        "$defs": defined,
    }


def record_schema_text() -> str:
    """The schema as the text of `record-v1.schema.json`."""
    text = msgspec.json.format(msgspec.json.encode(record_schema()), indent=2)
    return text.decode() + "\n"
