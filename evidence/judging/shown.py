"""What analysers showed while they were checked: it is no reading, and proves them (pure)."""

from collections.abc import Iterator
from typing import Final

import msgspec

from calibration.gas_check.rules import CheckState
from calibration.indication import MissReason, Quality
from evidence.judging.bounds import StampBounds
from evidence.judging.stream import NS_PER_MS, instants_ns, qualities, sequences
from evidence.log.batch import Stream

_CHECKED: Final = MissReason.CALIBRATING


class ShownInCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What an instrument showed in a check, or in the poll just before it.

    Args:
        channel: of the instrument.
        at_ns: instant, POSIX ns.
        state: "calibrating", or "measuring" for the poll before.
        value: indication, in the channel's unit.
    """

    channel: str
    at_ns: int
    state: CheckState
    value: float


def shown_in_checks(stream: Stream, bounds: StampBounds) -> Iterator[ShownInCheck]:
    """What a stream holds of checks, in order of time, and the reading just before each.

    A check whose stamp cannot be right proves nothing, and is left out.
    """
    channel = stream.head.channel
    checked = {
        each.sequence: each
        for each in stream.missed
        if each.reason == _CHECKED and each.indication is not None and bounds.holds(each)
    }
    if not checked:
        return
    for number, at_ns, value in _before(stream, bounds):
        if number + 1 in checked:
            yield ShownInCheck(channel=channel, at_ns=at_ns, state="measuring", value=value)
    for miss in checked.values():
        yield ShownInCheck(
            channel=channel,
            at_ns=miss.at_ms * NS_PER_MS,
            state="calibrating",
            value=float(miss.indication or 0.0),
        )


def _before(stream: Stream, bounds: StampBounds) -> Iterator[tuple[int, int, float]]:
    """Number, instant and indication of readings with a stamp that may be right."""
    columns = zip(
        sequences(stream),
        instants_ns(stream),
        stream.indication,
        qualities(stream, bounds),
        strict=True,
    )
    for number, at_ns, value, quality in columns:
        if quality != Quality.CLOCK_SUSPECT:
            yield number, at_ns, float(value)
