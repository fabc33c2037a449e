"""An hour of a rate or of interval amounts, summed into a window.

S = sum of w*y over the hour: w is the time a reading stands for (times the unit's factor)
for a rate, and 1 for the amount of an interval.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import msgspec
import numpy as np
import numpy.typing as npt

from calibration.course import course_of
from calibration.distribution import from_resolution
from calibration.function import Floats
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.measurand import Accumulation, Measurand
from calibration.slots import slots_at, slots_of, states_of
from calibration.stacked_functions import Index
from calibration.uncertainty import Influence, UncertaintyComponent, merge
from calibration.unit import amount_of
from calibration.window import FlowWindow, Grounds, Tally, merge_grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRows:
    """Results in columns, shape (n,) each, in order of time.

    `contributions` maps each influence to its signed contributions; `fresh` is the
    standard uncertainty that is new in each result; `grounds` is what all rest on.
    """

    at_ns: Index
    indication: Floats
    value: Floats
    contributions: Mapping[Influence, Floats]
    fresh: Floats
    qualities: tuple[Quality, ...]
    grounds: Grounds

    def taken(self, picked: npt.NDArray[np.bool_]) -> "FlowRows":
        """The rows where `picked`, shape (n,), is true."""
        return FlowRows(
            at_ns=self.at_ns[picked],
            indication=self.indication[picked],
            value=self.value[picked],
            contributions={key: part[picked] for key, part in self.contributions.items()},
            fresh=self.fresh[picked],
            qualities=tuple(
                quality for quality, each in zip(self.qualities, picked, strict=True) if each
            ),
            grounds=self.grounds,
        )


def amount_unit(measurand: Measurand) -> str:
    """Unit of the amount that a window of this measurand states.

    A rate without an amount in the table, such as a temperature, keeps its own unit.

    Raises:
        UnitMismatchError: the measurand is a rate that does not integrate.
    """
    if measurand.accumulation == Accumulation.RATE:
        return amount_of(measurand.unit)[0]
    return measurand.unit


def weight(measurand: Measurand, clock: ChannelClock) -> float:
    """The w of each reading: hours it stands for times the unit's factor, or 1."""
    if measurand.accumulation == Accumulation.RATE:
        return amount_of(measurand.unit)[1] * clock.period_ns / NS_PER_HOUR
    return 1.0


class FlowChannel(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a channel to sum its results."""

    channel: str
    measurand: Measurand
    clock: ChannelClock
    resolution: float = 0.0


def flow_window(
    channel: FlowChannel, start_ns: int, chunks: Sequence[FlowRows], missed: Sequence[Missed]
) -> FlowWindow:
    """The window of the hour that starts at `start_ns`, from its rows in one chunk or more."""
    w = weight(channel.measurand, channel.clock)
    return summed(channel, start_ns, chunks, missed, (w, amount_unit(channel.measurand)))


def summed(
    channel: FlowChannel,
    start_ns: int,
    chunks: Sequence[FlowRows],
    missed: Sequence[Missed],
    weighed: tuple[float, str],
) -> FlowWindow:
    """The sum of an hour's results, each times a weight, in the unit that this gives.

    Its course is of the rate that gives this sum in an hour.
    """
    w, unit = weighed
    expected = channel.clock.expected_per_hour
    at_ns = np.concatenate([chunk.at_ns for chunk in chunks])
    slots = _slots_in(channel, at_ns - start_ns)
    indication = np.concatenate([chunk.indication for chunk in chunks])
    value = np.concatenate([chunk.value for chunk in chunks])
    fresh = np.concatenate([chunk.fresh for chunk in chunks])
    sampling, spread = _sampling(value * w, channel.measurand)
    return FlowWindow(
        channel=channel.channel,
        start_ns=start_ns,
        end_ns=start_ns + NS_PER_HOUR,
        unit=unit,
        uncorrected=w * math.fsum(indication),
        value=w * math.fsum(value),
        components=merge(_summed(chunks, w)),
        fresh_variance=math.fsum((w * fresh) ** 2)
        + _resolution_variance(indication, w * from_resolution(channel.resolution), channel),
        sampling_variance=sampling,
        sampling_spread=spread,
        tally=_tally(channel, start_ns, chunks, missed, slots),
        grounds=merge_grounds(chunk.grounds for chunk in chunks),
        course=course_of(value * (w * expected), slots, expected),
    )


def _summed(chunks: Sequence[FlowRows], w: float) -> list[UncertaintyComponent]:
    """The sum of each influence, the same to the last bit however the rows came in chunks."""
    columns: dict[Influence, list[Floats]] = {}
    for chunk in chunks:
        for influence, column in chunk.contributions.items():
            columns.setdefault(influence, []).append(column)
    return [
        UncertaintyComponent(influence=influence, contribution=w * math.fsum(chain(*parts)))
        for influence, parts in columns.items()
    ]


def _resolution_variance(indication: Floats, u: float, channel: FlowChannel) -> float:
    """Variance of an hour's sum from the resolution: new in each reading if scatter shows it.

    Readings that do not scatter by half a digit all deviate alike, so their resolution
    adds linearly within the hour.
    """
    n = len(indication)
    scattered = n > 1 and float(np.std(indication, ddof=1)) >= channel.resolution / 2.0
    return n * u**2 if scattered else (n * u) ** 2


def _sampling(amounts: Floats, measurand: Measurand) -> tuple[float, float]:
    """Variance of an integral taken from samples, and variance^2/nu.

    Neighbours are paired: half the mean square of their differences estimates the scatter
    that a sample stands for, whatever the slow course of the rate; n/2 degrees of freedom.
    """
    pairs = len(amounts) // 2
    if measurand.accumulation != Accumulation.RATE or pairs == 0:
        return 0.0, 0.0
    apart = amounts[: 2 * pairs : 2] - amounts[1 : 2 * pairs : 2]
    variance = len(amounts) * math.fsum(apart**2) / (2.0 * pairs)
    return variance, variance**2 / pairs


def _tally(
    channel: FlowChannel,
    start_ns: int,
    chunks: Sequence[FlowRows],
    missed: Sequence[Missed],
    slots: Index,
) -> Tally:
    qualities = (quality.value for chunk in chunks for quality in chunk.qualities)
    reasons = [each.reason for each in missed]
    gone = np.array([each.at_ns for each in missed], dtype=np.int64)
    expected = channel.clock.expected_per_hour
    return Tally(
        expected=expected,
        present=len(slots),
        missed=dict(Counter(reasons)),
        qualities=dict(Counter(qualities)),
        states=states_of(expected, slots, _slots_in(channel, gone - start_ns), reasons),
    )


def _slots_in(channel: FlowChannel, within_ns: Index) -> Index:
    """The slot of an hour that each of a channel's polls stands for, shape (n,).

    So near a slot's edge as to stand for it is a poll that would stand for the hour's. A rate's
    reading stands for the time after it, an interval amount for the time before.

    Args:
        channel: Whose polls they are.
        within_ns: Since the hour began, shape (n,), ns.
    """
    near_ns = channel.clock.near_ns
    before = channel.measurand.accumulation == Accumulation.INTERVAL
    snapped = within_ns - near_ns - 1 if before else within_ns + near_ns
    slots = max(1, slots_of(channel.clock.expected_per_hour))
    return slots_at(snapped, slots, NS_PER_HOUR)
