"""Pain 11: what a profile says of words and bytes is tried: every order, and every wrong one.

All profiles of the catalogue are served and read in tests/contract; numbers are held to published
frames in tests/unit/device_profiles.
"""

import asyncio
from itertools import product
from pathlib import Path

import pytest

import device_profiles
from tests.pains.bench import Meter, Row, benched

ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
KNOWN = Path(device_profiles.__file__).parent / "catalogue/modbus/abb-b23.toml"
CHANNELS = ("active_energy_import", "voltage_l1", "active_power")


def profile(folder: Path, order: str) -> str:
    """A profile whose device has its words and bytes in that order."""
    text = KNOWN.read_text(encoding="utf-8")
    assert 'word_order = "ABCD"' in text
    path = folder / f"{order}.toml"
    text = text.replace('word_order = "ABCD"', f'word_order = "{order}"')
    path.write_text(text.replace('id = "abb-b23"', f'id = "{order.lower()}"'), encoding="utf-8")
    return str(path)


def read(folder: Path, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], bool]:
    """Whether an agent reads right what a device shows, by the order of each."""
    meters = [
        Meter(
            spoken="modbus",
            number=number,
            channels=CHANNELS,
            own=profile(folder, device),
            file=profile(folder, agent),
        )
        for number, (device, agent) in enumerate(pairs, 1)
    ]

    async def meeting() -> dict[tuple[str, str], bool]:
        async with benched(folder, Row(name="bus", kind="modbus-tcp", meters=meters)) as bench:
            polls = await bench.poll()
            assert len(polls) == len(pairs)
            return {
                pair: not bench.wrong([poll]) and len(poll.readings) == len(CHANNELS)
                for pair, poll in zip(pairs, polls, strict=True)
            }

    return asyncio.run(meeting())


def test_each_order_is_read_as_it_is_said_to_be_and_every_other_one_is_seen(tmp_path: Path) -> None:
    found = read(tmp_path, list(product(ORDERS, ORDERS)))
    assert {pair for pair, right in found.items() if right} == {(each, each) for each in ORDERS}


@pytest.mark.parametrize("base", [1, -1])
def test_an_address_that_is_one_off_is_seen(tmp_path: Path, base: int) -> None:
    text = KNOWN.read_text(encoding="utf-8")
    path = tmp_path / "moved.toml"
    path.write_text(text.replace("0x5B2C", hex(0x5B2C + base)), encoding="utf-8")
    meter = Meter(spoken="modbus", number=1, channels=("frequency",), file=str(path))

    async def meeting() -> bool:
        async with benched(tmp_path, Row(name="bus", kind="modbus-tcp", meters=[meter])) as bench:
            await bench.poll()
            return bool(bench.wrong()) or any(bench.missed().values())

    assert asyncio.run(meeting())
