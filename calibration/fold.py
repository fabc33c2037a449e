"""A channel's readings, as they come, folded into hourly windows.

The state is a value: feeding the same readings in any portions gives the same windows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from calibration.basis import InstrumentCalibration
from calibration.distribution import from_resolution
from calibration.errors import CertificateError, Words
from calibration.grid import hour_end, hour_start
from calibration.hourly import (
    ChannelClock,
    Corrected,
    Piece,
    corrected,
    cut,
    register_window,
)
from calibration.increment import (
    LONGEST_SILENCE_NS,
    NS_PER_HOUR,
    Exchange,
    Finding,
    Missed,
    RegisterReading,
    RegisterTraits,
    Sieve,
    Step,
    exchanged,
    replaced,
    sift,
)
from calibration.timeline import Timeline
from calibration.unknown_hour import unknown_window
from calibration.window import RegisterWindow

_OF_INCREMENTS: Final = ("relative_error", "load")


class RegisterChannel(msgspec.Struct, frozen=True, kw_only=True):
    """All that must be known of a register channel to fold its readings.

    `parted_ns` are instants of readings (UTC) that are of another instrument, or in another scale,
    than those before, while no exchange tells where the one stopped and the other began.

    Raises:
        CertificateError: a calibration that cannot act on increments: anything but a
            relative error against the load, or an influence that is not relative, which
            would add up with the number of polls.
    """

    channel: str
    timeline: Timeline
    clock: ChannelClock
    traits: RegisterTraits
    exchanges: tuple[Exchange, ...] = ()
    parted_ns: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for each in self.timeline.calibrations:
            result = each.result
            if result is not None and (result.result, result.argument) != _OF_INCREMENTS:
                told = result.result, result.argument
                what = "it states a {} against the {}", "其给出随 {1} 变化的 {0}"
                _refuse(each, Words(*(text.format(*told) for text in what)))
            if any(share.absolute != 0.0 for share in each.shares):
                _refuse(
                    each,
                    Words(
                        "an influence is stated in the register's unit",
                        "有影响量以累计量的单位给出",
                    ),
                )


def _refuse(calibration: InstrumentCalibration, what: Words) -> None:
    raise CertificateError(
        f"certificate {calibration.certificate}",
        what=Words(
            f"it cannot act on a register's increments: {what.en}",
            f"不能作用于累计量的增量：{what.zh}",
        ),
        remedy=Words(
            "state relative_error against the load, and relative influences",
            "请给出随负荷变化的 relative_error 以及相对影响量",
        ),
    )


class MissedHour(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many polls of the hour that ends at `edge_ns` (UTC) gave no value for one reason.

    They are counted, for a meter that is silent for a year is missed as long as that.
    """

    edge_ns: int
    reason: str
    count: int


class RegisterFold(msgspec.Struct, frozen=True, kw_only=True):
    """What is open: the sieve, pieces and misses of hours that are not complete yet.

    `closing` is the reading that closed the last window, None before the first; `first` is the one
    that was read first. Windows are told until `until_ns`, UTC; None before the first reading. Of
    a channel that is taken up again, findings and misses until `told_ns` are in windows already.
    """

    sieve: Sieve = Sieve()
    pieces: tuple[Piece, ...] = ()
    missed: tuple[MissedHour, ...] = ()
    findings: tuple[Finding, ...] = ()
    first: RegisterReading | None = None
    closing: RegisterReading | None = None
    until_ns: int | None = None
    told_ns: int = 0


def feed_register(
    fold: RegisterFold,
    channel: RegisterChannel,
    readings: Sequence[RegisterReading],
    missed: Iterable[Missed] = (),
) -> tuple[RegisterFold, list[RegisterWindow]]:
    """The state after `readings` (in order of time), and the hours that they complete.

    From the first reading on there is a window of every hour; of one in which no growth is known,
    such as between two meters, one that says so.
    """
    fold = _begun(fold, channel, readings)
    sieve, steps, findings = _sift_all(fold.sieve, channel, readings)
    pieces = [*fold.pieces, *(piece for step in steps for piece in cut(step, channel.clock))]
    open_from = _open_from(sieve, channel.clock)
    # in order of time, so the first piece says whether any hour is complete
    any_closed = bool(pieces) and pieces[0].hour_ns + NS_PER_HOUR <= open_from
    closed = [p for p in pieces if p.hour_ns + NS_PER_HOUR <= open_from] if any_closed else []
    state = msgspec.structs.replace(
        fold,
        sieve=sieve,
        pieces=tuple(pieces[len(closed) :]),
        missed=_counted(fold, missed, channel.clock),
        findings=(*fold.findings, *(each for each in findings if each.at_ns > fold.told_ns)),
    )
    return _close(state, channel, closed, open_from)


def _begun(
    fold: RegisterFold, channel: RegisterChannel, readings: Sequence[RegisterReading]
) -> RegisterFold:
    """The state once anything was read."""
    if fold.first is not None or not readings:
        return fold
    begin = hour_start(channel.clock.snap(readings[0].at_ns), channel.clock.grid_ns)
    return msgspec.structs.replace(fold, first=readings[0], until_ns=max(begin, fold.told_ns))


