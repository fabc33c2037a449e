"""How one question to an instrument is held, byte by byte, without a line (sans-IO).

A protocol writes its side of the talk as a generator: it yields what to send and how a whole
frame is recognised, is sent each frame that came, and returns the bytes that answer the
question. Whoever holds a line (an agent's driver, a probe, a test) plays the other side, and
alone knows about time: when nothing whole comes in time, it closes the generator.

    talk = ask(address, request)            # a Conversation
    step = next(talk)                       # send step.sends, collect bytes
    whole = step.cut(received)              # None: more bytes are needed
    step = talk.send(whole.frame)           # next step, or StopIteration with the answer
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One whole frame cut out of what was received.

    Attributes:
        frame: From its first to its last byte; noise before it is left out.
        rest: What came after it.
    """

    frame: bytes
    rest: bytes


FrameCut: TypeAlias = Callable[[bytes], Whole | None]
"""The first whole frame in all bytes received so far; None where more bytes are needed.

Of several beginnings the first counts whose check holds. A frame whose check fails is cut too,
once nothing in the bytes can still become a better one: its decoder then says what is wrong.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One step of a talk.

    Attributes:
        sends: Bytes to send; empty to listen on (an echo, or another device's frame, came).
        cut: How the next whole frame is recognised.
        speed_bit_s: Speed of the line once `sends` has left it; None as it is.
    """

    sends: bytes
    cut: FrameCut
    speed_bit_s: int | None = None


Conversation: TypeAlias = Generator[Say, bytes, bytes]
"""Yields steps, is sent whole frames, returns the answer's bytes.

Raises:
    WireError: what came cannot be the answer.
"""
