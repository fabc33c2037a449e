"""The other side of a Conversation: a line without time, on which a device answers."""

from collections.abc import Callable

from device_profiles.conversation import Conversation

Device = Callable[[bytes], bytes]
"""What is heard on the line after these bytes were sent."""


class SilenceError(Exception):
    """Nothing further is heard: where there is time, this is a time-out."""


def hold(talk: Conversation, device: Device, piece: int = 1) -> bytes:
    """The answer of `talk`, when what `device` lets hear arrives in pieces of `piece` bytes.

    Raises:
        SilenceError: all was heard, and the talk still waits; it is closed.
    """
    step = next(talk)
    heard, received = device(step.sends), b""
    while True:
        whole = step.cut(received)
        if whole is None and not heard:
            talk.close()
            raise SilenceError
        if whole is None:
            received, heard = received + heard[:piece], heard[piece:]
            continue
        received = whole.rest
        try:
            step = talk.send(whole.frame)
        except StopIteration as ended:
            answer: bytes = ended.value
            return answer
        heard += device(step.sends) if step.sends else b""


def lets_hear(*replies: bytes) -> Device:
    """A device that answers the first request with the first of `replies`, and so on."""
    left = list(replies)
    return lambda sent: left.pop(0) if sent and left else b""
