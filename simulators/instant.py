"""Calendar times as instants."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_ns(at: datetime) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z of a time that states its offset; exact."""
    return (at - EPOCH) // timedelta(microseconds=1) * 1000
