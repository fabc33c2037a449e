"""The readings of a channel in a batch, row by row, with what stands behind each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution, from_resolution
from calibration.function import Floats
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from calibration.window import read_influence
from collector.lookup import Place
from evidence.clock import utc_text
from evidence.judging.bounds import StampBounds
from evidence.judging.stream import (
    NS_PER_MS,
    contribution_columns,
    instants_ns,
    qualities,
    sequences,
    value_column,
)
from evidence.log.batch import Batch, Miss, Stream, StreamHead
from evidence.log.column import spread
from evidence.statement.datum import StatedComponent, state


class Reading(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="reading"):
    """One reading of an instrument, and the result that was made of it.

    Args:
        at: UTC, RFC 3339.
        agent, epoch, leaf: the leaf of the log that holds it; `sequence` numbers the poll.
        raw: the bytes the instrument sent, hexadecimal.
        indication, value: as shown, and corrected; in `unit`.
        standard_uncertainty: of `value`, in `unit`; null where it is not known. Of a
            register it is the reading's alone: calibration acts on its increments.
        components: what it is made of, signed.
        u_basis: what the calibration rests on.
        certificate, confirmation: in force when it was taken; empty if none was.
    """

    channel: str
    at: str
    sequence: int
    agent: str
    epoch: str
    leaf: int
    raw: str
    indication: float | int
    value: float | int
    unit: str
    standard_uncertainty: float | None
    components: tuple[StatedComponent, ...]
    quality: Quality
    u_basis: UncertaintyBasis
    serial: str
    certificate: str
    confirmation: str


class MissedReading(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="missed"):
    """A poll that gave no value: a signed statement too.

    `quality` is `clock_suspect` where `at` is.
    """

    channel: str
    at: str
    sequence: int
    agent: str
    epoch: str
    leaf: int
    reason: MissReason
    quality: Quality


Row = Reading | MissedReading
Timed = tuple[int, int, Row]


def streams_of(batch: Batch, channel: str, start_ms: int, end_ms: int) -> list[Stream]:
    """The batch's streams of a channel whose readings and misses reach into [start, end)."""
    own = (each for each in batch.streams if each.head.channel == channel)
    told = ((each, _stamps_ms(each)) for each in own)
    return [
        stream
        for stream, stamps in told
        if stamps and max(stamps) >= start_ms and min(stamps) < end_ms
    ]


def first_ms(streams: Sequence[Stream]) -> int:
    """The earliest instant of these streams' readings and misses, ms; at least one stream."""
    return min(min(_stamps_ms(stream)) for stream in streams)


def _stamps_ms(stream: Stream) -> list[int]:
    """Instants of all polls, UTC ms."""
    shown = [at_ns // NS_PER_MS for at_ns in instants_ns(stream)]
    return [*shown, *(miss.at_ms for miss in stream.missed)]


def rows_of(
    streams: Iterable[Stream],
    place: Place,
    start_ms: int,
    end_ms: int,
    *,
    bounds: StampBounds,
    quarantined: bool,
) -> list[Row]:
    """Readings and misses of these streams in [start, end), in order of time and poll.

    Args:
        streams: of one channel, from the leaf at `place`.
        place: where the leaf stands.
        start_ms: UTC.
        end_ms: UTC.
        bounds: of the leaf's stamps; what lies outside is shown as suspect.
        quarantined: something of this channel in this leaf was found wrong.
    """
    timed = chain.from_iterable(_timed(stream, place, bounds, quarantined) for stream in streams)
    inside = (each for each in timed if start_ms <= each[0] < end_ms)
    return [row for _, _, row in sorted(inside, key=lambda each: each[:2])]


def _timed(
    stream: Stream,
    place: Place,
    bounds: StampBounds,
    quarantined: bool,  # noqa: FBT001 - one fact
) -> list[Timed]:
    found: list[Timed] = [
        (miss.at_ms, miss.sequence, _missed(stream.head, miss, place, bounds))
        for miss in stream.missed
    ]
    columns = contribution_columns(stream)
    value, states = value_column(stream), qualities(stream, bounds)
    fresh = spread(stream.fresh, stream.rows)
    for row, (at_ns, sequence) in enumerate(
        zip(instants_ns(stream), sequences(stream), strict=True)
    ):
        parts = _components(stream.head, columns, fresh, (place, sequence, row))
        reading = Reading(
            channel=stream.head.channel,
            at=utc_text(at_ns),
            sequence=sequence,
            agent=place.agent,
            epoch=place.epoch,
            leaf=place.sequence,
            raw=stream.raw[row],
            indication=stream.indication[row],
            value=float(value[row]) if stream.value is not None else stream.indication[row],
            unit=stream.head.measurand.unit,
            standard_uncertainty=combine(parts) if parts else None,
            components=tuple(state(part) for part in parts),
            quality=Quality.QUARANTINED if quarantined else states[row],
            u_basis=stream.head.basis,
            serial=stream.head.serial,
            certificate=stream.head.certificate,
            confirmation=stream.head.confirmation,
        )
        found.append((at_ns // NS_PER_MS, sequence, reading))
    return found


def _missed(head: StreamHead, miss: Miss, place: Place, bounds: StampBounds) -> MissedReading:
    return MissedReading(
        channel=head.channel,
        at=utc_text(miss.at_ms * NS_PER_MS),
        sequence=miss.sequence,
        agent=place.agent,
        epoch=place.epoch,
        leaf=place.sequence,
        reason=miss.reason,
        quality=Quality.GOOD if bounds.holds(miss) else Quality.CLOCK_SUSPECT,
    )


def _components(
    head: StreamHead,
    columns: Mapping[Influence, Floats],
    fresh: Sequence[float],
    which: tuple[Place, int, int],
) -> tuple[UncertaintyComponent, ...]:
    """What one row's uncertainty is made of; nothing where it is not known."""
    place, sequence, row = which
    own = _resolution(head, f"{place.epoch[:8]}.{sequence}")
    if head.measurand.accumulation == Accumulation.REGISTER:
        return (*_fresh(head.channel, fresh[row]), *own)
    if head.basis == UncertaintyBasis.UNKNOWN:
        return ()
    shared = tuple(
        UncertaintyComponent(influence=influence, contribution=float(column[row]))
        for influence, column in columns.items()
    )
    return (*shared, *_fresh(head.channel, fresh[row]), *own)


def _fresh(channel: str, u: float) -> tuple[UncertaintyComponent, ...]:
    influence = Influence(id=f"fresh:{channel}", shared=False)
    return (UncertaintyComponent(influence=influence, contribution=u),) if u else ()


def _resolution(head: StreamHead, key: str) -> tuple[UncertaintyComponent, ...]:
    """What half a digit leaves open; nothing where the digit is not known."""
    if not head.resolution:
        return ()
    influence = msgspec.structs.replace(
        read_influence(head.channel, key), distribution=Distribution.RECTANGULAR
    )
    u = from_resolution(head.resolution)
    return (UncertaintyComponent(influence=influence, contribution=u),)
