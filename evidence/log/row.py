"""The readings of a stream as single measurement results."""

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
    u_resolution = from_resolution(head.resolution)
    fresh = spread(stream.fresh, rows)
    columns = [(part.influence, contributions(stream, part)) for part in stream.contributions]
    return [
        MeasurementResult(
            channel=head.channel,
            measurand=head.measurand,
            indication=float(stream.indication[row]),
            value=float(values(stream)[row]),
            components=(
                *(_component(influence, column[row]) for influence, column in columns),
                *_own(head.channel, f"{epoch[:8]}.{sequence}", u_resolution, fresh[row]),
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


def _own(channel: str, key: str, u_resolution: float, u_fresh: float) -> list[UncertaintyComponent]:
    """What belongs to one reading alone: its resolution and its repeatability."""
    reading = Influence(id=f"read:{channel}/{key}", distribution=Distribution.RECTANGULAR)
    repeated = Influence(id=f"fresh:{channel}", shared=False)
    parts = (_component(reading, u_resolution), _component(repeated, u_fresh))
    return [part for part in parts if part.contribution != 0.0]
