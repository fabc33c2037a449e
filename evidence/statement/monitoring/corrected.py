"""Hours of an analyser, corrected by the checks on both sides of them (pure).

The compliance value is what a scheme takes from the analyser as it shows; the best estimate knows
what zero and span gas showed.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from calibration.gas_check.held import drifted
from calibration.gas_check.span import GasPair, correction_at, pairs_of
from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import merge, scaled
from calibration.unit import conversion_factor, convert
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.monitoring.analyser import TestedAnalyser


def corrected_hours(
    hours: Sequence[ObservedHour], analyser: TestedAnalyser, unit: str
) -> tuple[ObservedHour, ...]:
    """The hours with values as they would be without zero and span error.

    Hours before the first pair of checks stay as they are: nothing is known of them.

    Args:
        hours: Of the analyser's channel.
        analyser: With its checks.
        unit: Of the hours.

    Raises:
        SpanPairError: checks that belong together lead to no scale.
    """
    pairs, checks = pairs_of(analyser.checks), analyser.planned.checks
    if not pairs or checks is None:
        return tuple(hours)
    return tuple(
        each
        if each.value is None or each.start_ns + NS_PER_HOUR // 2 < pairs[0].at_ns
        else _corrected(each, each.value, pairs, (unit, checks.unit))
        for each in hours
    )


def _corrected(
    hour: ObservedHour, value: float, pairs: Sequence[GasPair], units: tuple[str, str]
) -> ObservedHour:
    """An hour by the correction of its middle."""
    own, of_checks = units
    at_ns, shown = hour.start_ns + NS_PER_HOUR // 2, convert(value, own, of_checks)
    correction = correction_at(pairs, at_ns)
    found, since = correction.corrected(shown), drifted(shown, correction, pairs, at_ns)
    factor = conversion_factor(of_checks, own)
    added = scaled([*found.components, *([] if since is None else [since])], factor)
    return replace(
        hour,
        value=convert(found.value, of_checks, own),
        components=merge(scaled(hour.components, found.slope), added),
    )
