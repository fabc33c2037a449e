"""Groups 1 to 6 of a record from the statement itself and how it was made (pure)."""

import hashlib
from typing import Final

import msgspec

from calibration.measurand import Accumulation, ReferenceConditions
from calibration.model.catalogue import ConstantSet
from calibration.model.load import constants_named, model_named
from calibration.uncertainty import combine
from evidence.clock import utc_text
from evidence.statement.datum import ActivityData, StatedComponent, component_of
from evidence.statement.declaration.saying import Saying
from evidence.statement.entered.channel import is_entered
from evidence.statement.exports.pact import decimal
from evidence.statement.locks import Act
from evidence.statement.record.explained import Reason, explained
from evidence.statement.record.form import (
    RecordAct,
    RecordCompleteness,
    RecordComponent,
    RecordConditions,
    RecordDeclared,
    RecordIdentity,
    RecordMethod,
    RecordOrganisation,
    RecordQuantity,
    RecordRules,
    RecordUncertainty,
)
from evidence.statement.record.known import GASES, Known, perhaps
from evidence.statement.record.planned import record_rules

CAPTURE_RATE: Final = "carbonmeter/polls-present-over-polls-due/1"
CAPTURE_RATE_OF_HOURS: Final = "carbonmeter/hours-covered-over-hours/1"
ENTERED: Final = "carbonmeter/entered"
OURS: Final = {
    Accumulation.REGISTER: "carbonmeter/totaliser-difference",
    Accumulation.RATE: "carbonmeter/integral-of-rate",
    Accumulation.INTERVAL: "carbonmeter/sum-of-intervals",
}
"""How indications become an amount, where no model does."""
_OURS_VERSION: Final = "1"


def identity(known: Known) -> RecordIdentity:
    """Group 1."""
    datum, standing = known.datum, known.standing
    made = RecordIdentity(
        id=f"urn:carbonmeter:activity-data:{datum.digest}",
        version=standing.version,
        supersedes=datum.supersedes,
        superseded_by=standing.superseded_by,
        issued_at=utc_text(standing.issued_ns),
        released=_act(standing.released),
        locked=_act(standing.locked),
    )
    return explained(made, supersedes="not applicable", superseded_by="not applicable")


def _act(act: Act | None) -> RecordAct | None:
    if act is None:
        return None
    return RecordAct(
        entry=act.entry, at=utc_text(act.at_ns), who=act.who, role=act.role, reason=act.reason
    )


def organisation(known: Known) -> RecordOrganisation:
    """Group 2."""
    about, groups = known.about, known.datum.double_count_groups
    made = RecordOrganisation(
        organisation=about.organisation,
        site=known.datum.channel.partition("/")[0],
        subject=known.datum.measurand.subject,
        process_unit=about.process_unit,
        product=about.product,
        allocation_key=about.allocation_key,
        boundary=about.boundary,
        double_count_groups=None if groups is msgspec.UNSET else groups,
        declared=tuple(map(_declared, known.said)),
    )
    return explained(made, "not declared", double_count_groups="not on record")


def _declared(saying: Saying) -> RecordDeclared:
    version = saying.version
    told = None if version is None else version.told
    made = RecordDeclared(
        of=saying.told.of,
        by=saying.by,
        on=saying.on.isoformat(),
        entry=None if version is None else version.entry,
        at=None if version is None else utc_text(version.at_ns),
        role=None if version is None else version.role,
        reason=None if version is None else version.reason,
        effective_from=None if told is None else told.effective_from or None,
    )
    return explained(made, effective_from="not applicable")


def quantity(known: Known) -> RecordQuantity:
    """Group 3."""
    datum, zone = known.datum, known.zone
    kind = datum.measurand.kind_of_quantity
    start, end = known.span
    made = RecordQuantity(
        channel=datum.channel,
        kind_of_quantity=kind.value,
        value=decimal(datum.value, "value"),
        uncorrected_value=decimal(datum.uncorrected_value, "uncorrected_value"),
        unit=datum.unit,
        reference_conditions=_conditions(datum.measurand.reference_conditions),
        start=zone.text(start),
        end=zone.text(end),
        time_zone=zone.name,
        time_zone_from=zone.told_by,
    )
    reason: Reason = "not on record" if kind in GASES else "not applicable"
    return explained(made, reference_conditions=reason)


def _conditions(stated: ReferenceConditions | None) -> RecordConditions | None:
    if stated is None:
        return None
    return RecordConditions(
        temperature_K=decimal(stated.temperature_K, "temperature_K"),
        pressure_Pa=decimal(stated.pressure_Pa, "pressure_Pa"),
        wet=stated.wet,
    )


