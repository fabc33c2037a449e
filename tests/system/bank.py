"""Many meters of many points, whose every answer says which meter, which answer, which point.

They answer at once, in the agent's own process, so that what is measured is the agent; or
behind a socket.
"""

import socket
import socketserver
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from device_profiles.plan import ReadRequest
from device_profiles.registers import wire_bytes
from edge_agent.driver import Identification, Reply
from evidence.clock import Clock
from evidence.log.batch import Batch, decode
from evidence.log.column import progressed
from tests.system.meters import METER, Meters

PROFILE: Final = "abb-b23"
_ENERGY: Final = ("active_energy_import", "active_energy_export")
_WIDE: Final[Mapping[int, str]] = {
    0x5000: _ENERGY[0],
    0x5004: _ENERGY[1],
    **{0x5460 + 4 * n: f"{_ENERGY[0]}_l{n + 1}" for n in range(3)},
    **{0x546C + 4 * n: f"{_ENERGY[1]}_l{n + 1}" for n in range(3)},
}
_PLAIN: Final[Mapping[int, str]] = {
    **{0x5B00 + 2 * n: f"voltage_l{n + 1}" for n in range(3)},
    **{0x5B0C + 2 * n: f"current_l{n + 1}" for n in range(3)},
    0x5B14: "active_power",
    **{0x5B16 + 2 * n: f"active_power_l{n + 1}" for n in range(3)},
}
_NARROW: Final[Mapping[int, str]] = {0x5B2C: "frequency", 0x5B3A: "power_factor"}
_WIDTH: Final = {
    **dict.fromkeys(_WIDE, 4),
    **dict.fromkeys(_PLAIN, 2),
    **dict.fromkeys(_NARROW, 1),
}
POINTS: Final = {
    name: place for place, name in enumerate([*_WIDE.values(), *_PLAIN.values(), *_NARROW.values()])
}
"""The twenty channels that a meter of the bank has, and their numbers."""
_AT: Final = {**_WIDE, **_PLAIN, **_NARROW}
_NARROW_MASK: Final = 0x1FF  # a power factor is not above 1
_MOST_ANSWERS: Final = 1 << 18
_REQUEST: Final = struct.Struct(">HHHBBHH")


def shown(unit: int, answer: int, point: str) -> int:
    """What a point shows, as an integer: all of unit (1 to 63), answer and point are in it."""
    assert answer < _MOST_ANSWERS
    whole = (unit * _MOST_ANSWERS + answer) * 32 + POINTS[point]
    return whole & _NARROW_MASK if point in _NARROW.values() else whole


def words(unit: int, answer: int, address: int, count: int) -> list[int]:
    """The registers from `address` on in an answer; 0 where a meter of the bank has no point."""
    found = [0] * count
    for start, point in _AT.items():
        if address <= start < address + count:
            value, width = shown(unit, answer, point), _WIDTH[start]
            for n in range(width):
                found[start - address + n] = value >> 16 * (width - 1 - n) & 0xFFFF
    return found


class BankDriver:
    """One meter of the bank; the n-th poll of it, in one read or several, is answer n.

    Args:
        unit: Which.
        clock: Stamps answers; an instant is a poll.
    """

    def __init__(self, unit: int, clock: Clock) -> None:
        self._unit, self._clock = unit, clock
        self._at_ns, self._answer = -1, -1

    async def open(self) -> None:
        """Nothing is to be opened."""

    async def identify(self) -> Identification:
        return Identification()

    async def close(self) -> None:
        """Nothing is open."""

    async def exchange(self, request: ReadRequest) -> Reply:
        now_ns = self._clock.now_ns()
        if now_ns != self._at_ns:
            self._at_ns, self._answer = now_ns, self._answer + 1
        found = words(self._unit, self._answer, request.address, request.count)
        return Reply(
            content=wire_bytes(found), raw=b"", requested_at_ns=now_ns, answered_at_ns=now_ns
        )


def devices(count: int, points: Sequence[str], period_s: float) -> str:
    """The devices of an agent's configuration: the first `count` meters of the bank."""
    names = ", ".join(f'"{point}"' for point in points)
    return "".join(
        f'[[lines.devices]]\nname = "meter-{unit}"\nprofile = "{PROFILE}"\nunit_id = {unit}\n'
        f'serial = "SN-{unit}"\nperiod_s = {period_s}\nchannels = [{names}]\n'
        for unit in range(1, count + 1)
    )


