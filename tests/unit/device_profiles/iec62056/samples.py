"""Messages and a meter that the IEC 62056-21 tests share."""

import json
from pathlib import Path
from typing import Any

from device_profiles.iec62056.answer import IDLE, Meter, answer
from device_profiles.iec62056.frame import Identification

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "iec62056.json").read_text("utf-8")
)["vectors"]
MESSAGES = {vector["id"]: bytes.fromhex(vector["data"]) for vector in VECTORS}
CHECKED = [MESSAGES[name] for name in ("I1", "I2", "I3", "I4")]
LINES = MESSAGES["I4"][1:-5]
METER = Meter(
    identification=Identification(manufacturer="LGZ", baud="5", text="\\2ZMD310"),
    address="12345678",
    lines=LINES + b"6.8(00012.3*m3/h)\r\n1.6.1(00.500*kW)(2311291545)\r\n",
)


class Head:
    """A meter at an optical head, which gives back what is sent where it echoes.

    Attributes:
        parity: the meter sends even parity in bit 7.
    """

    def __init__(self, meter: Meter = METER, *, noise: bytes = b"", echoes: bool = False) -> None:
        self.meter, self.noise, self.echoes = meter, noise, echoes
        self.session = IDLE
        self.heard_at: list[int] = []
        self.sent_at: list[int] = []

    def __call__(self, sent: bytes) -> bytes:
        self.heard_at.append(self.session.speed_bit_s)
        reply, self.session = answer(self.meter, self.session, sent)
        self.sent_at.append(reply.speed_bit_s)
        echo = sent if self.echoes else b""
        return echo + self.noise + reply.sends


def even_parity(raw: bytes) -> bytes:
    """`raw` with bit 7 set where the other seven have an odd number of ones."""
    return bytes(byte | (0x80 if byte.bit_count() % 2 else 0) for byte in raw)
