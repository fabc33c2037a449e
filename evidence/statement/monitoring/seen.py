"""What was received of a plan's analysers, from hours that are kept (pure)."""

from collections.abc import Sequence

from calibration.gas_check.rules import CheckReading
from calibration.monitoring.plan import MonitoringPlan, PlannedAnalyser
from calibration.monitoring.ranges import RangeSign
from calibration.register import CalibrationRegister
from calibration.unit import convert
from evidence.judging.kept import HoursTold
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.checks import Shown
from evidence.statement.monitoring.load import limits_named, scheme_named
from evidence.statement.monitoring.ranged import RangesSeen
from evidence.statement.monitoring.spans import Span
from evidence.statement.monitoring.tested import AnalyserRules, AnalyserSeen, tested_analyser


def tested_in(
    lookup: HoursTold,
    register: CalibrationRegister,
    plan: MonitoringPlan,
    planned: PlannedAnalyser,
    whole: Span,
) -> TestedAnalyser:
    """An analyser of a plan with its tests; zero and span checks are looked for in a time.

    Args:
        lookup: Of the hours.
        register: Of the site.
        plan: That names the analyser.
        planned: What it says of it.
        whole: [start, end) in UTC ns. A check that goes on beyond what was received in it is none
            yet.

    Raises:
        EvidenceError, CalibrationError: what the plan names is not there.
    """
    row = lookup.channel(planned.channel)
    limits = None
    if planned.checks is not None:
        limits = limits_named(planned.checks.limits, planned.channel)
    seen = AnalyserSeen(
        serial="" if row is None else row.head.serial,
        shown=shown_by(lookup, planned, whole),
        ranges=_ranges(lookup, planned.ranges, whole),
        heard_ns=lookup.heard(planned.channel, whole[1]),
    )
    return tested_analyser(
        planned,
        seen,
        register,
        AnalyserRules(scheme=scheme_named(planned.scheme, planned.channel), limits=limits),
        plan.utc_offset_s,
    )


def _ranges(lookup: HoursTold, sign: RangeSign | None, whole: Span) -> RangesSeen | None:
    """What was received that tells the range of an analyser; None for one that has one range."""
    if sign is None:
        return None
    shown = [each for each, _ in lookup.shown(sign.channel, *whole)]
    return RangesSeen(
        sign=sign,
        means={each.start_ns: each for each in lookup.means(sign.channel, *whole)},
        shown=[(each.at_ns, each.value) for each in shown],
    )


def shown_by(lookup: HoursTold, planned: PlannedAnalyser, whole: Span) -> Sequence[Shown]:
    """What an analyser showed in checks, in the unit of these."""
    row = lookup.channel(planned.channel)
    if row is None or planned.checks is None:
        return ()
    own, wanted = row.head.measurand.unit, planned.checks.unit
    return [
        Shown(
            reading=CheckReading(
                at_ns=each.at_ns, value=convert(each.value, own, wanted), state=each.state
            ),
            received_ns=received_ns,
        )
        for each, received_ns in lookup.shown(planned.channel, *whole)
    ]
