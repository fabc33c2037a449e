"""Since when and until when a gas was connected, and where none was (pure)."""

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from calibration.gas_check.gas import GasPoint
from calibration.monitoring.plan import ConnectedGas, GasChecks


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A time from an instant to another that is not in it; None: it has no end yet."""

    since: dt.datetime
    until: dt.datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether no instant is in it."""
        return self.until is not None and self.until <= self.since

    def within(self, other: "Span") -> "Span":
        """The part of it that is in another one."""
        ends = [each for each in (self.until, other.until) if each is not None]
        return Span(since=max(self.since, other.since), until=min(ends, default=None))


def connection(gas: ConnectedGas) -> Span:
    """When a gas was connected."""
    return Span(since=gas.connected_at, until=gas.disconnected_at)


def gaps(checks: GasChecks, point: GasPoint, measuring_range: str, held: Span) -> tuple[Span, ...]:
    """Times in which no gas of a point and range was connected, in order.

    Args:
        checks: With the gases.
        point: Of the gas that is asked for.
        measuring_range: Likewise.
        held: Time that the plan holds.
    """
    serving = (
        connection(each).within(held)
        for each in checks.gases
        if each.point == point and each.measuring_range in {"", measuring_range}
    )
    return tuple(_between([each for each in serving if not each.is_empty], held))


def _between(spans: Iterable[Span], held: Span) -> Iterator[Span]:
    """What of a time none of the spans covers."""
    since = held.since
    for each in sorted(spans, key=lambda span: span.since):
        if each.since > since:
            yield Span(since=since, until=each.since)
        if each.until is None:
            return
        since = max(since, each.until)
    left = Span(since=since, until=held.until)
    if not left.is_empty:
        yield left
