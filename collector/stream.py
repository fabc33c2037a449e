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
from evidence.errors import LeafContentError
from evidence.log.batch import Stream, contributions, values
from evidence.log.column import progressed, spread

NS_PER_MS: Final = 1_000_000
LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01: what a stamp may be before it is nonsense


def instants_ns(stream: Stream) -> list[int]:
    """UTC instants of a stream's readings, ns."""
    if stream.rows == 0:
        return []
    return [at_ms * NS_PER_MS for at_ms in progressed(stream.at_ms, stream.rows)]


def check_stamps(channel: str, stamps_ms: Iterable[int]) -> None:
    """Refuses instants out of all time; what is only too late is marked and kept.

    Raises:
        LeafContentError: one of `stamps_ms` (POSIX) is before 1970 or after 2099.
    """
    if any(not 0 <= at_ms <= LATEST_MS for at_ms in stamps_ms):
        raise LeafContentError(
            channel, what="a stamp is out of all time", limit=f"0 to {LATEST_MS} ms"
        )


def sequences(stream: Stream) -> list[int]:
    """Poll numbers of a stream's readings."""
    return progressed(stream.sequence, stream.rows) if stream.rows else []


def qualities(stream: Stream, latest_ns: int) -> tuple[Quality, ...]:
    """Quality of each reading; one stamped after `latest_ns` has a suspect clock."""
    return tuple(
        quality if at_ns <= latest_ns else Quality.CLOCK_SUSPECT
        for quality, at_ns in zip(
            spread(stream.quality, stream.rows), instants_ns(stream), strict=True
        )
    )


def misses(stream: Stream, latest_ns: int) -> list[Missed]:
    """Polls that gave no value; one stamped after `latest_ns` stands in no hour."""
    named = (
        Missed(at_ns=miss.at_ms * NS_PER_MS, reason=miss.reason.value) for miss in stream.missed
    )
    return [miss for miss in named if miss.at_ns <= latest_ns]


def register_readings(stream: Stream, epoch: str, latest_ns: int) -> list[RegisterReading]:
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
            qualities(stream, latest_ns),
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
