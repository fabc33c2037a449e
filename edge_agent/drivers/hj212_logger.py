"""One data logger, known by its MN: its packets become messages, and these the mail of devices."""

import hashlib
from collections import deque
from collections.abc import Sequence
from datetime import timezone
from typing import TYPE_CHECKING, Final

from device_profiles.hj212.assemble import Assembly, Lost, Message, expire, take
from device_profiles.hj212.received import Received
from edge_agent.centre_errors import LostPartsError, PassedOverError
from edge_agent.drivers.hj212_mail import Letter, Mail
from edge_agent.drivers.tally import Tally

if TYPE_CHECKING:
    from edge_agent.drivers.hj212_peer import Peer

PATIENCE_S: Final = 60.0
"""How long parts wait for the others: twice what three repetitions at 10 s take."""
_REMEMBERED: Final = 64


class Logger:
    """What is known of one logger.

    Args:
        mn: Its identity.
        zone: Of its stamps.
        tally: Counts what goes wrong.
    """

    def __init__(self, mn: str, zone: timezone, tally: Tally) -> None:
        self.mn, self.zone = mn, zone
        self.peer: Peer | None = None
        self._mails: list[Mail] = []
        self._tally = tally
        self._assembly = Assembly()
        self._seen: deque[bytes] = deque(maxlen=_REMEMBERED)

    def mail(self, commands: Sequence[str]) -> Mail:
        """The mail of one more device that reads messages of these commands."""
        self._mails.append(Mail(commands))
        return self._mails[-1]

    def take(self, received: Received, packet: bytes, at_ns: int, at_s: float) -> None:
        """Takes a packet of this logger.

        One that came before, because its answer was lost, is not taken twice.

        Args:
            received: The packet as it was read.
            packet: Its bytes.
            at_ns: When it came, UTC, ns.
            at_s: The same by a clock that does not go back.

        Raises:
            WireValueError: Its PNO is greater than its PNUM.
        """
        self._assembly, late = expire(self._assembly, at_s, PATIENCE_S)
        self._lost(late)
        command = received.segment.cn
        if not any(command in mail.commands for mail in self._mails):
            return
        digest = _digest(packet)
        if digest in self._seen:
            return
        taken = take(self._assembly, received, at_s)
        self._assembly = taken.assembly
        self._seen.append(digest)
        self._lost(taken.lost)
        if taken.message is not None:
            self._deliver(command, _letter(taken.message, packet, at_ns))

    def _deliver(self, command: str, letter: Letter) -> None:
        for mail in self._mails:
            if command in mail.commands and mail.put(command, letter):
                self._tally.note(PassedOverError(self.mn, found=command))

    def _lost(self, lost: Sequence[Lost]) -> None:
        for each in lost:
            self._tally.note(LostPartsError(self.mn, found=len(each.missing)))


def _letter(message: Message, packet: bytes, at_ns: int) -> Letter:
    content = b";".join(part.content for part in message.parts)
    data_time = message.content.data_time
    return Letter(content=content, raw=packet, arrived_ns=at_ns, data_time=data_time)


def _digest(packet: bytes) -> bytes:
    return hashlib.sha256(packet.rstrip(b"\r\n")).digest()
