"""What was stated of a period, and what follows for it now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from calibration.window import FlowWindow, RegisterWindow, Window
from collector.audit.doubted import doubts_by_tests, failed_tests
from collector.audit.seen import Seen, hours_of
from collector.lookup import ChannelRow
from evidence.audit.material import Told
from evidence.audit.said import said
from evidence.audit.stood import Hour
from evidence.clock import parse_utc, utc_text
from evidence.errors import CodedError
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from evidence.statement.locks import place_of
from evidence.statement.monitoring.period import monitored_period
from evidence.statement.monitoring.spans import first_plan, ruled_span

Span = tuple[int, int]


def told_of(seen: Seen, register: CalibrationRegister, row: ChannelRow, span: Span) -> Told:
    """What was stated of periods within a span, UTC ns, and what the plan makes of it.

    Args:
        seen: Where it comes from.
        register: Of the site.
        row: The channel.
        span: [start, end) in UTC ns, at full hours.
    """
    kept = seen.lookup.stated(row.channel, utc_text(span[0]), utc_text(span[1]))
    anew = {each.digest: _stated_anew(seen, row, each) for each in kept}
    told = Told(
        kept=tuple(kept),
        early=frozenset(_early(seen, kept)),
        anew={digest: each for digest, each in anew.items() if each is not None},
    )
    told = replace(told, failed=failed_tests(seen, row.channel, span))
    if first_plan(register, row.channel, span) is None:
        return told
    try:
        ruled = ruled_span(register, row.channel, span)
        monitored = monitored_period(seen.lookup, register, row.channel, ruled, seen.now_ns)
        doubts = doubts_by_tests(seen, register, row.channel, ruled)
    except (CalibrationError, CodedError) as wrong:
        return replace(told, refused=said(wrong.say("en"), wrong.say("zh")))
    return replace(told, monitored=monitored, doubts=doubts)


def _early(seen: Seen, kept: Iterable[ActivityData]) -> Iterator[str]:
    """Digests of what was given, for the last time, before its period was over."""
    for each in kept:
        last = seen.lookup.newest(place_of(each))
        if last is not None and last[1] < parse_utc(each.period.end):
            yield each.digest


def _stated_anew(seen: Seen, row: ChannelRow, kept: ActivityData) -> ActivityData | None:
    span = parse_utc(kept.period.start), parse_utc(kept.period.end)
    return anew_of(row, hours_of(seen.lookup, row.channel, span), span, kept.software)


def anew_of(
    row: ChannelRow, hours: Sequence[Hour], span: Span, software: str
) -> ActivityData | None:
    """The activity datum of a period; None of a channel without amounts, or of nothing."""
    windows = amounts_of(hours)
    if not windows:
        return None
    try:
        return activity_data(windows, row.head.measurand, span, software=software)
    except (CalibrationError, CodedError):
        return None


def amounts_of(hours: Sequence[Hour]) -> list[Window]:
    """The hours that have amounts; those of a mean have none."""
    return [each for each in hours if isinstance(each, FlowWindow | RegisterWindow)]
