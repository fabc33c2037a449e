"""Which instrument is in service at a channel: what heads name, what is recorded.

A head names the instrument as its agent was configured when it was read. So it says all that had
been recorded by then, and nothing of an exchange that somebody wrote down later: that is taken up
from the exchange's instant on, as long as the same head goes on. Nothing else than readings, heads
and records bears on it: leaves that are judged once, again, or in a part give the same. Pure.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from calibration.increment import Exchange

Instruments = tuple[tuple[int, str], ...]
"""Instruments, each from an instant on (UTC ns), in order of time; the first since ever."""
_Gap = tuple[int, int]


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange on record.

    Args:
        position: in the ledger, of the first leaf that tells of it.
    """

    exchange: Exchange
    position: int

    @property
    def at_ns(self) -> int:
        """When it was done, UTC ns."""
        return self.exchange.at_ns


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream says of its instrument.

    Args:
        serial: of its head.
        position: of its leaf in the ledger.
        instants: of its readings behind all that was read before, UTC ns, increasing; one or more.
    """

    serial: str
    position: int
    instants: Sequence[int]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What stood at a channel until the end of a stream.

    Args:
        standing: all instruments until then.
        joined: exchanges that tell where one of its instruments stopped and the next began.
        parted_ns: instants of readings of which nobody knows what was counted since the one before.
    """

    standing: Instruments
    joined: tuple[Exchange, ...] = ()
    parted_ns: frozenset[int] = frozenset()


def begun(named: Named, noted: Iterable[Noted]) -> Course:
    """What stands at a channel of which nothing was read before."""
    until = (each for each in noted if each.at_ns <= named.instants[0])
    first = _last_of(named.serial, _unknown_to(named, until))
    return gone_on(Course(standing=((0, first),)), named.instants[0], named, named.serial, noted)


def gone_on(
    before: Course, last_ns: int, named: Named, was_named: str, noted: Iterable[Noted]
) -> Course:
    """What stands at a channel after one more stream.

    Args:
        before: what stood there; of it `standing` alone goes on.
        last_ns: instant of the last reading before the stream, UTC ns.
        named: what the stream says.
        was_named: the serial number of the head before.
        noted: exchanges on record, in order of time.
    """
    known, course = tuple(noted), Course(standing=before.standing)
    for gap in _gaps(last_ns, named.instants, known):
        between = [each for each in known if gap[0] < each.at_ns <= gap[1]]
        turned = gap[0] == last_ns and named.serial != was_named
        stood = named.serial if turned else course.standing[-1][1]
        stands = _last_of(stood, _unknown_to(named, between))
        course = _after(course, gap, stands, [each.exchange for each in between])
    return course


def _unknown_to(named: Named, noted: Iterable[Noted]) -> list[Exchange]:
    """The exchanges of which the agent had not been told when it read the stream."""
    return [each.exchange for each in noted if each.position >= named.position]


def _last_of(serial: str, exchanges: Iterable[Exchange]) -> str:
    """The instrument that stands after exchanges where `serial` stood before."""
    for each in exchanges:
        serial = each.new_serial if each.old_serial == serial else serial
    return serial


def _gaps(last_ns: int, instants: Sequence[int], noted: Sequence[Noted]) -> list[_Gap]:
    """The times between two readings in which another instrument may have come."""
    first, last = instants[0], instants[-1]
    within = {bisect_left(instants, each.at_ns) for each in noted if first < each.at_ns <= last}
    inner = [(instants[place - 1], instants[place]) for place in sorted(within)]
    return [(last_ns, first), *inner] if last_ns < first else inner


def _after(course: Course, gap: _Gap, stands: str, between: Sequence[Exchange]) -> Course:
    """The course over the time between two readings, `stands` being there in the end.

    What is on record either leads from the one instrument to the other, each exchange taking up
    where the one before stopped, or it does not tell what was counted.
    """
    stood = course.standing[-1][1]
    if not between and stands == stood:
        return course
    if _leads(stood, between, stands):
        changes = [(each.at_ns, each.new_serial) for each in between]
        return msgspec.structs.replace(
            course,
            standing=_with_changes(course.standing, changes),
            joined=(*course.joined, *between),
        )
    changes = [(gap[1], stands)] if stands != stood else []
    return msgspec.structs.replace(
        course,
        standing=_with_changes(course.standing, changes),
        parted_ns=course.parted_ns | {gap[1]},
    )


def _leads(serial: str, between: Iterable[Exchange], stands: str) -> bool:
    """Whether exchanges lead from one instrument to the other without a break."""
    for each in between:
        if each.old_serial != serial:
            return False
        serial = each.new_serial
    return serial == stands


def _with_changes(standing: Instruments, changes: Iterable[tuple[int, str]]) -> Instruments:
    for at_ns, serial in changes:
        standing = (*standing, (max(at_ns, standing[-1][0] + 1), serial))
    return standing
