"""How far behind an hour of a gap rules look, whichever period is asked for (pure)."""

from collections.abc import Iterator

from calibration.increment import NS_PER_HOUR
from evidence.statement.hours.calendar import quarter_of, quarter_span_ns, year_end_ns, year_of
from evidence.statement.hours.estimator import HOURS_A_DAY, MOST_DAYS
from evidence.statement.hours.pack import RulePack


def reach_ns(pack: RulePack, start_ns: int, offset_s: int) -> int:
    """End of the hours that a substitute may rest on, at a full hour; UTC ns.

    The end of the gap is apart: each rule looks at it.

    Args:
        pack: The rules.
        start_ns: Of an hour of a gap, UTC.
        offset_s: Of the plant's clock, which quarters and years go by.
    """
    # hours are hours of UTC, also where the plant's clock is not a full hour away
    return max(-(-each // NS_PER_HOUR) * NS_PER_HOUR for each in _ends(pack, start_ns, offset_s))


def _ends(pack: RulePack, start_ns: int, offset_s: int) -> Iterator[int]:
    yield start_ns + NS_PER_HOUR
    if pack.availability is not None and pack.availability.kind == "quarter":
        yield quarter_span_ns(quarter_of(start_ns, offset_s), offset_s)[1]
    if pack.reporting_period is not None:
        yield year_end_ns(year_of(start_ns, offset_s), offset_s)
    if pack.names("same_hours"):
        yield start_ns + (MOST_DAYS * HOURS_A_DAY + 1) * NS_PER_HOUR
