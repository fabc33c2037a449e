"""Lines that answer again what was captured: the same question brings the same answer.

A question that was asked several times is answered in the captured order, and from then on with
the last answer. One without an answer, or that was never asked, meets silence. Of Modbus TCP the
transaction id does not count, and is the one of the question asked now.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from device_profiles.conversation import FrameCut, Whole
from device_profiles.modbus import tcp
from device_profiles.traffic import Exchange
from evidence.clock import SystemClock
from simulators.servers.bus import Bus
from simulators.servers.disturb import Reply
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.serial_server import SerialServer

_TRANSACTION_BYTES: Final = 2
Kind = Literal["serial-tcp", "pty"]


class CapturedStation:
    """All devices of a captured line: what was asked is answered as it was then.

    Args:
        turns: Questions and answers in their order.
    """

    def __init__(self, turns: Sequence[Exchange]) -> None:
        self._is_tcp = all(turn.about.protocol == "modbus-tcp" for turn in turns)
        self._answers: dict[bytes, deque[Exchange]] = defaultdict(deque)
        for turn in turns:
            if turn.asked:
                self._answers[self._question(turn.asked)].append(turn)
        self.cut: FrameCut = tcp.cut if self._is_tcp else self._first_known

    def hear(self, frame: bytes, at_ns: int) -> Reply | None:
        """What came then, at once; None where nothing did, or nobody asked it."""
        del at_ns
        turns = self._answers.get(self._question(frame))
        if not turns:
            return None
        turn = turns.popleft() if len(turns) > 1 else turns[0]
        return Reply(content=self._answer(turn, frame)) if turn.answered else None

    def _question(self, frame: bytes) -> bytes:
        return frame[_TRANSACTION_BYTES:] if self._is_tcp else frame

    def _answer(self, turn: Exchange, asked: bytes) -> bytes:
        """The captured answer; under the transaction asked now, if it had that of its question."""
        head = turn.answered[:_TRANSACTION_BYTES]
        if self._is_tcp and head == turn.asked[:_TRANSACTION_BYTES]:
            return asked[:_TRANSACTION_BYTES] + turn.answered[_TRANSACTION_BYTES:]
        return turn.answered

    def _first_known(self, received: bytes) -> Whole | None:
        """The question that ends first in what was heard; of several, the longest."""
        ends = [
            (place + len(asked), -len(asked))
            for asked in self._answers
            if (place := received.find(asked)) >= 0
        ]
        if not ends:
            return None
        end, length = min(ends)
        return Whole(frame=received[end + length : end], rest=received[end:])


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedLine:
    """A line that is served again.

    Attributes:
        id: What it was: host and port, or path.
        kind: How it is reached now.
        port: 0 lets the machine choose; a pseudo terminal has none.
        station: Its devices.
        questions: How many were captured.
    """

    id: str
    kind: Literal["modbus-tcp", "serial-tcp", "pty"]
    port: int
    station: CapturedStation
    questions: int


def captured_lines(
    turns: Mapping[str, Sequence[Exchange]], kind: Kind, first_port: int
) -> tuple[CapturedLine, ...]:
    """The lines of a capture, on ports that follow one another from `first_port`, if > 0."""
    return tuple(
        CapturedLine(
            id=name,
            kind="modbus-tcp" if own[0].about.protocol == "modbus-tcp" else kind,
            port=first_port + index if first_port else 0,
            station=CapturedStation(own),
            questions=sum(bool(turn.asked) for turn in own),
        )
        for index, (name, own) in enumerate(turns.items())
        if own
    )


async def serve(
    lines: Sequence[CapturedLine],
    host: str,
    stop: asyncio.Event,
    announce: Callable[[Mapping[str, int | str]], None],
) -> None:
    """Serves all lines until `stop` is set; `announce` is told each line's port or path.

    Raises:
        OSError: an address cannot be listened on; nothing is left open.
    """
    async with AsyncExitStack() as opened:
        found = {line.id: await _opened(line, host, opened) for line in lines}
        announce(found)
        await stop.wait()


async def _opened(line: CapturedLine, host: str, opened: AsyncExitStack) -> int | str:
    now = SystemClock().now_ns
    if line.kind == "pty":
        terminal = PseudoTerminal(Bus([line.station]), now)
        opened.push_async_callback(terminal.close)
        return await terminal.start()
    server = SerialServer(lambda: Bus([line.station]), now)
    opened.push_async_callback(server.close)
    return await server.start(host, line.port)


class ServedCapture(msgspec.Struct, frozen=True, kw_only=True):
    """Where a captured line is served; `path` of a pseudo terminal, else `port`."""

    captured: str
    kind: str
    port: int
    path: str
    questions: int


def as_json(lines: Sequence[CapturedLine], found: Mapping[str, int | str], host: str) -> str:
    """One line of JSON."""
    told = [_served(line, found[line.id]) for line in lines]
    return msgspec.json.encode({"schema": 1, "host": host, "lines": told}).decode()


def as_table(lines: Sequence[CapturedLine], found: Mapping[str, int | str], host: str) -> str:
    """One row a line."""
    rows = [f"{'ADDRESS':<24}{'KIND':<12}{'QUESTIONS':>9}  CAPTURED"]
    for line in lines:
        reached = found[line.id]
        place = reached if isinstance(reached, str) else f"{host}:{reached}"
        rows.append(f"{place:<24}{line.kind:<12}{line.questions:>9}  {line.id}")
    return "\n".join(rows)


def _served(line: CapturedLine, reached: int | str) -> ServedCapture:
    port, path = (reached, "") if isinstance(reached, int) else (0, reached)
    return ServedCapture(
        captured=line.id, kind=line.kind, port=port, path=path, questions=line.questions
    )
