"""The receiving side of HJ 212: data loggers connect by themselves and report; polls fetch.

A line is one address and port; any number of loggers connect to it, and a device is known by its
MN. A poll gets the newest message of its command that no poll got before, stamped with the
instant at which it came. Where none came, it waits: a silent logger is a miss, and nothing that
was read is read again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from typing import Final, Literal

from device_profiles.hj212.answer import centre_answer
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.profile import Hj212Profile
from device_profiles.hj212.reading import Upload
from device_profiles.hj212.received import Received, read_packet
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.traffic import About, Tap
from device_profiles.wire_errors import WireError
from edge_agent.centre_errors import (
    CrowdedError,
    NoListenerError,
    OtherTimeError,
    TwoConnectionsError,
    UnknownLoggerError,
)
from edge_agent.driver import Identification, Reply
from edge_agent.drivers.hj212_interval import IntervalSetter
from edge_agent.drivers.hj212_logger import Logger
from edge_agent.drivers.hj212_mail import is_off
from edge_agent.drivers.hj212_peer import Peer
from edge_agent.drivers.rounds import Rounds
from edge_agent.drivers.tally import Tally
from edge_agent.errors import AnswerTimeoutError, NoIdentificationError
from evidence.clock import Clock

MOST_CONNECTIONS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreTerms:
    """Where a centre listens, and what it asks of loggers.

    Attributes:
        host, port: Of this machine.
        idle_s: How long a connection may bring no packet of a known logger.
        data_time_bound_s: How far DataTime may be from the time at which a message comes.
        rtd_interval_s: Interval of real-time data that is set when a logger connects; None
            leaves it as it is.
    """

    host: str
    port: int
    idle_s: float = 3900.0
    data_time_bound_s: float = 300.0
    rtd_interval_s: int | None = None


class Centre:
    """The one listener of a line, and the loggers that are known on it.

    Args:
        terms: Where it listens, and its limits.
        clock: Stamps what comes.
        tap: Is told all that goes over connections; None where nobody listens.
    """

    def __init__(self, terms: CentreTerms, *, clock: Clock, tap: Tap | None = None) -> None:
        self.terms, self.clock, self._tap = terms, clock, tap
        self.tally, self.rounds = Tally(), Rounds()
        self._loggers: dict[str, Logger] = {}
        self._setters: dict[str, IntervalSetter] = {}
        self._peers: dict[Peer, None] = {}
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._connections = 0

    @property
    def idle_s(self) -> float:
        """How long a connection may bring nothing of use."""
        return self.terms.idle_s

    @property
    def counts(self) -> Mapping[str, int]:
        """How often what went wrong, by code."""
        return self.tally.counts

    def logger(self, mn: str, zone: timezone) -> Logger:
        """The logger of that MN, which is known from now on."""
        if mn not in self._loggers:
            self._loggers[mn] = Logger(mn, zone, self.tally)
            if self.terms.rtd_interval_s is not None:
                self._setters[mn] = IntervalSetter(
                    self.terms.rtd_interval_s, zone, clock=self.clock, tally=self.tally
                )
        return self._loggers[mn]

    async def open(self) -> None:
        """Returns once loggers can connect.

        Raises:
            NoListenerError: The address cannot be listened on.
        """
        async with self._opening:
            if self._server is not None:
                return
            host, port = self.terms.host, self.terms.port
            try:
                loop = asyncio.get_running_loop()
                self._server = await loop.create_server(self._peer, host, port)
            except (OSError, UnicodeError) as wrong:
                what = getattr(wrong, "strerror", None) or str(wrong)
                raise NoListenerError(f"{host}:{port}", what=what) from None

    async def close(self) -> None:
        """Returns once nobody is connected and nobody can connect."""
        server, self._server = self._server, None
        self.rounds.close()
        for setter in self._setters.values():
            setter.close()
        if server is None:
            return
        server.close()
        for peer in tuple(self._peers):
            peer.end()
        await asyncio.sleep(0)  # the loop frees the sockets in its next round
        await server.wait_closed()
        self.rounds.close()

    def admit(self, peer: Peer) -> bool:
        """Whether there is room for one more connection; one that is nobody's gives way."""
        if self._server is None:
            return False
        if len(self._peers) >= MOST_CONNECTIONS:
            nobody = next((each for each in self._peers if not each.mns), None)
            self.tally.note(CrowdedError(peer.where, limit=MOST_CONNECTIONS))
            if nobody is None:
                return False
            nobody.end()
            self.dismiss(nobody)
        self._peers[peer] = None
        return True

    def dismiss(self, peer: Peer) -> None:
        """A connection is gone."""
        self._peers.pop(peer, None)
        for mn in peer.mns:
            if self._loggers[mn].peer is peer:
                self._loggers[mn].peer = None
                self._stop_setting(mn)

    def told(self, peer: Peer, direction: Literal["sent", "received"], data: bytes) -> None:
        """Bytes went over a connection."""
        if self._tap is not None:
            line = f"{self.terms.host}:{self.terms.port}"
            self._tap(About(line=line, device=peer.where, protocol="hj212"), direction, data)

    def heard(self, peer: Peer, packet: bytes) -> None:
        """Takes a packet: what is refused is counted, what is sound is answered."""
        try:
            received = read_packet(packet)
            logger = self._loggers.get(received.segment.mn or "")
            if logger is None:
                found = (received.segment.mn or "")[:32]
                self.tally.note(UnknownLoggerError(peer.where, found=found))
                peer.refused()
                return
            peer.vouched()
            if self._counts(peer, logger, received.segment):
                self._take(peer, logger, received, packet)
        except WireError as wrong:
            wrong.where = f"{self.terms.host}:{self.terms.port} from {peer.where}"
            self.tally.add(wrong.code, wrong.say("en"))
            peer.refused()

    def _take(self, peer: Peer, logger: Logger, received: Received, packet: bytes) -> None:
        at_ns, at_s = self.clock.now_ns(), asyncio.get_running_loop().time()
        logger.take(received, packet, at_ns, at_s)
        answer = centre_answer(received.segment)
        if answer is not None:
            peer.send(packet_of(write_segment(answer)))
        if logger.mn in self._setters:
            self._setters[logger.mn].heard(received)

    def _counts(self, peer: Peer, logger: Logger, segment: Segment) -> bool:
        """Whether this connection speaks for the logger: of several, the one opened last."""
        other = logger.peer
        if other is peer:
            return True
        if peer not in self._peers:  # it has ended, and its last bytes are looked at
            return other is None
        if other is not None:
            self.tally.note(TwoConnectionsError(peer.where, found=logger.mn))
            if other.number > peer.number:
                _give_up(peer, logger.mn)
                return False
            _give_up(other, logger.mn)
        logger.peer = peer
        peer.mns.add(logger.mn)
        if logger.mn in self._setters:
            self._setters[logger.mn].begin(peer.send, segment)
        return True

    def _stop_setting(self, mn: str) -> None:
        if mn in self._setters:
            self._setters[mn].close()

    def _peer(self) -> Peer:
        self._connections += 1
        return Peer(self, self._connections)


