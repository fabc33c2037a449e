"""A stream of a batch, as arrays that windows are made of."""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from calibration.distribution import from_resolution
from calibration.function import Floats
from calibration.increment import Missed, RegisterReading
from calibration.indication import Quality
from calibration.uncertainty import Influence
from evidence.errors import LeafContentError, Words
from evidence.judging.bounds import StampBounds
from evidence.log.batch import Stream, contributions, values
from evidence.log.column import Progression, progressed, spread

NS_PER_MS: Final = 1_000_000
LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01: what a stamp may be before it is nonsense


def instants_ns(stream: Stream) -> list[int]:
    """UTC instants of a stream's readings, ns."""
    if stream.rows == 0:
        return []
    first, steps = stream.at_ms.first, stream.at_ms.steps
    if isinstance(steps, int):
        even = Progression(first=first * NS_PER_MS, steps=steps * NS_PER_MS)
        return progressed(even, stream.rows)
    return [at_ms * NS_PER_MS for at_ms in progressed(stream.at_ms, stream.rows)]


def ends_ns(stream: Stream) -> tuple[int, ...]:
    """UTC instants of a stream's first and last reading, ns; none if it has no reading."""
    if stream.rows == 0:
        return ()
    first, steps = stream.at_ms.first, stream.at_ms.steps
    span_ms = sum(steps) if isinstance(steps, tuple) else steps * (stream.rows - 1)
    return first * NS_PER_MS, (first + span_ms) * NS_PER_MS


def extent_ns(stream: Stream) -> tuple[int, ...]:
    """The earliest and the latest of a stream's instants, UTC ns; none if it has no reading."""
    if isinstance(stream.at_ms.steps, int):
        return tuple(sorted(ends_ns(stream)))
    instants = instants_ns(stream)
    return (min(instants), max(instants)) if instants else ()


def check_stamps(channel: str, stamps_ms: Iterable[int]) -> None:
    """Refuses instants out of all time; what is only too late is marked and kept.

    Raises:
        LeafContentError: one of `stamps_ms` (POSIX) is before 1970 or after 2099.
    """
    if any(not 0 <= at_ms <= LATEST_MS for at_ms in stamps_ms):
        raise LeafContentError(
            channel,
            what=Words("a stamp is out of all time", "时间戳超出可能范围"),
            limit=Words(f"0 to {LATEST_MS} ms", f"0 至 {LATEST_MS} ms"),
        )


def sequences(stream: Stream) -> list[int]:
    """Poll numbers of a stream's readings."""
    return progressed(stream.sequence, stream.rows) if stream.rows else []


def qualities(stream: Stream, bounds: StampBounds) -> tuple[Quality, ...]:
    """Quality of each reading; one stamped outside of the bounds has a suspect clock."""
    stated, extent = spread(stream.quality, stream.rows), extent_ns(stream)
    if not extent or bounds.change_nothing(*extent):
        return stated
    return tuple(
        bounds.quality(quality, at_ns)
        for quality, at_ns in zip(stated, instants_ns(stream), strict=True)
    )


def has_suspect(stream: Stream, bounds: StampBounds) -> bool:
    """Whether the stamp of any poll is suspect."""
    return Quality.CLOCK_SUSPECT in qualities(stream, bounds) or not all(
        map(bounds.holds, stream.missed)
    )


def timely_ns(stream: Stream, bounds: StampBounds) -> list[int]:
    """UTC instants of the readings whose clock is not suspect, ns."""
    instants, stated = instants_ns(stream), qualities(stream, bounds)
    if Quality.CLOCK_SUSPECT not in stated:
        return instants
    timed = zip(instants, stated, strict=True)
    return [at_ns for at_ns, quality in timed if quality != Quality.CLOCK_SUSPECT]


def timed_polls(stream: Stream, bounds: StampBounds) -> list[int | None]:
    """Instants of all polls in the order of their numbers, UTC ns; None where it is suspect."""
    shown = zip(sequences(stream), instants_ns(stream), qualities(stream, bounds), strict=True)
    polls = [
        *(
            (number, None if quality == Quality.CLOCK_SUSPECT else at_ns)
            for number, at_ns, quality in shown
        ),
        *(
            (miss.sequence, miss.at_ms * NS_PER_MS if bounds.holds(miss) else None)
            for miss in stream.missed
        ),
    ]
    return [at_ns for _, at_ns in sorted(polls, key=lambda poll: poll[0])]


def misses(stream: Stream, bounds: StampBounds) -> list[Missed]:
    """Polls that gave no value, as far as their stamps stand in an hour."""
    return [
        Missed(at_ns=miss.at_ms * NS_PER_MS, reason=miss.reason.value)
        for miss in stream.missed
        if bounds.holds(miss)
    ]


def register_readings(stream: Stream, epoch: str, bounds: StampBounds) -> list[RegisterReading]:
    """A register stream's readings; the key names the poll in the agent's epoch.

    An epoch's first 8 hex digits are enough to tell a poll from that of another epoch.
    """
    u_resolution = from_resolution(stream.head.resolution)
    return [
        RegisterReading(
            key=f"{epoch[:8]}.{sequence}",
            at_ns=at_ns,
            value=float(value),
            standard_uncertainty=math.hypot(u_resolution, fresh),
            quality=quality,
        )
        for sequence, at_ns, value, quality, fresh in zip(
            sequences(stream),
            instants_ns(stream),
            stream.indication,
            qualities(stream, bounds),
            spread(stream.fresh, stream.rows),
            strict=True,
        )
    ]


def value_column(stream: Stream) -> Floats:
    """Results' values, shape (rows,)."""
    return np.array(values(stream), dtype=np.float64)


def contribution_columns(stream: Stream) -> dict[Influence, Floats]:
    """Contributions of each influence, shape (rows,)."""
    return {
        part.influence: np.array(contributions(stream, part), dtype=np.float64)
        for part in stream.contributions
    }
