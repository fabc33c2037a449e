"""Foreign bytes raise nothing but WireError, in every entry, however they were made."""

import json
import random

import pytest

from device_profiles.mbus.answer import SlaveState, answer
from device_profiles.mbus.frame import LongFrame, ShortFrame, cut, encode
from device_profiles.mbus.told import told
from device_profiles.mbus.variable import telegrams
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.mbus.samples import ALL_FRAMES, FRAMES, slave

DATA = [FRAMES[name][7:-2] for name in ("B1", "B2", "B5")]
DEVICE = slave(count=70)


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = at + chance.randint(0, 3)
        changed[at:end] = chance.randbytes(chance.randint(0, 3))
    return bytes(changed)


def _sound(data: bytes, chance: random.Random) -> bytes:
    """A frame whose sum fits, so that what is inside gets read."""
    information = chance.choice((0x72, 0x72, 0x72, 0x70, 0x52, 0x51))
    control = chance.choice((0x08, 0x08, 0x53))
    frame = LongFrame(control=control, address=5, information=information, data=data[:252])
    return encode(frame)


def _input(chance: random.Random) -> bytes:
    kind = chance.randrange(5)
    if kind == 0:
        return chance.randbytes(chance.randint(0, 60))
    if kind == 1:
        return _mutated(chance.choice(ALL_FRAMES), chance)
    if kind == 2:
        return _sound(chance.choice(DATA)[:12] + chance.randbytes(chance.randint(0, 60)), chance)
    if kind == 3:
        control = chance.choice((0x40, 0x5B, 0x7B, 0x5A))
        return encode(ShortFrame(control=control, address=chance.choice((5, 253, 254, 255))))
    return _sound(_mutated(chance.choice(DATA), chance), chance)


def _tried(count: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    seen = {"read": 0, "refused": 0}
    state = SlaveState()
    for _ in range(count):
        raw = _input(chance)
        cut(raw)
        _, state = answer(DEVICE, state, raw)
        try:
            list(telegrams(raw))
        except WireError as cause:
            cause.say("zh")
        try:
            json.dumps(told(raw), allow_nan=False)
            seen["read"] += 1
        except WireError as cause:
            cause.say("en")
            seen["refused"] += 1
    return seen


def test_20_000_random_and_mutated_inputs_raise_nothing_but_wire_errors() -> None:
    seen = _tried(20_000, seed=13757)
    assert seen["read"] > 3_000
    assert seen["refused"] > 3_000


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_1_000_000_random_and_mutated_inputs_raise_nothing_but_wire_errors() -> None:
    assert sum(_tried(1_000_000, seed=1).values()) == 1_000_000
