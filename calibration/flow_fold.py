"""Results of a rate or an interval meter as they come, and the hours that they complete."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.grid import hour_start
from calibration.increment import Missed
from calibration.measurand import Accumulation
from calibration.window import FlowWindow

W = TypeVar("W")
Closing = Callable[[FlowChannel, int, Sequence[FlowRows], Sequence[Missed]], W]
"""What makes the window of an hour: of its channel, start, rows and misses."""


class FlowFold(msgspec.Struct, frozen=True, kw_only=True):
    """What is open: rows and misses of hours that are not complete yet."""

    chunks: tuple[FlowRows, ...] = ()
    missed: tuple[Missed, ...] = ()
    seen_ns: int = 0


def feed_flow(
    fold: FlowFold, channel: FlowChannel, rows: FlowRows, missed: Sequence[Missed] = ()
) -> tuple[FlowFold, list[FlowWindow]]:
    """The state after `rows` (in order of time), and the amounts of the hours they complete."""
    return feed_hours(fold, channel, rows, missed, flow_window)


def feed_hours(
    fold: FlowFold,
    channel: FlowChannel,
    rows: FlowRows,
    missed: Sequence[Missed],
    closing: Closing[W],
) -> tuple[FlowFold, list[W]]:
    """The state after `rows` (in order of time), and the hours that they complete.

    Rows that are not later than what was seen are left out: they were counted before.

    Args:
        fold: The state before.
        channel: Whose they are.
        rows: Results.
        missed: Polls that gave none.
        closing: Makes an hour's window of its rows and misses.
    """
    later = rows.taken(rows.at_ns > fold.seen_ns)
    late = [each for each in missed if each.at_ns > fold.seen_ns]
    seen_ns = max([fold.seen_ns, *rows.at_ns.tolist(), *(each.at_ns for each in missed)])
    state = FlowFold(
        chunks=_joined((*fold.chunks, later)), missed=(*fold.missed, *late), seen_ns=seen_ns
    )
    open_ns = hour_of(seen_ns, channel)
    return (
        (state, [])
        if _all_open(state, channel, open_ns)
        else _close_flow(state, channel, open_ns, closing)
    )


def close_before(
    fold: FlowFold, channel: FlowChannel, at_ns: int, closing: Closing[W]
) -> tuple[FlowFold, list[W]]:
    """The state once nothing comes any more of hours that end by an instant, and these hours.

    Args:
        fold: The state before.
        channel: Whose they are.
        at_ns: UTC ns; whatever comes stands for a time behind it.
        closing: Makes an hour's window of its rows and misses.
    """
    open_ns = hour_start(channel.clock.snap(at_ns), channel.clock.grid_ns)
    if _all_open(fold, channel, open_ns):
        return fold, []
    return _close_flow(fold, channel, open_ns, closing)


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
    return hour_start(snapped, channel.clock.grid_ns)


def _close_flow(
    state: FlowFold, channel: FlowChannel, open_ns: int, closing: Closing[W]
) -> tuple[FlowFold, list[W]]:
    """Windows of all hours before `open_ns`, and the state without them."""
    hours = [
        np.array([hour_of(at, channel) for at in chunk.at_ns.tolist()], dtype=np.int64)
        for chunk in state.chunks
    ]
    misses = [(hour_of(each.at_ns, channel), each) for each in state.missed]
    present = {hour for column in hours for hour in column.tolist()}
    due = sorted(hour for hour in present | {hour for hour, _ in misses} if hour < open_ns)
    windows = [
        closing(
            channel,
            hour,
            _present(
                [
                    chunk.taken(column == hour)
                    for chunk, column in zip(state.chunks, hours, strict=True)
                ]
            ),
            [each for at, each in misses if at == hour],
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
