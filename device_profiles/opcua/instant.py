"""OPC UA's DateTime: 100 ns steps since 1601-01-01T00:00:00Z (OPC 10000-6, 5.2.2.5)."""

from datetime import UTC, datetime, timedelta
from typing import Final

TICKS_OF_UNIX_EPOCH: Final = 116_444_736_000_000_000
NS_PER_TICK: Final = 100
_NEVER: Final = (1 << 63) - 1
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 9999-12-31T23:59:59Z: from here on a DateTime means "no end", as 0 and less means "no time".
_LAST = TICKS_OF_UNIX_EPOCH + 253_402_300_799 * 10_000_000


def utc_ns(ticks: int) -> int | None:
    """Nanoseconds since 1970 UTC; None where the ticks mean "no time"."""
    if not 0 < ticks < min(_LAST, _NEVER):
        return None
    return (ticks - TICKS_OF_UNIX_EPOCH) * NS_PER_TICK


def ticks_of(utc_ns_: int) -> int:
    """The DateTime of an instant between the years 1601 and 9999, cut to 100 ns."""
    return max(0, min(utc_ns_ // NS_PER_TICK + TICKS_OF_UNIX_EPOCH, _LAST))


def utc_text(ticks: int) -> str | None:
    """RFC 3339 with seven decimals; None where the ticks mean "no time"."""
    if (at_ns := utc_ns(ticks)) is None:
        return None
    seconds, rest = divmod(at_ns, 1_000_000_000)
    whole = _UNIX_EPOCH + timedelta(seconds=seconds)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{rest // NS_PER_TICK:07d}Z".rjust(28, "0")
