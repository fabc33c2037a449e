"""Groups 1 to 8 of a record: what was stated, of what, by which method, and how sure it is."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from calibration.window import SettingUsed
from evidence.statement.exports.pact import DecimalText
from evidence.statement.record.declared import Sha256
from evidence.statement.record.explained import Explained

Instant = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T[0-9:.]+(Z|[+-]\d{2}:\d{2})$")]


class RecordAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person did about the statement; `entry` is its number in the journal."""

    entry: int
    at: Instant
    who: str
    role: str
    reason: str


class RecordIdentity(Explained, frozen=True, kw_only=True):
    """Group 1.

    Args:
        id: of the datum, by the statement's digest.
        version: 1 for the first statement of the channel and period, one more for each since.
        supersedes, superseded_by: digests of statements.
        issued_at: when the statement was made first, UTC.
        released, locked: by whom and why.
    """

    id: str
    version: int
    supersedes: Sha256 | None
    superseded_by: Sha256 | None
    issued_at: Instant
    released: RecordAct | None
    locked: RecordAct | None


class RecordDeclared(Explained, frozen=True, kw_only=True):
    """Who declared what is said of a site, a device, a channel or the statement.

    Args:
        on: day in UTC, or the one that a configuration names.
        entry: its number in the journal, where its proof is; null of a configuration.
        at: when it was entered, UTC.
        role, reason: of whom, and why.
        effective_from: it counts for periods that start then or later; null for all.
    """

    of: str
    by: str
    on: str
    entry: int | None
    at: Instant | None
    role: str | None
    reason: str | None
    effective_from: Instant | None


class RecordOrganisation(Explained, frozen=True, kw_only=True):
    """Group 2. Only `site`, `subject` and the groups are known here; people declare the rest."""

    organisation: str | None
    site: str
    subject: str
    process_unit: str | None
    product: str | None
    allocation_key: str | None
    boundary: str | None
    double_count_groups: tuple[str, ...] | None
    declared: tuple[RecordDeclared, ...]


class RecordConditions(msgspec.Struct, frozen=True, kw_only=True):
    """The state that an amount of gas is stated for, in K and Pa."""

    temperature_K: DecimalText
    pressure_Pa: DecimalText
    wet: bool


class RecordQuantity(Explained, frozen=True, kw_only=True):
    """Group 3.

    Args:
        unit: UCUM code.
        start, end: [start, end) with the offset of the plant's clock.
        time_zone: IANA name, or the fixed offset of the monitoring plan's clock.
        time_zone_from: what says so.
    """

    channel: str
    kind_of_quantity: str
    value: DecimalText
    uncorrected_value: DecimalText
    unit: str
    reference_conditions: RecordConditions | None
    start: Instant
    end: Instant
    time_zone: str
    time_zone_from: Literal["declared", "plan", "default"]


class RecordRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rule pack that tells the hours; `unconfirmed`: ids of rules that are recalled."""

    id: str
    version: str
    sha256: Sha256
    unconfirmed: tuple[str, ...]


class RecordMethod(Explained, frozen=True, kw_only=True):
    """Group 4.

    Args:
        id, version: of the measurement model, or of how indications become an amount.
        constants, constants_version: the set of constants that the model takes.
        constants_sha256: of its canonical JSON.
        inputs: channel of each measured input of a computed channel.
        settings: declared numbers that went in, and their papers.
        rules: by which hours are told, where a monitoring plan holds.
    """

    id: str
    version: str
    constants: str | None
    constants_version: str | None
    constants_sha256: Sha256 | None
    inputs: Mapping[str, str] | None
    settings: tuple[SettingUsed, ...] | None
    rules: RecordRules | None


class RecordComponent(Explained, frozen=True, kw_only=True):
    """A signed contribution of one influence, in the unit of the value."""

    influence: str
    contribution: DecimalText
    evaluation: str
    distribution: str
    degrees_of_freedom: DecimalText | None
    shared: bool


class RecordUncertainty(Explained, frozen=True, kw_only=True):
    """Group 5; all null where it is unknown, which is not 0.

    Args:
        standard_uncertainty: u, k = 1; `expanded_uncertainty` is U = k u at the probability.
        effective_degrees_of_freedom: null where infinite.
        u_sys, u_rand: of the components that are shared with other values, and of the others.
        correlation_groups: influences that act alike on other values that name them.
        assumed_correlations: r that was assumed of standards whose share nobody stated.
        budget: address of the statement, whose components these are.
        u_basis: what it rests on.
    """

    standard_uncertainty: DecimalText | None
    expanded_uncertainty: DecimalText | None
    coverage_factor: DecimalText | None
    coverage_probability: DecimalText | None
    effective_degrees_of_freedom: DecimalText | None
    distribution: str | None
    u_sys: DecimalText | None
    u_rand: DecimalText | None
    correlation_groups: tuple[str, ...]
    assumed_correlations: Mapping[str, DecimalText]
    components: tuple[RecordComponent, ...] | None
    budget: str
    u_basis: str


class RecordCompleteness(Explained, frozen=True, kw_only=True):
    """Group 6; polls, and hours where the name says so.

    Args:
        expected, valid, invalid: polls due, with a value, without one; `missing` by reason.
        shutdown_hours: by the monitoring plan's sign of operation.
        capture_rate: as its definition says, 0 to 1.
    """

    expected: int
    valid: int
    invalid: int
    missing: Mapping[str, int]
    hours: int
    full_hours: int
    shutdown_hours: int | None
    capture_rate: DecimalText
    capture_rate_definition: str


class RecordRule(Explained, frozen=True, kw_only=True):
    """What one rule filled; shares are of the hours of operation, and of compliance magnitudes.

    Args:
        quantity, share_of_quantity: null where it gives none of its hours a value.
    """

    rule: str | None
    method: str
    hours: int
    share_of_hours: DecimalText
    quantity: DecimalText | None
    share_of_quantity: DecimalText | None


class RecordAmount(Explained, frozen=True, kw_only=True):
    """An amount under the plan; `hours_without`: of operation, that have no value in it.

    Args:
        value: null where no hour of operation has one, which is not 0.
    """

    value: DecimalText | None
    unit: str
    standard_uncertainty: DecimalText | None
    expanded_uncertainty: DecimalText | None
    hours_without: int


class RecordPlanPart(Explained, frozen=True, kw_only=True):
    """A span of the period through which one plan holds, or none; `code`: why it is not told."""

    start: str
    end: str
    plan_effective_from: str | None
    rules: RecordRules | None
    code: str | None
    monitored_sha256: Sha256 | None


class RecordSubstitution(Explained, frozen=True, kw_only=True):
    """Group 7: told under a monitoring plan; null where none holds. The two are never mixed.

    Args:
        monitored_sha256: of the determination behind it; null where there is not one of the whole.
        parts: of a statement that is told under the plan itself, whose figures these are; null
            where they were made for the record.
    """

    share_of_hours: DecimalText | None
    share_of_quantity: DecimalText | None
    rules: tuple[RecordRule, ...] | None
    compliance: RecordAmount | None
    best_estimate: RecordAmount | None
    provisional: bool | None
    monitored_sha256: Sha256 | None
    parts: tuple[RecordPlanPart, ...] | None
    entered_share: DecimalText


class RecordAnalyser(msgspec.Struct, frozen=True, kw_only=True):
    """Quality assurance of an analyser: hours by standing, tests by kind and outcome."""

    channel: str
    serial: str
    scheme: str
    scheme_sha256: Sha256
    policy: str
    hours: Mapping[str, int]
    tests: Mapping[str, int]


class RecordQuality(Explained, frozen=True, kw_only=True):
    """Group 8.

    Args:
        quality, qualities: of the value, and of its polls.
        analysers: of the monitoring plan.
        overdue_seconds: of all instruments, behind the last day of the confirmation in force.
        unconfirmed_seconds: of all instruments, without any confirmation in force.
    """

    quality: str
    qualities: Mapping[str, int]
    analysers: tuple[RecordAnalyser, ...] | None
    overdue_seconds: int | None
    unconfirmed_seconds: int | None