def method(known: Known) -> RecordMethod:
    """Group 4."""
    datum, derivation = known.datum, known.derivation
    model = None if derivation is None else model_named(derivation.model, derivation.derivation)
    named = "" if derivation is None or model is None else derivation.constants or model.constants
    constants = constants_named(named, datum.channel) if named else None
    made = RecordMethod(
        id=_ours(datum) if model is None else model.id,
        version=_OURS_VERSION if model is None else str(model.version),
        constants=None if constants is None else constants.id,
        constants_version=None if constants is None else str(constants.version),
        constants_sha256=None if constants is None else constants_digest(constants),
        inputs=None if derivation is None else derivation.inputs,
        settings=None if datum.settings is msgspec.UNSET else datum.settings,
        rules=_rules(known),
    )
    told: Reason = "not applicable" if known.plan is None else "unknown"
    return explained(made, "not applicable", rules=told)


def _ours(datum: ActivityData) -> str:
    return ENTERED if is_entered(datum.channel) else OURS[datum.measurand.accumulation]


def constants_digest(constants: ConstantSet) -> str:
    """SHA-256 of a set's canonical JSON: UTF-8, keys sorted, no white space."""
    return hashlib.sha256(msgspec.json.encode(constants, order="sorted")).hexdigest()


def _rules(known: Known) -> RecordRules | None:
    """As the statement names them, of its first part; or as they follow."""
    told, short = known.monitored, known.datum.under_plan
    if short is not msgspec.UNSET:
        found = (each.told for each in short.parts if each.told is not None)
        return next((record_rules(each.rules) for each in found), None)
    if told is None:
        return None
    rules = told.determination.rules
    return RecordRules(
        id=rules.id, version=rules.version, sha256=rules.sha256, unconfirmed=rules.unconfirmed
    )


def uncertainty(known: Known) -> RecordUncertainty:
    """Group 5."""
    datum = known.datum
    shared = [each for each in datum.components if each.shared]
    is_known = datum.standard_uncertainty is not None
    made = RecordUncertainty(
        standard_uncertainty=perhaps(datum.standard_uncertainty, "standard_uncertainty"),
        expanded_uncertainty=perhaps(datum.expanded_uncertainty, "expanded_uncertainty"),
        coverage_factor=perhaps(datum.coverage_factor, "coverage_factor"),
        coverage_probability=perhaps(datum.coverage_probability, "coverage_probability"),
        effective_degrees_of_freedom=perhaps(datum.effective_degrees_of_freedom, "nu_eff"),
        distribution=datum.distribution,
        u_sys=_combined(shared, "u_sys") if is_known else None,
        u_rand=_combined([each for each in datum.components if not each.shared], "u_rand")
        if is_known
        else None,
        correlation_groups=tuple(sorted({each.influence for each in shared})),
        assumed_correlations={
            name: decimal(r, name) for name, r in datum.assumed_correlations.items()
        },
        components=tuple(map(_component, datum.components)) if is_known else None,
        budget=f"/api/v1/activity-data/{datum.digest}",
        u_basis=datum.u_basis.value,
    )
    endless: Reason = "infinite" if is_known else "unknown"
    return explained(made, "unknown", effective_degrees_of_freedom=endless)


def _combined(parts: list[StatedComponent], name: str) -> str:
    return decimal(combine(map(component_of, parts)), name)


def _component(part: StatedComponent) -> RecordComponent:
    made = RecordComponent(
        influence=part.influence,
        contribution=decimal(part.contribution, part.influence),
        evaluation=part.evaluation,
        distribution=part.distribution,
        degrees_of_freedom=perhaps(part.degrees_of_freedom, part.influence),
        shared=part.shared,
    )
    return explained(made, degrees_of_freedom="infinite")


def completeness(known: Known) -> RecordCompleteness:
    """Group 6; of what is entered, or read less than once an hour, hours are counted."""
    found = known.datum.completeness
    by_hours = is_entered(known.datum.channel) or not found.expected
    made = RecordCompleteness(
        expected=found.expected,
        valid=found.present,
        invalid=found.expected - found.present,
        missing=found.missing,
        hours=found.hours,
        full_hours=found.full_hours,
        shutdown_hours=_shutdown(known),
        capture_rate=decimal(found.ratio, "capture_rate"),
        capture_rate_definition=CAPTURE_RATE_OF_HOURS if by_hours else CAPTURE_RATE,
    )
    return explained(made)


def _shutdown(known: Known) -> int | None:
    """Hours in which the plant stood still, as the statement says it, or as it follows."""
    told, short = known.monitored, known.datum.under_plan
    if short is not msgspec.UNSET:
        return short.hours.by_state.get("shutdown", 0) if short.hours.hours else None
    return None if told is None else told.determination.totals.by_state.get("shutdown", 0)
