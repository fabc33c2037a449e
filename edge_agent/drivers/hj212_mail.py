"""What a data logger reported and no poll fetched yet: the newest message of each command."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from device_profiles.hj212.times import is_time, span
from device_profiles.wire_errors import WireValueError

NS_PER_S: Final = 1_000_000_000
_SHORTEST_MIN, _LONGEST_MIN = 1, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One whole message.

    Attributes:
        content: Of CP; of all parts, in order.
        raw: The packet that made it whole, as it came.
        arrived_ns: UTC at which it was whole, ns.
        data_time: As it stands; None where there is none.
    """

    content: bytes
    raw: bytes
    arrived_ns: int
    data_time: str | None


class Mail:
    """The mail of one device.

    Args:
        commands: CN of the messages that it reads.
    """

    def __init__(self, commands: Iterable[str]) -> None:
        self.commands = frozenset(commands)
        self._waiting: dict[str, Letter] = {}
        self._awaited: dict[str, asyncio.Future[None]] = {}

    def put(self, command: str, letter: Letter) -> bool:
        """Whether another message of this command had waited until now: one of them is gone.

        Of two, the one with the later DataTime is kept: what a logger sends late, because it was
        cut off, does not displace what is new.
        """
        before = self._waiting.get(command)
        if before is None or _when(before) <= _when(letter):
            self._waiting[command] = letter
        awaited = self._awaited.get(command)
        if awaited is not None and not awaited.done():
            awaited.set_result(None)
        return before is not None

    async def fetch(self, command: str, within_s: float) -> Letter:
        """The newest message that came since the last one was fetched; waits for one.

        Raises:
            TimeoutError: None came in time.
        """
        if command not in self._waiting:
            awaited = self._awaited[command] = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(within_s):
                    await awaited
            finally:
                del self._awaited[command]
        return self._waiting.pop(command)


def _when(letter: Letter) -> str:
    """DataTime, to compare; what is no time comes before all that are."""
    text = letter.data_time or ""
    return text if is_time(text) else ""


def is_off(letter: Letter, command: str, zone: timezone, bound_s: float) -> bool:
    """Whether a message came at another time than its DataTime has it.

    Real-time data are due at DataTime, data of an interval at its end. How long an interval of
    minute data is stands in no packet: 1 to 30 minutes are allowed for. A DataTime that is
    missing, or no time, does not vouch for anything.
    """
    text = letter.data_time or ""
    try:
        first = span(command, text, zone, interval_min=_SHORTEST_MIN).end
        last = span(command, text, zone, interval_min=_LONGEST_MIN).end
    except WireValueError:
        return True
    arrived = datetime.fromtimestamp(letter.arrived_ns / NS_PER_S, UTC)
    bound = timedelta(seconds=bound_s)
    return not first - bound <= arrived <= last + bound
