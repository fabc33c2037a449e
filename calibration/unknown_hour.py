"""An hour of a register in which nobody knows what it grew by."""

from collections.abc import Iterable, Sequence

import msgspec

from calibration.hourly import ChannelClock, counts, grounds_of
from calibration.increment import NS_PER_HOUR, Finding, RegisterReading
from calibration.timeline import Timeline
from calibration.window import RegisterWindow, Tally


def unknown_window(
    channel: str,
    hour_ns: int,
    last: RegisterReading,
    clock: ChannelClock,
    timeline: Timeline,
    *,
    missed: Iterable[str] = (),
    findings: Sequence[Finding] = (),
) -> RegisterWindow:
    """The window of an hour in which no growth is known: nothing is counted, and nothing read.

    Args:
        channel: of the register.
        hour_ns: begin of the hour, UTC ns.
        last: the reading by which growth was known last.
        clock: the polls of the channel.
        timeline: what it applies.
        missed: reasons of polls of the hour that gave no value.
        findings: what the register did in it.
    """
    shown = msgspec.structs.replace(last, polled=False)
    return RegisterWindow(
        channel=channel,
        start_ns=hour_ns,
        end_ns=hour_ns + NS_PER_HOUR,
        unit=timeline.unit,
        opening=shown,
        closing=shown,
        uncorrected=0.0,
        value=0.0,
        components=(),
        fresh_variance=0.0,
        tally=Tally(expected=clock.expected_per_hour, present=0, missed=counts(missed)),
        grounds=grounds_of([timeline.row(last.at_ns)], timeline),
        findings=tuple(findings),
        follows_break=True,
    )
