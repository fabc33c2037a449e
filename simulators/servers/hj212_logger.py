"""A simulated data logger: what it reports when, and what it answers; no input or output."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from device_profiles.hj212 import times
from device_profiles.hj212.answer import execution_result, request_answer, site_answer
from device_profiles.hj212.content import DataFlag as Flag
from device_profiles.hj212.crc import modbus_crc
from device_profiles.hj212.dialect import records_of
from device_profiles.hj212.logger import response, upload
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.pending import Retry
from device_profiles.hj212.profile import Hj212Profile, hj212_of
from device_profiles.hj212.reading import Upload
from device_profiles.hj212.received import Received
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.hj212.segment_findings import field_number
from device_profiles.hj212.site import Site
from simulators.fault import (
    AnswersForAnother,
    AnyFault,
    DataFlag,
    LowerCaseCrc,
    PlainModbusCrc,
    SplitPacket,
    shown_instant_ns,
)
from simulators.place import Place
from simulators.servers.disturb import Reply
from simulators.servers.spoken_station import disturbed_frame
from simulators.stack.state import FLAGS

NS_PER_S: Final = 1_000_000_000
PASSWORD: Final = "123456"  # noqa: S105 - the standard's own example
_LENGTH_S: Final = {"2051": 60, "2061": 3600, "2031": 86_400}
READY: Final = 1
REFUSED: Final = 2
DONE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerSeat:
    """A place that a data logger reports.

    Attributes:
        place: What it shows.
        mn: The logger's identity.
        interval_s: Between real-time data, until a centre sets another.
    """

    place: Place
    mn: str
    interval_s: float

    @property
    def profile(self) -> Hj212Profile:
        """Of the device."""
        return hj212_of(self.place.site.profile)


@dataclass(slots=True, kw_only=True)
class _Unanswered:
    """An upload whose 9014 did not come yet."""

    packet: bytes
    sent: int
    due_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One packet on its way.

    Attributes:
        pieces: Of the packet, in order; none where a fault swallows it.
        pause_s: Between the pieces, real seconds.
        reply: When it leaves, and whether the connection ends instead.
    """

    pieces: tuple[bytes, ...]
    pause_s: float
    reply: Reply


