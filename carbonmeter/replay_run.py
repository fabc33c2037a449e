"""A recorded meter through agent, broker and collector, in one process on a stepped clock.

Real loopback sockets to the meter and to the broker, both ledgers on disk, real receipts.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from carbonmeter.broker import embedded_broker
from carbonmeter.ports import free_port
from carbonmeter.progress import Progress
from carbonmeter.replay_collector import activity, collector_on, full_hours, months
from carbonmeter.replay_plant import CHANNEL, PROFILE, ReplayPlant, RESOLUTION_kWh, replay_plant
from edge_agent.agent import Agent
from edge_agent.assembly import (
    World,
    attach_uplink,
    collector_key,
    open_agent,
    signing_key,
)
from edge_agent.connected import mqtt_link
from edge_agent.installation import load_installation
from evidence.clock import SteppedClock, SystemClock
from evidence.load import write_signing_key
from evidence.log.key import generate
from evidence.statement.activity import ActivityData
from simulators.replay_csv import CsvLayout
from simulators.serve import lines_of
from simulators.servers.modbus import ModbusServer

SITE, DEVICE = "replay", "feeder"
DELIVERY_S: Final = 120.0
POLLS_A_BATCH: Final = 24


def run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Rows of activity data, months first, then the year, with `kind` and `truth`.

    Raises:
        CodedError: the file, or something on the way, cannot be used.
        TimeoutError: what was sent is not receipted.
    """
    layout = CsvLayout(
        column=arguments.column, interval_ns=arguments.interval, zone=ZoneInfo(arguments.zone)
    )
    with tempfile.TemporaryDirectory(prefix="carbonmeter-replay-") as name:
        folder = Path(name)
        made = replay_plant(arguments.file, layout, arguments.seed, arguments.instrument, folder)
        asyncio.run(_through(made, folder))
        return _rows(made, folder)


async def _through(made: ReplayPlant, folder: Path) -> None:
    """Every poll through the meter's socket, the agent, the broker, and the collector."""
    clock = SteppedClock(made.instants_ns[0])
    server = ModbusServer(lines_of(made.plant, 0)[0].places, clock)
    port, broker_port = await server.start("127.0.0.1", 0), free_port()
    broker = embedded_broker(folder, broker_port)
    try:
        config = _agent_config(made, folder, port, broker_port)
        with collector_on(folder, broker_port, clock, config.agent_key) as collector_key:
            agent_folder = config.write(collector_key)
            await _poll_all(made, agent_folder, clock)
    finally:
        broker.stop()
        await server.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _AgentConfig:
    """The agent's configuration, but for the collector's key."""

    path: Path
    text: str
    agent_key: str

    def write(self, collector_key: str) -> Path:
        """Writes the file once the collector's key is known; its path."""
        self.path.write_text(self.text.replace("COLLECTOR_KEY", collector_key), encoding="utf-8")
        return self.path


def _agent_config(made: ReplayPlant, folder: Path, port: int, broker_port: int) -> _AgentConfig:
    key = generate("replay-agent", os.urandom(32))
    state = folder / "agent"
    state.mkdir(mode=0o700)
    write_signing_key(state / "agent.key", key)
    period_s = made.interval_ns / 1e9
    text = f"""\
schema = 1
[agent]
id = "replay-agent"
site = "{SITE}"
state_dir = "{state}"
[uplink]
port = {broker_port}
collector_key = "COLLECTOR_KEY"
[batch]
max_age_s = 3600.0
readings_per_channel = {POLLS_A_BATCH}
[clock]
standard_uncertainty_s = 0.0
[calibration]
directory = "{made.papers}"
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
[[lines.devices]]
name = "{DEVICE}"
profile = "{PROFILE}"
serial = "REPLAY-0001"
period_s = {period_s}
channels = ["{CHANNEL}"]
resolution = {{ {CHANNEL} = {RESOLUTION_kWh} }}
rated_rate = {{ {CHANNEL} = 2000.0 }}
"""
    return _AgentConfig(path=folder / "agent.toml", text=text, agent_key=key.verifier.to_text())


async def _poll_all(made: ReplayPlant, config: Path, clock: SteppedClock) -> None:

    instants = made.instants_ns
    progress = Progress("polls", len(instants), SystemClock())
    with _agent_of(config, clock) as agent:
        for number, at_ns in enumerate(instants):
            clock.set_to(at_ns)
            await agent.poll(at_ns)
            if number % POLLS_A_BATCH == POLLS_A_BATCH - 1:
                agent.close_batch(at_ns)
            agent.pump()
            progress.at(number + 1)
        agent.close_batch(clock.now_ns())
        async with asyncio.timeout(DELIVERY_S):
            while agent.uplink is not None and not agent.uplink.delivered:
                agent.pump()
                await asyncio.sleep(0.01)
        await agent.stop()


@contextmanager
def _agent_of(config: Path, clock: SteppedClock) -> Iterator[Agent]:
    """An agent on its configuration, its link to the broker started."""
    installation = load_installation(config)
    agent = open_agent(
        installation, signing_key(installation), World(clock=clock, entropy=os.urandom)
    )
    link = mqtt_link(installation)
    attach_uplink(agent, link, collector_key(installation))
    link.start(lambda: None)
    try:
        yield agent
    finally:
        link.stop()


def _rows(made: ReplayPlant, folder: Path) -> list[dict[str, Any]]:
    """Activity data of each month and of the whole, from the collector's windows."""
    channel = f"{SITE}/{DEVICE}/{CHANNEL}"
    start, end = full_hours(made.instants_ns[0], made.instants_ns[-1])
    periods = [("month", *each) for each in months(start, end)]
    found: list[dict[str, Any]] = []
    for kind, first, last in (*periods, ("year", start, end)):
        datum: ActivityData = activity(folder, channel, (first, last), made.interval_ns)
        row = msgspec.to_builtins(datum)
        found.append({"kind": kind, **row, "truth": made.truth.amount(first, last)})
    return found
