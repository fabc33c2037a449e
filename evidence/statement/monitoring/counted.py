"""When the plant ran, and what each hour counts as by all analysers of a plan (pure)."""

from collections.abc import Iterable, Mapping, Sequence

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.plan import MonitoringPlan
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.standing.hour import WORST_LAST, HourStanding, Standings
from evidence.statement.standing.operation import ALWAYS, Operation, operation_of
from evidence.statement.standing.scheme import Scheme
from evidence.statement.standing.standing import Standing


def operation_in(plan: MonitoringPlan, signs: Iterable[MeanWindow]) -> Operation:
    """When the plant ran, by the sign that the plan names.

    An hour in which the sign has no value counts as running: nobody knows that it did not.
    """
    known = [each for each in signs if each.value is not None]
    if plan.operation is None or not known:
        return ALWAYS if not plan.utc_offset_s else Operation(utc_offset_s=plan.utc_offset_s)
    first, end = known[0].start_ns, known[-1].start_ns + NS_PER_HOUR
    above = plan.operation.above
    still = {each.start_ns for each in known if each.value is not None and each.value <= above}
    running = (hour for hour in range(first, end, NS_PER_HOUR) if hour not in still)
    return operation_of(running, first, end, plan.utc_offset_s)


def combined(
    analysers: Sequence[TestedAnalyser], found: Sequence[Standings]
) -> Mapping[int, Standing]:
    """What each hour counts as by all analysers: the worst; empty without analysers."""
    counted = [
        {hour: counts_as(each, one.scheme[0]) for hour, each in other.by_hour.items()}
        for one, other in zip(analysers, found, strict=True)
    ]
    hours = counted[0] if counted else {}
    return {hour: max((each[hour] for each in counted), key=WORST_LAST.index) for hour in hours}


def counts_as(found: HourStanding, scheme: Scheme) -> Standing:
    """What an hour without any test counts as is the scheme's decision."""
    if found.standing is Standing.NO_TEST and scheme.untested is not None:
        return Standing(scheme.untested.counts_as)
    return found.standing