def _give_up(peer: Peer, mn: str) -> None:
    """Ends a connection that speaks for nobody else."""
    peer.mns.discard(mn)
    if not peer.mns:
        peer.end()


class Hj212Driver:
    """One device that a logger reports; a `Driver` of uploads.

    Args:
        centre: Of its line; closing one device's driver closes it.
        profile: Of the device.
        mn: Its address.
        device: What messages call it.
        timeout_s: Longest wait for a message, > 0.
    """

    def __init__(
        self, centre: Centre, profile: Hj212Profile, mn: str, *, device: str, timeout_s: float
    ) -> None:
        self._centre, self._device, self._timeout_s = centre, device, timeout_s
        self._zone = profile.hj212.zone
        self._mail = centre.logger(mn, self._zone).mail(profile.commands)

    async def open(self) -> None:
        """Returns once the logger can connect."""
        await self._centre.open()

    async def exchange(self, request: Upload) -> Reply:
        """The newest message of a command that was not read yet, or the next one.

        Nobody asks a logger: so the reply says that it was asked for when it came.

        Raises:
            AnswerTimeoutError: None came in time.
            NoListenerError: The line's address cannot be listened on.
        """
        await self._centre.open()
        try:
            letter = await self._mail.fetch(request.cn, self._timeout_s)
        except TimeoutError:
            raise AnswerTimeoutError(self._device, timeout_s=self._timeout_s) from None
        bound_s = self._centre.terms.data_time_bound_s
        off = is_off(letter, request.cn, self._zone, bound_s)
        if off:
            found = (letter.data_time or "-")[:20]
            self._centre.tally.note(OtherTimeError(self._device, found=found, limit=bound_s))
        return Reply(
            content=letter.content,
            raw=letter.raw,
            requested_at_ns=letter.arrived_ns,
            answered_at_ns=letter.arrived_ns,
            off_time=off,
        )

    async def identify(self) -> Identification:
        """A logger says no more of itself than its MN.

        Raises:
            NoIdentificationError: Always.
        """
        raise NoIdentificationError(self._device)

    async def close(self) -> None:
        """Returns once the line is closed; the next exchange opens it again."""
        await self._centre.close()
