"""Activity data as a data model extension of PACT (WBCSD), for `extensions` of a ProductFootprint.

PACT's own fields are of a product's footprint; none holds a measured amount, its uncertainty or
its calibration. An extension may. Decimals are texts without exponent, as PACT has them. What a
collector cannot know (product, boundary, allocation, data quality ratings, who verified) is not
there. By PACT the schema must be published at an address with https: whoever publishes it says
where, since nobody else knows.
"""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec

from calibration.measurand import ReferenceConditions
from evidence.statement.completeness import Completeness
from evidence.statement.datum import ActivityData, StatedComponent
from evidence.statement.entered.share import share_of
from evidence.statement.exports.errors import ExportNumberError

SPEC_VERSION: Final = "2.0.0"
"""Of the specification of data model extensions."""
SCHEMA_ID: Final = "urn:carbonmeter:schema:pact-activity-data-1.0.0"
HTTPS: Final = r"^https://[^\s]{1,2000}$"
DecimalText = Annotated[str, msgspec.Meta(pattern=r"^[+-]?\d+(\.\d+)?$")]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _Camel(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The names as PACT writes them."""


class Conditions(_Camel, frozen=True, kw_only=True):
    """The state that an amount of gas is stated for."""

    temperature_kelvin: DecimalText
    pressure_pascal: DecimalText
    wet: bool


class Uncertainty(_Camel, frozen=True, kw_only=True):
    """Of a value, in its unit (GUM).

    Args:
        effective_degrees_of_freedom: left out where they are infinite.
    """

    standard_uncertainty: DecimalText
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText
    coverage_probability: DecimalText
    distribution: str
    effective_degrees_of_freedom: DecimalText | None = None


class Component(_Camel, frozen=True, kw_only=True):
    """A signed contribution of one influence; rows that name one influence deviate together."""

    influence: str
    contribution: DecimalText
    evaluation: str
    distribution: str
    shared: bool
    degrees_of_freedom: DecimalText | None = None


class Coverage(_Camel, frozen=True, kw_only=True):
    """How much of the period was measured.

    Args:
        ratio: polls that gave a value over polls due, 0 to 1.
        missing: polls that gave none, by reason.
    """

    ratio: DecimalText
    polls_expected: int
    polls_present: int
    hours: int
    full_hours: int
    missing: Mapping[str, int]


class MeasuredActivity(_Camel, frozen=True, kw_only=True):
    """One statement.

    Args:
        unit: UCUM code.
        reference_period_start: RFC 3339, UTC, included.
        reference_period_end: RFC 3339, UTC, excluded.
        uncertainty: left out where it is unknown.
        uncertainty_basis: what the uncertainty rests on; "unknown" where it is not known.
        entered_share: what people entered of the value, 0 to 1; left out where nothing.
        statement_digest: SHA-256 of the statement's canonical JSON.
    """

    channel: str
    kind_of_quantity: str
    subject: str
    unit: str
    reference_conditions: Conditions | None = None
    reference_period_start: str
    reference_period_end: str
    value: DecimalText
    uncorrected_value: DecimalText
    uncertainty: Uncertainty | None = None
    uncertainty_basis: str
    components: tuple[Component, ...] = ()
    coverage: Coverage
    quality: str
    instruments: tuple[str, ...]
    certificates: tuple[str, ...]
    confirmations: tuple[str, ...]
    entered_share: DecimalText | None = None
    software: str
    statement_digest: Digest
    supersedes: Digest | None = None


class MeasuredActivities(_Camel, frozen=True, kw_only=True):
    """What the extension carries."""

    activity_data: tuple[MeasuredActivity, ...]


class DataModelExtension(_Camel, frozen=True, kw_only=True):
    """An instance of the extension.

    Args:
        spec_version: of the specification of extensions.
        data_schema: where the extension's schema is published.
        documentation: where it is explained.
    """

    spec_version: str
    data_schema: Annotated[str, msgspec.Meta(pattern=HTTPS)]
    documentation: Annotated[str, msgspec.Meta(pattern=HTTPS)] | None = None
    data: MeasuredActivities


def extension(
    data: Sequence[ActivityData], data_schema: str, documentation: str | None = None
) -> DataModelExtension:
    """Activity data as one extension, in their order.

    Args:
        data: as they were stated.
        data_schema: address of the published schema, https.
        documentation: address of its explanation, https.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return DataModelExtension(
        spec_version=SPEC_VERSION,
        data_schema=data_schema,
        documentation=documentation,
        data=MeasuredActivities(activity_data=tuple(map(measured, data))),
    )


def extension_schema() -> dict[str, Any]:
    """The JSON Schema of the extension's `data`, to be published."""
    (found,), defined = msgspec.json.schema_components(
        (MeasuredActivities,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **found,
        "$defs": defined,
    }


def measured(datum: ActivityData) -> MeasuredActivity:
    """A datum in the extension's form.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return MeasuredActivity(
        channel=datum.channel,
        kind_of_quantity=datum.measurand.kind_of_quantity.value,
        subject=datum.measurand.subject,
        unit=datum.unit,
        reference_conditions=_conditions(datum.measurand.reference_conditions),
        reference_period_start=datum.period.start,
        reference_period_end=datum.period.end,
        value=decimal(datum.value, "value"),
        uncorrected_value=decimal(datum.uncorrected_value, "uncorrected_value"),
        uncertainty=_uncertainty(datum),
        uncertainty_basis=datum.u_basis.value,
        components=tuple(map(_component, datum.components)),
        coverage=_coverage(datum.completeness),
        quality=datum.quality.value,
        instruments=datum.serials,
        certificates=datum.certificates,
        confirmations=datum.confirmations,
        entered_share=_entered(datum),
        software=datum.software,
        statement_digest=datum.digest,
        supersedes=datum.supersedes,
    )


def decimal(number: float, name: str) -> str:
    """A double as a decimal text without exponent that reads back as the same double.

    Raises:
        ExportNumberError: it is not finite.
    """
    if not math.isfinite(number):
        raise ExportNumberError("pact", name=name, value=number)
    return format(Decimal(repr(float(number))), "f")


def _perhaps(number: float | None, name: str) -> str | None:
    return None if number is None else decimal(number, name)


def _entered(datum: ActivityData) -> DecimalText | None:
    share = share_of(datum)
    return decimal(share, "entered_share") if share else None


def _conditions(stated: ReferenceConditions | None) -> Conditions | None:
    if stated is None:
        return None
    return Conditions(
        temperature_kelvin=decimal(stated.temperature_K, "temperature_K"),
        pressure_pascal=decimal(stated.pressure_Pa, "pressure_Pa"),
        wet=stated.wet,
    )


def _uncertainty(datum: ActivityData) -> Uncertainty | None:
    u, expanded = datum.standard_uncertainty, datum.expanded_uncertainty
    k, probability = datum.coverage_factor, datum.coverage_probability
    if u is None or expanded is None or k is None or probability is None:
        return None
    nu = datum.effective_degrees_of_freedom
    return Uncertainty(
        standard_uncertainty=decimal(u, "standard_uncertainty"),
        expanded_uncertainty=decimal(expanded, "expanded_uncertainty"),
        coverage_factor=decimal(k, "coverage_factor"),
        coverage_probability=decimal(probability, "coverage_probability"),
        distribution=datum.distribution or "",
        effective_degrees_of_freedom=_perhaps(nu, "effective_degrees_of_freedom"),
    )


def _component(part: StatedComponent) -> Component:
    return Component(
        influence=part.influence,
        contribution=decimal(part.contribution, part.influence),
        evaluation=part.evaluation,
        distribution=part.distribution,
        shared=part.shared,
        degrees_of_freedom=_perhaps(part.degrees_of_freedom, part.influence),
    )


def _coverage(found: Completeness) -> Coverage:
    return Coverage(
        ratio=decimal(found.ratio, "ratio"),
        polls_expected=found.expected,
        polls_present=found.present,
        hours=found.hours,
        full_hours=found.full_hours,
        missing=found.missing,
    )
