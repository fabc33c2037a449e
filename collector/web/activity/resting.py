"""Which parts of a range rest on a test that an analyser failed. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from collector.doubt.amounts import Doubted
from collector.web.activity.spans import Span


def rests_within(
    doubted: Mapping[str, Sequence[Doubted]], channels: Iterable[str], span: Span
) -> bool:
    """Whether any hour of a part of some channels rests on one.

    Args:
        doubted: By channel, what rests on tests that failed.
        channels: Of the part.
        span: Of the part, [start, end) in UTC ns.
    """
    found = (each for channel in channels for each in doubted.get(channel, ()))
    return any(span[0] <= hour < span[1] for each in found for hour in each.starts)
