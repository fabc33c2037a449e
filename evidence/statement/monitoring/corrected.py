"""Hours of an analyser, corrected by the checks on both sides of them (pure).

The compliance value is what a scheme takes from the analyser as it shows; the best estimate knows
what zero and span gas showed.
"""

from collections.abc import Mapping, Sequence

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

    Hours before the first pair of checks stay as they are: nothing is known of them. So do those
    that were measured in two ranges of an analyser: how much in which is not told.

    Args:
        hours: Of the analyser's channel.
        analyser: With its checks.
        unit: Of the hours.

    Raises:
        SpanPairError: checks that belong together lead to no scale.
    """
    checks = analyser.planned.checks
    if checks is None:
        return tuple(hours)
    pairs, units = _pairs_by_range(analyser), (unit, checks.unit)
    return tuple(_by_its_range(each, analyser, pairs, units) for each in hours)


def _pairs_by_range(analyser: TestedAnalyser) -> Mapping[str, Sequence[GasPair]]:
    checks = [each.check for each in analyser.checks]
    names = {each.measuring_range for each in checks}
    return {name: pairs_of(checks, name) for name in names}


def _by_its_range(
    hour: ObservedHour,
    analyser: TestedAnalyser,
    by_range: Mapping[str, Sequence[GasPair]],
    units: tuple[str, str],
) -> ObservedHour:
    names = analyser.ranges_of(hour.start_ns)
    pairs = by_range.get(next(iter(names)), ()) if len(names) == 1 else ()
    middle_ns = hour.start_ns + NS_PER_HOUR // 2
    if hour.value is None or not pairs or middle_ns < pairs[0].at_ns:
        return hour
    return _corrected(hour, hour.value, pairs, units)


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