def unlike(leaves: Iterable[bytes], count: int, points: Sequence[str], polls: int) -> list[str]:
    """What is wrong with a log whose first polls are the bank's own, each answered.

    Later polls may be missed, and their answers have some later number.

    Args:
        leaves: Exact bytes, in order.
        count: Meters.
        points: Of each.
        polls: So many of each meter were answered, their numbers those of the answers.
    """
    logs = {(unit, point): _Course() for unit in range(1, count + 1) for point in points}
    found: list[str] = []
    for unit, point, sequence, raw in _told(leaves):
        course = logs[unit, point]
        found += course.wrong(_Told(unit, point, sequence, raw), polls)
        course.following = sequence + 1
    short = {key: course.following for key, course in logs.items() if course.following < polls}
    return found + [f"{key}: {n} of {polls} polls" for key, n in short.items()]


class _Told(NamedTuple):
    """A poll of a point, and what was shown; None if nothing was."""

    unit: int
    point: str
    sequence: int
    raw: int | None


@dataclass(slots=True)
class _Course:
    """How far a point's log has been followed."""

    following: int = 0
    answer: int = -1

    def wrong(self, told: _Told, polls: int) -> list[str]:
        """What is wrong with the next poll."""
        where = f"meter-{told.unit} {told.point}"
        if told.sequence != self.following:
            return [f"{where}: poll {told.sequence} comes where {self.following} should"]
        answer = told.sequence if told.sequence < polls else self._later(told)
        if told.raw is None:
            return [f"{where}: poll {answer} is missed"] if told.sequence < polls else []
        self.answer = answer
        if told.raw == shown(told.unit, answer, told.point):
            return []
        return [f"{where}: poll {told.sequence} shows {told.raw}, which is not answer {answer}"]

    def _later(self, told: _Told) -> int:
        """The answer that a live poll shows, if it is a later one than any before.

        It is not the next one where a meter was asked twice, or its poll is missed.
        """
        following = self.answer + 1
        if told.raw is None:
            return following
        if told.point not in _NARROW.values():
            return max(told.raw // 32 % _MOST_ANSWERS, following)
        near = range(following, following + (_NARROW_MASK + 1) // 32)
        fits = (n for n in near if shown(told.unit, n, told.point) == told.raw)
        return next(fits, following)


def _told(leaves: Iterable[bytes]) -> Iterator[_Told]:
    """Every poll of every point, in the order of the log."""
    for leaf in leaves:
        batch = decode(leaf)
        for stream in batch.streams if isinstance(batch, Batch) else ():
            _, device, point = stream.head.channel.split("/")
            unit = int(device.removeprefix("meter-"))
            numbers = progressed(stream.sequence, stream.rows) if stream.rows else []
            rows = zip(numbers, (int(raw, 16) for raw in stream.raw), strict=True)
            told = [_Told(unit, point, number, raw) for number, raw in rows]
            missed = [_Told(unit, point, miss.sequence, None) for miss in stream.missed]
            yield from sorted([*told, *missed], key=lambda each: each.sequence)


class BankMeters(Meters):
    """The bank's meters behind a socket.

    Args:
        first: Number of each meter's first answer.
    """

    def __init__(self, first: int = 0) -> None:
        super().__init__()
        self.first = first
        self.RequestHandlerClass = _BankLine

    def shows(self, unit: int) -> int:
        """The number of the answer that a whole poll of a meter gets: another one each time."""
        return self.answer(unit) % METER - 1 + self.first


class _BankLine(socketserver.BaseRequestHandler):
    """One connection of an agent; a poll is asked in several requests, the same ones each time."""

    server: BankMeters

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked: dict[int, tuple[int, set[int]]] = {}
        with suppress(ConnectionError):
            while request := self._received(_REQUEST.size):
                transaction, _, _, unit, function, address, count = _REQUEST.unpack(request)
                answer, before = asked.get(unit, (-1, {address}))
                if address in before:
                    answer, before = self.server.shows(unit), set()
                asked[unit] = (answer, before | {address})
                found = words(unit, answer, address, count)
                body = struct.pack(f">BBB{count}H", unit, function, 2 * count, *found)
                self.request.sendall(struct.pack(">HHH", transaction, 0, len(body)) + body)

    def _received(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self.request.recv(size - len(data))):
            data += more
        return data if len(data) == size else b""
