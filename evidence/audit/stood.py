"""Which instruments stood at a channel, from when until when (pure).

What is known best counts: an event of a person, else an exchange that an agent recorded, else the
first and the last hour whose result rests on the instrument.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from calibration.event import CalibrationEvent
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.measurand import Measurand
from calibration.window import Window
from evidence.audit.grounded import GroundedHour

Hour = Window | MeanWindow
KnownBy = Literal["event", "exchange", "hours"]
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange of instruments at a channel, as an agent recorded it; UTC ns."""

    channel: str
    at_ns: int
    old_serial: str
    new_serial: str


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument at a channel.

    Args:
        from_ns, until_ns: first and last instant of its time there, UTC ns; `until_ns` None: it
            still stands there.
        known_by: how its begin is known.
        hours: that rest on it.
        first_ns, last_ns: begin of the first of these hours, and end of the last one.
        nameplate_mpe_relative: of the class on the name-plate, as the agent was told.
    """

    channel: str
    serial: str
    measurand: Measurand
    from_ns: int
    until_ns: int | None
    known_by: KnownBy
    hours: int
    first_ns: int
    last_ns: int
    nameplate_mpe_relative: float | None = None

    @property
    def name(self) -> str:
        """The channel's name in the device profile."""
        return self.channel.rpartition("/")[2]

    @property
    def site(self) -> str:
        """The site that the channel is of."""
        return self.channel.partition("/")[0]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that an instrument shows, and what its agent was told of it."""

    channel: str
    measurand: Measurand
    serial: str = ""
    nameplate_mpe_relative: float | None = None


def stood_at(
    point: Point,
    hours: Sequence[Hour] | Sequence[GroundedHour],
    events: Iterable[CalibrationEvent] = (),
    exchanges: Iterable[Exchanged] = (),
) -> tuple[Stood, ...]:
    """The instruments behind a channel's hours, in order of their first one.

    Args:
        point: The channel.
        hours: In order of time; none at all gives nothing.
        events: Of the site.
        exchanges: Of any channel.
    """
    found: dict[str, list[Hour | GroundedHour]] = {}
    for each in hours:
        for serial in each.grounds.serials:
            found.setdefault(serial, []).append(each)
    moved, own = list(events), [each for each in exchanges if each.channel == point.channel]
    return tuple(
        _stood(point, serial, some, hours[-1].end_ns, moved, own) for serial, some in found.items()
    )


def _stood(
    point: Point,
    serial: str,
    hours: Sequence[Hour | GroundedHour],
    end_ns: int,
    events: Sequence[CalibrationEvent],
    exchanges: Sequence[Exchanged],
) -> Stood:
    first_ns, last_ns = hours[0].start_ns, hours[-1].end_ns
    from_ns, known_by = _begin(serial, first_ns, last_ns, events, exchanges)
    until_ns = _end(serial, from_ns, events, exchanges)
    if until_ns is None and last_ns < end_ns - NS_PER_HOUR:
        until_ns = last_ns
    return Stood(
        channel=point.channel,
        serial=serial,
        measurand=point.measurand,
        from_ns=from_ns,
        until_ns=until_ns,
        known_by=known_by,
        hours=len(hours),
        first_ns=first_ns,
        last_ns=last_ns,
        nameplate_mpe_relative=point.nameplate_mpe_relative if serial == point.serial else None,
    )


def _begin(
    serial: str,
    first_ns: int,
    last_ns: int,
    events: Sequence[CalibrationEvent],
    exchanges: Sequence[Exchanged],
) -> tuple[int, KnownBy]:
    installed = [
        at_ns
        for each in events
        if each.event == "installation" and each.serial == serial
        for at_ns in [ns_of(each.at)]
        if at_ns < last_ns
    ]
    if installed:
        return min(installed), "event"
    came = [each.at_ns for each in exchanges if each.new_serial == serial]
    return (min(came), "exchange") if came else (first_ns, "hours")


def _end(
    serial: str,
    from_ns: int,
    events: Sequence[CalibrationEvent],
    exchanges: Sequence[Exchanged],
) -> int | None:
    moved = [
        (ns_of(each.at), each.event == "installation")
        for each in events
        if each.serial == serial and each.event in {"installation", "removal"}
    ]
    if moved and not max(moved)[1]:
        return max(moved)[0]
    went = [each.at_ns for each in exchanges if each.old_serial == serial and each.at_ns > from_ns]
    came = [each.at_ns for each in exchanges if each.new_serial == serial]
    return max(went) if went and max(went) > max(came, default=0) else None


def ns_of(at: dt.datetime) -> int:
    """An instant in UTC ns, to the microsecond."""
    return (at - EPOCH) // dt.timedelta(microseconds=1) * 1000


def instant_of(at_ns: int) -> dt.datetime:
    """UTC ns as an instant, to the microsecond."""
    return EPOCH + dt.timedelta(microseconds=at_ns // 1000)
