"""Frames and devices that the M-Bus tests share."""

import json
from pathlib import Path
from typing import Any

from device_profiles.mbus.answer import Slave, SlaveState, answer, telegrams_of
from device_profiles.mbus.header import Header
from device_profiles.mbus.record import Record, compose

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "mbus.json").read_text("utf-8")
)["vectors"]
FRAMES = {vector["id"]: bytes.fromhex(vector["data"]) for vector in VECTORS}
SELECT = bytes.fromhex("680B0B6853FD5245585703B40534048A16")
"""Selects the device of vector B2 at FD."""
ALL_FRAMES = [*FRAMES.values(), SELECT, b"\xe5"]

HEADER = Header(identification="12345678", manufacturer="ABC", version=1, medium=4, access=250)


def records(count: int) -> tuple[Record, ...]:
    """Energies 0, 1, 2, ... kWh, each under a storage number of its own."""
    heads = [bytes((0x84, 0x80 | step & 0x0F, step >> 4, 0x06)) for step in range(count)]
    return tuple(compose(head, number) for number, head in enumerate(heads))


class Bus:
    """Slaves on one line; each hears all that is sent, and they answer in their order."""

    def __init__(self, *slaves: Slave) -> None:
        self.slaves = slaves
        self.states = [SlaveState() for _ in slaves]

    def __call__(self, sent: bytes) -> bytes:
        said = b""
        for place, slave in enumerate(self.slaves):
            reply, self.states[place] = answer(slave, self.states[place], sent)
            said += reply
        return said


def slave(address: int = 5, header: Header = HEADER, count: int = 3) -> Slave:
    """A device with `count` records, in as many telegrams as they need."""
    return Slave(address=address, header=header, telegrams=telegrams_of(records(count)))
