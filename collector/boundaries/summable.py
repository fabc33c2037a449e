"""Whether channels can be one sum: held against the last hour of each of which there is one."""

from collections.abc import Sequence
from typing import Final

from calibration.increment import NS_PER_HOUR
from collector.activity.acts import Known
from collector.api.entered_rows import entered_hours, entered_row
from collector.api.pool import Sources
from collector.api.refusal import DoubleCountError
from collector.api.statement import statements
from collector.api.suspects import Suspects
from collector.api.unknown import ChannelUnknownError
from collector.identified import Identified
from evidence.statement.boundary.content import Boundary
from evidence.statement.datum import ActivityData
from evidence.statement.double_count import double_counts
from evidence.statement.entered.channel import is_entered
from evidence.statement.entered.stating import entered_statement
from evidence.statement.total import in_one_unit

_SOFTWARE: Final = "looked at, and not stated"


def require_summable(sources: Sources, known: Known, boundary: Boundary) -> None:
    """Returns if the channels of a boundary are there and can be added up.

    A channel of which no hour was received yet is not held against the others; it is when a sum
    is asked for.

    Args:
        sources: what statements are made from.
        known: what people entered.
        boundary: with channels that its author may see.

    Raises:
        ChannelUnknownError: there is no such channel.
        UnitMismatchError: their amounts are of different kinds of units or reference conditions.
        DoubleCountError: channels of one group, which measure the same thing, are added.
        UnlikeInfluenceError: an influence that they share stands for unlike things.
    """
    suspects = Suspects(sources)
    pairs = [
        (datum, term.number)
        for term in boundary.terms
        if (datum := _last_hour(sources, known, suspects, term.channel)) is not None
    ]
    if not pairs:
        return
    data, factors = zip(*pairs, strict=True)
    in_one_unit(data, factors)
    _require_once(data, factors)
    Identified(sources.store.lookup, sources.ledger).require_one_thing(data)


def _require_once(data: Sequence[ActivityData], factors: Sequence[float]) -> None:
    for found in double_counts(data, factors):
        names = ", ".join(found.channels)
        raise DoubleCountError("channels", group=found.group, channels=names)


def _last_hour(
    sources: Sources, known: Known, suspects: Suspects, channel: str
) -> ActivityData | None:
    """What its last hour amounts to; None where there is no hour."""
    if is_entered(channel):
        return _entered_hour(known, channel)
    row = sources.store.lookup.channel(channel)
    if row is None:
        raise ChannelUnknownError("channel", channel=channel)
    held = sources.store.lookup.span(channel)
    if held is None:
        return None
    span = held[1], held[1] + NS_PER_HOUR
    return next(iter(statements(sources, row, [span], _SOFTWARE, suspects)), None)


def _entered_hour(known: Known, channel: str) -> ActivityData | None:
    if entered_row(known, channel) is None:
        if any(place[0] == channel for place in known.locks.locked):
            return None  # what is locked stands, and nothing else of it
        raise ChannelUnknownError("channel", channel=channel)
    known.require_read(channel)
    held = entered_hours(known, channel)
    if held is None:
        return None
    span = held[1], held[1] + NS_PER_HOUR
    return entered_statement(known.book, channel, span, _SOFTWARE, None)
