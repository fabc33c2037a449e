"""Agents in the tests' own process, whose readings are made and not polled."""

import time
from dataclasses import dataclass, field

from edge_agent.agent import Agent
from edge_agent.custody_errors import UplinkError
from edge_agent.mqtt_link import MqttLink
from edge_agent.poll import Poll, Reading
from edge_agent.uplink import Uplink
from evidence.log.key import Verifier
from tests.system.meters import Meters

MS = 1_000_000


@dataclass(slots=True, kw_only=True)
class Sender:
    """An agent whose readings are made here; it polls nobody."""

    name: str
    unit: int
    key: Verifier
    agent: Agent
    uplink: Uplink
    link: MqttLink
    told: list[str] = field(default_factory=list)

    @property
    def device(self) -> str:
        return f"meter-{self.unit}"

    @property
    def waiting(self) -> int:
        """Leaves without a receipt."""
        return self.agent.spool.size - self.agent.spool.base

    @property
    def trouble(self) -> str:
        """Code of what keeps leaves here; empty if nothing does."""
        found: UplinkError | None = self.uplink.trouble
        return "" if found is None else found.code

    def log(self, leaves: int, readings: int, meters: Meters) -> None:
        """Logs leaves of so many readings each."""
        for _ in range(leaves):
            some = (self._poll(meters, ahead) for ahead in range(readings))
            self.agent.keep(list(some))
            self.agent.close_batch(time.time_ns())

    def _poll(self, meters: Meters, ahead: int) -> Poll:
        return polled(self.agent, meters, self.unit, ahead)

    def pump(self) -> None:
        """One step, and what it says is wrong."""
        self.agent.pump()
        if self.trouble and self.told[-1:] != [self.trouble]:
            self.told.append(self.trouble)


def polled(agent: Agent, meters: Meters, unit: int, ahead: int = 0) -> Poll:
    """A poll of one meter, answered now; `ahead` are made and not kept yet."""
    device, shown = f"meter-{unit}", meters.answer(unit)
    at_ms = -(-time.time_ns() // MS)
    reading = Reading(channel=0, at_ms=at_ms, raw=shown.to_bytes(8, "big"), number=shown / 100)
    return Poll(
        device=device,
        setup=agent.parts.installation.devices[device].digest,
        sequence=agent.spool.next_sequence(device) + ahead,
        at_ms=at_ms,
        readings=(reading,),
        lacking=(),
    )
