"""The readings of a stream as single measurement results."""

import math

from calibration.distribution import Distribution, from_resolution
from calibration.result import MeasurementResult
from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.log.batch import Stream, contributions, values
from evidence.log.column import progressed, spread


def results(stream: Stream, epoch: str) -> list[MeasurementResult]:
    """A stream's readings, one result each, in order.

    Args:
        stream: of a batch that was decoded, so its columns fit.
        epoch: of the batch; it names the readings' own influences.
    """
    head, rows = stream.head, stream.rows
    if rows == 0:
        return []
    columns = [(part.influence, contributions(stream, part)) for part in stream.contributions]
    return [
        MeasurementResult(
            channel=head.channel,
            measurand=head.measurand,
            indication=float(stream.indication[row]),
            value=float(values(stream)[row]),
            components=(
                *(_component(influence, column[row]) for influence, column in columns),
                *_own(stream, row, f"{epoch[:8]}.{sequence}"),
            ),
            at_ns=at_ms * 1_000_000,
            sequence=sequence,
            raw=stream.raw[row],
            quality=quality,
            basis=head.basis,
            confirmation=head.confirmation,
            certificate=head.certificate,
            serial=head.serial,
            profile=head.profile,
        )
        for row, (sequence, at_ms, quality) in enumerate(
            zip(
                progressed(stream.sequence, rows),
                progressed(stream.at_ms, rows),
                spread(stream.quality, rows),
                strict=True,
            )
        )
    ]


def _component(influence: Influence, contribution: float) -> UncertaintyComponent:
    return UncertaintyComponent(influence=influence, contribution=contribution)


def _own(stream: Stream, row: int, key: str) -> list[UncertaintyComponent]:
    """What belongs to one reading alone: its resolution and its repeatability."""
    channel = stream.head.channel
    resolution = _component(
        Influence(id=f"read:{channel}/{key}", distribution=Distribution.RECTANGULAR),
        from_resolution(stream.head.resolution),
    )
    fresh = _component(
        Influence(id=f"fresh:{channel}", shared=False), spread(stream.fresh, stream.rows)[row]
    )
    return [part for part in (resolution, fresh) if not math.isclose(part.contribution, 0.0)]
