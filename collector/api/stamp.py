"""Instants that agents stated, as texts."""

from evidence.clock import utc_text
from evidence.errors import TimestampError
from evidence.judging.stream import NS_PER_MS


def stamp(at_ms: int | None) -> str | None:
    """The instant in RFC 3339; None where none was stated, or what was is no date at all.

    An agent's clock can stand anywhere; one absurd stamp must not hide all the others.
    """
    if at_ms is None:
        return None
    try:
        return utc_text(at_ms * NS_PER_MS)
    except TimestampError:
        return None
