"""One register channel from agent.toml to activity data; a test says what the register shows.

The agent's own code makes the leaves, the collector's own intake, ledger and judge take them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calibration.window import RegisterWindow
from collector.agents import PinnedKey, batch_topic, pin
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.opening import open_store
from collector.store import Store
from edge_agent.agent import Agent
from edge_agent.assembly import open_agent
from edge_agent.installation import Installation, load_installation
from edge_agent.poll import Poll, Reading
from evidence.clock import SteppedClock, parse_utc
from evidence.log.envelope import Envelope, seal
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import confirmation, energy_certificate
from tests.unit.edge_agent.site import KEY, world

CHANNEL = "works/feeder/energy"
START_NS = parse_utc("2026-03-02T00:00:00Z")
HOUR_NS = 3_600_000_000_000
QUARTER_NS = HOUR_NS // 4
PROFILE = """\
schema = 1
id = "small-counter"
maker = "Nobody"
model = "SC-1"
protocol = "modbus"
title.en = "An energy meter whose register starts again after 9999.99 kWh"
title.zh = "计数满 9999.99 kWh 后归零的电能表"
sources = [
  { key = "none", document = "made for a test", page = "-", grade = "C", note = "No such meter." },
]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
[[channels]]
name = "energy"
kind_of_quantity = "active_energy"
unit = "kW.h"
accumulation = "register"
source = { address = 0, format = "uint32" }
scale = 0.01
resolution = 0.01
rollover = 10000.0
required = true
"""
CONFIG = """\
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[clock]
standard_uncertainty_s = 0.0
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
[[lines.devices]]
name = "feeder"
profile = "small-counter.toml"
serial = "SN-A"
period_s = 900.0
rated_rate = { energy = 400.0 }
"""


@dataclass(slots=True)
class RegisterSite:
    """An agent and a collector on one folder; time stands at the next poll."""

    folder: Path
    sequence: int = 0
    sent: int = 0
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(START_NS))
    installation: Installation = field(init=False)
    agent: Agent = field(init=False)
    ledger: Ledger = field(init=False)
    store: Store = field(init=False)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "small-counter.toml").write_text(PROFILE, encoding="utf-8")
        certificates = self.folder / "certificates"
        certificates.mkdir()
        for serial, coefficient in (("SN-A", "0.002"), ("SN-B", "-0.001")):
            text = energy_certificate(f"C-{serial}", serial).replace(b"0.002", coefficient.encode())
            (certificates / f"c-{serial}.toml").write_bytes(text)
            confirmed = confirmation(f"K-{serial}", f"C-{serial}", serial, "2027-01-06")
            (certificates / f"k-{serial}.toml").write_bytes(confirmed)
        state = self.folder / "collector"
        self.ledger = open_ledger(state)
        self.store = open_store(state)
        agents = pin([PinnedKey(agent="line-1", verifier=KEY.verifier)])
        self.intake = Intake(ledger=self.ledger, agents=agents, signer=SIGNER, clock=self.clock)

    def start(self, exchanges: str = "") -> None:
        """Starts the agent on its configuration, with these exchanges in it."""
        path = self.folder / "agent.toml"
        path.write_text(CONFIG + exchanges, encoding="utf-8")
        self.installation = load_installation(path)
        self.agent = open_agent(self.installation, KEY, world(self.clock))

    def shows(self, values: Sequence[float]) -> None:
        """One poll each quarter of an hour, and a leaf after each third."""
        for value in values:
            at_ns = self.clock.now_ns()
            self.agent.keep([self._poll(at_ns, value)])
            self.sequence += 1
            if self.sequence % 3 == 0:
                self.deliver()
            self.clock.advance(QUARTER_NS)

    def _poll(self, at_ns: int, value: float) -> Poll:
        """The poll in which the meter's two registers hold `value`."""
        at_ms, raw = at_ns // 1_000_000, round(value * 100).to_bytes(4, "big")
        return Poll(
            device="feeder",
            setup=self.installation.devices["feeder"].digest,
            sequence=self.sequence,
            at_ms=at_ms,
            readings=(Reading(channel=0, at_ms=at_ms, raw=raw, number=value),),
        )

    def deliver(self) -> None:
        """Closes the batch and hands what is new to the collector."""
        self.agent.close_batch(self.clock.now_ns())
        spool = self.agent.spool
        for sequence in range(self.sent, spool.size):
            leaf = spool.leaf(sequence)
            assert leaf is not None
            message = Envelope(
                epoch=spool.epoch, sequence=sequence, checkpoint=leaf.checkpoint, leaf=leaf.frame
            )
            self.intake.feed(batch_topic("line-1"), seal(message))
        self.sent = spool.size
        self.intake.flush()

    async def stop(self) -> None:
        """Ends the agent and delivers what it closed."""
        self.deliver()
        await self.agent.stop()

    def judge(self) -> Judging:
        """A collector that was just started judges what is there."""
        judging = Judging(self.ledger, self.store, {"line-1": "works"}, accept_simulated=True)
        judging.catch_up()
        faults = self.store.lookup.faults(10)
        assert not faults, faults
        return judging

    def windows(self) -> list[RegisterWindow]:
        found = self.store.lookup.windows(CHANNEL, START_NS, START_NS + 1000 * HOUR_NS)
        return [window for window in found if isinstance(window, RegisterWindow)]

    def activity(self, hours: int) -> ActivityData:
        """The activity datum of the first hours."""
        (row,) = self.store.lookup.channels()
        return activity_data(
            self.store.lookup.windows(CHANNEL, START_NS, START_NS + hours * HOUR_NS),
            row.head.measurand,
            (START_NS, START_NS + hours * HOUR_NS),
            software="test",
        )

    def close(self) -> None:
        self.store.close()
        self.ledger.close()