def _sift_all(
    sieve: Sieve, channel: RegisterChannel, readings: Sequence[RegisterReading]
) -> tuple[Sieve, list[Step], list[Finding]]:
    """Steps of all readings, with the exchanges that lie between them."""
    if not channel.exchanges and not channel.parted_ns:
        return sift(sieve, readings, channel.traits)
    steps: list[Step] = []
    findings: list[Finding] = []
    for reading in readings:
        sieve, more, found = _sift_one(sieve, channel, reading)
        steps.extend(more)
        findings.extend(found)
    return sieve, steps, findings


def _sift_one(
    sieve: Sieve, channel: RegisterChannel, reading: RegisterReading
) -> tuple[Sieve, list[Step], list[Finding]]:
    steps: list[Step] = []
    findings: list[Finding] = []
    if reading.at_ns in channel.parted_ns:
        sieve, findings = replaced(sieve, reading)
    for exchange in _between(channel.exchanges, sieve, reading.at_ns):
        u_reading = from_resolution(channel.traits.resolution)
        sieve, more, found = exchanged(sieve, exchange, channel.traits, u_reading)
        steps.extend(more)
        findings.extend(found)
    sieve, more, found = sift(sieve, [reading], channel.traits)
    return sieve, [*steps, *more], [*findings, *found]


def _between(exchanges: Sequence[Exchange], sieve: Sieve, at_ns: int) -> list[Exchange]:
    """Exchanges after the last reading and not after `at_ns`."""
    last = sieve.last
    if last is None:
        return []
    return [each for each in exchanges if last.at_ns < each.at_ns <= at_ns]


def _open_from(sieve: Sieve, clock: ChannelClock) -> int:
    """Start of the first hour that readings may still come for."""
    if sieve.last is None:
        return 0
    seen_ns = clock.snap(sieve.last.at_ns)
    return hour_start(seen_ns, clock.grid_ns)


def _close(
    state: RegisterFold, channel: RegisterChannel, closed: Sequence[Piece], open_from: int
) -> tuple[RegisterFold, list[RegisterWindow]]:
    """Windows of all hours before `open_from`, one by one, and the state without them."""
    windows: list[RegisterWindow] = []
    last = state.closing or state.first
    if last is None:
        return state, windows
    told = corrected(closed, channel.timeline).by_hour() if closed else ()
    known = {each.pieces[0].hour_ns: each for each in told}
    for hour_ns in sorted({*known, *_hours_over(state, open_from)}):
        window = _window(state, channel, hour_ns, known.get(hour_ns), last)
        windows.append(window)
        last = window.closing if hour_ns in known else last
        state = msgspec.structs.replace(
            state,
            missed=tuple(each for each in state.missed if each.edge_ns > window.end_ns),
            findings=tuple(each for each in state.findings if each.at_ns > window.end_ns),
            closing=last if hour_ns in known else state.closing,
            until_ns=max(state.until_ns or 0, window.end_ns),
        )
    return state, windows


def _hours_over(state: RegisterFold, open_from: int) -> range:
    """Begins of the hours that are over and not told; none of a silence that nobody vouches for."""
    until_ns = open_from if state.until_ns is None else state.until_ns
    if open_from - until_ns > LONGEST_SILENCE_NS:
        return range(0)
    return range(until_ns, open_from, NS_PER_HOUR)


def _window(
    state: RegisterFold,
    channel: RegisterChannel,
    hour_ns: int,
    known: Corrected | None,
    last: RegisterReading,
) -> RegisterWindow:
    """The window of an hour, of what is known of it; `last` is how it was known before."""
    edge = hour_ns + NS_PER_HOUR
    missed = _reasons(each for each in state.missed if each.edge_ns <= edge)
    findings = [each for each in state.findings if each.at_ns <= edge]
    if known is not None:
        return register_window(
            channel.channel,
            known,
            channel.clock,
            missed=missed,
            findings=findings,
            follows_break=state.closing != known.pieces[0].opening,
        )
    return unknown_window(
        channel.channel,
        hour_ns,
        last,
        channel.clock,
        channel.timeline,
        missed=missed,
        findings=findings,
    )


def _counted(
    fold: RegisterFold, missed: Iterable[Missed], clock: ChannelClock
) -> tuple[MissedHour, ...]:
    """The misses that are known and more of them, hour by hour."""
    edges = ((_edge_ns(each, clock), each.reason) for each in missed)
    new = Counter(each for each in edges if each[0] > fold.told_ns)
    if not new:
        return fold.missed
    new.update({(each.edge_ns, each.reason): each.count for each in fold.missed})
    return tuple(
        MissedHour(edge_ns=edge_ns, reason=reason, count=count)
        for (edge_ns, reason), count in sorted(new.items())
    )


def _edge_ns(missed: Missed, clock: ChannelClock) -> int:
    """End of the hour in which a poll was missed; one at the edge is the hour's before it."""
    return hour_end(clock.snap(missed.at_ns), clock.grid_ns)


def _reasons(missed: Iterable[MissedHour]) -> list[str]:
    return [each.reason for each in missed for _ in range(each.count)]
