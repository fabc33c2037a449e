"""Groups 7 and 8 of a record: what rules filled, and how the instruments stood (pure)."""

import math
from collections.abc import Iterable

import msgspec

from calibration.unit import rate_of
from evidence.clock import NS_PER_S, parse_utc
from evidence.statement.entered.share import share_of
from evidence.statement.exports.pact import decimal
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.hours.totals import Sum
from evidence.statement.monitoring.analyser import AnalyserQuality
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.record.explained import Reason, explained
from evidence.statement.record.form import (
    RecordAmount,
    RecordAnalyser,
    RecordQuality,
    RecordRule,
    RecordSubstitution,
)
from evidence.statement.record.form_behind import RecordInstruments, RecordSpell
from evidence.statement.record.known import Known, perhaps
from evidence.statement.record.planned import stated_substitution


def substitution(known: Known) -> RecordSubstitution:
    """Group 7: as the statement says it, or as it follows where the statement says nothing."""
    told = known.monitored
    if known.datum.under_plan is not msgspec.UNSET:
        found = None if told is None else (told.determination.totals, rules_of(told.determination))
        return stated_substitution(known.datum, known.datum.under_plan, found)
    entered = decimal(share_of(known.datum), "entered_share")
    if told is None:
        made = RecordSubstitution(
            share_of_hours=None,
            share_of_quantity=None,
            rules=None,
            compliance=None,
            best_estimate=None,
            provisional=None,
            monitored_sha256=None,
            parts=None,
            entered_share=entered,
        )
        return explained(made, "not applicable" if known.plan is None else "unknown")
    totals = told.determination.totals
    shares = totals.substituted_share_of_hours, totals.compliance.substituted_share
    return explained(
        RecordSubstitution(
            share_of_hours=decimal(shares[0], "share_of_hours"),
            share_of_quantity=perhaps(shares[1], "share_of_quantity"),
            rules=rules_of(told.determination),
            compliance=_amount(told, totals.compliance, known.datum.unit),
            best_estimate=_best(told, known.datum.unit),
            provisional=told.determination.provisional,
            monitored_sha256=told.digest,
            parts=None,
            entered_share=entered,
        ),
        parts="not applicable",
        share_of_quantity="unknown",
    )


def rules_of(told: Determination) -> tuple[RecordRule, ...]:
    """What each rule filled, in order of rule and method; nothing that was measured."""
    ran = [each for each in told.hours if each.state != HourState.SHUTDOWN]
    filled = [each for each in ran if each.state != HourState.MEASURED]
    whole = math.fsum(abs(_weighed(each, told.kind)) for each in ran)
    named = sorted({(each.rule or "", each.method) for each in filled})
    return tuple(
        _rule(
            name,
            [each for each in filled if ((each.rule or ""), each.method) == name],
            (len(ran), whole),
            told.kind,
        )
        for name in named
    )


def _rule(
    name: tuple[str, str], hours: list[Hour], whole: tuple[int, float], kind: str
) -> RecordRule:
    amounts = [_weighed(each, kind) for each in hours if each.compliance is not None]
    share = math.fsum(map(abs, amounts)) / whole[1] if whole[1] else 0.0
    quantity = (math.fsum(amounts), share) if amounts else (None, None)
    made = RecordRule(
        rule=name[0] or None,
        method=name[1],
        hours=len(hours),
        share_of_hours=decimal(len(hours) / whole[0], "share_of_hours"),
        quantity=perhaps(quantity[0], "quantity"),
        share_of_quantity=perhaps(quantity[1], "share_of_quantity"),
    )
    return explained(made, "unknown", rule="not applicable")


def _weighed(hour: Hour, kind: str) -> float:
    """What an hour adds to the compliance value; 0 where the rules give none."""
    return (hour.compliance or 0.0) * (1.0 if kind == "amount" else hour.operating_share)


def _best(told: Monitored, unit: str) -> RecordAmount | None:
    found = _amount(told, told.determination.totals.best_estimate, unit)
    if found is None:
        return None
    u, expanded = told.standard_uncertainty, told.expanded_uncertainty
    made = RecordAmount(
        value=found.value,
        unit=found.unit,
        standard_uncertainty=perhaps(u, "standard_uncertainty"),
        expanded_uncertainty=perhaps(expanded, "expanded_uncertainty"),
        hours_without=found.hours_without,
    )
    return explained(made, "unknown")


def _amount(told: Monitored, whole: Sum, unit: str) -> RecordAmount | None:
    """A sum under the plan, if it is an amount in the statement's unit.

    Rules give a compliance value no uncertainty: it is not an estimate.
    """
    own = told.determination
    if own.kind == "concentration" or own.unit not in {unit, rate_of(unit)}:
        return None
    made = RecordAmount(
        value=perhaps(whole.value, "value"),
        unit=unit,
        standard_uncertainty=None,
        expanded_uncertainty=None,
        hours_without=whole.without,
    )
    return explained(made, "not applicable", value="unknown")


def quality(known: Known, behind: RecordInstruments) -> RecordQuality:
    """Group 8; `behind` are the instruments as group 9 tells them."""
    told, datum = known.monitored, known.datum
    spells = [spell for each in behind.instruments or () for spell in each.spells]
    overdue = [each.overdue_seconds for each in spells if each.overdue_seconds is not None]
    bare = [_seconds(each) for each in spells if each.confirmation is None]
    made = RecordQuality(
        quality=datum.quality.value,
        qualities=datum.qualities,
        analysers=None if told is None else _analysers(told.analysers),
        overdue_seconds=sum(overdue) if spells else None,
        unconfirmed_seconds=sum(bare) if spells else None,
    )
    untold: Reason = "not applicable" if known.plan is None else "unknown"
    return explained(made, analysers=untold)


def _seconds(spell: RecordSpell) -> int:
    return (parse_utc(spell.end) - parse_utc(spell.start)) // NS_PER_S


def _analysers(found: Iterable[AnalyserQuality]) -> tuple[RecordAnalyser, ...]:
    return tuple(
        RecordAnalyser(
            channel=each.channel,
            serial=each.serial,
            scheme=each.scheme.id,
            scheme_sha256=each.scheme.sha256,
            policy=each.policy,
            hours=each.hours,
            tests=each.tests,
        )
        for each in found
    )
