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

from calibration.distribution import from_resolution
from calibration.function import Floats
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.measurand import Accumulation, Measurand
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
    channel: FlowChannel, start_ns: int, chunks: Sequence[FlowRows], missed: Sequence[str]
) -> FlowWindow:
    """The window of the hour that starts at `start_ns`, from its rows in one chunk or more."""
    w = weight(channel.measurand, channel.clock)
    indication = np.concatenate([chunk.indication for chunk in chunks])
    value = np.concatenate([chunk.value for chunk in chunks])
    fresh = np.concatenate([chunk.fresh for chunk in chunks])
    sampling, spread = _sampling(value * w, channel.measurand)
    return FlowWindow(
        channel=channel.channel,
        start_ns=start_ns,
        end_ns=start_ns + NS_PER_HOUR,
        unit=amount_unit(channel.measurand),
        uncorrected=w * math.fsum(indication),
        value=w * math.fsum(value),
        components=merge(_summed(chunks, w)),
        fresh_variance=math.fsum((w * fresh) ** 2)
        + _resolution_variance(indication, w * from_resolution(channel.resolution), channel),
        sampling_variance=sampling,
        sampling_spread=spread,
        tally=_tally(chunks, channel.clock, missed),
        grounds=merge_grounds(chunk.grounds for chunk in chunks),
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


def _tally(chunks: Sequence[FlowRows], clock: ChannelClock, missed: Sequence[str]) -> Tally:
    qualities = (quality.value for chunk in chunks for quality in chunk.qualities)
    return Tally(
        expected=clock.expected_per_hour,
        present=sum(len(chunk.indication) for chunk in chunks),
        missed=dict(Counter(missed)),
        qualities=dict(Counter(qualities)),
    )


class FlowFold(msgspec.Struct, frozen=True, kw_only=True):
    """What is open: rows and misses of hours that are not complete yet."""

    chunks: tuple[FlowRows, ...] = ()
    missed: tuple[Missed, ...] = ()
    seen_ns: int = 0


def feed_flow(
    fold: FlowFold, channel: FlowChannel, rows: FlowRows, missed: Sequence[Missed] = ()
) -> tuple[FlowFold, list[FlowWindow]]:
    """The state after `rows` (in order of time), and the hours that they complete.

    Rows that are not later than what was seen are left out: they were counted before.
    """
    later = rows.taken(rows.at_ns > fold.seen_ns)
    late = [each for each in missed if each.at_ns > fold.seen_ns]
    seen_ns = max([fold.seen_ns, *rows.at_ns.tolist(), *(each.at_ns for each in missed)])
    state = FlowFold(
        chunks=_joined((*fold.chunks, later)), missed=(*fold.missed, *late), seen_ns=seen_ns
    )
    open_ns = hour_of(seen_ns, channel)
    return (
        (state, []) if _all_open(state, channel, open_ns) else _close_flow(state, channel, open_ns)
    )


def _joined(chunks: tuple[FlowRows, ...]) -> tuple[FlowRows, ...]:
    """The chunks, the last ones made one where they are alike and not the smaller ones.

    So an hour that comes row by row is a few chunks, and each row is copied a few times.
    """
    while len(chunks) > 1 and _alike(chunks[-2], chunks[-1]):
        if len(chunks[-2].at_ns) > len(chunks[-1].at_ns) > 0:
            break
        chunks = (*chunks[:-2], _one(chunks[-2], chunks[-1]))
    return chunks


def _alike(one: FlowRows, other: FlowRows) -> bool:
    return one.grounds == other.grounds and one.contributions.keys() == other.contributions.keys()


def _one(one: FlowRows, other: FlowRows) -> FlowRows:
    """The rows of both, in their order."""
    return FlowRows(
        at_ns=np.concatenate((one.at_ns, other.at_ns)),
        indication=np.concatenate((one.indication, other.indication)),
        value=np.concatenate((one.value, other.value)),
        contributions={
            key: np.concatenate((part, other.contributions[key]))
            for key, part in one.contributions.items()
        },
        fresh=np.concatenate((one.fresh, other.fresh)),
        qualities=one.qualities + other.qualities,
        grounds=one.grounds,
    )


def _all_open(state: FlowFold, channel: FlowChannel, open_ns: int) -> bool:
    """Whether no row and no miss lies before the open hour: the first ones of each say so."""
    rows = [int(chunk.at_ns[0]) for chunk in state.chunks if len(chunk.at_ns)][:1]
    first = [*rows, *(each.at_ns for each in state.missed[:1])]
    return all(hour_of(at_ns, channel) >= open_ns for at_ns in first)


def hour_of(at_ns: int, channel: FlowChannel) -> int:
    """Start of the hour that a reading belongs to.

    A rate's reading stands for the time after it, an interval amount for the time before.
    """
    snapped = channel.clock.snap(at_ns)
    if channel.measurand.accumulation == Accumulation.INTERVAL:
        snapped -= 1
    return snapped - snapped % NS_PER_HOUR


def _close_flow(
    state: FlowFold, channel: FlowChannel, open_ns: int
) -> tuple[FlowFold, list[FlowWindow]]:
    """Windows of all hours before `open_ns`, and the state without them."""
    hours = [
        np.array([hour_of(at, channel) for at in chunk.at_ns.tolist()], dtype=np.int64)
        for chunk in state.chunks
    ]
    misses = [(hour_of(each.at_ns, channel), each) for each in state.missed]
    present = {hour for column in hours for hour in column.tolist()}
    due = sorted(hour for hour in present | {hour for hour, _ in misses} if hour < open_ns)
    windows = [
        flow_window(
            channel,
            hour,
            _present(
                [
                    chunk.taken(column == hour)
                    for chunk, column in zip(state.chunks, hours, strict=True)
                ]
            ),
            [each.reason for at, each in misses if at == hour],
        )
        for hour in due
    ]
    rest = [
        chunk.taken(column >= open_ns) for chunk, column in zip(state.chunks, hours, strict=True)
    ]
    return FlowFold(
        # the last chunk stays even when empty: an hour of misses rests on what it rested on
        chunks=tuple(chunk for chunk in rest[:-1] if len(chunk.at_ns)) + tuple(rest[-1:]),
        missed=tuple(each for at, each in misses if at >= open_ns),
        seen_ns=state.seen_ns,
    ), windows


def _present(chunks: Sequence[FlowRows]) -> list[FlowRows]:
    """The chunks with rows; of an hour of misses only, the last one, for what it rests on.

    What another hour's rows rested on is not this hour's ground.
    """
    return [chunk for chunk in chunks if len(chunk.at_ns)] or list(chunks[-1:])
