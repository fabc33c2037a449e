"""Which channels another one rests on, and which rest on it, as papers say (pure).

A channel rests on what it is computed from, and on the analysers that its plan names.
"""

from collections.abc import Iterator

from calibration.derivation import Derivation
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.statement.monitoring.spans import Span, instant_of, planned_spans


def rests_on(register: CalibrationRegister, channel: str, span: Span) -> frozenset[str]:
    """A channel with all that it rests on at any time of a period, through other channels too.

    Args:
        register: With the plans and derivations of the channel's site.
        channel: Its name.
        span: [start, end) in UTC ns, at full hours, not empty.
    """
    found = {channel}
    waiting = [channel]
    while waiting:
        own = set(_next_to(register, waiting.pop(), span)) - found
        found |= own
        waiting += own
    return frozenset(found)


def resting_on(register: CalibrationRegister, channel: str, span: Span) -> tuple[str, ...]:
    """The channels that rest on another one at any time of a period, by name; without itself."""
    names = {each.derivation for each in register.derivations}
    names |= {each.plan for each in register.plans}
    return tuple(
        sorted(each for each in names - {channel} if channel in rests_on(register, each, span))
    )


def plans_within(register: CalibrationRegister, channel: str, span: Span) -> list[MonitoringPlan]:
    """The plans of a channel that hold at any time of a period, in order of time."""
    found: list[MonitoringPlan] = []
    for each in planned_spans(register, channel, span):
        if each.plan is not None and each.plan not in found:
            found.append(each.plan)
    return found


def _next_to(register: CalibrationRegister, channel: str, span: Span) -> Iterator[str]:
    for derivation in _derivations(register, channel, span):
        yield from derivation.inputs.values()
    if any(each.plan == channel for each in register.plans):
        for plan in plans_within(register, channel, span):
            yield from (each.channel for each in plan.analysers)


def _derivations(register: CalibrationRegister, channel: str, span: Span) -> Iterator[Derivation]:
    """Those that hold at any time of a period; of two of one instant both."""
    start, end = map(instant_of, span)
    own = [each for each in register.derivations if each.derivation == channel]
    begun = [each.effective_from for each in own if each.effective_from <= start]
    first = max(begun, default=start)
    yield from (each for each in own if first <= each.effective_from < end)
