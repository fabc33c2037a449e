"""The mean of an hour of a quantity that does not add up over time: a temperature, a fraction."""

from collections.abc import Sequence

import msgspec

from calibration.flow import FlowChannel, FlowRows, summed
from calibration.increment import Missed
from calibration.measurand import Measurand
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from calibration.window import FlowWindow, Grounds, Tally, components_of


class MeanWindow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Mean of a rate's indications over [start, end), of those that there are.

    How much of the hour they stand for is in `tally`. A mean is an input of a measurement
    model, never activity data.

    Args:
        measurand: what is measured, for which state of a gas.
        uncorrected: mean of the indications, in `unit`; None where there are none.
        value: mean of the corrected values, in `unit`; None where there are none.
        components: of the mean, in `unit`; what is new in each reading, and what the samples
            leave open between them, is one component each.
        course: means of the corrected values over parts of the hour (`calibration.course`), in
            `unit`; empty where not every part is there.
    """

    channel: str
    start_ns: int
    end_ns: int
    measurand: Measurand
    uncorrected: float | None
    value: float | None
    components: tuple[UncertaintyComponent, ...]
    tally: Tally
    grounds: Grounds
    course: tuple[float, ...] = ()

    @property
    def unit(self) -> str:
        """Of the mean and its components."""
        return self.measurand.unit


def mean_window(
    channel: FlowChannel, start_ns: int, chunks: Sequence[FlowRows], missed: Sequence[Missed]
) -> MeanWindow:
    """The mean of the hour that starts at `start_ns`, from its rows in one chunk or more."""
    count = sum(len(chunk.indication) for chunk in chunks)
    whole = summed(channel, start_ns, chunks, missed, (1.0, channel.measurand.unit))
    return _mean(channel.measurand, whole, count)


def _mean(measurand: Measurand, whole: FlowWindow, count: int) -> MeanWindow:
    parts = merge(scaled(components_of(whole), 1.0 / count)) if count else ()
    return MeanWindow(
        channel=whole.channel,
        start_ns=whole.start_ns,
        end_ns=whole.end_ns,
        measurand=measurand,
        uncorrected=whole.uncorrected / count if count else None,
        value=whole.value / count if count else None,
        components=tuple(part for part in parts if part.contribution != 0.0),
        tally=whole.tally,
        grounds=whole.grounds,
        course=tuple(each / whole.tally.expected for each in whole.course),
    )
