"""Seeded storms of foreign bytes: sound frames with bytes changed, lost, repeated, and noise."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from device_profiles.conversation import Conversation, Whole
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.talk import SilenceError, hold


def storm(seed: int, count: int, frames: Sequence[bytes]) -> Iterator[bytes]:
    """`count` inputs, half of them noise, half sound frames of which something became wrong."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 2:
            yield chance.randbytes(chance.randrange(80))
        else:
            yield _spoilt(chance, chance.choice(frames), chance.choice(frames))


def _spoilt(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    raw = bytearray(frame)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(6):
            case 0:
                raw[place : place + 1] = chance.randbytes(1)
            case 1:
                del raw[place : place + chance.randrange(1, 5)]
            case 2:
                raw[place:place] = raw[: chance.randrange(len(raw) + 1)]
            case 3:
                raw[place:] = other[chance.randrange(len(other)) :]
            case 4:
                raw[place:place] = bytes([chance.choice((0x68, 0x16, 0xFE, 0xFF, 0xAA, 0x33))])
            case _:  # a sound frame around changed contents
                body = raw[raw.find(0x68) : -2] if 0x68 in raw else raw
                body[place : place + 1] = chance.randbytes(1)
                raw = body + bytes([sum(body) % 256, 0x16])
    return bytes(raw)


def refusals(
    inputs: Iterable[bytes],
    readers: Sequence[Callable[[bytes], object]],
    cut: Callable[[bytes], Whole | None],
    ask: Callable[[], Conversation],
) -> tuple[int, int]:
    """How many inputs every reader bore, and how many one at least refused with a WireError.

    Any other exception goes through. What is cut out is part of the input, in its order; a talk
    ends with an answer, a refusal or silence.
    """
    borne = refused = 0
    for raw in inputs:
        whole = cut(raw)
        assert whole is None or raw.endswith(whole.frame + whole.rest)
        outcomes = [_is_borne(reader, raw) for reader in readers]
        outcomes.append(_is_borne(lambda heard: _played(ask(), heard), raw))
        borne += all(outcomes)
        refused += not all(outcomes)
    return borne, refused


def _is_borne(reader: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        reader(raw)
    except WireError:
        return False
    return True


def _played(talk: Conversation, heard: bytes) -> None:
    try:
        hold(talk, lambda _: heard, piece=max(len(heard), 1))
    except SilenceError:
        return
