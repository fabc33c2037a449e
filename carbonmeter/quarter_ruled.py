"""What the rules make of a period, out of what the collector tells (pure)."""

from carbonmeter.quarter_row import InDoubt, OutOfControl, Ruled
from evidence.statement.hours.hour import HourState
from evidence.statement.monitoring.monitored import Monitored


def ruled_of(told: Monitored) -> Ruled:
    """A monitored period in short."""
    totals = told.determination.totals
    checks: dict[str, int] = {}
    for each in told.analysers:
        for name, count in each.tests.items():
            checks[name] = checks.get(name, 0) + count
    return Ruled(
        rules=told.determination.rules.id,
        compliance=totals.compliance.value,
        best_estimate=totals.best_estimate.value,
        expanded_uncertainty=told.expanded_uncertainty,
        substituted_h=totals.by_state[HourState.SUBSTITUTED],
        out_of_control_h=sum(each.hours.get("out_of_control", 0) for each in told.analysers),
        checks=dict(sorted(checks.items())),
        spells=tuple(
            OutOfControl(start=spell.start, end=spell.end, because=spell.because)
            for each in told.analysers
            for spell in each.spells
        ),
        doubts=tuple(
            InDoubt(
                start=each.start,
                end=each.end,
                value=each.value,
                correction=each.correction,
                expanded_uncertainty=each.expanded_uncertainty,
            )
            for each in told.doubts
        ),
    )
