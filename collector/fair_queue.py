"""Messages that wait to be judged: a bounded line for each agent, served in turn. Pure.

An agent that sends without end fills its own line and nobody else's, and holds nobody up for
longer than a message or two of its own. All topics that are no pinned agent's share one line.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from collector.errors import CollectorError

LINE_MESSAGES: Final = 256
LINE_BYTES: Final = 1024 * 1024
"""Twice the window of an agent, at its largest messages."""
SHARE: Final = 32
"""Messages of one line in a group, so that a commit stays short."""
_STRANGERS: Final = ""

Message = tuple[str, bytes]


class LineFullError(CollectorError):
    """More comes from one agent than is taken in; what found no place was not kept."""

    code = "E_LINE_FULL"
    en = "{limit} messages wait and one was not kept; find who publishes here, and why so much"
    zh = "已有 {limit} 条消息等待，新消息未保留；请查明是谁向此主题发布，以及为何如此之多"


@dataclass(slots=True, kw_only=True)
class _Line:
    """What waits of one agent, and how much of it was taken for this group."""

    messages: deque[Message] = field(default_factory=deque)
    size_bytes: int = 0
    taken: int = 0

    def has_room(self, size_bytes: int) -> bool:
        """Whether a message fits; into an empty line any does."""
        if not self.messages:
            return True
        return len(self.messages) < LINE_MESSAGES and self.size_bytes + size_bytes <= LINE_BYTES

    @property
    def has_turn(self) -> bool:
        return bool(self.messages) and self.taken < SHARE

    def put(self, message: Message) -> None:
        self.messages.append(message)
        self.size_bytes += len(message[1])

    def take(self) -> Message:
        message = self.messages.popleft()
        self.size_bytes -= len(message[1])
        self.taken += 1
        return message


class FairQueue:
    """What waits: at most 256 messages and 1 MiB of each agent.

    Who shares it between threads locks it.

    Args:
        known: Whether a topic is a pinned agent's; asked for each message, so that an agent
            that is pinned later has a line of its own at once.
    """

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._lines: dict[str, _Line] = {}
        self._turns: deque[str] = deque()
        self._following: deque[str] = deque()
        self._emptied, self._size = False, 0

    def __len__(self) -> int:
        """How many messages wait."""
        return self._size

    def put(self, topic: str, payload: bytes) -> bool:
        """Whether a message found room in its line; else it is not kept."""
        name = topic if self._known(topic) else _STRANGERS
        line = self._lines.setdefault(name, _Line())
        if not line.has_room(len(payload)):
            return False
        had_turn = line.has_turn
        line.put((topic, payload))
        self._size += 1
        if line.has_turn and not had_turn:
            (self._following if line.taken else self._turns).append(name)
        return True

    def begin_group(self) -> None:
        """Gives every line its share again; those that had a turn last come last."""
        before = dict.fromkeys((*self._turns, *self._following))
        self._lines = {name: line for name, line in self._lines.items() if line.messages}
        self._turns, self._following = deque(before | dict.fromkeys(self._lines)), deque()
        self._emptied = False
        for line in self._lines.values():
            line.taken = 0

    def take(self) -> Message | None:
        """The next message of the group, one of each line in turn; None if the group is done.

        It is done when no line has a message and a share left, and at the end of the round in
        which a line became empty: its agent waits for an answer, and not for a flood.
        """
        if not self._turns and not self._emptied:
            self._turns, self._following = self._following, self._turns
        if not self._turns:
            return None
        name = self._turns.popleft()
        line = self._lines[name]
        message = line.take()
        self._size -= 1
        self._emptied = self._emptied or not line.messages
        if line.has_turn:
            self._following.append(name)
        return message
