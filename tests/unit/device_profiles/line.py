"""A line without a line: what a talk sends is answered, and comes back in pieces."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from device_profiles.conversation import Conversation, Say

Device = Callable[[bytes], bytes]
"""Called with all that was sent at once; returns all that then comes back."""


class SilenceError(Exception):
    """Nothing whole came any more: whoever holds a line would time out here."""


@dataclass(kw_only=True)
class Line:
    """One talk held over a device's answers, delivered `piece_bytes` at a time."""

    device: Device
    piece_bytes: int = 1 << 20
    sent: list[bytes] = field(default_factory=list)
    speeds: list[int | None] = field(default_factory=list)

    def hold(self, talk: Conversation) -> bytes:
        """The answer of `talk`.

        Raises:
            SilenceError: the talk waits for bytes that do not come.
        """
        coming, received = b"", b""
        step = next(talk)
        while True:
            coming += self._spoken(step)
            frame, received, coming = self._heard(step, received, coming, talk)
            try:
                step = talk.send(frame)
            except StopIteration as end:
                answer: bytes = end.value
                return answer

    def _spoken(self, step: Say) -> bytes:
        self.speeds.append(step.speed_bit_s)
        if not step.sends:
            return b""
        self.sent.append(step.sends)
        return self.device(step.sends)

    def _heard(
        self, step: Say, received: bytes, coming: bytes, talk: Conversation
    ) -> tuple[bytes, bytes, bytes]:
        while (whole := step.cut(received)) is None:
            if not coming:
                talk.close()
                raise SilenceError
            received += coming[: self.piece_bytes]
            coming = coming[self.piece_bytes :]
        return whole.frame, whole.rest, coming


def says(told: object, expected: object) -> bool:
    """True where `told` has all that is `expected`: tables may say more, lists may not."""
    if isinstance(expected, Mapping) and isinstance(told, Mapping):
        table: Mapping[Any, Any] = told
        return all(key in table and says(table[key], each) for key, each in expected.items())
    if isinstance(expected, list) and isinstance(told, list):
        pairs: Iterable[tuple[object, object]] = zip(told, expected, strict=False)
        return len(told) == len(expected) and all(says(one, other) for one, other in pairs)
    return told == expected