@dataclass(slots=True)
class ReportingLogger:
    """The state of one logger while it is connected."""

    seat: LoggerSeat
    interval_s: float = 0.0
    retry: Retry = field(default_factory=Retry)
    reports: bool = True
    _due_ns: dict[str, int] = field(default_factory=dict)
    _unanswered: dict[str, _Unanswered] = field(default_factory=dict)
    _qn: str = ""

    def __post_init__(self) -> None:
        self.interval_s = self.interval_s or self.seat.interval_s

    def due_ns(self) -> int:
        """When it has to report next, UTC ns; whatever was not reported yet is due at once."""
        commands = self.seat.profile.commands
        return min((self._due_ns.get(each, 0) for each in self._wanted(commands)), default=1 << 62)

    def report(self, at_ns: int, at_s: float) -> list[Sending]:
        """What it sends at an instant.

        Args:
            at_ns: UTC ns.
            at_s: The same by a clock of real seconds.
        """
        sends: list[Sending] = []
        for command in self._wanted(self.seat.profile.commands):
            if self._due_ns.get(command, 0) <= at_ns:
                self._due_ns[command] = self._next_ns(command, at_ns)
                sends += self._upload(command, at_ns, at_s)
        return sends

    def again(self, at_s: float) -> list[bytes] | None:
        """The packets to send again; None once one was sent in vain too often."""
        late = [each for each in self._unanswered.values() if each.due_s <= at_s]
        if any(each.sent > self.retry.resends for each in late):
            self._unanswered.clear()
            return None
        for each in late:
            each.sent, each.due_s = each.sent + 1, at_s + self.retry.timeout_s
        return [each.packet for each in late]

    def heard(self, received: Received) -> list[bytes]:
        """What it answers to a packet of the centre."""
        segment = received.segment
        if segment.mn != self.seat.mn:
            return []
        if segment.cn == "9014":
            self._unanswered.pop(segment.qn or "", None)
            return []
        notice = site_answer(segment)
        if notice is not None:
            self.reports = segment.cn != "2012"
            return [_packet(notice)]
        return [_packet(each) for each in self._executed(received)]

    def _executed(self, received: Received) -> Sequence[Segment]:
        """The answers to a request: settings that it has are shown and set, others refused."""
        request, given = received.segment, received.content.parameters
        if request.cn == "1061":
            shown = response(request, f"RtdInterval={self.interval_s:.0f}".encode())
            return request_answer(request, READY), shown, execution_result(request, DONE)
        if request.cn == "1062" and (found := field_number(given.get("RtdInterval"), 1, 3600)):
            self.interval_s = found
        elif request.cn == "1000" and (found := field_number(given.get("OverTime"), 1, 99)):
            resends = field_number(given.get("ReCount"), 1, 99) or self.retry.resends
            self.retry = Retry(timeout_s=float(found), resends=resends)
        elif request.cn == "2011":
            self.reports = True
        else:
            known = request.cn[:1] in {"1", "2", "3"}
            return (request_answer(request, REFUSED),) if known else ()
        return request_answer(request, READY), execution_result(request, DONE)

    def _wanted(self, commands: Sequence[str]) -> list[str]:
        return [each for each in commands if self.reports or each != "2011"]

    def _next_ns(self, command: str, at_ns: int) -> int:
        """The end of the interval that `at_ns` lies in, on the grid of local time."""
        period_ns = round(_LENGTH_S.get(command, self.interval_s) * NS_PER_S)
        return at_ns + period_ns - (at_ns + self._ahead_ns()) % period_ns

    def _ahead_ns(self) -> int:
        ahead = self.seat.profile.hj212.zone.utcoffset(None)
        return round(ahead.total_seconds()) * NS_PER_S

    def _upload(self, command: str, at_ns: int, at_s: float) -> list[Sending]:
        """One upload, under the faults that strike it."""
        seat, place = self.seat, self.seat.place
        poll, active = place.active(at_ns)
        over_ns = _LENGTH_S.get(command, 0) * NS_PER_S
        ends_ns = at_ns - (at_ns + self._ahead_ns()) % over_ns if over_ns else at_ns
        states = place.states(shown_instant_ns(active, ends_ns), over_ns)
        flags = {name: Flag(FLAGS[state]) for name, state in states.items()}
        flags |= {each.channel: Flag(each.flag or Flag.UNKNOWN) for each in _flags(active)}
        shown = place.shown(ends_ns, active, over_ns)
        records = records_of(seat.profile, Upload(cn=command), shown, place.site.parameters, flags)
        names = [each.address for each in active if isinstance(each, AnswersForAnother)]
        site = Site(st=seat.profile.hj212.st, mn=(*names, seat.mn)[0], pw=PASSWORD)
        qn, stamp = self._next_qn(at_ns), self._data_time(command, at_ns)
        sends = []
        for segment in upload(site, command, qn, stamp, records):
            packet = written(segment, active)
            self._qn = segment.qn or ""
            due_s = at_s + self.retry.timeout_s
            self._unanswered[self._qn] = _Unanswered(packet=packet, sent=1, due_s=due_s)
            sends.append(_struck(packet, active, poll))
        return sends

    def _next_qn(self, at_ns: int) -> str:
        """Of the instant; or the one after the last, where that is not earlier."""
        found = times.request_number(_utc(at_ns), self.seat.profile.hj212.zone)
        return max(found, times.next_request_number(self._qn) if self._qn else "")

    def _data_time(self, command: str, at_ns: int) -> str:
        """The instant, or the beginning of the last whole interval before it."""
        if command in _LENGTH_S:
            period_ns = _LENGTH_S[command] * NS_PER_S
            at_ns -= (at_ns + self._ahead_ns()) % period_ns + period_ns
        return times.data_time(_utc(at_ns), self.seat.profile.hj212.zone)


def written(segment: Segment, active: Sequence[AnyFault]) -> bytes:
    """The packet of a segment, with the CRC that the faults leave it."""
    packet = packet_of(write_segment(segment))
    body, end = packet[:-6], packet[-2:]
    check = packet[-6:-2]
    for fault in active:
        if isinstance(fault, PlainModbusCrc):
            check = b"%04X" % modbus_crc(body[6:])
        if isinstance(fault, LowerCaseCrc):
            check = check.lower()
    return body + check + end


def _struck(packet: bytes, active: Sequence[AnyFault], poll: int) -> Sending:
    reply = disturbed_frame(packet, b"", active, poll)
    split = next((each for each in active if isinstance(each, SplitPacket)), None)
    if split is None or len(reply.content) < 2:
        return Sending(pieces=(reply.content,), pause_s=0.0, reply=reply)
    middle = len(reply.content) // 2
    pieces = reply.content[:middle], reply.content[middle:]
    return Sending(pieces=pieces, pause_s=split.pause_s, reply=reply)


def _flags(active: Sequence[AnyFault]) -> list[DataFlag]:
    return [each for each in active if isinstance(each, DataFlag)]


def _packet(segment: Segment) -> bytes:
    return packet_of(write_segment(segment))


def _utc(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns / NS_PER_S, UTC)
