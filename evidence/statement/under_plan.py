"""What a statement says of its period under the monitoring plan: the form that is published."""

from collections.abc import Mapping

import msgspec


class PlanRules(msgspec.Struct, frozen=True, kw_only=True):
    """A rule pack; `unconfirmed`: ids of its rules for the quantity that are only recalled."""

    id: str
    version: str
    sha256: str
    unconfirmed: tuple[str, ...]


class PlanAmount(msgspec.Struct, frozen=True, kw_only=True):
    """An amount by the rules, which give it no uncertainty: it is no estimate.

    Args:
        value: null where the rules give no hour of operation a value, which is not 0; 0 where the
            plant stood still through all hours.
        hours_without: of operation, for which the rules give no value; they are not in it.
        substituted: the part of it that was not measured, and its share of the magnitudes, 0 .. 1;
            null where it is.
    """

    value: float | None
    hours_without: int
    substituted: float | None
    substituted_share: float | None


class PlanEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """The best estimate of the same amount.

    Args:
        value: null where nothing is known of any hour of operation, which is not 0.
        standard_uncertainty, expanded_uncertainty: (95 %); null where that of an hour in it is
            unknown, which is not 0, and where it is.
        hours_without: of operation, of which nothing is known; they are not in it.
    """

    value: float | None
    standard_uncertainty: float | None
    expanded_uncertainty: float | None
    hours_without: int


def unknown_amount(hours_without: int) -> PlanAmount:
    """The amount of so many hours of operation, none of which has a value by the rules."""
    return PlanAmount(
        value=None, hours_without=hours_without, substituted=None, substituted_share=None
    )


def unknown_estimate(hours_without: int) -> PlanEstimate:
    """The best estimate of so many hours of operation, of none of which anything is known."""
    return PlanEstimate(
        value=None,
        standard_uncertainty=None,
        expanded_uncertainty=None,
        hours_without=hours_without,
    )


class PlanRefused(msgspec.Struct, frozen=True, kw_only=True):
    """Why something cannot be told; `code` is stable."""

    code: str
    en: str
    zh: str


class PlanHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours under a plan or several, and how much of them is not measured.

    Args:
        by_state, by_method: number of hours, by state and by the scheme's method code.
        ran_hours: of operation: in all states but `shutdown`.
        substituted_hours: those of `ran_hours` that were not measured: with a substitute (state
            `substituted`) or without any value (`missing`, `invalid`).
        substituted_share: their share of `ran_hours`, 0 .. 1, and 0 where there are none.
    """

    hours: int
    by_state: Mapping[str, int]
    by_method: Mapping[str, int]
    ran_hours: int
    substituted_hours: int
    substituted_share: float


class PlanTold(msgspec.Struct, frozen=True, kw_only=True):
    """A span of hours under one plan.

    Args:
        quantity: as the rules name it; empty of a channel that is told by its inputs.
        unit: of both amounts, UCUM.
        provisional: whether a substitute may still change.
        looks_back_to: start of the first hour that was looked at: rules look back.
        monitored_sha256: of the whole determination, hour by hour, with tests and doubts.
        looks_ahead_to: end of what was looked at behind the span, where rules go by the capture
            rate of a quarter and an hour of it is substituted; absent where nothing was.
    """

    rules: PlanRules
    quantity: str
    unit: str
    compliance: PlanAmount
    best_estimate: PlanEstimate
    hours: PlanHours
    provisional: bool
    looks_back_to: str
    monitored_sha256: str
    looks_ahead_to: str | msgspec.UnsetType = msgspec.UNSET


class PlanPart(msgspec.Struct, frozen=True, kw_only=True):
    """A span of the period through which one plan holds, or none.

    Args:
        start, end: RFC 3339 in UTC, at full hours.
        plan_effective_from: of the plan that holds; null where none does, or two do.
        told: null where `refused` says why it cannot be told, or no plan holds.
    """

    start: str
    end: str
    hours: int
    plan_effective_from: str | None
    told: PlanTold | None
    refused: PlanRefused | None


class UnderPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A period under the monitoring plan of its channel, in short.

    Of a period that no plan covers wholly there is no amount as a whole: the hours before a plan
    are named, and each part has its own. An hour is told by the plan that holds at its start.

    Args:
        unit: of the amounts; null where there are none.
        compliance: by the rules, substitutes included: of all parts together.
        best_estimate: of all parts together; what they share is added as one deviation.
        hours: of all parts that are told.
        hours_without_plan: of the period, under no plan.
        provisional: whether a substitute of any part may still change.
        unconfirmed: whether rules that are only recalled stand behind it: `parts` name them.
        parts: in order of time, without a break.
        refused: why there is no amount of the whole; null where there is one.
    """

    unit: str | None
    compliance: PlanAmount | None
    best_estimate: PlanEstimate | None
    hours: PlanHours
    hours_without_plan: int
    provisional: bool
    unconfirmed: bool
    parts: tuple[PlanPart, ...]
    refused: PlanRefused | None
