"""The readings of a rate or an interval meter, fed into its hours, however its polls change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.flow_fold import Closing, FlowFold, close_before, feed_hours, hour_of
from calibration.grid import hour_start
from calibration.hourly import grounds_of
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.mean import MeanWindow, mean_window
from calibration.measurand import Accumulation, Measurand
from calibration.timeline import Timeline
from calibration.unit import has_amount
from calibration.window import Window
from evidence.judging.dividing import begins_ns, divides
from evidence.judging.recompute import recompute
from evidence.judging.setting import Setting, clock_of
from evidence.judging.stream import instants_ns, qualities, timely_ns
from evidence.log.batch import Stream, StreamHead

Hour = Window | MeanWindow
"""What an hour of a channel comes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """What is open of a channel before a stream of it.

    Attributes:
        fold: Its rows and misses.
        last: How it was read last; None where nothing of it was read.
        told_ns: Hours until then are closed, UTC ns.
        last_ns: Until when it was read, UTC ns, with the stream.
    """

    fold: FlowFold
    last: StreamHead | None
    told_ns: int
    last_ns: int


def feed_flow_stream(
    before: OpenPart,
    timeline: Timeline,
    stream: Stream,
    setting: Setting,
    missed: Sequence[Missed],
) -> tuple[FlowFold, Sequence[Hour]]:
    """What is open after a stream, and the hours that it completes.

    Each reading of a rate stands for a poll's period, and so does each amount: one of a longer
    period may hold what others hold that were read before. So an hour is told by readings of one
    period: where this changes within an hour, what is read in it from then on stands in no hour,
    and is lacking there.
    """
    instants = timely_ns(stream, setting.bounds) or [each.at_ns for each in missed]
    fold, hours = _closed(before, stream.head, min(instants, default=None), setting)
    if not divides(stream.head, setting.grid_ns):
        return fold, hours
    told_ns = max([before.told_ns, *(each.end_ns for each in hours)])
    channel = _channel(stream.head, setting)
    rows = _rows(stream, timeline, setting, missed[0].at_ns if missed else before.last_ns)
    rows = _behind(rows, channel, told_ns)
    still = [each for each in missed if hour_of(each.at_ns, channel) >= told_ns]
    fed, more = feed_hours(fold, channel, rows, still, _closing(stream.head.measurand))
    return fed, [*hours, *more]


def _behind(rows: FlowRows, channel: FlowChannel, told_ns: int) -> FlowRows:
    """The rows of hours that are not closed; nearly always all."""
    instants = rows.at_ns.tolist()
    if not instants or hour_of(instants[0], channel) >= told_ns:
        return rows
    return rows.taken(np.array([hour_of(each, channel) >= told_ns for each in instants]))


def _closed(
    before: OpenPart, head: StreamHead, first_ns: int | None, setting: Setting
) -> tuple[FlowFold, Sequence[Hour]]:
    """The hours that were read otherwise than by `head`, whose first poll is of an instant.

    Where its readings would be cut in two, or are polled at another period. They are told by how
    the channel was read until then.
    """
    last, is_cut = before.last, not divides(head, setting.grid_ns)
    if last is None or first_ns is None or not (is_cut or last.period_ms != head.period_ms):
        return before.fold, ()
    was, at_ns = _channel(last, setting), begins_ns(head, first_ns)
    if not is_cut:
        at_ns = _end_of_what_is_open(before.fold, was, at_ns)
    return close_before(before.fold, was, at_ns, _closing(last.measurand))


def _end_of_what_is_open(fold: FlowFold, was: FlowChannel, at_ns: int) -> int:
    """The end of the hour of an instant, if something is open in it; else the instant."""
    start_ns = hour_start(was.clock.snap(at_ns), was.clock.grid_ns)
    rows = (hour_of(at, was) for chunk in fold.chunks for at in chunk.at_ns.tolist())
    is_begun = start_ns in {*rows, *(hour_of(each.at_ns, was) for each in fold.missed)}
    return start_ns + NS_PER_HOUR if is_begun else at_ns


def _rows(stream: Stream, timeline: Timeline, setting: Setting, at_ns: int) -> FlowRows:
    """The results of a stream whose stamps are not suspect; of misses alone, what is in force."""
    results = recompute(stream, timeline)
    used = results.rows or (timeline.row(at_ns),)
    rows = FlowRows(
        at_ns=np.array(instants_ns(stream), dtype=np.int64),
        indication=np.array(stream.indication, dtype=np.float64),
        value=results.value,
        contributions=results.contributions,
        fresh=results.fresh,
        qualities=qualities(stream, setting.bounds),
        grounds=grounds_of(used, timeline),
    )
    timely = [each != Quality.CLOCK_SUSPECT for each in rows.qualities]
    return rows.taken(np.array(timely, dtype=np.bool_))


def _channel(head: StreamHead, setting: Setting) -> FlowChannel:
    return FlowChannel(
        channel=head.channel,
        measurand=head.measurand,
        clock=clock_of(head, setting),
        resolution=head.resolution,
    )


def _closing(measurand: Measurand) -> Closing[Hour]:
    """An hour of a rate without an amount, such as a temperature, has a mean."""
    adds_up = measurand.accumulation != Accumulation.RATE or has_amount(measurand.unit)
    return flow_window if adds_up else mean_window
