"""Hours of a channel that is computed, from inputs that are told under plans of their own (pure).

A scheme such as 40 CFR 75 substitutes a concentration and a flow, each by its own rule, and
multiplies what comes of it. So does this, twice: with the compliance values of the inputs, and with
their best estimates, of which the components go through the model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from calibration.model.stated import Modelled, Stated
from calibration.monitoring.plan import MonitoringPlan
from evidence.clock import utc_text
from evidence.statement.hours.determination import RulesUsed, digest_of
from evidence.statement.hours.hour import Hour, HourQuality, HourState
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.hours.totals import totals
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.doubted import doubts_in
from evidence.statement.monitoring.monitored import Monitored, uncertainty_of
from evidence.statement.monitoring.monitored import digest_of as monitored_digest
from evidence.statement.standing.operation import ALWAYS, Operation

MEASURED: Final = "inputs_measured"
OF_INPUTS: Final = "of_inputs"
"""Method codes of hours of which all inputs were measured, or one at least was not."""
_WORST_LAST: Final = (
    HourState.MEASURED,
    HourState.SUBSTITUTED,
    HourState.INVALID,
    HourState.MISSING,
    HourState.SHUTDOWN,
)
Compute = Callable[[int, Mapping[str, Stated]], Modelled]
"""Of an hour's start, and its inputs by the model's names for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a computed channel is made of.

    Attributes:
        told: Inputs under plans, by the model's name for each; all of one period.
        conditions: What these are stated for: a value whose number does not matter.
        measured: The others' hours by start, as measured; an hour that lacks one has no value.
        compute: The model with all that is declared.
        unit: Of what it gives.
        analysers: Of the inputs' plans, with their tests.
        operation: When the plant ran.
    """

    told: Mapping[str, Monitored]
    conditions: Mapping[str, Stated]
    measured: Mapping[str, Mapping[int, Stated]]
    compute: Compute
    unit: str
    analysers: Sequence[TestedAnalyser] = ()
    operation: Operation = ALWAYS


def through_inputs(
    plan: MonitoringPlan, pack: LoadedPack, inputs: Inputs, span: tuple[int, int]
) -> Monitored:
    """A period of a computed channel by its inputs' hours.

    Args:
        plan: Of the channel, without a quantity.
        pack: That it names, and its inputs' plans too.
        inputs: Determined over the same period.
        span: [start, end) in UTC ns.

    Raises:
        MeasurementModelError: an input cannot be.
    """
    columns = {name: told.determination.hours for name, told in inputs.told.items()}
    rows = zip(*columns.values(), strict=True)
    hours = tuple(_hour(dict(zip(columns, row, strict=True)), inputs) for row in rows)
    first = next(iter(inputs.told.values())).determination
    determination = replace(
        first,
        series=plan.plan,
        quantity="",
        unit=inputs.unit,
        kind="rate",
        rules=_rules(pack, inputs),
        start=utc_text(span[0]),
        end=utc_text(span[1]),
        provisional=any(each.determination.provisional for each in inputs.told.values()),
        totals=totals(hours, "rate"),
        availability=None,
        quarters=(),
        months=(),
        gaps=tuple(gap for each in inputs.told.values() for gap in each.determination.gaps),
        findings=tuple(
            found for each in inputs.told.values() for found in each.determination.findings
        ),
        hours=hours,
    )
    u, expanded = uncertainty_of(determination)
    whole = Monitored(
        channel=plan.plan,
        plan_effective_from=plan.effective_from.isoformat(),
        determination=replace(determination, digest=digest_of(determination)),
        analysers=tuple(each for told in inputs.told.values() for each in told.analysers),
        standard_uncertainty=u,
        expanded_uncertainty=expanded,
        doubts=doubts_in(inputs.analysers, inputs.operation, hours),
        known_at=next(iter(inputs.told.values())).known_at,
    )
    return replace(whole, digest=monitored_digest(whole))


def _hour(row: Mapping[str, Hour], inputs: Inputs) -> Hour:
    """The hour that inputs of one hour make."""
    worst = max(row.values(), key=lambda each: _WORST_LAST.index(each.state))
    share = min(each.operating_share for each in row.values())
    bare = replace(
        worst,
        method=MEASURED if worst.state == HourState.MEASURED else OF_INPUTS,
        operating_share=share,
        compliance=None,
        best_estimate=None,
        components=(),
        rule=None,
        provisional=any(each.provisional for each in row.values()),
    )
    if worst.state == HourState.SHUTDOWN:
        return replace(bare, method=worst.method)
    complied = _computed(row, inputs, lambda each: each.compliance)
    best = _computed(row, inputs, lambda each: each.best_estimate)
    known = worst.state in {HourState.MEASURED, HourState.SUBSTITUTED} and complied is not None
    return replace(
        bare,
        state=worst.state if known else HourState.MISSING,
        compliance=None if complied is None else complied.value,
        best_estimate=None if best is None else best.value,
        components=() if best is None else best.components,
        quality=HourQuality.NONE if best is None else worst.quality,
    )


def _computed(
    row: Mapping[str, Hour], inputs: Inputs, value_of: Callable[[Hour], float | None]
) -> Modelled | None:
    """What the model gives; None where an input has no such value."""
    start_ns = next(iter(row.values())).start_ns
    found: dict[str, Stated] = {}
    for name, each in row.items():
        value = value_of(each)
        if value is None:
            return None
        found[name] = replace(inputs.conditions[name], value=value, components=each.components)
    for name, hours in inputs.measured.items():
        if start_ns not in hours:
            return None
        found[name] = hours[start_ns]
    return inputs.compute(start_ns, found)


def _rules(pack: LoadedPack, inputs: Inputs) -> RulesUsed:
    """The pack, with what is only recalled of it for any input."""
    used = (each.determination.rules.unconfirmed for each in inputs.told.values())
    unconfirmed = tuple(sorted({name for names in used for name in names}))
    return RulesUsed(
        id=pack.pack.id, version=pack.pack.version, sha256=pack.sha256, unconfirmed=unconfirmed
    )
