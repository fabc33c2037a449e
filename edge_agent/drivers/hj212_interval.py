"""Setting how often a logger sends real-time data (1062), where the configuration says so."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timezone

from device_profiles.errors import ProfileError
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.pending import Outcome, Pending, Retry, Step, heard, sent, waited
from device_profiles.hj212.received import Received
from device_profiles.hj212.request import set_real_time_interval
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.hj212.site import Site
from device_profiles.hj212.times import request_number
from edge_agent.centre_errors import IntervalError
from edge_agent.drivers.hj212_mail import NS_PER_S
from edge_agent.drivers.tally import Tally
from evidence.clock import Clock

Send = Callable[[bytes], None]


class IntervalSetter:
    """Asks one logger, each time it connects, to send real-time data at an interval.

    Args:
        interval_s: 30 to 3600.
        zone: Of the logger's stamps.
        clock: Names the request.
        tally: Counts what a logger does not take.
    """

    def __init__(self, interval_s: int, zone: timezone, *, clock: Clock, tally: Tally) -> None:
        self._interval_s, self._zone = interval_s, zone
        self._clock, self._tally = clock, tally
        self._pending: Pending | None = None
        self._send: Send | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, send: Send, segment: Segment) -> None:
        """Sends the request over a connection, as whoever sent `segment` names itself."""
        self.close()
        site = Site(st=segment.st or "", mn=segment.mn or "", pw=segment.pw or "")
        now = datetime.fromtimestamp(self._clock.now_ns() / NS_PER_S, UTC)
        try:
            qn = request_number(now, self._zone)
            request = set_real_time_interval(site, qn, self._interval_s)
        except ProfileError as wrong:  # a logger whose names no request of the standard can carry
            self._fail(segment.mn or "", wrong.code)
            return
        self._send = send
        send(packet_of(write_segment(request)))
        self._follow(Step(pending=sent(request, _now_s(), Retry())))

    def heard(self, received: Received) -> None:
        """Takes a packet of the logger: it may be the answer."""
        if self._pending is not None:
            self._follow(heard(self._pending, received, _now_s()))

    def close(self) -> None:
        """Nothing is awaited any more."""
        self._pending = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _follow(self, step: Step) -> None:
        before = self._pending
        self.close()
        if step.outcome is not None and step.outcome is not Outcome.DONE:
            self._fail(before.request.mn or "" if before else "", step.outcome.value)
        if step.sends is not None and self._send is not None:
            self._send(packet_of(write_segment(step.sends)))
        if step.pending is not None:
            self._pending = step.pending
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(step.pending.due_s, self._waited)

    def _waited(self) -> None:
        self._timer = None
        if self._pending is not None:
            self._follow(waited(self._pending, _now_s()))

    def _fail(self, mn: str, found: str) -> None:
        self._tally.note(IntervalError(mn, found=found, limit=self._interval_s))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
