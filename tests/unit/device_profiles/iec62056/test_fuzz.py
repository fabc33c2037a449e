"""Foreign bytes raise nothing but WireError, in every entry, however they were made."""

import json
import random

import pytest

from device_profiles.iec62056.answer import IDLE, answer
from device_profiles.iec62056.cut import cut, cut_checked, cut_line
from device_profiles.iec62056.frame import Block, Command, encode
from device_profiles.iec62056.readout import data_sets
from device_profiles.iec62056.told import told
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.iec62056.samples import MESSAGES, METER

RAW = list(MESSAGES.values())
SIGNS = b"()*&!/.-:0123456789ABCR\r\n "


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = at + chance.randint(0, 3)
        put = bytes(chance.choices(SIGNS, k=chance.randint(0, 3)))
        changed[at:end] = put if chance.random() < 0.7 else chance.randbytes(len(put))
    return bytes(changed)


def _input(chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randint(0, 60))
    if kind == 1:
        return _mutated(chance.choice(RAW), chance)
    if kind == 2:
        text = bytes(chance.choices(SIGNS, k=chance.randint(0, 60)))
        return encode(Command(code=chance.choice(("R5", "W1", "B0")), data=text))
    return encode(Block(data=_mutated(METER.lines[:120], chance)))


def _tried(count: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    seen = {"read": 0, "refused": 0}
    session = IDLE
    for _ in range(count):
        raw = _input(chance)
        for cut_one in (cut, cut_line, cut_checked):
            cut_one(raw)
        _, session = answer(METER, session, raw)
        try:
            data_sets(raw)
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
    seen = _tried(20_000, seed=62056)
    assert seen["read"] > 3_000
    assert seen["refused"] > 3_000


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_1_000_000_random_and_mutated_inputs_raise_nothing_but_wire_errors() -> None:
    assert sum(_tried(1_000_000, seed=1).values()) == 1_000_000
