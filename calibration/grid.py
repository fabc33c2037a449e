"""Where hours begin: at full hours of UTC, or as long behind them as a period begins. Pure.

What is kept of a channel are hours of UTC. In zones that differ from it by 30 or 45 minutes a day
does not begin with one; its hours are made of the same readings, from its own beginning on.
"""

from typing import Final

from calibration.increment import NS_PER_HOUR

FINEST_NS: Final = NS_PER_HOUR // 4
"""All time zones differ from UTC by full quarters of an hour; tariffs and meters count in them."""


def grid_of(start_ns: int) -> int:
    """How long behind full hours of UTC the hours of a period begin that begins then, ns."""
    return start_ns % NS_PER_HOUR


def hour_start(at_ns: int, grid_ns: int = 0) -> int:
    """Start of the hour in which an instant lies, UTC ns."""
    return at_ns - (at_ns - grid_ns) % NS_PER_HOUR


def hour_end(at_ns: int, grid_ns: int = 0) -> int:
    """The first edge of an hour that is not before an instant, UTC ns."""
    return at_ns + (grid_ns - at_ns) % NS_PER_HOUR


def nearest_edge(at_ns: int, grid_ns: int = 0) -> int:
    """The edge of an hour that is nearest to an instant, UTC ns."""
    return grid_ns + round((at_ns - grid_ns) / NS_PER_HOUR) * NS_PER_HOUR


def edge_name(edge_ns: int) -> str:
    """An edge for names of influences: hours since 1970, and seconds where they are not full."""
    hours, rest_ns = divmod(edge_ns, NS_PER_HOUR)
    return f"{hours}.{rest_ns // 1_000_000_000}" if rest_ns else str(hours)
