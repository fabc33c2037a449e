"""Foreign bytes in place of every answer of a server: refused with a code or borne."""

from collections import Counter
from collections.abc import Callable

import pytest
from asyncua.ua.ua_binary import struct_to_binary

from device_profiles.opcua.delivery import Delivery, join, split
from device_profiles.opcua.services import publication, read_results
from device_profiles.opcua.told import told
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.opcua.test_services import (
    ODD,
    publish_answer,
    read_answer,
    value,
)
from tests.unit.device_profiles.storm import storm

VALUES = [bytes(struct_to_binary(value(number))) for number in (0.0, 1.5, -2.5e300)]
FRAMES = [
    *VALUES,
    join([Delivery(values=(VALUES[0],)), Delivery(values=tuple(VALUES))]),
    read_answer([value(1.5), value(2.5)]),
    publish_answer([(1, value(1)), (2, value(2))], ended=0x800A_0000),
    *(read_answer([type(value(0))(odd), value(1)]) for odd in ODD),
]
READERS: tuple[Callable[[bytes], object], ...] = (
    told,
    lambda raw: split(raw, 2),
    lambda raw: read_results(raw, 2, "server"),
    lambda raw: publication(raw, "server"),
)


def borne(count: int, seed: int) -> Counter[int]:
    """How many inputs each reader bore; what it refused, it refused with a code."""
    found: Counter[int] = Counter()
    for raw in storm(seed, count, FRAMES):
        for number, reader in enumerate(READERS):
            try:
                reader(raw)
                found[number] += 1
            except WireError as wrong:
                wrong.say("zh")
    return found


def test_20_000_inputs_raise_nothing_but_wire_errors() -> None:
    found = borne(20_000, seed=4840)
    assert all(found[number] > 10 for number in range(len(READERS)))
    assert all(found[number] < 10_000 for number in range(len(READERS)))


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_1_000_000_inputs_raise_nothing_but_wire_errors() -> None:
    assert sum(borne(1_000_000, seed=62541).values()) > 1_000
